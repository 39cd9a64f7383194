import Core

/// How a registered number behaves beyond the form of what it is sent. Everything is off unless it was registered so.
struct NumberRules: Sendable {
  /// It knows who wrote when, which messages, templates and media there are, and how fast it may send.
  let strict: Bool
  /// A closed window is told by a failed status instead of at once. Meta does either.
  let tellsWindowLater: Bool
  /// Messages a second, and as many at once.
  let perSecond: Int
  /// Why the token is refused, as Meta's subcode; nil: it is good.
  let tokenSubcode: Int?
  /// The only people that a test number may write to, as digits; nil: anybody.
  let allowed: Set<String>?
  /// What becomes of a new template: APPROVED REJECTED, or PENDING for ever.
  let templateReview: String
  /// `messages[0].message_status` of the answer.
  let messageStatus: String

  private static let tokenStates = [
    "app_removed": 458, "checkpoint": 459, "password_changed": 460, "expired": 463, "unconfirmed": 464, "invalid": 467,
  ]

  init(_ body: Field) throws(Refusal) {
    strict = body["strict"].bool ?? false
    switch body["window"].text {
    case nil, "refuse": tellsWindowLater = false
    case "status": tellsWindowLater = true
    default: throw body["window"].expected("refuse or status")
    }
    let rate = body["per_second"].exists ? try body["per_second"].int() : 80
    guard (1...1000).contains(rate) else { throw body["per_second"].expected("1 to 1000") }
    perSecond = Int(rate)
    tokenSubcode = try Self.tokenSubcode(body)
    allowed = body["allowed"].exists ? Set(try body["allowed"].array().compactMap(\.loose)) : nil
    templateReview = body["template_review"].text ?? "APPROVED"
    messageStatus = body["message_status"].text ?? "accepted"
  }

  /// What `"token"` says of it.
  static func tokenSubcode(_ body: Field) throws(Refusal) -> Int? {
    guard let state = body["token"].text, state != "good" else { return nil }
    guard let subcode = tokenStates[state] else {
      throw body["token"].expected("good, " + tokenStates.keys.sorted().joined(separator: ", "))
    }
    return subcode
  }

  func checkToken() throws(GraphError) {
    if let tokenSubcode { throw .badToken(subcode: tokenSubcode) }
  }

  /// The allow-list holds the form that was typed into it: 54… without the 9 is another number than 549….
  func checkAllowed(_ recipient: WhatsAppRules.Recipient) throws(GraphError) {
    guard let allowed, let waID = recipient.waID else { return }
    let given = recipient.input.filter(\.isNumber)
    guard allowed.contains(given) || allowed.contains(waID) else { throw .named(131030) }
  }
}
