import Core

/// `/graph/v25.0/{object}/{verb}`; the version may be missing where Meta's own examples leave it out.
struct GraphPath: Sendable {
  let object: String
  let verb: String?
  /// Whoever the token is for.
  var isMe: Bool { object == "me" }

  init(_ request: Request) {
    var parts = request.path.split(separator: "/").dropFirst().map { percentDecoded($0) }
    if let first = parts.first, first.first == "v", first.dropFirst().allSatisfy({ $0.isNumber || $0 == "." }) {
      parts.removeFirst()
    }
    object = parts.first ?? ""
    verb = parts.count > 1 ? parts[1] : nil
  }
}

extension Tokens {
  /// Objects that are about tokens.
  static let ways = ["debug_token", "refresh_access_token", "access_token"]

  /// The answer to a question about tokens; nil if it is none.
  func answer(_ object: String, _ request: Request) throws(GraphError) -> JSON? {
    switch object {
    case "debug_token":
      try check(Tokens.given(request))
      return inspection(of: request.parameter("input_token") ?? "")
    case "refresh_access_token", "access_token":
      let kind = object == "access_token" ? "ig_exchange_token" : "ig_refresh_token"
      guard request.parameter("grant_type") == kind else { throw .invalid("(#100) Param grant_type must be \(kind)") }
      try check(Tokens.given(request))
      return [
        "access_token": .string("dev_instagram_\(hex(randomBytes(12)))"), "token_type": "bearer",
        "expires_in": 5_184_000,
      ]
    default: return nil
    }
  }
}

/// Who hears of an account.
enum Subscriptions {
  /// What is asked for, in the query or the body; nil: everything that the app has in its dashboard.
  static func fields(_ request: Request, _ body: JSON?) -> [String]? {
    let body = body.map { Field($0) }
    let listed = body?["subscribed_fields"].items.compactMap(\.text) ?? []
    if !listed.isEmpty { return listed }
    let text = request.parameter("subscribed_fields") ?? body?["subscribed_fields"].text
    return text.map { $0.split(separator: ",").map(String.init) }
  }

  /// `GET …/subscribed_apps` of a page or an Instagram account.
  static func apps(_ fields: [String]?, others: [JSON]) -> JSON {
    if fields?.isEmpty == true { return ["data": .array(others)] }
    let all = ["messages", "messaging_postbacks", "message_deliveries", "message_reads", "message_echoes"]
    let ours: JSON = [
      "id": .string(Account.appID), "name": "TIS TIS (sandbox)", "link": "https://tistis.example/",
      "subscribed_fields": .array((fields ?? all).map { .string($0) }),
    ]
    return ["data": .array([ours] + others)]
  }

  /// What a page cannot be subscribed to, by what Instagram's own login calls it.
  static func unknown(_ fields: [String], ofPage: Bool) -> String? {
    fields.first { ofPage && ["messaging_seen", "message_edit", "messaging_referral"].contains($0) }
  }
}
