import Core
import Rules

/// What the errors of one platform of Meta's mean for us: one table for answers and for failed statuses.
struct GraphErrors: Sendable {
  struct Row: Sendable {
    let codes: ClosedRange<Int>
    let subcode: Int?
    let consequence: SendConsequence
    let advice: String?

    init(_ codes: ClosedRange<Int>, subcode: Int? = nil, _ consequence: SendConsequence, _ advice: String? = nil) {
      self.codes = codes
      self.subcode = subcode
      self.consequence = consequence
      self.advice = advice
    }

    init(_ code: Int, subcode: Int? = nil, _ consequence: SendConsequence, _ advice: String? = nil) {
      self.init(code...code, subcode: subcode, consequence, advice)
    }
  }

  private let table: [Row]
  /// What to do where the token is no good and no row says it better.
  private let unauthorised: String

  init(_ table: [Row], unauthorised: String) {
    self.table = table
    self.unauthorised = unauthorised
  }

  /// The code decides, the subcode's row before the plain one. What the table does not know is decided by
  /// `is_transient` and the HTTP status (nil: it came in a status), which are no reliable discriminators: throttles come
  /// as 400, 403 or 429.
  func judge(_ fault: GraphFault, status: Int?) -> SendJudgement {
    if fault.wantsProof { return SendJudgement(code: fault.code, .stop, advice: GraphFault.proofAdvice) }
    let subcode = fault.subcode.flatMap { Int($0) }
    if let code = Int(fault.code) {
      let rows = table.filter { $0.codes.contains(code) }
      if let row = rows.first(where: { $0.subcode != nil && $0.subcode == subcode })
        ?? rows.first(where: { $0.subcode == nil })
      {
        return SendJudgement(code: fault.code, row.consequence, advice: row.advice)
      }
    }
    return unknown(fault.code, transient: fault.transient, status: status)
  }

  /// What the table says of an answer that is no acceptance; nil where the message may have been taken.
  func judge(_ response: HTTPResponse) -> SendJudgement? {
    let body = Field((try? JSON.parse(response.body)) ?? .null)
    if let fault = GraphFault(body["error"]) { return judge(fault, status: response.status) }
    switch response.status {
    case 200...299, 408, 500...: return nil
    default: return unknown("http_\(response.status)", status: response.status)
    }
  }

  /// An answer without a Graph error, or with a code that the table does not know.
  private func unknown(_ code: String, transient: Bool = false, status: Int?) -> SendJudgement {
    switch status ?? 0 {
    case 429: SendJudgement(code: code, .slow(.number, after: 1))
    case _ where transient, 500...: SendJudgement(code: code, .again(tries: SendPace.tries))
    case 401: SendJudgement(code: code, .stop, advice: unauthorised)
    case 403 where Int(code) == nil:
      SendJudgement(
        code: code, .stop,
        advice:
          "Something before Meta's API refused our calls (HTTP 403): see whether the address of Meta's API in the settings "
          + "and the way out of this machine are right, then tistis channels resume.")
    default: SendJudgement(code: code, .final)
    }
  }

  /// The body of an answer that means yes. A Graph error is proof of a no, whatever the HTTP status; a 5xx without one may
  /// come from a gateway behind which the message was taken.
  func accepted(_ response: HTTPResponse) throws(PeerError) -> Field {
    let body = Field((try? JSON.parse(response.body)) ?? .null)
    if let fault = GraphFault(body["error"]) { throw peerError(fault, response) }
    guard (200...299).contains(response.status) else { throw Self.peerError(response) }
    return body
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

  private func peerError(_ fault: GraphFault, _ response: HTTPResponse) -> PeerError {
    let sentence = fault.sentence + (fault.trace.map { " (trace \($0))" } ?? "")
    let asked = retryAfter(response.headers)
    switch judge(fault, status: response.status).consequence {
    case .again(_, let after): return .throttled(after: asked ?? after, code: fault.code, sentence: sentence)
    case .slow(_, let after), .pause(_, let after):
      return .throttled(after: asked ?? after, code: fault.code, sentence: sentence)
    case .pair: return .throttled(after: asked, code: fault.code, sentence: sentence)
    case .stop: return .unauthorised(code: fault.code, sentence: sentence)
    case .optOut, .spare, .blockTemplate, .final: return .refused(code: fault.code, sentence: sentence)
    }
  }
}
