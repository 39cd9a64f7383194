import Core
import FoundationEssentials
import Rules
import TestSupport
import Testing

@testable import Flows

/// `/api/v1/webhook/{tenantId}`: what the business's own systems tell.
@Suite struct ExternalEventTests {
  private static let scopes = ["webhook:read", "webhook:write"]
  private let told: JSON = [
    "event": "order.paid", "data": ["folio": "A-1", "total": 250], "timestamp": "2026-02-03T10:00:00-07:00",
  ]

  private func path(_ tenant: Tenant) -> String { "/api/v1/webhook/" + tenant.id.text }

  private func useN8N(_ tenant: Tenant, events: String = "null") throws {
    try tenant.database.run(
      """
      insert into n8n_settings (tenant_id, webhook_url, events)
        values ('\(tenant.id.text)', '\(World.current.sandbox)/n8n/webhook', \(events))
      """)
  }

  @Test func itIsKeptAndToldOn() async throws {
    let tenant = try Tenant.make()
    let client = try APIClient(tenant, scopes: Self.scopes)
    let quiet = try await client.ask("POST", path(tenant), told)
    #expect(quiet.status == 200 && quiet.body["received"].bool == true && quiet.body["event"].text == "order.paid")
    #expect(try tenant.count("outbound_events") == 0, "it has no n8n")
    try useN8N(tenant)
    let heard = try await client.ask("POST", path(tenant), told)
    #expect(heard.body["id"].text != quiet.body["id"].text, "without a key it is another")
    let event = "event_key = '\(heard.body["id"].text ?? "")' and event = 'external-event'"
    let data = Field(try JSON.parse(Array((try tenant.value("data", of: "outbound_events", where: event) ?? "").utf8)))
    #expect(
      data["event"].text == "order.paid" && data["data"]["folio"].text == "A-1"
        && data["id"].text == heard.body["id"].text)
    #expect(data["timestamp"].instant == Instant("2026-02-03T17:00:00Z"))
    let state = try await client.ask("GET", path(tenant))
    #expect(state.body["status"].text == "ready" && state.body["n8n"].bool == true)
    #expect(state.body["recent"].items.map(\.["id"].text) == [heard.body["id"].text, quiet.body["id"].text])
    #expect(state.body["expected"]["required"].texts == ["event", "data"])
    try tenant.database.run("update n8n_settings set events = '{lead-hot}' where tenant_id = '\(tenant.id.text)'")
    #expect(try await client.ask("GET", path(tenant)).body["n8n"].bool == false)
  }

  /// Ten tell the same under one key, by header or in the body.
  @Test func underAKeyOnce() async throws {
    let tenant = try Tenant.make()
    try useN8N(tenant)
    let client = try APIClient(tenant, scopes: Self.scopes)
    let header = [("Idempotency-Key", UUID().text)]
    let ids = try await withThrowingTaskGroup(of: String?.self) { group in
      for _ in 0..<10 {
        group.addTask { try await client.ask("POST", path(tenant), told, headers: header).body["id"].text }
      }
      return try await group.reduce(into: Set<String?>()) { $0.insert($1) }
    }
    #expect(ids.count == 1 && !ids.contains(nil))
    let named: JSON = ["event": "x", "data": [:], "id": "A-1"]
    let (one, two) = (
      try await client.ask("POST", path(tenant), named), try await client.ask("POST", path(tenant), named)
    )
    #expect(one.body["id"].text != nil && one.body["id"].text == two.body["id"].text)
    #expect(try tenant.count("external_events") == 2)
    #expect(try tenant.count("outbound_events") == 2)
    let other: JSON = ["event": "x", "data": ["n": 1], "id": "A-1"]
    #expect(try await client.ask("POST", path(tenant), other).code == "IDEMPOTENCY_KEY_REUSED")
    // Keys are each asker's own.
    let second = try APIClient(tenant, scopes: Self.scopes)
    #expect(try await second.ask("POST", path(tenant), other).status == 200)
  }

  /// The header's name and the event's own are two kinds: either makes it once, and neither is taken for the other.
  @Test func twoKindsOfName() async throws {
    let tenant = try Tenant.make()
    let client = try APIClient(tenant, scopes: Self.scopes)
    func tell(_ id: String?, _ key: String?, _ n: JSON = 1) async throws -> APIClient.Answer {
      let body: JSON = .object(["event": "x", "data": ["n": n], "id": id.map { .string($0) }])
      return try await client.ask("POST", path(tenant), body, headers: key.map { [("Idempotency-Key", $0)] } ?? [])
    }
    let first = try await tell("A-1", "one").body["id"].text
    // Each attempt under a header of its own.
    for key in ["two", nil, "one"] { #expect(try await tell("A-1", key).body["id"].text == first) }
    #expect(try await tell(nil, "one").body["id"].text == first)
    #expect(try await tell("A-1", "three", 2).code == "IDEMPOTENCY_KEY_REUSED")
    #expect(try await tell("A-2", "one", 2).code == "IDEMPOTENCY_KEY_REUSED")
    // Another event's id is no header, nor the other way round.
    let second = try await tell("one", nil, 3)
    #expect(second.status == 200 && second.body["id"].text != first)
    #expect(try await tell(nil, "A-1", 4).status == 200)
    #expect(try tenant.count("external_events") == 3)
  }

  /// Told again under the key that took the other's place, or the old one while it still holds.
  @Test func aKeyThatWasReplaced() async throws {
    let tenant = try Tenant.make()
    let clients = try (0..<3).map { _ in try APIClient(tenant, scopes: Self.scopes) }
    let named: JSON = ["event": "x", "data": [:], "id": "A-1"]
    let first = try await clients[0].ask("POST", path(tenant), named).body["id"].text
    for (old, new) in zip(clients, clients.dropFirst()) {
      try tenant.database.run("update api_keys set replaced_by_id = '\(new.id.text)' where id = '\(old.id.text)'")
    }
    for client in clients { #expect(try await client.ask("POST", path(tenant), named).body["id"].text == first) }
    #expect(first != nil)
    #expect(try tenant.count("external_events") == 1)
  }

  @Test func othersDoNot() async throws {
    let (tenant, foreign) = (try Tenant.make(), try Tenant.make())
    let client = try APIClient(tenant, scopes: Self.scopes)
    for id in [foreign.id.text, UUID().text] {
      let answer = try await client.ask("POST", "/api/v1/webhook/" + id, told)
      #expect(answer.status == 404 && answer.code == "TENANT_MISMATCH", "\(answer.body)")
      #expect(try await client.ask("GET", "/api/v1/webhook/" + id).code == "TENANT_MISMATCH")
    }
    let odd = try await client.ask("POST", "/api/v1/webhook/esva-dental", told)
    #expect(odd.status == 400 && odd.code == "INVALID_TENANT_ID")
    let (reader, writer) = (
      try APIClient(tenant, scopes: ["webhook:read"]), try APIClient(tenant, scopes: ["webhook:write"])
    )
    #expect(try await reader.ask("POST", path(tenant), told).code == "SCOPE_REQUIRED")
    #expect(try await writer.ask("GET", path(tenant)).code == "SCOPE_REQUIRED")
    let gone = try APIClient(tenant, scopes: Self.scopes) { $0.expires = .now + 0.001 }
    #expect(try await gone.ask("POST", path(tenant), told).code == "KEY_EXPIRED")
    let desk = try APIUser(tenant, role: "receptionist")
    #expect(try await desk.ask("GET", path(tenant)).code == "ROLE_REQUIRED")
    #expect(try tenant.count("external_events") == 0)
    // A branch's key sees what its branch told.
    let key = try APIClient(tenant, scopes: Self.scopes, branch: try tenant.branch())
    #expect(try await client.ask("POST", path(tenant), told).status == 200)
    #expect(try await key.ask("POST", path(tenant), told).status == 200)
    #expect(try await key.ask("GET", path(tenant)).body["recent"].items.count == 1)
    #expect(try await client.ask("GET", path(tenant)).body["recent"].items.count == 2)
  }

  @Test func junk() async throws {
    let tenant = try Tenant.make()
    try useN8N(tenant)
    let client = try APIClient(tenant, scopes: Self.scopes)
    let key = ("Authorization", "Bearer " + client.key.reveal())
    let wide = "{\"event\":\"x\",\"data\":{\"n\":\"" + String(repeating: "x", count: 70_000) + "\"}}"
    let cases: [(String, String, String?)] = [
      ("{", "INVALID_JSON", "$"), ("", "INVALID_PAYLOAD", "$.event"), ("[]", "INVALID_PAYLOAD", "$"),
      ("{\"event\":\"x\"}", "INVALID_PAYLOAD", "$.data"),
      ("{\"event\":\"x\",\"data\":[]}", "INVALID_PAYLOAD", "$.data"),
      ("{\"event\":\" \",\"data\":{}}", "INVALID_PAYLOAD", "$.event"), (wide, "INVALID_PAYLOAD", "$.data"),
      ("{\"event\":\"" + String(repeating: "x", count: 101) + "\",\"data\":{}}", "INVALID_PAYLOAD", "$.event"),
      ("{\"event\":\"x\",\"data\":{},\"timestamp\":\"ayer\"}", "INVALID_PAYLOAD", "$.timestamp"),
      ("{\"event\":\"x\",\"data\":{\"n\":1e131071}}", "INVALID_PAYLOAD", "$"),
    ]
    for (body, code, fault) in cases {
      let answer = try await APIClient.ask("POST", path(tenant), Array(body.utf8), headers: [key])
      #expect(
        answer.status == 400 && answer.code == code && answer.body["path"].text == fault,
        "\(body.prefix(50)): \(answer.body)")
    }
    #expect(try tenant.count("external_events") == 0)
    // What looks like a person and is none; null and what is no id are kept as they came.
    for data: JSON in [
      ["lead_id": "x"], ["lead_id": 7], ["lead": "Ana"], ["lead": ["id": .string(UUID().text)]],
      ["conversation_id": "x"],
      ["n": .null, "text": "a\u{0}b"],
    ] {
      let answer = try await client.ask("POST", path(tenant), ["event": "x", "data": data])
      #expect(answer.status == 200, "\(data.text): \(answer.body)")
    }
    #expect(try tenant.count("external_events", where: "data ? 'n'") == 1)
  }

  /// Who is named by id or by their number is forgotten in it, also in what n8n was to be told; the rest goes with time.
  @Test func itIsForgotten() async throws {
    let tenant = try Tenant.make()
    try useN8N(tenant)
    let client = try APIClient(tenant, scopes: Self.scopes + ["leads:write"])
    let phone = uniqueDigits("631")
    let lead = try await client.ask("POST", "/api/leads", ["phone": .string(phone)]).data["id"].text ?? ""
    for data: JSON in [
      ["lead_id": .string(lead)], ["lead": ["id": .string(lead)]], ["nota": .string("llamar al +\(phone)")], ["n": 1],
    ] {
      #expect(try await client.ask("POST", path(tenant), ["event": "x", "data": data]).status == 200)
    }
    #expect(try tenant.count("external_events", where: "lead_id is not null") == 2)
    let scope = tenant.database.connection().tenant(tenant.id)
    _ = try scope.eraseLead(leadId: UUID(uuidString: lead) ?? UUID(), by: "x", really: true)
    #expect(try tenant.count("external_events") == 1)
    #expect(try tenant.count("outbound_events", where: "event = 'external-event'") == 1)
    _ = try scope.pruneRaw(before: .now + -86_400, limit: 100, wait: true)
    #expect(try tenant.count("external_events") == 1)
    try tenant.database.run(
      "update external_events set id = uuid_v7_floor(now() - interval '2 days') where tenant_id = '\(tenant.id.text)'")
    _ = try scope.pruneRaw(before: .now + -86_400, limit: 100, wait: true)
    #expect(try tenant.count("external_events") == 0)
  }
}
