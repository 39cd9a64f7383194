import Core
import FoundationEssentials
import Store
import Synchronization
import TestSupport
import Testing

@testable import Flows

/// A Claude that answers what a test has written down: each call takes the next, the last is for all that follow.
final class Claude: Sendable {
  struct Use: Sendable {
    var id: String
    var name: String
    var input: JSON
    init(_ name: String, _ input: JSON = [:], id: String = unique("toolu_")) {
      self.id = id
      self.name = name
      self.input = input
    }
  }

  indirect enum Says: Sendable {
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
  var environment: [String: String] { ["ANTHROPIC_BASE_URL": server.url("")] }
  /// What it was asked, in order.
  var asked: [Field] { server.received.map { Field((try? JSON.parse($0.body)) ?? .null) } }

  init(_ says: Says...) {
    let turn = Atomic(0)
    server = LoopbackServer { _ in
      let i = turn.wrappingAdd(1, ordering: .relaxed).oldValue
      return Self.action(says[min(i, says.count - 1)])
    }
  }

  /// One that looks at what it is asked.
  init(_ says: @escaping @Sendable (Field) -> Says) {
    server = LoopbackServer { request in
      Self.action(says(Field((try? JSON.parse(request.body)) ?? .null)))
    }
  }

  func stop() { server.stop() }

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

extension AssistantTool {
  /// Leaves a mark in the conversation (`current_intent`), one each time it takes effect.
  static func marker(
    _ name: String = "mark", handsOver: Bool = false,
    first: @escaping @Sendable (ToolUse) throws(StoreError) -> Void = { _ in },
    then: @escaping @Sendable (ToolUse) throws(StoreError) -> Void = { _ in }
  ) -> AssistantTool {
    AssistantTool(
      name, "Leaves a mark.",
      schema: [
        "type": "object", "additionalProperties": false, "required": ["word"],
        "properties": ["word": ["type": "string", "maxLength": 5]],
      ]
    ) { (use, scope) throws(StoreError) in
      try first(use)
      let word = use.input["word"].text ?? "?"
      try scope.exec(
        unique("mark"),
        "update conversations set current_intent = concat(current_intent, $1::text) where id = $2::uuid",
        [word, use.conversation.text])
      try then(use)
      return ToolAnswer(["marked": .string(word), "say": "Le atiende una persona."], handsOver: handsOver)
    }
  }
}

extension Shop {
  /// Does what is due with this Claude and these tools.
  @discardableResult
  func work(_ claude: Claude, _ tools: [AssistantTool], most: Int? = nil) async throws -> Int {
    let office = try office(claude.environment, tools: tools)
    let report = await Worker(office, WorkerOptions(most: most, drainOnly: true)).run()
    await office.close()
    return report.taken
  }

  /// The marks that tools have left.
  func marks() throws -> String { try value("coalesce(current_intent, '')", of: "conversations") ?? "" }

  /// Kinds and names of all steps in their order, `!` where one went wrong: `call mark! call`.
  func steps() throws -> String {
    try database.column(
      """
      select case kind when 'call' then 'call' else name end || case when is_error then '!' else '' end from ai_steps
       where tenant_id = '\(tenant.id.text)' order by question_id, ordinal
      """
    ).compactMap(\.self).joined(separator: " ")
  }

  /// The answer's job, held by a worker of a test's; and its conversation.
  func hold() throws -> (job: HeldJob, conversation: UUID) {
    try run(
      """
      update jobs set status = 'processing', attempts = attempts + 1, worker_id = gen_random_uuid(), started_at = now()
        where job_type = 'ai_response'
      """)
    let conversation = try #require(try value("id", of: "conversations").flatMap { UUID(uuidString: $0) })
    let job = try #require(try job("id").flatMap { UUID(uuidString: $0) })
    return (
      HeldJob(
        tenant: tenant.id, id: job, work: .answer(conversation: conversation, channel: .whatsapp), attempt: 1,
        maxAttempts: 5, requestID: nil), conversation
    )
  }

  /// Whoever held the answer is dead: what the lease's end does.
  func release() throws {
    try run("update jobs set status = 'pending', worker_id = null, lane_head = true where job_type = 'ai_response'")
  }
}
