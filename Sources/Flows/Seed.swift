import Core
import FoundationEssentials
import Rules
import Store

/// Seals what proves a platform, and what lets us speak to one, into a tenant's account.
public struct SecretStore {
  let database: Connection
  let inbound: any Sealing
  let outbound: any Sealing

  public init(_ database: Connection, inbound: any Sealing, outbound: any Sealing) {
    self.database = database
    self.inbound = inbound
    self.outbound = outbound
  }

  /// Replaces the account's secrets of this kind (`app_secret`, `verify_token` …) by one.
  public func setInbound(_ secret: Secret, kind: String, connection: UUID, tenant: UUID) throws(StoreError) {
    let id = UUID()
    let place = SealedPlace(table: "inbound_secrets", tenant: tenant, row: id, column: "sealed")
    let sealed = inbound.seal(secret, for: place)
    try database.transaction(tenant: tenant) { (scope) throws(StoreError) in
      try scope.holdChannel(connectionId: connection)
      try scope.dropInboundSecrets(connectionId: connection, kind: kind)
      try scope.addInboundSecret(id: id, connectionId: connection, kind: kind, sealed: sealed)
      try scope.noteSecret(connectionId: connection, kind: kind, hint: Self.hint(of: secret), expiresAt: nil)
    }
  }

  /// Sets the account's token of this kind (`access_token` …).
  /// - Parameter expires: when the platform stops taking it, if it said so.
  public func setOutbound(
    _ token: Secret, kind: String, connection: UUID, tenant: UUID, expires: Instant? = nil
  ) throws(StoreError) {
    let id = UUID()
    let place = SealedPlace(table: "outbound_tokens", tenant: tenant, row: id, column: "sealed")
    let sealed = outbound.seal(token, for: place)
    try database.transaction(tenant: tenant) { (scope) throws(StoreError) in
      try scope.holdChannel(connectionId: connection)
      try scope.dropOutboundToken(connectionId: connection, kind: kind)
      try scope.addOutboundToken(id: id, connectionId: connection, kind: kind, sealed: sealed)
      try scope.noteSecret(connectionId: connection, kind: kind, hint: Self.hint(of: token), expiresAt: expires)
    }
  }

  /// The end by which people tell secrets apart, 4 characters; nil for one so short that they would help to guess it.
  static func hint(of secret: Secret) -> String? {
    let text = secret.reveal()
    return text.unicodeScalars.count < 16 ? nil : String(String.UnicodeScalarView(text.unicodeScalars.suffix(4)))
  }

  /// Public, and therefore only for development.
  private static let development: [(channel: String, secrets: [(kind: String, secret: String)])] = [
    (
      "whatsapp",
      [
        ("app_secret", "dev_meta_app_secret"), ("verify_token", "dev_verify_token"),
        ("access_token", "dev_whatsapp_token"),
      ]
    ),
    (
      "instagram",
      [
        ("app_secret", "dev_meta_app_secret"), ("verify_token", "dev_verify_token"),
        ("access_token", "dev_instagram_token"),
      ]
    ),
    (
      "facebook",
      [
        ("app_secret", "dev_meta_app_secret"), ("verify_token", "dev_verify_token"),
        ("access_token", "dev_facebook_token"),
      ]
    ),
    (
      "tiktok",
      [
        ("client_secret", "dev_tiktok_client_secret"), ("access_token", "dev_tiktok_token"),
        ("refresh_token", "dev_tiktok_refresh_token"),
      ]
    ),
    ("voice", [("webhook_secret", "dev_vapi_secret")]),
  ]

  /// The development secrets of the demonstration tenants, which plain SQL cannot seal. Idempotent.
  /// Returns what was sealed, a line each, without the values.
  public func seedDevelopment() throws(StoreError) -> [String] {
    var lines = [String]()
    for (slug, id) in [("esva-dental", 1), ("la-fonda", 2)] {
      guard let tenant = UUID(uuidString: "a0000000-0000-0000-0000-00000000000\(id)") else { continue }
      for (channel, secrets) in Self.development {
        guard let connection = try database.tenant(tenant).connectionOf(channel: channel, accountNumber: 1) else {
          continue
        }
        for (kind, secret) in secrets {
          if kind.hasSuffix("_token"), kind != "verify_token" {
            try setOutbound(Secret(secret), kind: kind, connection: connection, tenant: tenant)
          } else {
            try setInbound(Secret(secret), kind: kind, connection: connection, tenant: tenant)
          }
        }
        lines.append("\(slug) \(channel): " + secrets.map(\.kind).joined(separator: ", "))
      }
      let key = APIKey.development(id)
      if try NewAPIKey(name: "development", scopes: APIScope.all).add(key, to: database.tenant(tenant)) != nil {
        lines.append("\(slug) api: " + key.reveal())
      }
    }
    return lines
  }
}
