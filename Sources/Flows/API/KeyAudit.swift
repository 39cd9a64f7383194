import Core
import FoundationEssentials
import Store

/// What was done to integrators' keys, and by whom: `/api/settings/api-keys/audit`.
extension Route {
  static let keyAudit: [Route] = [
    Route(
      "GET", "/api/settings/api-keys/audit", "listKeyAudit", "What was done to the keys, the latest first",
      .granted(scope: nil, .owners),
      query: [.init("api_key_id", .id), .init("action", .word(KeyAudit.actions))] + Listing.onward,
      answers: [(200, Listing.answer(KeyAudit.shape))]
    ) { (call) throws(APIProblem) in try KeyAudit.list(call) }
  ]
}

enum KeyAudit {
  static let actions = ["created", "changed", "rotated", "revoked"]

  /// `by_user` null: an administrator of the servers. `details`: see sql/functions/key_audit.sql; never a secret.
  static let shape = Shape.object([
    .needs("id", .id), .needs("api_key_id", .id), .needs("action", .word(actions)), .needs("by_user", .maybe(.id)),
    .needs("details", .map), .needs("created_at", .moment),
  ])

  static func list(_ call: APICall) throws(APIProblem) -> Response {
    let listing = try Listing(call, "key-audit", filters: ["api_key_id", "action"])
    let key = call.uuid("api_key_id")
    if let key { _ = try Keys.read(call, key) }
    let rows = try call.store { (scope) throws(StoreError) in
      try scope.apiKeyAudit(
        keyId: key, action: call.text("action"), before: listing.cursor?.moment, beforeId: listing.cursor?.id,
        limit: listing.size + 1)
    }
    return try listing.onward(call, rows.map { ($0.data, Cursor(moment: $0.createdAt, id: $0.id)) })
  }
}
