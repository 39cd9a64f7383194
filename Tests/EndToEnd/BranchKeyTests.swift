import Core
import FoundationEssentials
import TestSupport
import Testing

@testable import Flows

/// What a key of one branch sees and does not: alerts, n8n's events, and conversations that go on elsewhere.
@Suite struct BranchKeyTests {
  private let tenant: Tenant
  private let here: UUID
  private let there: UUID

  init() throws {
    tenant = try Tenant.make(delay: Tenant.never)
    (here, there) = (try tenant.branch(), try tenant.branch())
  }

  private func alert(_ connection: UUID?, _ key: String, _ details: JSON = [:]) throws {
    let alert: JSON = [
      "kind": "usage", "key": .string(key), "severity": "watch", "sentence": .string(key), "details": details,
    ]
    let account = connection.map { "'\($0.text)'" } ?? "null"
    try tenant.database.run(
      """
      select set_config('app.tenant_id', '\(tenant.id.text)', false);
      select raise_alert(\(account), '\(alert.text)');
      """)
  }

  private func account(of branch: UUID) throws -> UUID {
    let id = UUID()
    try tenant.database.run(
      """
      insert into channel_connections (tenant_id, id, channel, account_number, whatsapp_phone_number_id, branch_id)
        values ('\(tenant.id.text)', '\(id.text)', 'whatsapp', 2, '\(uniqueDigits("7"))', '\(branch.text)')
      """)
    return id
  }

  @Test func alertsAreTheirBranchs() async throws {
    let talks = [try await tenant.hears(), try await tenant.hears(), try await tenant.hears()]
    for (talk, branch) in zip(talks, [here, there]) {
      try tenant.database.run("update conversations set branch_id = '\(branch.text)' where id = '\(talk)'")
    }
    try alert(nil, "business")
    try alert(tenant.connection, "account")
    let mine = try account(of: here)
    try alert(mine, "mine")
    // Of an account of this branch, about a conversation that was put into the other.
    for (talk, name) in zip(talks, ["talk", "moved", "nobodys"]) {
      try alert(mine, name, ["conversation_id": .string(talk)])
    }
    let key = try APIClient(tenant, scopes: ["channels:read", "channels:write"], branch: here)
    let other = try APIClient(tenant, scopes: ["channels:read", "channels:write"], branch: there)
    let whole = try APIClient(tenant, scopes: ["channels:read", "channels:write"])
    func seen(_ client: APIClient) async throws -> [String] {
      try await client.ask("GET", "/api/alerts").data.items.compactMap { $0["sentence"].text }.sorted()
    }
    #expect(try await seen(key) == ["account", "business", "mine", "talk"])
    #expect(try await seen(other) == ["account", "business", "moved"])
    let all = try await whole.ask("GET", "/api/alerts").data.items
    #expect(all.count == 6)
    // What is everybody's is no branch's to close.
    var closed: [String] = []
    for one in all {
      let answer = try await key.ask("POST", "/api/alerts/\(one["id"].text ?? "")/resolve")
      #expect([200, 404].contains(answer.status))
      if answer.status == 200 { closed.append(one["sentence"].text ?? "") }
    }
    #expect(closed.sorted() == ["mine", "talk"])
    #expect(try await seen(whole) == ["account", "business", "moved", "nobodys"])
    for one in all where !closed.contains(one["sentence"].text ?? "") {
      #expect(try await whole.ask("POST", "/api/alerts/\(one["id"].text ?? "")/resolve").status == 200)
    }
  }

  @Test func whatN8NIsToldIsTheWholeBusinesss() async throws {
    let told = UUID().text
    try tenant.database.run(
      """
      insert into outbound_events (tenant_id, id, event, data, status, delivered_at)
        values ('\(tenant.id.text)', '\(told)', 'test', '{}', 'delivered', now())
      """)
    let key = try APIClient(tenant, scopes: ["webhooks:manage"], branch: here)
    let whole = try APIClient(tenant, scopes: ["webhooks:manage"])
    for (method, path) in [("GET", ""), ("POST", "/\(told)/replay")] {
      let refused = try await key.ask(method, "/api/settings/n8n/events" + path)
      #expect(refused.status == 403 && refused.code == "BRANCH_KEY", "\(refused.body)")
      #expect(try await whole.ask(method, "/api/settings/n8n/events" + path).status == 200)
    }
  }

  /// A conversation of this branch's is over, and the person has begun another, which was put into the other branch.
  @Test func whatGoesOnInAnotherBranchIsNotWrittenInto() async throws {
    let scopes = ["conversations:read", "conversations:write"]
    let (key, other) = (
      try APIClient(tenant, scopes: scopes, branch: here), try APIClient(tenant, scopes: scopes, branch: there)
    )
    let phone = uniqueDigits("521")
    let old = try await tenant.hears(from: phone)
    try tenant.database.run(
      "update conversations set branch_id = '\(here.text)', status = 'resolved', resolved_at = now() where id = '\(old)'"
    )
    let heard = try await Web.deliver(tenant.payload([Tenant.text("otra cosa", from: phone)]), to: tenant)
    #expect(heard.status == 200)
    let new = try #require(try tenant.value("id", of: "conversations", where: "id <> '\(old)'"))
    try tenant.database.run("update conversations set branch_id = '\(there.text)' where id = '\(new)'")
    let said: JSON = ["conversation_id": .string(old), "content": "Le atiende Ana"]
    let words: JSON = ["service": "limpieza", "date": "martes 3 de febrero", "time": "10:00"]
    #expect(try await key.ask("GET", "/api/conversations/\(old)").status == 200)
    #expect(try await key.ask("POST", "/api/messages/send", said).status == 404)
    #expect(try await key.ask("POST", "/api/conversations/\(old)/send/reminder", words).status == 404)
    #expect(try tenant.count("messages", where: "role = 'staff'") == 0)
    #expect(try tenant.value("ai_handling", of: "conversations", where: "id = '\(new)'") == "true")
    #expect(try tenant.value("status", of: "conversations", where: "id = '\(old)'") == "resolved")
    // Whose it is, and who sees all, goes on there.
    let theirs: JSON = ["conversation_id": .string(new), "content": "Le atiende Ana"]
    #expect(try await other.ask("POST", "/api/messages/send", theirs).status == 200)
    let whole = try APIClient(tenant, scopes: scopes)
    #expect(try await whole.ask("POST", "/api/messages/send", said).status == 200)
    #expect(try await whole.ask("POST", "/api/conversations/\(old)/send/reminder", words).status == 202)
    #expect(try tenant.count("messages", where: "role = 'staff' and conversation_id = '\(new)'") == 3)
    // Put back into the branch it is theirs again.
    try tenant.database.run("update conversations set branch_id = '\(here.text)' where id = '\(new)'")
    #expect(try await key.ask("POST", "/api/messages/send", said).status == 200)
    #expect(try await key.ask("POST", "/api/conversations/\(old)/send/reminder", words).status == 202)
  }
}
