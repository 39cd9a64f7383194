import Core
import FoundationEssentials
import Peers
import Store
import TestSupport
import Testing

@testable import Flows

/// A business in a database of its own: people write to it, jobs are done for it.
struct Shop: Sendable {
  let tenant: Tenant
  let database: Database

  init(_ database: Database, secrets: Bool = true, token: Bool = true, delay: Int = 0) throws {
    self.database = database
    tenant = try Tenant.make(in: database, secrets: secrets, token: token, delay: delay)
  }

  init(_ tenant: Tenant, _ database: Database) {
    self.tenant = tenant
    self.database = database
  }

  /// A test with one business in its own database.
  static func test(
    secrets: Bool = true, token: Bool = true, delay: Int = 0, _ body: (Shop) async throws -> Void
  ) async throws {
    try await Database.cloned { database in
      try await body(try Shop(database, secrets: secrets, token: token, delay: delay))
    }
  }

  // MARK: In

  /// The webhook program, against this database.
  func app(_ changes: [String: String] = [:]) throws -> App { try tenant.webhook(changes) }

  func request(_ body: [UInt8], signature: String? = nil, path: String? = nil) -> Request {
    tenant.request(body, signature: signature, path: path)
  }

  /// Posts a body as the platform would; 200 is expected.
  func post(_ body: [UInt8], _ app: App? = nil) throws { try tenant.post(body, app) }

  /// Posts these messages, and statuses.
  func post(_ messages: JSON..., statuses: [JSON] = [], app: App? = nil) throws {
    try post(tenant.payload(messages, statuses: statuses), app)
  }

  /// What a refused request was told.
  func refusal(_ app: App? = nil, _ request: Request) throws -> Refusal? {
    do {
      _ = try tenant.answer(request, app)
      return nil
    } catch let refusal as Refusal {
      return refusal
    }
  }

  // MARK: Out

  /// A run's surroundings, against this database.
  func office(_ changes: [String: String] = [:], tools: [AssistantTool] = AssistantTool.all) throws -> Office {
    var environment = World.current.environment(of: "jobs")
    environment["DATABASE_URL"] = database.dsn(user: "tistis_jobs")
    environment["JOBS_CONNECTIONS"] = "2"
    // A machine that pauses for some seconds is no database in trouble.
    environment["DATABASE_STATEMENT_SECONDS"] = "20"
    environment.merge(changes) { $1 }
    return try Office("jobs", settings: try Settings(Office.needs, from: environment), tools: tools)
  }

  /// Does what is due. Calls of a model are waited for, also by those who have nothing to wait for any more, unless it is
  /// said. Returns how many jobs were taken.
  @discardableResult
  func work(_ changes: [String: String] = [:], most: Int? = nil, givesUp: Bool = false) async throws -> Int {
    let office = try office(changes)
    var options = WorkerOptions(most: most, drainOnly: true)
    options.givesUp = givesUp
    let report = await Worker(office, options).run()
    await office.close()
    return report.taken
  }

  /// Does this job once: what is to be done again a second later waits, however slow the machine is.
  func workOnce(_ job: UUID) async throws {
    let office = try office()
    await Worker(office, WorkerOptions(most: 1, id: job)).run()
    await office.close()
  }

  /// Lets what waits for a retry be due at once, and rests be over.
  func hurry() throws {
    try database.run("update send_pace set blocked_until = least(blocked_until, now())")
    try database.run("update jobs set scheduled_for = now() - interval '1 second' where status = 'pending'")
  }

  /// What the sandbox has taken for a person.
  func texts(_ phone: String) async throws -> [String] {
    try await Sandbox.requests("whatsapp", match: phone, kind: "text").filter { $0["accepted"].bool == true }
      .compactMap { $0["body"]["text"]["body"].text }
  }

  func asked(_ match: String) async throws -> Int { try await Sandbox.requests("anthropic", match: match).count }

  /// A stranger writes; their number.
  func says(_ text: String) throws -> String {
    let phone = newPhone()
    try post(message(text, from: phone))
    return phone
  }

  // MARK: Looking

  func count(_ table: String, _ condition: String = "true") throws -> Int { try tenant.count(table, where: condition) }

  func value(_ column: String, of table: String, _ condition: String = "true") throws -> String? {
    try tenant.value(column, of: table, where: condition)
  }

  /// The only reply's column.
  func reply(_ column: String) throws -> String? { try value(column, of: "messages", "role = 'assistant'") }

  /// The job's column; there is one of a kind.
  func job(_ column: String, kind: String = "ai_response") throws -> String? {
    try value(column, of: "jobs", "job_type = '\(kind)'")
  }

  func run(_ sql: String) throws { try database.run(sql) }
}

extension Shop {
  /// A message of the assistant's in that state, to somebody who never wrote.
  static func anAssistantsMessage(_ tenant: Tenant, _ state: String) -> String {
    """
    with l as (insert into leads (tenant_id) values ('\(tenant.id.text)') returning tenant_id, id),
      c as (insert into conversations
          (tenant_id, lead_id, channel, channel_connection_id, contact_kind, contact_address)
        select tenant_id, id, 'whatsapp', '\(tenant.connection.text)', 'phone', '1' from l returning tenant_id, id)
    insert into messages (tenant_id, conversation_id, channel_connection_id, role, content, status)
      select tenant_id, id, '\(tenant.connection.text)', 'assistant', 'x', '\(state)' from c
    """
  }
}

/// A number in the spelling in which it is also sent to.
func newPhone() -> String { uniqueDigits("1") }

/// A message from a person with a number, with a user id, or with both.
func message(_ text: String, from phone: String? = nil, user: String? = nil, id: String = unique("wamid.")) -> JSON {
  .object([
    "from": phone.map { .string($0) }, "from_user_id": user.map { .string($0) }, "id": .string(id),
    "timestamp": .string(String(Instant.now.seconds)), "type": "text", "text": ["body": .string(text)],
  ])
}

func status(
  _ state: String, of id: String, opaque: String? = nil, to phone: String? = nil, user: String? = nil
) -> JSON {
  .object([
    "id": .string(id), "status": .string(state), "timestamp": .string(String(Instant.now.seconds)),
    "recipient_id": phone.map { .string($0) }, "recipient_user_id": user.map { .string($0) },
    "biz_opaque_callback_data": opaque.map { .string($0) },
    "errors": state == "failed" ? [["code": 131026, "title": "Message undeliverable"]] : nil,
  ])
}

extension Tenant {
  /// What somebody of the business wrote with WhatsApp's own app.
  func echo(_ text: String, to phone: String, id: String = unique("wamid.")) -> [UInt8] {
    change(
      "smb_message_echoes",
      [
        "message_echoes": [
          [
            "from": "526311234567", "to": .string(phone), "id": .string(id),
            "timestamp": .string(String(Instant.now.seconds)), "type": "text", "text": ["body": .string(text)],
          ]
        ]
      ])
  }

  /// A body with one change of any field.
  func change(_ field: String, _ members: JSON) -> [UInt8] {
    var value = JSON.Members([
      .init("messaging_product", "whatsapp"),
      .init("metadata", ["display_phone_number": "526311234567", "phone_number_id": .string(phoneNumberID)]),
    ])
    if case .object(let more) = members { value.pairs += more.pairs }
    let body: JSON = [
      "object": "whatsapp_business_account",
      "entry": [["id": "1", "changes": [["field": .string(field), "value": .object(value)]]]],
    ]
    return body.bytes
  }
}
