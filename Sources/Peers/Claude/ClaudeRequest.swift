import Core
import Rules

/// A question to Claude: `POST /v1/messages`.
public struct ClaudeCall: Sendable, Equatable {
  /// Part of the system prompt.
  public struct SystemBlock: Sendable, Equatable {
    public var text: String
    /// The same for many calls: everything up to here is kept by Anthropic for five minutes.
    public var cached: Bool

    public init(_ text: String, cached: Bool = false) {
      self.text = text
      self.cached = cached
    }
  }

  /// An id from configuration; `ClaudeModel.named` decides what is really asked.
  public var model: String?
  public var maxTokens: Int
  /// Decimal text between 0 and 1; left out for models that refuse it.
  public var temperature: String?
  public var system: [SystemBlock]
  /// Must begin and end with the person.
  public var turns: [Turn]
  public var tools: [ClaudeTool]
  /// What follows the turns in a tool loop, verbatim: the assistant's `content`, the results, and so on.
  public var continuation: [JSON]
  /// An opaque name of the conversation, for Anthropic's abuse detection: never a phone number.
  public var metadataUser: String?

  public init(
    model: String? = nil, maxTokens: Int = 1024, temperature: String? = nil, system: [SystemBlock], turns: [Turn],
    tools: [ClaudeTool] = [], continuation: [JSON] = [], metadataUser: String? = nil
  ) {
    self.model = model
    self.maxTokens = maxTokens
    self.temperature = temperature
    self.system = system
    self.turns = turns
    self.tools = tools
    self.continuation = continuation
    self.metadataUser = metadataUser
  }
}

/// Something that Claude may ask us to do.
public struct ClaudeTool: Sendable, Equatable {
  public var name: String
  public var description: String
  /// JSON Schema of the input.
  public var schema: JSON

  public init(name: String, description: String, schema: JSON) {
    self.name = name
    self.description = description
    self.schema = schema
  }
}

extension ClaudeCall {
  /// The request. `base` is configuration (`https://api.anthropic.com`), without a slash at the end. The same call always
  /// gives the same bytes, or the cache never hits.
  ///
  /// Asking twice costs money but does no harm: `PeerError.repeatable(idempotent: true)` tells whether to.
  public func request(base: String, key: Secret, timeout: Double = 60) throws(PeerError) -> HTTPRequest {
    guard !key.isEmpty else { throw .unauthorised(code: "no_key", sentence: "no Anthropic API key is configured") }
    guard turns.first?.role == .user, continuation.isEmpty == false || turns.last?.role == .user else {
      throw .refused(code: "no_question", sentence: "the conversation does not begin and end with the person")
    }
    return .post(
      base + "/v1/messages",
      headers: [.init("x-api-key", key.reveal()), .init("anthropic-version", "2023-06-01")], json: body,
      timeout: timeout)
  }

  /// Stable parts first: tools and system are the prefix that is cached.
  var body: JSON {
    let model = ClaudeModel.named(model)
    return .object([
      "model": .string(model.id),
      "max_tokens": .number(tokens(model)),
      "temperature": model.samplingAllowed ? sampled : nil,
      "thinking": model.thinking == .canBeDisabled ? ["type": "disabled"] : nil,
      "output_config": model.effort ? ["effort": "low"] : nil,
      "tools": tools.isEmpty ? nil : .array(tools.map(\.json)),
      "system": systemJSON,
      "messages": .array(turns.filter { !$0.content.isEmpty }.map(\.json) + continuation),
      "metadata": metadataUser.map { ["user_id": .string($0)] },
    ])
  }

  /// About how many tokens it makes Claude read: three bytes each, rather too many than too few.
  public var estimatedTokens: Int64 { Int64((body.bytes.count + 2) / 3) }

  /// How many tokens Claude may say at most.
  public var mostTokens: Int64 { Int64(tokens(ClaudeModel.named(model))) }

  /// Twice the room with each attempt, since an answer that was cut off would be cut off again; up to 16,000 tokens.
  public mutating func widen(attempt: Int) {
    guard attempt > 1 else { return }
    let room = tokens(ClaudeModel.named(model))
    maxTokens = max(room, min(room << min(attempt - 1, 8), 16_000))
  }

  private func tokens(_ model: ClaudeModel) -> Int {
    let least = model.thinking == .onRequest ? 1 : ClaudeModel.leastForThinking
    return min(max(maxTokens, least), 64_000)
  }

  private var sampled: JSON? {
    guard let temperature, let value = Double(temperature), value >= 0, value <= 1,
      temperature.utf8.allSatisfy({ (48...57).contains($0) || $0 == UInt8(ascii: ".") }),
      let first = temperature.first, first != ".", temperature.last != "."
    else { return nil }
    return .number(temperature)
  }

  /// Empty blocks are refused. Only the last cached block needs the mark: it covers all before it.
  private var systemJSON: JSON? {
    let blocks = system.filter { !$0.text.isEmpty }
    let mark = blocks.lastIndex(where: \.cached)
    guard !blocks.isEmpty else { return nil }
    return .array(
      blocks.enumerated().map { i, block in
        .object([
          "type": "text", "text": .string(block.text),
          "cache_control": i == mark ? ["type": "ephemeral"] : nil,
        ])
      })
  }
}

extension ClaudeTool {
  var json: JSON { ["name": .string(name), "description": .string(description), "input_schema": schema] }
}

extension Turn {
  var json: JSON { ["role": .string(role.rawValue), "content": .string(content)] }
}
