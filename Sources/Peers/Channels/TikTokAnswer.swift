import Core
import Rules

/// `{"code", "message", "request_id", "data"}`. Errors come as HTTP 200 with a code; 0 is the only success.
struct TikTokFault: Sendable, Equatable {
  var code: String
  /// On one line, without anything that looks like a token.
  var sentence: String

  /// nil if the answer is none of TikTok's, or a success.
  init?(_ body: Field) {
    guard let code = body["code"].integer, code != 0 else { return nil }
    self.code = String(code)
    let words = body["message"].text.flatMap { TikTok.oneLine($0) } ?? "no words given"
    let trace = body["request_id"].loose.map { " (request \(clipped($0, 80)))" } ?? ""
    sentence = withoutTokens(clipped(words, 300)) + trace
  }
}

extension TikTok {
  static func body(_ response: HTTPResponse) -> Field { Field((try? JSON.parse(response.body)) ?? .null) }

  /// The `data` of a success. A code is proof that nothing was done; a 5xx without one may come from a gateway behind which
  /// it was.
  static func data(_ response: HTTPResponse) throws(PeerError) -> Field {
    let body = body(response)
    if let fault = TikTokFault(body) { throw peerError(fault, response) }
    guard (200...299).contains(response.status) else { throw peerError(response) }
    guard body["code"].integer == 0 else { throw .unparseable("HTTP \(response.status) without a code") }
    return body["data"]
  }

  static func accepted(_ response: HTTPResponse) throws(PeerError) -> Acceptance {
    let data = try data(response)
    guard let id = (data["message"]["message_id"].loose ?? data["message_id"].loose), !id.isEmpty else {
      throw .unparseable("code 0 without data.message.message_id")
    }
    return Acceptance(externalID: id)
  }

  static func judge(_ response: HTTPResponse) -> SendJudgement? {
    if let fault = TikTokFault(body(response)) { return TikTokErrors.judge(fault, status: response.status) }
    switch response.status {
    case 200...299, 408, 500...: return nil
    default: return TikTokErrors.unknown("http_\(response.status)", status: response.status)
    }
  }

  /// An answer that is none of TikTok's.
  private static func peerError(_ response: HTTPResponse) -> PeerError {
    let code = "http_\(response.status)"
    let sentence = "HTTP \(response.status) without a code of TikTok's"
    return switch response.status {
    case 401, 403: .unauthorised(code: code, sentence: sentence)
    case 429: .throttled(after: retryAfter(response.headers), code: code, sentence: sentence)
    case 408, 500...: .unreachable(sentence, left: true)
    default: .refused(code: code, sentence: sentence)
    }
  }

  private static func peerError(_ fault: TikTokFault, _ response: HTTPResponse) -> PeerError {
    let asked = retryAfter(response.headers)
    switch TikTokErrors.judge(fault, status: response.status).consequence {
    case .again(_, let after): return .throttled(after: asked ?? after, code: fault.code, sentence: fault.sentence)
    case .slow(_, let after), .pause(_, let after):
      return .throttled(after: asked ?? after, code: fault.code, sentence: fault.sentence)
    case .pair: return .throttled(after: asked, code: fault.code, sentence: fault.sentence)
    case .stop: return .unauthorised(code: fault.code, sentence: fault.sentence)
    case .optOut, .spare, .blockTemplate, .final: return .refused(code: fault.code, sentence: fault.sentence)
    }
  }
}
