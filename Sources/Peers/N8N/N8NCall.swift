import Core
import FoundationEssentials

/// What n8n tells us: the guide's four actions. Field names and answers are the guide's.
public struct N8NCall: Sendable, Equatable {
  public enum Action: Sendable, Equatable {
    /// An answer to what a person asked.
    case answer(conversation: UUID, content: String, model: String?, tokens: Int64?)
    case score(lead: UUID, score: Int32, reason: String?)
    case book(lead: UUID, branch: UUID, at: Instant, service: UUID?, staff: UUID?, notes: String?)
    case escalate(conversation: UUID, reason: String, staff: UUID?)
    /// Nothing that we know; the guide wants it taken and logged.
    case other(String)
  }

  public let action: Action
  /// Whose it is, if it says so; what it is about decides.
  public let tenant: UUID?
  /// Under which it is done once.
  public let key: String?
  /// The person's message that it is about, if it says so (`message_id` or `question_id`, as events call it).
  public let message: UUID?

  /// Characters of an answer; what a channel takes at once is less, and it is sent in parts.
  static let longest = 20_000

  /// Seconds of the years 1 to 9999, of which others can write down the time.
  private static let years: Range<Int64> = -62_135_596_800..<253_402_300_800

  /// What it is about, if it is about something of ours.
  public var subject: (kind: String, id: UUID)? {
    switch action {
    case .answer(let id, _, _, _), .escalate(let id, _, _): ("conversation", id)
    case .score(let id, _, _), .book(let id, _, _, _, _, _): ("lead", id)
    case .other: nil
    }
  }

  public static func read(_ request: Request) throws(Refusal) -> N8NCall {
    let body = Field(try JSON.parse(request.body))
    _ = try body.object()
    guard body["action"].exists else {
      guard !body["object"].exists, !body["entry"].exists else {
        throw .malformed(
          path: "$",
          fault: "this is a platform's webhook; its address is /api/webhook/whatsapp, …/instagram or …/facebook")
      }
      throw .malformed(path: "$.action", fault: "expected a string, found nothing")
    }
    // Who signs by Standard Webhooks names what it tells, and the name is signed too.
    let signed = request.headers["webhook-signature"].flatMap { _ in request.headers["webhook-id"] }
    let key = request.headers["idempotency-key"] ?? body["idempotency_key"].text ?? signed
    if let key, !(1...255).contains(key.utf8.count) || key.utf8.contains(0) {
      throw .malformed(path: "Idempotency-Key", fault: "expected 1 to 255 characters")
    }
    return N8NCall(
      action: try action(body), tenant: try id(body, "tenant_id"), key: key,
      message: try id(body, body["question_id"].exists ? "question_id" : "message_id"))
  }

  private static func action(_ body: Field) throws(Refusal) -> Action {
    let name = try body["action"].string()
    switch name {
    case "ai_response":
      try needs(body, "conversation_id", "content")
      let content = try text(body, "content", most: longest) ?? ""
      guard content.contains(where: { !$0.isWhitespace }) else {
        throw .malformed(path: "$.content", fault: "there is nothing in it")
      }
      return .answer(
        conversation: try must(body, "conversation_id"), content: content, model: try text(body, "model", most: 200),
        tokens: (body["tokens"].integer).flatMap { $0 >= 0 ? $0 : nil })
    case "update_lead_score":
      try needs(body, "lead_id", "score")
      guard let score = body["score"].loose.flatMap(Double.init), (0...100).contains(score) else {
        throw .malformed(path: "$.score", fault: "expected a number from 0 to 100")
      }
      return .score(
        lead: try must(body, "lead_id"), score: Int32(score.rounded()), reason: try text(body, "reason", most: 2000))
    case "schedule_appointment":
      try needs(body, "lead_id", "branch_id", "scheduled_at")
      guard let at = body["scheduled_at"].text.flatMap({ Instant($0) }), years.contains(at.seconds) else {
        throw .malformed(path: "$.scheduled_at", fault: "expected a time with its offset, such as 2026-01-15T16:00:00Z")
      }
      return .book(
        lead: try must(body, "lead_id"), branch: try must(body, "branch_id"), at: at,
        service: try id(body, "service_id"), staff: try id(body, "staff_id"), notes: try text(body, "notes", most: 2000)
      )
    case "escalate_conversation":
      try needs(body, "conversation_id", "reason")
      return .escalate(
        conversation: try must(body, "conversation_id"), reason: try text(body, "reason", most: 2000) ?? "",
        staff: try id(body, "staff_id"))
    default:
      return .other(String(name.prefix(100)))
    }
  }

  /// All that is missing, at once.
  private static func needs(_ body: Field, _ names: String...) throws(Refusal) {
    let missing = names.filter { !body[$0].exists }
    guard missing.isEmpty else {
      throw .malformed(path: "$", fault: "missing: " + missing.joined(separator: ", "))
    }
  }

  private static func must(_ body: Field, _ name: String) throws(Refusal) -> UUID {
    guard let found = try id(body, name) else { throw body[name].expected("a UUID") }
    return found
  }

  private static func id(_ body: Field, _ name: String) throws(Refusal) -> UUID? {
    guard body[name].exists, body[name].text != "" else { return nil }
    guard let found = body[name].text.flatMap({ UUID(uuidString: $0) }) else { throw body[name].expected("a UUID") }
    return found
  }

  private static func text(_ body: Field, _ name: String, most: Int) throws(Refusal) -> String? {
    guard body[name].exists else { return nil }
    let found = try body[name].string()
    guard found.unicodeScalars.count <= most else {
      throw .malformed(path: "$.\(name)", fault: "longer than \(most) characters")
    }
    return found
  }
}

/// How n8n proves that it speaks, where it shows no key.
public enum N8NSignature {
  /// The guide's header: hex HMAC-SHA256 of the body, as n8n's Crypto node makes it, `sha256=` before it or not.
  static let header = "x-n8n-signature"

  public static func isSigned(_ request: Request) -> Bool {
    request.headers["webhook-signature"] != nil || request.headers[header] != nil
  }

  /// Throws unless the request is signed with one of the secrets, in either way.
  public static func verify(_ request: Request, _ secrets: [Secret], now: Instant) throws(Refusal) {
    if request.headers["webhook-signature"] != nil {
      return try StandardWebhook.verify(request, secrets, now: now)
    }
    let given = request.headers[header] ?? ""
    let digits = given.hasPrefix("sha256=") ? given.dropFirst(7) : given[...]
    guard digits.utf8.count == 64, let bytes = bytes(hex: digits) else {
      throw .unsigned("the signature is malformed: expected 64 hex digits")
    }
    var genuine = false
    for secret in secrets where equalInConstantTime(hmacSHA256(request.body, key: secret), bytes) { genuine = true }
    guard genuine else { throw .unsigned("the signature is wrong") }
  }
}
