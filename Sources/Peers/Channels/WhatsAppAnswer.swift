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
    return Acceptance(externalID: id, aliases: aliases)
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
    switch action(fault, status: response.status) {
    case .again(let after):
      return .throttled(after: retryAfter(response.headers) ?? after, code: fault.code, sentence: sentence)
    case .person: return .unauthorised(code: fault.code, sentence: sentence)
    case .never: return .refused(code: fault.code, sentence: sentence)
    }
  }
}

/// What to do about a Graph error.
enum GraphAction: Equatable {
  /// Try again, after so many seconds if the code implies them.
  case again(after: Double?)
  /// Credentials, permission, payment, a locked account: stop the channel and tell somebody.
  case person
  /// The same message will be refused again.
  case never
}

extension WhatsApp {
  /// The code decides; what the table does not know is decided by `is_transient` and the HTTP status, which are no
  /// reliable discriminators (throttles come as 400, 403 or 429).
  static func action(_ fault: GraphFault, status: Int) -> GraphAction {
    if let code = Int(fault.code), let row = actions.first(where: { $0.codes.contains(code) }) { return row.action }
    if fault.transient || status == 429 || status >= 500 { return .again(after: nil) }
    return status == 401 ? .person : .never
  }

  /// Error codes of the Cloud API, November 2026.
  private static let actions: [(codes: ClosedRange<Int>, action: GraphAction)] = [
    // Login and permission; 0 is "could not authenticate the app".
    (0...0, .person), (3...3, .person), (10...10, .person), (190...190, .person), (200...299, .person),
    (131_005...131_005, .person),
    // Locked, blocked, not registered, not approved, not paid.
    (368...368, .person), (130_497...130_497, .person), (131_031...131_031, .person), (131_037...131_037, .person),
    (131_042...131_042, .person), (131_044...131_045, .person), (133_010...133_010, .person),
    // Unknown or passing trouble on their side.
    (1...2, .again(after: nil)), (131_000...131_000, .again(after: nil)), (131_016...131_016, .again(after: nil)),
    (131_052...131_053, .again(after: nil)), (132_069...132_069, .again(after: nil)),
    (133_004...133_004, .again(after: nil)), (134_000...135_000, .again(after: nil)),
    // Too fast: the app, the account, the number.
    (4...4, .again(after: 60)), (613...613, .again(after: 60)), (80_007...80_007, .again(after: 60)),
    (130_429...130_429, .again(after: 1)), (133_016...133_016, .again(after: 60)),
    // Too fast to this one person: about one message in six seconds.
    (131_056...131_056, .again(after: 6)),
    // Maintenance of the account, up to a minute.
    (131_057...131_057, .again(after: 30)),
    // Quality: the whole number rests for hours.
    (131_048...131_048, .again(after: 3600)), (131_064...131_064, .again(after: 3600)),
    // Parameters, window, consent, template: this message never.
    (33...33, .never), (100...100, .never), (130_472...130_472, .never), (131_008...131_009, .never),
    (131_021...131_021, .never), (131_026...131_026, .never), (131_030...131_030, .never),
    (131_047...131_047, .never), (131_049...131_051, .never), (131_062...131_063, .never),
    (132_000...132_068, .never), (137_000...137_000, .never), (139_200...139_200, .never),
  ]
}
