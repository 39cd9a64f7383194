import Core
import FoundationEssentials
import Synchronization

/// A Claude that answers what a test has written down: each call takes the next, the last is for all that follow.
public final class Claude: Sendable {
  public struct Use: Sendable {
    public var id: String
    public var name: String
    public var input: JSON
    public init(_ name: String, _ input: JSON = [:], id: String = unique("toolu_")) {
      self.id = id
      self.name = name
      self.input = input
    }
  }

  public indirect enum Says: Sendable {
    case text(String)
    /// After a thought, under ids of their own.
    case tools([Use])
    /// A use under a new id each time it is asked.
    case again(String, JSON)
    /// Blocks as they are.
    case content(JSON, stop: String)
    case fault(Int)
    /// After so many seconds.
    case late(Double, Says)
    /// After something has been done.
    case after(@Sendable () -> Void, Says)
  }

  private let server: LoopbackServer
  public var environment: [String: String] { ["ANTHROPIC_BASE_URL": server.url("")] }
  /// What it was asked, in order.
  public var asked: [Field] { server.received.map { Field((try? JSON.parse($0.body)) ?? .null) } }

  public init(_ says: Says...) {
    let turn = Atomic(0)
    server = LoopbackServer { _ in
      let i = turn.wrappingAdd(1, ordering: .relaxed).oldValue
      return Self.action(says[min(i, says.count - 1)])
    }
  }

  /// One that looks at what it is asked.
  public init(_ says: @escaping @Sendable (Field) -> Says) {
    server = LoopbackServer { request in
      Self.action(says(Field((try? JSON.parse(request.body)) ?? .null)))
    }
  }

  public func stop() { server.stop() }

  private static func action(_ says: Says) -> LoopbackServer.Action {
    switch says {
    case .text(let text): message([["type": "text", "text": .string(text)]], "end_turn")
    case .tools(let uses): message(.array([thought] + uses.map(block)), "tool_use")
    case .again(let name, let input): message(.array([block(Use(name, input))]), "tool_use")
    case .content(let content, let stop): message(content, stop)
    case .fault(let status):
      .send(ok(#"{"type":"error","error":{"type":"api_error","message":"trouble"}}"#, status: "\(status) Trouble"))
    case .late(let seconds, let says): .wait(seconds, then: action(says))
    case .after(let body, let says):
      {
        body()
        return action(says)
      }()
    }
  }

  private static let thought: JSON = ["type": "thinking", "thinking": "mejor miro", "signature": "abc=="]

  private static func block(_ use: Use) -> JSON {
    ["type": "tool_use", "id": .string(use.id), "name": .string(use.name), "input": use.input]
  }

  private static func message(_ content: JSON, _ stop: String) -> LoopbackServer.Action {
    let body: JSON = [
      "type": "message", "role": "assistant", "model": "claude-haiku-5-5", "content": content,
      "stop_reason": .string(stop), "usage": ["input_tokens": 100, "output_tokens": 10],
    ]
    return .send(ok(body.text, "Content-Type: application/json\r\n"))
  }
}
