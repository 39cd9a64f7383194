import Core

/// Bearer tokens, known by their names: what begins with dev_ or test_ is good unless its name says otherwise.
struct Tokens: Sendable {
  /// The one token there is; nil: any that looks like one for development.
  let only: Secret?

  /// Of a request to Graph: in its header or, as some clients have it, in the query.
  static func given(_ request: Request) -> String {
    let header = request.headers["authorization"] ?? ""
    if header.lowercased().hasPrefix("bearer ") { return String(header.dropFirst(7).drop { $0 == " " }) }
    return request.parameter("access_token") ?? ""
  }

  func check(_ given: String) throws(GraphError) {
    guard accepts(given) else { throw .badToken }
    if let subcode = Self.trouble(of: given) { throw .badToken(subcode: subcode) }
  }

  func accepts(_ given: String) -> Bool {
    if let only { return Secret(given) == only }
    return given.hasPrefix("dev_") || given.hasPrefix("test_")
  }

  /// Meta's subcode for a token that was good once; its name says so.
  static func trouble(of given: String) -> Int? {
    given.contains("expired") ? 463 : given.contains("revoked") ? 460 : nil
  }

  private static let scopes = [
    "whatsapp_business_management", "whatsapp_business_messaging", "pages_messaging", "pages_manage_metadata",
    "instagram_basic", "instagram_manage_messages", "instagram_business_basic", "instagram_business_manage_messages",
  ]

  static func permissions(of given: String) -> [String] {
    given.contains("narrow") ? ["whatsapp_business_management", "instagram_basic"] : scopes
  }

  /// What `debug_token` says. One with `narrow` in its name may read and not send.
  func inspection(of given: String) -> JSON {
    let trouble = accepts(given) ? Self.trouble(of: given) : 467
    let scopes = Self.permissions(of: given)
    return [
      "data": .object([
        "app_id": .string(Account.appID), "type": "SYSTEM_USER", "application": "TIS TIS (sandbox)",
        "expires_at": trouble == 463 ? .number((Instant.now + -3600).seconds) : 0,
        "data_access_expires_at": 0, "is_valid": .bool(trouble == nil),
        "scopes": .array(trouble == nil ? scopes.map { .string($0) } : []),
        "error": trouble.map {
          ["code": 190, "subcode": .number($0), "message": "Error validating access token: it cannot be used."]
        },
      ])
    ]
  }
}
