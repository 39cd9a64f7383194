import Core
import FoundationEssentials
import TestSupport
import Testing

@testable import Flows

/// `/api/conversations/{id}/send/…`: once under a key, to nobody else's customers, and the assistant stays.
@Suite struct PreparedRouteTests {
  private static let scopes = ["conversations:read", "conversations:write"]
  private static let words: JSON = [
    "service": "limpieza", "date": "martes 3 de febrero", "time": "10:00", "name": "Ana",
  ]
  private static let appointments = ["appointment-confirmation", "reminder"]

  @Test func eachArrivesAndTheAssistantStays() async throws {
    let tenant = try Tenant.make(delay: Tenant.never)
    try await Sandbox.register(tenant)
    let id = try await tenant.hears()
    let client = try APIClient(tenant, scopes: Self.scopes)
    for (name, body, form) in [
      ("appointment-confirmation", Self.words, "buttons"), ("reminder", Self.words, "buttons"),
      ("services-menu", [:], "list"),
    ] as [(String, JSON, String)] {
      let sent = try await client.ask("POST", "/api/conversations/\(id)/send/\(name)", body)
      #expect(sent.status == 202 && sent.body["form"].text == form, "\(name): \(sent.body)")
      let message = sent.body["message_id"].text ?? ""
      #expect(try await client.ask("GET", "/api/messages/\(message)").data["role"].text == "staff")
    }
    #expect(try await eventually { try tenant.count("messages", where: "role = 'staff' and status = 'read'") == 3 })
    #expect(try await client.ask("GET", "/api/conversations/\(id)").data["ai_handling"].bool == true)
  }

  @Test func onceUnderAKey() async throws {
    let tenant = try Tenant.make(delay: Tenant.never)
    let path = "/api/conversations/\(try await tenant.hears())/send/"
    let (client, colleague) = (try APIClient(tenant, scopes: Self.scopes), try APIUser(tenant))
    let key = [("Idempotency-Key", unique("k"))]
    let answers = try await withThrowingTaskGroup(of: APIClient.Answer.self) { group in
      for _ in 0..<8 {
        group.addTask { try await client.ask("POST", path + "reminder", Self.words, headers: key) }
      }
      return try await group.reduce(into: [APIClient.Answer]()) { $0.append($1) }
    }
    #expect(answers.allSatisfy { $0.status == 202 })
    #expect(Set(answers.compactMap { $0.body.value?.text }).count == 1)
    #expect(try tenant.count("messages", where: "role = 'staff'") == 1)
    // Another wish under the same key is no repetition; another's key is another.
    let other = try await client.ask("POST", path + "appointment-confirmation", Self.words, headers: key)
    #expect(other.status == 409 && other.code == "IDEMPOTENCY_KEY_REUSED")
    let theirs = try await colleague.ask("POST", path + "reminder", Self.words, headers: key)
    #expect(theirs.status == 202 && theirs.body["message_id"].text != answers[0].body["message_id"].text)
  }

  /// What is refused says why, and uses no key.
  @Test func whatCannotBeSent() async throws {
    let tenant = try Tenant.make(delay: Tenant.never)
    let path = "/api/conversations/\(try await tenant.hears())/send/"
    let client = try APIClient(tenant, scopes: Self.scopes)
    let key = [("Idempotency-Key", unique("k"))]
    for name in Self.appointments {
      let bare = try await client.ask("POST", path + name, ["service": "limpieza", "date": " "], headers: key)
      #expect(bare.status == 400 && bare.body["path"].text == "$.date")
      let nobodys = try await client.ask("POST", path + name, ["appointment_id": .string(UUID().text)], headers: key)
      #expect(nobodys.status == 404)
    }
    try tenant.database.run("update services set is_active = false where tenant_id = '\(tenant.id.text)'")
    let empty = try await client.ask("POST", path + "services-menu", headers: key)
    #expect(empty.status == 409 && empty.code == "NO_SERVICES")
    try tenant.database.run("update services set is_active = true where tenant_id = '\(tenant.id.text)'")
    let window = "update contact_windows set last_inbound_at = now() - interval '3 days'"
    try tenant.database.run("\(window) where tenant_id = '\(tenant.id.text)'")
    let closed = try await client.ask("POST", path + "services-menu", headers: key)
    #expect(closed.status == 409 && closed.code == "WINDOW_CLOSED")
    let blocked = try await client.ask("POST", path + "reminder", Self.words, headers: key)
    #expect(blocked.status == 409 && blocked.code == "TEMPLATE_BLOCKED", "\(blocked.body)")
    #expect(blocked.body["error"].text?.contains("tistis templates create") == true)
    try tenant.templates()
    let template = try await client.ask("POST", path + "reminder", Self.words, headers: key)
    #expect(template.status == 202 && template.body["form"].text == "template", "\(template.body)")
    #expect(try tenant.count("messages", where: "role = 'staff'") == 1)
  }

  @Test func whoMayNot() async throws {
    let (tenant, other) = (try Tenant.make(delay: Tenant.never), try Tenant.make(delay: Tenant.never))
    let id = try await tenant.hears()
    let strangers = try APIClient(other, scopes: Self.scopes)
    let branch = try APIClient(tenant, scopes: Self.scopes, branch: try tenant.branch())
    let reader = try APIClient(tenant, scopes: ["conversations:read"])
    let onlooker = try APIUser(tenant, role: "assistant")
    for name in Self.appointments + ["services-menu"] {
      let path = "/api/conversations/\(id)/send/\(name)"
      let said = [
        try await strangers.ask("POST", path, Self.words).status, try await branch.ask("POST", path, Self.words).status,
        try await reader.ask("POST", path, Self.words).status, try await onlooker.ask("POST", path, Self.words).status,
        try await APIClient.ask("POST", path).status,
      ]
      #expect(said == [404, 404, 403, 403, 401], "\(name)")
    }
    #expect(try tenant.count("messages", where: "role = 'staff'") == 0)
  }
}
