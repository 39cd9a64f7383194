import Core
import FoundationEssentials
import TestSupport
import Testing

@testable import Flows

/// `/api/templates`, `/api/alerts` and `/api/leads/{id}/consent`: whose they are, and who may.
@Suite struct CareRouteTests {
  @Test func templatesAreMadeAndListed() async throws {
    let tenant = try Tenant.make()
    let client = try APIClient(tenant, scopes: ["templates:read", "templates:write"])
    let none = try await client.ask("POST", "/api/templates", [:])
    #expect(none.status == 409 && none.code == "NO_ACCOUNT")
    let business = uniqueDigits("8")
    try tenant.database.run(
      """
      update channel_connections set whatsapp_business_account_id = '\(business)' where id = '\(tenant.connection.text)'
      """)
    try await Sandbox.tell(
      "PUT", "numbers/\(tenant.account)",
      [
        "callback": .string(World.current.url + tenant.path), "app_secret": .string(tenant.appSecret),
        "waba_id": .string(business), "template_review": "PENDING",
      ])
    let made = try await client.ask("POST", "/api/templates", ["create": true])
    #expect(made.status == 200 || made.status == 202, "\(made.body)")
    #expect(try await eventually { try tenant.count("message_templates") == 5 })
    let list = try await client.ask("GET", "/api/templates")
    #expect(
      Set(list.data.items.compactMap { $0["name"].text }) == [
        "cita_confirmada", "recordatorio_cita", "bienvenida_esva", "cotizacion_enviada", "seguimiento",
      ])
    #expect(list.data.items.allSatisfy { $0["status"].text == "PENDING" && $0["usable"].bool == false })

