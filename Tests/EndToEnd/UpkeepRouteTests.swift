import Core
import FoundationEssentials
import Rules
import TestSupport
import Testing

@testable import Flows

/// What owners keep in order: `/api/ai-config/instructions`, `/api/settings/routines`, `/api/settings/api-keys/audit`.
@Suite struct UpkeepRouteTests {
  private static let path = "/api/ai-config/instructions"

  private func client(_ tenant: Tenant, branch: UUID? = nil) throws -> APIClient {
    try APIClient(tenant, scopes: ["channels:read", "channels:write"], branch: branch) { $0.perMinute = 1000 }
  }

  private func wish(_ title: String, _ more: [String: JSON] = [:]) -> JSON {
    var members = JSON.Members([
      .init("instruction_type", "forbidden"), .init("title", .string(title)),
      .init("instruction", "No des descuentos."),
    ])
    for (name, value) in more { members[name] = value }
    return .object(members)
  }

  @Test func whatIsAddedIsTold() async throws {
    let tenant = try Tenant.make()
    let (client, branch) = (try client(tenant), try tenant.branch())
    func prompt(_ query: String = "") async throws -> String {
      try await client.ask("GET", "/api/ai-config/preview" + query).data["system_prompt"].text ?? ""
    }
    let made = try await client.ask("POST", Self.path, wish("Descuentos", ["examples": "¿Rebaja?", "priority": 5]))
    #expect(made.status == 201 && made.data["is_active"].bool == true, "\(made.body)")
    #expect(try await prompt().contains("[Prohibido] Descuentos: No des descuentos. (ejemplos: ¿Rebaja?)"))
    let there = try await client.ask(
      "POST", Self.path, wish("Aquí", ["branch_id": .string(branch.text), "priority": 9]))
    #expect(there.status == 201)
    let withBranch = [
      try await prompt().contains("Aquí"), try await prompt("?branch_id=\(branch.text)").contains("Aquí"),
    ]
    #expect(withBranch == [false, true])
    let listed = try await client.ask("GET", Self.path).data.items.map(\.["title"].text)
    #expect(listed == ["Aquí", "Descuentos"])
    let path = Self.path + "/\(made.data["id"].text ?? "")"
    let changed = try await client.ask(
      "PATCH", path, ["instruction": "Ninguno.", "examples": "", "branch_id": .string(branch.text)])
    #expect(changed.status == 200 && !changed.data["examples"].exists && !changed.data["branch_id"].exists)
    #expect(try await prompt().contains("Descuentos: Ninguno.\n"))
    #expect(try await client.ask("PATCH", path, ["is_active": false]).status == 200)
    #expect(try await prompt().contains("Descuentos") == false)
    #expect(try await client.ask("DELETE", path).status == 200)
    #expect(try await client.ask("DELETE", path).status == 404)
    #expect(try await client.ask("PATCH", path, ["is_active": true]).status == 404)
    #expect(try tenant.count("ai_custom_instructions") == 1)
  }

  @Test func notTooManyAndOnceUnderAKey() async throws {
    let tenant = try Tenant.make()
    let client = try client(tenant)
    let headers = [("Idempotency-Key", unique("i-"))]
    let first = try await client.ask("POST", Self.path, wish("Uno"), headers: headers)
    #expect(try await client.ask("POST", Self.path, wish("Uno"), headers: headers).data.value == first.data.value)
    #expect(try await client.ask("POST", Self.path, wish("Dos"), headers: headers).code == "IDEMPOTENCY_KEY_REUSED")
    try tenant.database.run(
      """
      insert into ai_custom_instructions (tenant_id, instruction_type, title, instruction)
        select '\(tenant.id.text)', 'custom', 'x', 'x' from generate_series(1, 97)
      """)
    let statuses = try await withThrowingTaskGroup(of: Int.self) { group in
      for _ in 0..<6 { group.addTask { try await client.ask("POST", Self.path, wish("más")).status } }
      return try await group.reduce(into: []) { $0.append($1) }
    }
    #expect(statuses.count { $0 == 201 } == 2 && statuses.count { $0 == 409 } == 4, "\(statuses)")
    #expect(try tenant.count("ai_custom_instructions") == 100)
  }

