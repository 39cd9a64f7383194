import Core
import FoundationEssentials
import Rules
import Store

extension SecretStore {
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
