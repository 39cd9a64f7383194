import Core

extension PeerError {
  /// An answer of Anthropic's that is no message: `{"type": "error", "error": {"type", "message"}, "request_id"}`.
  /// `x-should-retry` overrules the status, which overrules the type.
  init(claude response: HTTPResponse, _ body: Field) {
    let type = body["error"]["type"].text ?? "http_\(response.status)"
    let words = body["error"]["message"].text ?? "HTTP \(response.status) without an error of Anthropic's"
    let request = body["request_id"].text ?? response.headers["request-id"]
    let sentence = withoutTokens(String(words.prefix(500))) + (request.map { " (request \($0))" } ?? "")
    let busy = PeerError.throttled(after: retryAfter(response.headers), code: type, sentence: sentence)
    let refused = PeerError.refused(code: type, sentence: sentence)

    switch (response.headers["x-should-retry"], response.status) {
    case (_, 401), (_, 402), (_, 403): self = .unauthorised(code: type, sentence: sentence)
    // Spent credit used to come as 400, and may again through gateways.
    case (_, 400) where words.contains("credit balance"): self = .unauthorised(code: type, sentence: sentence)
    case ("true", _): self = busy
    case ("false", _): self = refused
    case (_, 408), (_, 409), (_, 429), (_, 500...): self = busy
    case (_, 200...299): self = Self.passing.contains(type) ? busy : refused
    default: self = refused
    }
  }

  /// A call of the model may have been paid for although nobody has heard its answer: that was lost or unreadable, or took
  /// whoever stands between us and the model too long. Anthropic's other errors cost nothing.
  public var mayHaveCost: Bool { mightHaveArrived || ["timeout_error", "http_504"].contains(code) }

  /// Types that pass by themselves, for errors inside an answer of 200.
  private static let passing: Set<String> = ["rate_limit_error", "api_error", "timeout_error", "overloaded_error"]
}
