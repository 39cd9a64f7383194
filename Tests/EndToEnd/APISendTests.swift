import Core
import FoundationEssentials
import TestSupport
import Testing

@testable import Flows

/// `POST /api/messages/send`: once, whatever happens.
@Suite struct APISendTests {
  private static let scopes = ["conversations:read", "conversations:write"]

  @Test func everyFormArrivesAndTheAssistantIsSilent() async throws {
    let tenant = try Tenant.make(delay: Tenant.never)
    try await Sandbox.register(tenant)
    let conversation = try await tenant.hears()
    let client = try APIClient(tenant, scopes: Self.scopes)
    try tenant.templates("recordatorio")
    let contents: [JSON] = [
      ["content": "Le atiende **Ana**"],
      ["message": ["kind": "buttons", "body": "¿Confirma?", "options": [["id": "si", "title": "Sí"]]]],
      ["content": ["kind": "template", "name": "recordatorio", "language": "es_MX"]],
      ["content": "La sala", "message_type": "image", "media_url": "https://example.com/sala.jpg"],
      ["content": "https://example.com/precios.pdf", "message_type": "document"],
    ]
    for content in contents {
      guard case .object(var body) = content else { continue }
      body["conversation_id"] = .string(conversation)
      let sent = try await client.ask("POST", "/api/messages/send", .object(body))
      #expect(sent.status == 200 && sent.body["success"].bool == true, "\(sent.body)")
      #expect(sent.body["status"].text == "pending" && sent.body["message_id"].text != nil)
    }
    #expect(try await eventually { try tenant.count("messages", where: "status = 'read'") == contents.count })
    let types = try await Sandbox.requests("whatsapp", match: tenant.phoneNumberID).map { $0["body"] }
      .filter { $0["type"].exists }.compactMap { $0["type"].text }
    #expect(types == ["text", "interactive", "template", "image", "document"])
    #expect(try tenant.value("ai_handling", of: "conversations") == "false")
    let id = try tenant.value("id", of: "messages", where: "content_type = 'document'") ?? ""
    let one = try await client.ask("GET", "/api/messages/\(id)")
    #expect(one.data["status"].text == "read" && one.data["external_id"].text?.hasPrefix("wamid.") == true)
  }

  /// More buttons than the platform has become a list, whose label is ours, in the business's language.
  @Test(arguments: [("es", "Ver opciones"), ("en", "See options")])
  func aListsLabel(_ language: String, _ label: String) async throws {
    let tenant = try Tenant.make(delay: Tenant.never)
    try tenant.database.run(
      "insert into ai_tenant_context (tenant_id, default_language) values ('\(tenant.id.text)', '\(language)')")
    let conversation = try await tenant.hears()
    let options = (0..<4).map { JSON.object(["id": .string("\($0)"), "title": .string("O\($0)")]) }
    let message: JSON = ["kind": "buttons", "body": "?", "options": .array(options)]
    let sent = try await APIClient(tenant, scopes: Self.scopes).ask(
      "POST", "/api/messages/send", ["conversation_id": .string(conversation), "message": message])
    #expect(sent.status == 200, "\(sent.body)")
    #expect(try tenant.value("payload ->> 'label'", of: "messages", where: "role = 'staff'") == label)
  }

  /// Who holds a key is a program, who is at the dashboard a human.
  @Test func whoTypedIt() async throws {
    let tenant = try Tenant.make(delay: Tenant.never)
    let body: JSON = ["conversation_id": .string(try await tenant.hears()), "content": "Le atiende Ana"]
    let automatic = "role = 'staff' and metadata ? 'automatic'"
    #expect(try await APIUser(tenant).ask("POST", "/api/messages/send", body).status == 200)
    #expect(try tenant.count("messages", where: automatic) == 0)
    #expect(try await APIClient(tenant, scopes: Self.scopes).ask("POST", "/api/messages/send", body).status == 200)
    #expect(try tenant.count("messages", where: automatic) == 1)
    #expect(try tenant.count("messages", where: "role = 'staff'") == 2)
  }

