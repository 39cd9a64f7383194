import Core
import Rules

extension WhatsApp {
  /// 200 with `messages[0].id` is the only proof that WhatsApp took a message. A Graph error is proof that it did not;
  /// a 5xx without one may come from a gateway behind which the message was taken.
  static func accepted(_ response: HTTPResponse) throws(PeerError) -> Acceptance {
    let body = Field((try? JSON.parse(response.body)) ?? .null)
    if let fault = GraphFault(body["error"]) { throw peerError(fault, response) }
    guard (200...299).contains(response.status) else { throw peerError(response) }
    guard let id = body["messages"][0]["id"].loose, !id.isEmpty else {
      throw .unparseable("HTTP \(response.status) without messages[0].id")
    }
    let contact = body["contacts"][0]
    let aliases = [contact["wa_id"], contact["user_id"]].compactMap { WhatsAppPerson.alias($0.loose) }
    let word = body["messages"][0]["message_status"].text
    let held = word.flatMap { $0 == "accepted" ? nil : clipped($0, 60) }
    let advice =
      held == "paused"
      ? "Meta holds messages of a template back because people reported it: word it better in WhatsApp Manager." : nil
    return Acceptance(externalID: id, aliases: aliases, held: held, advice: advice)
  }

  /// What the table says of an answer that is no acceptance; nil where the message may have been taken.
  static func judge(_ response: HTTPResponse) -> SendJudgement? {
    let body = Field((try? JSON.parse(response.body)) ?? .null)
    if let fault = GraphFault(body["error"]) { return WhatsAppErrors.judge(fault, status: response.status) }
    switch response.status {
    case 200...299, 408, 500...: return nil
    default: return WhatsAppErrors.unknown("http_\(response.status)", status: response.status)
    }
  }

  /// An answer that is no Graph error.
  private static func peerError(_ response: HTTPResponse) -> PeerError {
    let code = "http_\(response.status)"
    let sentence = "HTTP \(response.status) without an error of the Graph API"
    return switch response.status {
    case 401, 403: .unauthorised(code: code, sentence: sentence)
    case 429: .throttled(after: retryAfter(response.headers), code: code, sentence: sentence)
    case 408, 500...: .unreachable(sentence, left: true)
    default: .refused(code: code, sentence: sentence)
    }
  }

  private static func peerError(_ fault: GraphFault, _ response: HTTPResponse) -> PeerError {
    let sentence = fault.sentence + (fault.trace.map { " (trace \($0))" } ?? "")
    let asked = retryAfter(response.headers)
    switch WhatsAppErrors.judge(fault, status: response.status).consequence {
    case .again(_, let after): return .throttled(after: asked ?? after, code: fault.code, sentence: sentence)
    case .slow(_, let after), .pause(_, let after):
      return .throttled(after: asked ?? after, code: fault.code, sentence: sentence)
    case .pair: return .throttled(after: asked, code: fault.code, sentence: sentence)
    case .stop: return .unauthorised(code: fault.code, sentence: sentence)
    case .optOut, .spare, .blockTemplate, .final: return .refused(code: fault.code, sentence: sentence)
    }
  }
}