  @Test func whatNobodyCanBeToldIsNamed() async throws {
    let (tenant, other) = (try Tenant.make(), try Tenant.make())
    let (client, branch) = (try client(tenant), try other.branch())
    let long = JSON.string(String(repeating: "a", count: 4001))
    for (body, path): (JSON, String) in [
      ([:], "$.instruction_type"), (wish("x", ["instruction_type": "order"]), "$.instruction_type"),
      (wish(""), "$.title"),
      (wish("x", ["instruction": long]), "$.instruction"), (wish("x", ["examples": long]), "$.examples"),
      (wish("x", ["priority": 1001]), "$.priority"), (wish("x", ["branch_id": .string(branch.text)]), "$.branch_id"),
    ] {
      let answer = try await client.ask("POST", Self.path, body)
      #expect(answer.status == 400 && answer.body["path"].text == path, "\(answer.body)")
    }
    #expect(try tenant.count("ai_custom_instructions") == 0)
    let made = try await client.ask("POST", Self.path, wish("x"))
    let path = Self.path + "/\(made.data["id"].text ?? "")"
    #expect(try await client.ask("PATCH", path, ["id": .string(UUID().text)]).body["path"].text == "$")
    #expect(try await client.ask("PATCH", path, ["title": ""]).body["path"].text == "$.title")
    let stranger = try self.client(other)
    #expect(try await stranger.ask("PATCH", path, ["is_active": false]).status == 404)
    #expect(try await stranger.ask("DELETE", path).status == 404)
    #expect(try await stranger.ask("GET", Self.path).data.items.isEmpty)
    let reader = try APIClient(tenant, scopes: ["channels:read"])
    #expect(try await reader.ask("POST", Self.path, wish("x")).code == "SCOPE_REQUIRED")
    let key = try self.client(tenant, branch: try tenant.branch())
    #expect(try await key.ask("POST", Self.path, wish("x")).code == "BRANCH_KEY")
    #expect(try await key.ask("DELETE", path).code == "BRANCH_KEY")
    #expect(try await key.ask("GET", Self.path).data.items.count == 1)
    #expect(try await APIUser(tenant, role: "manager").ask("DELETE", path).code == "ROLE_REQUIRED")
  }