  @Test func twiceAndInParallelUnderOneKey() async throws {
    let tenant = try Tenant.make(delay: Tenant.never)
    let conversation = try await tenant.hears()
    let client = try APIClient(tenant, scopes: Self.scopes)
    let body: JSON = ["conversation_id": .string(conversation), "content": "una vez"]
    let key = unique("k")
    let answers = try await withThrowingTaskGroup(of: APIClient.Answer.self) { group in
      for _ in 0..<12 {
        group.addTask { try await client.ask("POST", "/api/messages/send", body, headers: [("Idempotency-Key", key)]) }
      }
      return try await group.reduce(into: [APIClient.Answer]()) { $0.append($1) }
    }
    #expect(answers.allSatisfy { $0.status == 200 })
    #expect(Set(answers.compactMap { $0.body.value?.text }).count == 1)
    let again = try await client.ask(
      "POST", "/api/messages/send",
      ["conversation_id": .string(conversation), "content": "una vez", "idempotency_key": .string(key)])
    #expect(again.body["message_id"].text == answers[0].body["message_id"].text)
    #expect(try tenant.count("messages", where: "role = 'staff'") == 1)
    let other = try await client.ask(
      "POST", "/api/messages/send", ["conversation_id": .string(conversation), "content": "otra"],
      headers: [("Idempotency-Key", key)])
    #expect(other.status == 409 && other.code == "IDEMPOTENCY_KEY_REUSED")
    // Keys are each asker's own.
    let colleague = try APIUser(tenant)
    let theirs = try await colleague.ask("POST", "/api/messages/send", body, headers: [("Idempotency-Key", key)])
    #expect(theirs.status == 200 && theirs.body["message_id"].text != answers[0].body["message_id"].text)
  }

  /// A key under which something was refused is free: nothing was asked under it.
  @Test func whatIsRefusedUsesNoKey() async throws {
    let tenant = try Tenant.make(delay: Tenant.never)
    let conversation = try await tenant.hears()
    let client = try APIClient(tenant, scopes: Self.scopes)
    let key = [("Idempotency-Key", unique("k"))]
    func send(_ conversation: String, _ content: JSON) async throws -> APIClient.Answer {
      try await client.ask(
        "POST", "/api/messages/send", ["conversation_id": .string(conversation), "content": content], headers: key)
    }
    #expect(try await send(conversation, "   ").status == 400)
    #expect(try await send(UUID().text, "hola").status == 404)
    let buttons = try await send(conversation, ["kind": "buttons", "body": "x", "options": 3])
    #expect(buttons.status == 400 && buttons.body["path"].text == "$.content.options", "\(buttons.body)")
    #expect(try await send(conversation, "hola").status == 200)
    #expect(try tenant.count("messages", where: "role = 'staff'") == 1)
  }

  @Test func twoOfTheStaffAtOnce() async throws {
    let tenant = try Tenant.make(delay: Tenant.never)
    try await Sandbox.register(tenant)
    let conversation = try await tenant.hears()
    let people = [try APIUser(tenant), try APIUser(tenant, role: "receptionist")]
    let statuses = try await withThrowingTaskGroup(of: Int.self) { group in
      for i in 0..<10 {
        group.addTask {
          try await people[i % 2].ask(
            "POST", "/api/messages/send",
            ["conversation_id": .string(conversation), "content": .string("mensaje \(i)")]
          ).status
        }
      }
      return try await group.reduce(into: [Int]()) { $0.append($1) }
    }
    #expect(statuses.allSatisfy { $0 == 200 })
    #expect(try await eventually { try tenant.count("messages", where: "role = 'staff' and status = 'read'") == 10 })
    let sent = try await Sandbox.requests("whatsapp", match: tenant.phoneNumberID).map {
      $0["body"]["text"]["body"].text
    }
    #expect(Set(sent.compactMap { $0 }).count == 10)
  }

  @Test func aUserWritesNoFasterThanAllowed() async throws {
    let tenant = try Tenant.make(delay: Tenant.never)
    let user = try APIUser(tenant)
    let conversation = try await tenant.hears()
    try tenant.database.run(
      """
      insert into rate_limits (tenant_id, identifier, window_start, request_count)
        values ('\(tenant.id.text)', 'api:send:user:\(user.id.text)', now(), 60)
      """)
    let body: JSON = ["conversation_id": .string(conversation), "content": "x"]
    let answer = try await user.ask("POST", "/api/messages/send", body)
    #expect(answer.status == 429 && answer.code == "RATE_LIMIT_EXCEEDED")
    #expect((1...60).contains(Int(answer.headers["retry-after"] ?? "") ?? 0))
  }
}
