import Core
import FoundationEssentials
import Peers
import Rules
import Store
import TestSupport

@testable import Flows

/// A business's account on any of the platforms, in a database of its own. Events go in as its channel reads them.
struct Account: Sendable {
  let channel: ChannelName
  let tenant = UUID()
  let connection = UUID()
  let database: Database

  /// A test with one account in its own database.
  static func test(_ channel: ChannelName, _ body: (Account) async throws -> Void) async throws {
    try await Database.cloned { database in try await body(try Account(channel, database)) }
  }

  init(_ channel: ChannelName, _ database: Database, token: Bool = false) throws {
    self.channel = channel
    self.database = database
    let (column, id) =
      switch channel {
      case .whatsapp: ("whatsapp_phone_number_id", uniqueDigits("7"))
      case .instagram: ("instagram_page_id, instagram_account_id", "\(uniqueDigits("3"))', '\(uniqueDigits("1784"))")
      case .facebook: ("facebook_page_id", uniqueDigits("3"))
      case .tiktok: ("tiktok_open_id", unique("open_"))
      }
    try database.run(
      """
      insert into tenants (id, name, slug, vertical) values ('\(tenant.text)', 'Clínica', '\(unique("t-"))', 'dental');
      insert into channel_connections (tenant_id, id, channel, status, \(column))
        values ('\(tenant.text)', '\(connection.text)', '\(channel.rawValue)', 'connected', '\(id)')
      """)
    if token {
      let settings = try Settings([.inboundKeys, .outboundKeys], from: World.current.environment(of: "tistis"))
      try SecretStore(
        database.connection(), inbound: try Keyring(settings.secret(.inboundKeys)),
        outbound: try Keyring(settings.secret(.outboundKeys))
      ).setOutbound(Secret("test_token"), kind: "access_token", connection: connection, tenant: tenant)
    }
  }

  // MARK: In

  /// Somebody who writes here; TikTok answers to a conversation.
  var stranger: Alias {
    switch channel {
    case .whatsapp: Alias(kind: "phone", value: uniqueDigits("1"))
    case .instagram, .facebook: Alias(kind: channel.rawValue, value: uniqueDigits("9"))
    case .tiktok: Alias(kind: "tiktok", value: unique("user+"), address: unique("talk/=="))
    }
  }

  func message(_ text: String, from person: Alias, id: String = unique("m."), at: Instant = .now, standby: Bool = false)
    -> InboundEvent
  {
    InboundEvent(
      kind: .message, externalID: id, aliases: [person], at: at, content: text, wantsAnswer: true, isStandby: standby,
      raw: [:])
  }

  func echo(
    _ text: String, to person: Alias, id: String = unique("m."), at: Instant = .now, origin: EchoOrigin? = nil,
    standby: Bool = false
  ) -> InboundEvent {
    InboundEvent(
      kind: .echo, externalID: id, aliases: [person], at: at, content: text, origin: origin ?? EchoOrigin(),
      isStandby: standby, raw: [:])
  }

  /// Anything else that a person did.
  func event(
    _ kind: InboundEvent.Kind, of person: Alias, at: Instant = .now, content: String = "", replyTo: String? = nil,
    details: JSON = [:]
  ) -> InboundEvent {
    InboundEvent(
      kind: kind, externalID: unique("e."), aliases: [person], at: at, content: content, contentType: kind.rawValue,
      replyTo: replyTo, details: details, raw: [:])
  }

  func watermark(_ state: String, _ upTo: Instant, to person: Alias) -> InboundEvent {
    InboundEvent(
      kind: .status, externalID: "\(state):\(upTo.microseconds / 1000)", aliases: [person], at: .now,
      status: StatusReport(state: state, upTo: upTo), raw: [:])
  }

  /// As the webhook's program stores a POST.
  @discardableResult
  func receive(_ events: InboundEvent..., session: Connection? = nil) throws -> ReceiveEventsRow {
    let session = session ?? database.connection(user: "tistis_webhook_" + channel.rawValue)
    return try session.tenant(tenant).receiveEvents(
      events: JSONText(.array(events.map { $0.row(connection: connection) })),
      policy: JSONText(receivePolicy(delaySeconds: 0)), requestId: "r")
  }

  // MARK: Out

  /// A reply of the assistant's to the person's last question, or a message of the staff's, that is about to leave.
  func pending(_ text: String = "respuesta", by role: String = "assistant", metadata: String = "{}") throws -> UUID {
    // Ids sort by time.
    let id = UUID(uuidString: try database.scalar("uuid_v7()") ?? "") ?? UUID()
    try run(
      """
      insert into messages (tenant_id, id, conversation_id, channel_connection_id, role, content, channel, status,
          answers_message_id, metadata)
        select tenant_id, '\(id.text)', id, channel_connection_id, '\(role)', '\(text)', channel, 'pending',
            last_question_id, '\(metadata)' from conversations where tenant_id = '\(tenant.text)' order by id desc limit 1
      """)
    return id
  }

  /// Without the distance that messages keep.
  var policy: JSONText {
    let policy = Field((try? gatePolicy(channel).parse()) ?? .null)
    guard case .object(var members)? = policy.value else { return gatePolicy(channel) }
    members["number_seconds"] = 0
    members["pair_seconds"] = 0
    return JSONText(.object(members))
  }

  @discardableResult
  func begin(_ message: UUID, _ attempt: UUID = UUID(), session: Connection? = nil) throws -> BeginSendRow {
    try (session ?? database.connection(user: "tistis_jobs")).tenant(tenant).beginSend(
      messageId: message, attempt: attempt, policy: policy)
  }

  /// Whether it may leave: `go`, or why not.
  func verdict(_ message: UUID) throws -> String {
    let row = try begin(message)
    return row.verdict == "go" ? "go" : row.reason ?? row.verdict
  }

  @discardableResult
  func end(
    _ message: UUID, _ attempt: UUID, _ state: String = "accepted", id: String? = nil, effects: JSONText = "{}",
    session: Connection? = nil
  ) throws -> String? {
    try (session ?? database.connection(user: "tistis_jobs")).tenant(tenant).endSend(
      messageId: message, attempt: attempt, state: state, externalId: id, errorCode: nil, errorMessage: nil,
      aliases: "[]", effects: effects
    ).status
  }

  /// A reply that left and was taken under that id.
  @discardableResult
  func sent(_ text: String = "respuesta", id: String = unique("m."), by role: String = "assistant") throws -> UUID {
    let (message, attempt) = (try pending(text, by: role), UUID())
    try begin(message, attempt)
    try end(message, attempt, id: id)
    return message
  }

  // MARK: Looking

  func run(_ sql: String) throws { try database.run(sql) }

  func count(_ table: String, _ condition: String = "true") throws -> Int {
    try database.count("select count(*) from \(table) where tenant_id = '\(tenant.text)' and \(condition)")
  }

  func value(_ column: String, of table: String, _ condition: String = "true") throws -> String? {
    try database.scalar("select \(column) from \(table) where tenant_id = '\(tenant.text)' and \(condition)")
  }

  func status(_ message: UUID) throws -> String? { try value("status", of: "messages", "id = '\(message.text)'") }

  /// Lets so many hours pass since the person wrote.
  func age(_ hours: Double) throws {
    try run("update contact_windows set last_inbound_at = now() - interval '\(hours) hours'")
  }
}