  @Test func whatTheClockDoes() async throws {
    let (tenant, path) = (try Tenant.make(), "/api/settings/routines")
    let client = try client(tenant)
    let fresh = try await client.ask("GET", path)
    #expect(fresh.data["reminders"].bool == true && fresh.data["follow_ups"].bool == true)
    #expect(!fresh.data["reminder_text"].exists)
    #expect(try tenant.count("ai_tenant_context") == 0)
    let words: JSON = ["follow_ups": false, "reminder_text": "{{nombre}}, ¿viene el {{fecha}} a las {{hora}}?"]
    let changed = try await client.ask("PATCH", path, words)
    #expect(changed.status == 200 && changed.data["follow_ups"].bool == false, "\(changed.body)")
    #expect(changed.data["reminders"].bool == true, "what is not named stays")
    #expect(try await client.ask("PATCH", path, words).data.value == changed.data.value)
    #expect(try await client.ask("GET", path).data.value == changed.data.value)
    #expect(try tenant.count("ai_tenant_context", where: "not follow_ups_enabled and reminders_enabled") == 1)
    let ours = try await client.ask("PATCH", path, ["reminder_text": ""])
    #expect(!ours.data["reminder_text"].exists && ours.data["follow_ups"].bool == false)
    for (body, fault): (JSON, String) in [
      ([:], "$"), (["reminders": "no"], "$.reminders"), (["follow_up_text": "El {{fecha}}"], "$.follow_up_text"),
      (["reminder_text": "Hola {{nombre"], "$.reminder_text"), (["reminder_text": "{{name}}"], "$.reminder_text"),
      (["confirmation_text": .string(String(repeating: "a", count: 801))], "$.confirmation_text"),
    ] {
      let answer = try await client.ask("PATCH", path, body)
      #expect(answer.status == 400 && answer.body["path"].text == fault, "\(body.text): \(answer.body)")
    }
    let reader = try APIClient(tenant, scopes: ["channels:read"])
    #expect(try await reader.ask("PATCH", path, ["reminders": false]).code == "SCOPE_REQUIRED")
    let key = try self.client(tenant, branch: try tenant.branch())
    #expect(try await key.ask("PATCH", path, ["reminders": false]).code == "BRANCH_KEY")
    #expect(try await key.ask("GET", path).data.value == ours.data.value)
    #expect(
      try await APIUser(tenant, role: "receptionist").ask("PATCH", path, ["reminders": false]).code == "ROLE_REQUIRED")
    #expect(try await self.client(try Tenant.make()).ask("GET", path).data["follow_ups"].bool == true)
  }

  @Test func whatWasDoneToKeys() async throws {
    let (tenant, path) = (try Tenant.make(), "/api/settings/api-keys")
    let owner = try APIUser(tenant)
    let made = try await owner.ask("POST", path, ["name": "Zapier", "scope_type": "tenant", "scopes": ["leads:read"]])
    let (secret, id) = (made.body["api_key_secret"].text ?? "", made.body["key"]["id"].text ?? "")
    #expect(try await owner.ask("PATCH", "\(path)/\(id)", ["scopes": ["leads:read", "leads:write"]]).status == 200)
    #expect(try await owner.ask("PATCH", "\(path)/\(id)", ["name": "Zapier"]).status == 200, "changes nothing")
    let rotated = try await owner.ask("POST", "\(path)/\(id)/rotate", [:])
    let next = rotated.body["new_key"]["id"].text ?? ""
    for _ in 0..<2 { #expect(try await owner.ask("DELETE", "\(path)/\(next)?reason=perdida").status == 200) }
    let audit = try await owner.ask("GET", path + "/audit")
    #expect(audit.status == 200, "\(audit.body)")
    let rows = audit.data.items.map { ($0["api_key_id"].text == id ? "" : "next ") + ($0["action"].text ?? "") }
    #expect(
      rows.first == "next revoked" && rows.dropFirst().sorted() == ["changed", "created", "next created", "rotated"])
    #expect(audit.data.items.allSatisfy { $0["by_user"].text == owner.id.text })
    let changed = audit.data.items.first { $0["action"].text == "changed" }
    #expect(changed?["details"]["changes"]["scopes"]["to"].items.count == 2)
    #expect(changed?["details"]["changes"].value.map { Field($0)["name"].exists } == false)
    #expect(audit.data[0]["details"]["reason"].text == "perdida")
    let rotation = audit.data.items.first { $0["action"].text == "rotated" }
    #expect(rotation?["details"]["replaced_by"].text == next)
    let text = audit.body.value?.text ?? ""
    let new = rotated.body["new_key"]["api_key_secret"].text ?? ""
    for word in [secret, new, APIKey.hash(secret), APIKey.hash(new)] { #expect(!word.isEmpty && !text.contains(word)) }
    let ofOne = try await owner.ask("GET", path + "/audit?api_key_id=\(next)&action=created")
    #expect(ofOne.data.items.count == 1 && ofOne.data[0]["details"]["replaces"].text == id)
    let first = try await owner.ask("GET", path + "/audit?pageSize=2")
    let cursor = try #require(first.body["pagination"]["next_cursor"].text)
    let rest = try await owner.ask("GET", path + "/audit?pageSize=5&cursor=\(cursor)")
    #expect((first.data.items + rest.data.items).map(\.["id"].text) == audit.data.items.map(\.["id"].text))
    // Neither keys, nor those below an owner, nor another business.
    let key = try APIClient(tenant, scopes: APIScope.all)
    #expect(try await key.ask("GET", path + "/audit").status == 403)
    #expect(try await APIUser(tenant, role: "manager").ask("GET", path + "/audit").code == "ROLE_REQUIRED")
    let stranger = try APIUser(try Tenant.make())
    #expect(try await stranger.ask("GET", path + "/audit").data.items.isEmpty)
    #expect(try await stranger.ask("GET", path + "/audit?api_key_id=\(id)").status == 404)
    #expect(try await stranger.ask("GET", path + "/audit?cursor=\(cursor)").status == 400)
    #expect(try await owner.ask("GET", path + "/audit?action=used").status == 400)
    let forgotten = #expect(throws: (any Error).self) {
      try tenant.database.connection(user: "tistis_api").script("delete from api_key_audit")
    }
    #expect(forgotten != nil, "api can forget nothing of it")
  }
}
