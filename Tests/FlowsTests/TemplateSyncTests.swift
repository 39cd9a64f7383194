import Core
import FoundationEssentials
import Peers
import Rules
import Store
import TestSupport
import Testing

@testable import Flows

/// Templates: made, listed, blocked until they are approved, and never sent with a gap.
@Suite struct TemplateSyncTests {
  private let graph = World.current.sandbox + "/graph/v25.0/"

  /// A business whose account the sandbox knows; new templates there stay PENDING.
  private func test(token: Bool = true, _ body: (Shop, String) async throws -> Void) async throws {
    try await Shop.test(token: token, delay: 60) { shop in
      let business = uniqueDigits("8")
      try shop.join(business)
      try await Sandbox.tell(
        "PUT", "numbers/\(shop.tenant.phoneNumberID)",
        [
          "callback": .string(World.current.url + "/nowhere"), "waba_id": .string(business),
          "template_review": "PENDING", "statuses": [],
        ])
      try await body(shop, business)
    }
  }

  private func scope(_ shop: Shop) -> Scope { shop.database.connection().tenant(shop.tenant.id) }

  @discardableResult
  private func sync(_ shop: Shop, create: Bool) async throws -> Field {
    let id = try shop.database.connection().send(
      .syncTemplates(shop.tenant.connection, create: create, requestID: nil), tenant: shop.tenant.id)
    try await shop.work()
    let job = try scope(shop).findJob(id: try #require(id))
    #expect(job?.status == "completed", "\(job?.errorMessage ?? "")")
    return Field((try? job?.result?.parse()) ?? .null)
  }

  private func templates(_ shop: Shop) throws -> [String?] {
    try shop.database.column("select name || ' ' || status from message_templates order by 1")
  }

  private func approve(_ name: String, _ business: String, _ shop: Shop) throws {
    let body: JSON = [
      "object": "whatsapp_business_account",
      "entry": [
        [
          "id": .string(business), "time": .number(Instant.now.seconds + 1),
          "changes": [
            [
              "field": "message_template_status_update",
              "value": [
                "event": "APPROVED", "message_template_id": 1, "message_template_name": .string(name),
                "message_template_language": "es_MX",
              ],
            ]
          ],
        ]
      ],
    ]
    try shop.post(body.bytes)
  }

  /// Twice, and twice at once, makes each template once.
  @Test func oursAreMadeOnce() async throws {
    try await test { shop, business in
      let first = try await sync(shop, create: true)
      #expect(first["created"].items.count == 5 && first["refused"].items.isEmpty && first["listed"].integer == 5)
      let names = OwnTemplate.allCases.map { "\($0.rawValue) PENDING" }.sorted()
      let stored = try templates(shop)
      #expect(stored == names)
      let again = try await sync(shop, create: true)
      #expect(again["created"].items.isEmpty && again["listed"].integer == 5)
      let known = try shop.value("category || ' ' || parameter_format", of: "message_templates", "name = 'seguimiento'")
      #expect(known == "MARKETING named")
      let posts = try await Sandbox.requests("whatsapp", match: business).filter { $0["method"].text == "POST" }
      #expect(posts.count <= 5)
    }
  }

  /// A business has ours in its own language, beside what is there already.
  @Test func inTheBusinesssLanguage() async throws {
    try await test { shop, business in
      try await sync(shop, create: true)
      try shop.run(
        "insert into ai_tenant_context (tenant_id, default_language) values ('\(shop.tenant.id.text)', 'en')")
      for made in [5, 0] {
        let result = try await sync(shop, create: true)
        #expect(result["created"].items.count == made && result["listed"].integer == 10)
      }
      let languages = try shop.database.column(
        "select language || ' ' || count(*) from message_templates group by language order by 1")
      #expect(languages == ["en_US 5", "es_MX 5"])
      let buttons = try shop.value(
        "components #>> '{1,buttons,0,text}'", of: "message_templates",
        "name = 'recordatorio_cita' and language = 'en_US'")
      #expect(buttons == "Confirm")
    }
  }

  /// Two askings wait for each other as one job.
  @Test func askingTwiceIsOneJob() async throws {
    try await test { shop, _ in
      let connection = shop.database.connection()
      let wish = Errand.syncTemplates(shop.tenant.connection, create: false, requestID: nil)
      let ids = [try connection.send(wish, tenant: shop.tenant.id), try connection.send(wish, tenant: shop.tenant.id)]
      #expect(ids[0] != nil && ids[0] == ids[1])
      let count = try shop.count("jobs", "job_type = 'sync_templates'")
      #expect(count == 1)
    }
  }

  @Test func blockedUntilApproved() async throws {
    try await test { shop, business in
      try await sync(shop, create: true)
      let phone = try shop.says("hola")
      let conversation = try #require(
        UUID(uuidString: try shop.value("id", of: "conversations", "contact_address = '\(phone)'") ?? ""))
      func send() async throws -> String? {
        let use = TemplateDefinition(.reminder, in: .spanish).filled([
          "nombre": "Ana", "servicio": "limpieza", "negocio": "ESVA", "fecha": "hoy", "hora": "10:00",
        ])
        let id = try scope(shop).sendStaffMessage(
          conversationId: conversation, contents: [.template(use)], staffId: nil, requestId: nil)
        try await shop.work()
        return try shop.value("status || ' ' || coalesce(error_code, '')", of: "messages", "id = '\(id?.text ?? "")'")
      }
      let before = try await send()
      #expect(before == "withheld template_blocked")
      try approve("recordatorio_cita", business, shop)
      let after = try await send()
      #expect(after?.hasPrefix("accepted") == true, "\(after ?? "")")
      // What was listed earlier does not take back what was told since.
      try await sync(shop, create: false)
      let kept = try shop.value("status", of: "message_templates", "name = 'recordatorio_cita'")
      #expect(kept == "APPROVED" || kept == "PENDING")
    }
  }

