import Core
import Flows
import FoundationEssentials
import Store

/// A business that only one test knows, with an account of one platform and secrets of its own.
public struct Tenant: Sendable {
  public let id: UUID
  public let slug: String
  public let connection: UUID
  public let platform: Platform
  /// The platform's id of the account that messages arrive at.
  public let account: String
  public let appSecret: String
  public let verifyToken: String
  public let database: Database

  /// - Parameters:
  ///   - platform: where its account is; an Instagram account is connected by a page with the same digits and a 0.
  ///   - secrets: whether the account has its app secret and verify token.
  ///   - delay: seconds of silence before an answer.
  public static func make(
    on platform: Platform = .whatsapp, in database: Database = .world, secrets: Bool = true, token: Bool = true,
    delay: Int = 0,
    environment: [String: String] = World.current.environment(of: "tistis")
  ) throws -> Tenant {
    let tenant = Tenant(
      id: UUID(), slug: unique("t-"), connection: UUID(), platform: platform,
      account: uniqueDigits("7"),
      appSecret: unique("secret_"),
      verifyToken: unique("verify_"), database: database)
    try database.run(
      """
      insert into tenants (id, name, slug, vertical, settings)
        values ('\(tenant.id.text)', 'Clínica \(tenant.slug)', '\(tenant.slug)', 'dental',
          '{"timezone": "America/Hermosillo"}');
      insert into services (tenant_id, name, slug, short_description, price_min, price_max, duration_minutes)
        values ('\(tenant.id.text)', 'Limpieza dental', 'limpieza', 'Con ultrasonido', 800, 800, 45);
      """)
    try tenant.connect(secrets: secrets, token: token, delay: delay, environment)
    return tenant
  }

  /// The same business with one more account.
  public func also(
    on platform: Platform, delay: Int = 0, environment: [String: String] = World.current.environment(of: "tistis")
  ) throws -> Tenant {
    let tenant = Tenant(
      id: id, slug: slug, connection: UUID(), platform: platform, account: uniqueDigits("7"),
      appSecret: unique("secret_"), verifyToken: unique("verify_"), database: database)
    try tenant.connect(secrets: true, token: true, delay: delay, environment)
    return tenant
  }

  /// Seconds that no run lasts: whoever writes is not answered within it, nor when the test is long over.
  public static let never = 1800

  /// Lets who waits for an answer have it now, as if they had been silent long enough.
  public func answersNow() throws {
    try database.run(
      """
      update jobs set scheduled_for = now()
        where tenant_id = '\(id.text)' and job_type = 'ai_response' and status = 'pending'
      """)
  }

  private func connect(secrets: Bool, token: Bool, delay: Int, _ environment: [String: String]) throws {
    try database.run(
      """
      insert into channel_connections (tenant_id, id, channel, status, \(platform.accountColumn),
          instagram_page_id, first_message_delay_seconds, subsequent_message_delay_seconds, account_number)
        select '\(id.text)', '\(connection.text)', '\(platform.rawValue)', 'connected', '\(account)',
            \(page.map { "'\($0)'" } ?? "null"), \(delay), \(min(delay, 300)), 1 + count(*)
          from channel_connections where tenant_id = '\(id.text)';
      """)
    let settings = try Settings([.inboundKeys, .outboundKeys], from: environment)
    let store = SecretStore(
      database.connection(), inbound: try Keyring(settings.secret(.inboundKeys)),
      outbound: try Keyring(settings.secret(.outboundKeys)))
    if secrets {
      try store.setInbound(Secret(appSecret), kind: platform.secretKind, connection: connection, tenant: id)
      try store.setInbound(Secret(verifyToken), kind: "verify_token", connection: connection, tenant: id)
    }
    if token { try store.setOutbound(Secret("test_token"), kind: "access_token", connection: connection, tenant: id) }
  }

  /// These templates are what the platform says of them; without names ours, approved.
  public func templates(
    _ names: String..., language: String = "es_MX", status: String = "APPROVED", business: String? = nil
  ) throws {
    let ours = ["cita_confirmada", "recordatorio_cita", "bienvenida_esva", "cotizacion_enviada", "seguimiento"]
    let list = (names.isEmpty ? ours : names).map { "'\($0)'" }.joined(separator: ", ")
    try database.run(
      """
      insert into message_templates (tenant_id, business_account_id, name, language, status)
        select '\(id.text)', coalesce(\(business.map { "'\($0)'" } ?? "null"), (select whatsapp_business_account_id
            from channel_connections where id = '\(connection.text)'), '1'), unnest(array[\(list)]), '\(language)', '\(status)'
        on conflict (tenant_id, business_account_id, name, language) do update set status = excluded.status
      """)
  }

  /// WhatsApp's name for the account.
  public var phoneNumberID: String { account }

  /// The page that an Instagram account is connected by.
  public var page: String? { platform == .instagram ? account + "0" : nil }

  /// The webhook's path.
  public var path: String { "\(platform.sharedPath)/\(slug)" }

  /// Rows of a table that are this tenant's.
  public func count(_ table: String, where condition: String = "true") throws -> Int {
    try database.count("select count(*) from \(table) where tenant_id = '\(id.text)' and \(condition)")
  }

  /// One value of this tenant's only row of a table.
  public func value(_ column: String, of table: String, where condition: String = "true") throws -> String? {
    try database.scalar("select \(column) from \(table) where tenant_id = '\(id.text)' and \(condition)")
  }

  /// A webhook body with these items of `messages`.
  public func payload(_ messages: [JSON], phoneNumberID: String? = nil, statuses: [JSON] = []) -> [UInt8] {
    let value: JSON = .object([
      "messaging_product": "whatsapp",
      "metadata": [
        "display_phone_number": "526311234567", "phone_number_id": .string(phoneNumberID ?? self.phoneNumberID),
      ],
      "messages": messages.isEmpty ? Optional<JSON>.none : .array(messages),
      "statuses": statuses.isEmpty ? Optional<JSON>.none : .array(statuses),
    ])
    let body: JSON = [
      "object": "whatsapp_business_account",
      "entry": [["id": "200000000000009", "changes": [["field": "messages", "value": value]]]],
    ]
    return body.bytes
  }

  /// A text as Meta sends it.
  public static func text(
    _ body: String, from: String = uniqueDigits("521"), id: String = unique("wamid."), at: Instant = .now
  ) -> JSON {
    [
      "from": .string(from), "id": .string(id), "timestamp": .string(String(at.seconds)), "type": "text",
      "text": ["body": .string(body)],
    ]
  }

  /// A body's signature under this tenant's secret, as its platform writes it.
  public func signature(_ body: [UInt8]) -> String { platform.signature(body, Secret(appSecret)) }
}
