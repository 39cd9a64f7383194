import Core
import Store

/// Why something that was asked is not done, as the asker is told. `code` is a word for machines and stable.
public struct APIProblem: Error, Sendable {
  public var status: Int
  public var code: String
  public var sentence: String
  /// What is wrong with the request, all of it.
  public var faults: [ShapeFault] = []
  /// More members of the answer: `leadId`, `retry_after` …
  public var members: [JSON.Members.Pair] = []
  public var headers: [(String, String)] = []

  public init(_ status: Int, _ code: String, _ sentence: String, members: [JSON.Members.Pair] = []) {
    self.status = status
    self.code = code
    self.sentence = sentence
    self.members = members
  }

  /// 400 with the path of every fault.
  static func malformed(_ faults: [ShapeFault]) -> APIProblem {
    let first = faults.first.map { "\($0.path): \($0.fault)" } ?? "the request cannot be read"
    var problem = APIProblem(400, "malformed", first + (faults.count > 1 ? " (and \(faults.count - 1) more)" : ""))
    problem.faults = faults
    return problem
  }
  public static func malformed(_ path: String, _ fault: String) -> APIProblem {
    malformed([ShapeFault(path: path, fault: fault)])
  }

  /// 404. Also what belongs to somebody else.
  public static func unknown(_ what: String) -> APIProblem { APIProblem(404, "unknown", "there is no such \(what)") }

  public static func conflict(_ code: String, _ sentence: String, _ members: [JSON.Members.Pair] = []) -> APIProblem {
    APIProblem(409, code, sentence, members: members)
  }

  /// A template that its platform has not approved, or not yet; `why` says what to do.
  static func templateBlocked(_ why: String) -> APIProblem { .conflict("TEMPLATE_BLOCKED", why) }

  init(_ refusal: Refusal) {
    self.init(refusal.status, refusal.code, refusal.sentence)
    if case .malformed(let path, let fault) = refusal { faults = [ShapeFault(path: path, fault: fault)] }
    headers = refusal.response(requestID: "").headers.filter { $0.0 != "Content-Type" }
  }

  /// What the database said: what is away comes back, a value that it refuses is the asker's, all else is our mistake.
  init(_ error: StoreError) {
    switch error {
    case .unavailable, .serialization: self.init(error.refusal)
    case .conflict: self = .conflict("conflict", "something like it is there already")
    case .data: self.init(400, "malformed", "a value is not possible here")
    // Too long for an index, too deep.
    case .rejected(let sqlstate, _) where sqlstate.hasPrefix("54"):
      self.init(400, "malformed", "a value is too long")
    case .rejected, .shape: self.init(500, "INTERNAL_ERROR", "this is our mistake; the log says more")
    }
  }

  func response(requestID: String) -> Response {
    var body = JSON.Members([.init("error", .string(sentence)), .init("code", .string(code))])
    if let first = faults.first {
      body["path"] = .string(first.path)
      body["details"] = .array(
        faults.map { ["field": .string($0.path), "message": .string($0.fault), "code": "invalid"] })
    }
    body.pairs += members
    if !requestID.isEmpty { body["request_id"] = .string(requestID) }
    var response = Response.json(.object(body), status: status)
    response.headers += headers
    return response
  }

  /// The shape of every refusal, for the document.
  static let shape = Shape.object([
    .needs("error", .text(0...2000)), .needs("code", .line), .may("path", .line),
    .may(
      "details",
      .list(
        .object([.needs("field", .line), .needs("message", .text(0...2000)), .needs("code", .line)]),
        atMost: ShapeFault.most)),
    .may("request_id", .line), .may("retry_after", .count), .may("retryAfter", .count), .may("conversationId", .id),
    .may("leadId", .id),
    .may("canRestore", .flag), .may("existing_id", .id), .may("tenants", .list(.anything, atMost: 1000)),
  ])
}