  /// What the platform lists no more is gone; what it was not asked for stays.
  @Test func whatIsGone() async throws {
    try await test { shop, business in
      try await sync(shop, create: true)
      try shop.run(
        """
        insert into message_templates (tenant_id, business_account_id, name, language, status)
          values ('\(shop.tenant.id.text)', '1', 'of_another_account', 'es_MX', 'APPROVED')
        """)
      let answer = try await Web.send(
        "DELETE", graph + business + "/message_templates?name=seguimiento",
        headers: [("Authorization", "Bearer test_token")])
      #expect(answer.status == 200)
      let result = try await sync(shop, create: false)
      #expect(result["gone"].integer == 1 && result["listed"].integer == 4)
      let states = try templates(shop)
      #expect(states.contains("seguimiento DELETED") && states.contains("of_another_account APPROVED"))
      let made = try await sync(shop, create: true)
      #expect(made["created"].items.count == 1)
    }
  }

  /// A wrong number of parameters, or wrong names, never leave.
  @Test func aGapNeverLeaves() async throws {
    try await test { shop, business in
      try await sync(shop, create: true)
      try approve("recordatorio_cita", business, shop)
      let phone = try shop.says("hola")
      let conversation = try #require(
        UUID(uuidString: try shop.value("id", of: "conversations", "contact_address = '\(phone)'") ?? ""))
      let use = OutboundContent.Template(
        name: "recordatorio_cita", language: "es_MX", category: .utility, body: [.init(.text("Ana"), name: "nombre")])
      _ = try scope(shop).sendStaffMessage(
        conversationId: conversation, contents: [.template(use)], staffId: nil, requestId: nil)
      try await shop.work()
      let state = try shop.value("status || ' ' || error_code", of: "messages", "role = 'staff'")
      #expect(state == "failed template_parameters")
      let sent = try await Sandbox.requests("whatsapp", match: phone, kind: "template")
      #expect(sent.isEmpty)
    }
  }

  /// Without a token, and with one that was withdrawn, a person is told; nothing is asked again and again.
  @Test(arguments: [false, true])
  func withoutAGoodToken(_ revoked: Bool) async throws {
    try await test(token: revoked) { shop, _ in
      if revoked {
        let settings = try Settings([.outboundKeys, .inboundKeys], from: World.current.environment(of: "tistis"))
        let store = SecretStore(
          shop.database.connection(), inbound: try Keyring(settings.secret(.inboundKeys)),
          outbound: try Keyring(settings.secret(.outboundKeys)))
        try store.setOutbound(
          Secret("test_revoked_token"), kind: "access_token", connection: shop.tenant.connection, tenant: shop.tenant.id
        )
      }
      _ = try shop.database.connection().send(
        .syncTemplates(shop.tenant.connection, create: true, requestID: nil), tenant: shop.tenant.id)
      try await shop.work()
      let state = try shop.value("status || ' ' || attempts", of: "jobs", "job_type = 'sync_templates'")
      #expect(state == "dead 1")
      let why = try shop.job("error_message", kind: "sync_templates") ?? ""
      #expect(why.contains(revoked ? "190" : "token") && !why.contains("test_revoked"))
    }
  }
}