    let stranger = try APIClient(try Tenant.make(), scopes: ["templates:read", "templates:write"])
    #expect(try await stranger.ask("GET", "/api/templates").data.items.isEmpty)
    let theirs: JSON = ["channel_id": .string(tenant.connection.text)]
    #expect(try await stranger.ask("POST", "/api/templates", theirs).status == 404)
    let reader = try APIClient(tenant, scopes: ["templates:read"])
    #expect(try await reader.ask("POST", "/api/templates", [:]).status == 403)
    #expect(try await APIUser(tenant, role: "manager").ask("POST", "/api/templates", [:]).status == 403)
    #expect(try await APIClient(tenant, scopes: ["leads:read"]).ask("GET", "/api/templates").status == 403)
  }

  /// What is not approved, and a gap that is not filled, is refused before it is stored, and takes no key: the same wish
  /// goes once it is approved.
  @Test func aTemplateThatIsNotReady() async throws {
    let tenant = try Tenant.make(delay: Tenant.never)
    let client = try APIClient(tenant, scopes: ["conversations:read", "conversations:write"])
    let conversation = try await tenant.hears()
    try tenant.database.run(
      """
      insert into message_templates (tenant_id, business_account_id, name, language, status, parameter_format, components)
        values ('\(tenant.id.text)', '\(uniqueDigits("8"))', 'aviso', 'es_MX', 'PENDING', 'positional',
          '[{"type": "BODY", "text": "Hola {{1}}"}]')
      """)
    let key = [("Idempotency-Key", unique("k"))]
    func send(_ parameters: JSON, language: String = "es_MX") async throws -> APIClient.Answer {
      try await client.ask(
        "POST", "/api/messages/send",
        [
          "conversation_id": .string(conversation),
          "message": ["kind": "template", "name": "aviso", "language": .string(language), "body": parameters],
        ], headers: key)
    }
    let early = try await send([["text": "Ana"]])
    #expect(early.status == 409 && early.code == "TEMPLATE_BLOCKED", "\(early.body)")
    #expect(early.body["error"].text?.contains("PENDING: wait") == true)
    try tenant.database.run("update message_templates set status = 'APPROVED' where tenant_id = '\(tenant.id.text)'")
    let elsewhere = try await send([["text": "Ana"]], language: "es")
    #expect(elsewhere.code == "TEMPLATE_BLOCKED" && elsewhere.body["error"].text?.contains("in es_MX") == true)
    let gap = try await send([])
    #expect(gap.status == 400 && gap.body["path"].text == "$.content.body", "\(gap.body)")
    #expect(try tenant.count("messages", where: "role = 'staff'") == 0)
    let sent = try await send([["text": "Ana"]])
    #expect(sent.status == 200, "\(sent.body)")
    #expect(try tenant.count("messages", where: "role = 'staff'") == 1)
  }

  @Test func alertsAreClosedByTheirBusiness() async throws {
    let tenant = try Tenant.make()
    let client = try APIClient(tenant, scopes: ["channels:read", "channels:write"])
    try tenant.database.run(
      """
      select set_config('app.tenant_id', '\(tenant.id.text)', false);
      select raise_alert('\(tenant.connection.text)', '{"kind": "usage", "key": "u", "severity": "watch", "sentence": "much"}');
      """)
    let list = try await client.ask("GET", "/api/alerts?limit=1")
    #expect(list.data.items.count == 1 && list.data[0]["sentence"].text == "much")
    let path = "/api/alerts/\(list.data[0]["id"].text ?? "")/resolve"
    let stranger = try APIClient(try Tenant.make(), scopes: ["channels:read", "channels:write"])
    let reader = try APIClient(tenant, scopes: ["channels:read"])
    let said = [
      try await stranger.ask("POST", path).status, try await reader.ask("POST", path).status,
      try await APIUser(tenant, role: "receptionist").ask("POST", path).status,
      try await APIUser(tenant, role: "manager").ask("POST", path).status, try await client.ask("POST", path).status,
    ]
    #expect(said == [404, 403, 403, 200, 404])
    let seen = [
      try await stranger.ask("GET", "/api/alerts?all=true").data.items.count,
      try await client.ask("GET", "/api/alerts").data.items.count,
      try await client.ask("GET", "/api/alerts?all=true").data.items.count,
    ]
    #expect(seen == [0, 0, 1])
    #expect(try await client.ask("GET", "/api/alerts?limit=501").status == 400)
  }

  @Test func whatAPersonAllows() async throws {
    let tenant = try Tenant.make(delay: Tenant.never)
    let client = try APIClient(tenant, scopes: ["leads:read", "leads:write"])
    _ = try await tenant.hears()
    let path = "/api/leads/\(try tenant.value("lead_id", of: "conversations") ?? "")/consent"
    #expect(try await client.ask("GET", path).data.items.allSatisfy { $0["state"].text != "stopped" })
    for _ in 0..<2 {
      let stopped = try await client.ask("PUT", path, ["channel": "whatsapp", "state": "stopped"])
      #expect(stopped.status == 200 && stopped.data.items.contains { $0["state"].text == "stopped" }, "\(stopped.body)")
    }
    #expect(try await client.ask("PUT", path, ["channel": "fax", "state": "stopped"]).status == 400)
    let wish: JSON = ["channel": "whatsapp", "state": "allowed"]
    let stranger = try APIClient(try Tenant.make(), scopes: ["leads:read", "leads:write"])
    let branch = try APIClient(tenant, scopes: ["leads:read", "leads:write"], branch: try tenant.branch())
    let reader = try APIClient(tenant, scopes: ["leads:read"])
    let said = [
      try await stranger.ask("GET", path).status, try await stranger.ask("PUT", path, wish).status,
      try await branch.ask("PUT", path, wish).status, try await reader.ask("PUT", path, wish).status,
      try await APIUser(tenant, role: "assistant").ask("PUT", path, wish).status,
    ]
    #expect(said == [404, 404, 404, 403, 403])
    #expect(try await client.ask("GET", path).data.items.contains { $0["state"].text == "stopped" })
  }
}
