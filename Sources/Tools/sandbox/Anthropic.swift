import Core

/// Anthropic's Messages API with a Claude that plays a script (`Scripts`) or thinks by a simple rule (`ClaudeThoughts`).
struct Anthropic: Peer {
  let name = "anthropic"

  /// Seconds that an answer takes.
  let delay: Double
  let scripts: Scripts
  private let cache = PromptCache()
  private let thoughts = GivenThoughts()

  init(delay: Double, scripts: Scripts) {
    self.delay = delay
    self.scripts = scripts
  }

  func kind(_ call: Call) -> String { call.request.path.split(separator: "/").last.map(String.init) ?? "unknown" }

  func answer(_ call: Call, failure: Int?) async -> PeerAnswer {
    let requestID = Self.id("req_")
    do throws(AnthropicError) {
      try checkHead(call.request)
      guard let json = call.body, case .object = json else {
        throw .invalid("The request body is not valid JSON: an object was expected")
      }
      let body = Field(json)
      let model = try AnthropicRules.check(body)
      try await thoughts.check(body)
      let prompt = Prompt(body)
      let played = try await scripts.play(prompt, call.request, model)
      let thought = played ?? ClaudeThoughts.answer(prompt, model)
      await thoughts.keep(thought)
      let message = await envelope(thought, body, model)
      await pause(delay + thought.delay)
      return PeerAnswer(response: headed(.json(message), requestID), accepted: true)
    } catch { return PeerAnswer(response: headed(error.response(requestID: requestID), requestID)) }
  }

  func refusal(_ kind: Fault.Kind, retryAfter: Int?) -> Response? {
    guard case .status(let status) = kind else { return nil }
    let requestID = Self.id("req_")
    var response = headed(AnthropicError.of(status: status).response(requestID: requestID), requestID)
    // With 429 it always comes; with others only if the fault says so.
    if let after = retryAfter ?? (status == 429 ? 1 : nil) {
      response.headers.append(("retry-after", String(after)))
    }
    response.headers.append(("x-should-retry", [408, 409, 429].contains(status) || status >= 500 ? "true" : "false"))
    return response
  }

  private func checkHead(_ request: Request) throws(AnthropicError) {
    guard request.path == "/anthropic/v1/messages" else { throw AnthropicError(status: 404, message: "Not found") }
    guard request.method == "POST" else { throw AnthropicError(status: 405, message: "Method Not Allowed") }
    guard let key = request.headers["x-api-key"], !key.isEmpty else {
      throw AnthropicError(status: 401, message: "x-api-key header is required")
    }
    guard let version = request.headers["anthropic-version"] else {
      throw .invalid("anthropic-version: header is required")
    }
    guard ["2023-06-01", "2023-01-01"].contains(version) else {
      throw .invalid("anthropic-version: \"\(version)\" is not a valid version")
    }
    guard (request.headers["content-type"] ?? "").lowercased().hasPrefix("application/json") else {
      throw .invalid("content-type: must be application/json")
    }
  }

  private func envelope(_ thought: Thought, _ body: Field, _ model: ClaudeModel) async -> JSON {
    let thought = thought.cut(toTokens: Int(body["max_tokens"].wholeNumber ?? 1))
    let input = await cache.usage(of: body, model, now: .now)
    let output = thought.blocks.reduce(0) { $0 + tokens($1["text"]?.plain ?? $1["thinking"]?.plain ?? $1.text) }
    let thinking = thought.blocks.reduce(0) { $0 + ($1["thinking"].map { tokens($0.plain) } ?? 0) }
    return [
      "id": .string(Self.id("msg_")), "type": "message", "role": "assistant", "model": .string(model.id),
      "content": .array(thought.blocks), "stop_reason": .string(thought.stopReason), "stop_sequence": nil,
      "usage": [
        "input_tokens": .number(input.fresh),
        "cache_creation_input_tokens": .number(input.written.short + input.written.long),
        "cache_read_input_tokens": .number(input.read),
        "cache_creation": [
          "ephemeral_5m_input_tokens": .number(input.written.short),
          "ephemeral_1h_input_tokens": .number(input.written.long),
        ],
        "output_tokens": .number(output), "output_tokens_details": ["thinking_tokens": .number(thinking)],
        "service_tier": "standard",
      ],
    ]
  }

  private func headed(_ response: Response, _ requestID: String) -> Response {
    var response = response
    response.headers.append(("request-id", requestID))
    response.headers.append(("anthropic-organization-id", "00000000-0000-4000-8000-00000000c1a0"))
    let reset = String((Instant.now + 60).description.prefix(19)) + "Z"
    let limits = [("requests", 4000), ("tokens", 2_400_000), ("input-tokens", 2_000_000), ("output-tokens", 400_000)]
    for (what, limit) in limits {
      let left = response.status == 429 ? 0 : limit - 1
      response.headers.append(("anthropic-ratelimit-\(what)-limit", String(limit)))
      response.headers.append(("anthropic-ratelimit-\(what)-remaining", String(left)))
      response.headers.append(("anthropic-ratelimit-\(what)-reset", reset))
    }
    return response
  }

  static func id(_ prefix: String) -> String {
    let letters = Array("123456789ABCDEFGHJKLMNPQRSTUVWXYZabcdefghijkmnopqrstuvwxyz")
    return prefix + "01" + String(randomBytes(22).map { letters[Int($0) % letters.count] })
  }
}

/// About how many tokens a text has: four characters each.
func tokens(_ text: String) -> Int { (text.unicodeScalars.count + 3) / 4 }

extension JSON {
  /// A string as it is, anything else as JSON text.
  var plain: String { if case .string(let text) = self { text } else { text } }
}
