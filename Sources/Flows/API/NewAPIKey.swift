import Core
import FoundationEssentials
import Rules
import Store

/// What a key that is to be made may do.
public struct NewAPIKey: Sendable {
  public var name: String
  public var description: String?
  public var isTest = false
  public var scopes: [String]
  /// Sees this branch only; nil: the whole business.
  public var branch: UUID?
  public var perMinute: Int
  public var perDay: Int
  /// Addresses and networks it may be used from; none: from anywhere.
  public var addresses: [String] = []
  public var expires: Instant?
  public var creator: UUID?

  public init(name: String, scopes: [String], branch: UUID? = nil, perMinute: Int = 1000, perDay: Int = 1_000_000) {
    self.name = name
    self.scopes = scopes
    self.branch = branch
    self.perMinute = perMinute
    self.perDay = perDay
  }

  /// Adds it in the scope's tenant; nil: this very key is there already. A name that is taken is `.conflict`.
  public func add(_ key: Secret, to scope: Scope) throws(StoreError) -> UUID? {
    let shown = APIKey.shown(key)
    return try scope.addAPIKey(
      key: JSONText(
        .object([
          "name": .string(name), "description": description.map { .string($0) },
          "environment": isTest ? "test" : "live", "key_hash": .string(APIKey.hash(key.reveal())),
          "key_prefix": .string(shown.prefix), "key_hint": .string(shown.hint),
          "scopes": .array(scopes.map { .string($0) }), "scope_type": branch == nil ? "tenant" : "branch",
          "branch_id": branch.map { .string($0.text) }, "rate_limit_rpm": .number(perMinute),
          "rate_limit_daily": .number(perDay), "ip_whitelist": .array(addresses.map { .string($0) }),
          "expires_at": expires.map { .string($0.description) }, "created_by": creator.map { .string($0.text) },
        ])))
  }
}

extension APIKey {
  /// Of a demonstration tenant: public, and therefore only for development.
  static func development(_ tenant: Int) -> Secret {
    Secret("tis_test_dev\(tenant)_" + String(repeating: "0", count: 47) + String(tenant))
  }
}
