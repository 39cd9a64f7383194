import Core
import FoundationEssentials
import TestSupport
import Testing

@testable import Flows

/// A business with its n8n, through nginx: told, asked, and heard.
@Suite struct N8NRouteTests {
  private static let address = JSON.string(World.current.sandbox + "/n8n/webhook")

  private func told(_ tenant: Tenant, _ event: String) async throws -> [Field] {
    try await Sandbox.requests("n8n", match: tenant.id.text, kind: event).filter { $0["accepted"].bool == true }
  }

  @Test func n8nAnswersAPerson() async throws {
    let tenant = try Tenant.make()
    try await Sandbox.register(tenant)
    let owner = try APIUser(tenant)
    let wish: JSON = [
      "webhook_url": Self.address, "answers_by": "n8n", "answer_seconds": 600, "api_key": "test_hidden_key_1",
    ]
    #expect(try await owner.ask("PUT", "/api/settings/n8n", wish).status == 200)
    let phone = uniqueDigits("521")
    let conversation = try await tenant.hears("¿A qué hora abren?", from: phone)
    #expect(try await eventually { try await told(tenant, "ai-conversation").count == 1 })
    #expect(try await eventually { try await told(tenant, "message-received").count == 1 })
    let asked = try await told(tenant, "ai-conversation")[0]["body"]["data"]
    #expect(asked["conversation_id"].text == conversation)
    let key = try APIClient(tenant, scopes: ["webhook:write"]).key.reveal()
    let body: JSON = [
      "action": "ai_response", "conversation_id": .string(conversation), "content": "A las nueve",
      "question_id": asked["question_id"].value ?? .null,
    ]
    func call(_ headers: [(String, String)]) async throws -> HTTPResponse {
      try await Web.send(
        "POST", World.current.url + "/api/webhook", headers: headers + [("Content-Type", "application/json")],
        body: body.bytes)
    }
    #expect(try await call([]).status == 401)
    for _ in 0..<2 { #expect(try await call([("X-API-Key", key)]).status == 200) }
    #expect(try await eventually { try tenant.count("messages", where: "role = 'assistant' and status = 'read'") == 1 })
    let texts = try await Sandbox.requests("whatsapp", match: phone, kind: "text").filter {
      $0["accepted"].bool == true
    }
    #expect(texts.compactMap { $0["body"]["text"]["body"].text } == ["A las nueve"])
    #expect(try tenant.count("messages", where: "role = 'assistant'") == 1)
  }

  @Test func secretsGoInAndNeverComeOut() async throws {
    let tenant = try Tenant.make(delay: Tenant.never)
    let owner = try APIUser(tenant)
    let nothing = try await owner.ask("GET", "/api/settings/n8n")
    #expect(nothing.status == 200 && !nothing.data.exists)
    #expect(try await owner.ask("POST", "/api/settings/n8n/test").status == 404)
    let (key, signing, webhook) = (unique("hidden_key_of_"), unique("hidden_signing_"), unique("hidden_webhook_"))
    let put = try await owner.ask(
      "PUT", "/api/settings/n8n",
      [
        "webhook_url": Self.address, "events": ["lead-created"], "api_key": .string(key),
        "signing_secret": .string(signing), "webhook_secret": .string(webhook),
      ])
    let shown = try await owner.ask("GET", "/api/settings/n8n")
    for answer in [put, shown] {
      let text = answer.body.value?.text ?? ""
      #expect(answer.status == 200 && !text.contains("hidden"), "\(text)")
      #expect(answer.data["api_key"].text == "••••" + key.suffix(4))
      #expect(answer.data["signing_secret"].text == "••••" + signing.suffix(4))
      #expect(answer.data["webhook_secret"].text == "••••" + webhook.suffix(4))
    }
    // One of ours is shown once, and takes the former one's place.
    let made = try await owner.ask("POST", "/api/settings/n8n/secrets", ["kind": "webhook_secret"])
    let secret = made.body["secret"].text ?? ""
    #expect(made.status == 201 && secret.hasPrefix("whsec_"))
    let conversation = try await tenant.hears()
    let body: JSON = ["action": "escalate_conversation", "conversation_id": .string(conversation), "reason": "x"]
    for (used, status) in [(webhook, 403), (secret, 200)] {
      let signature = hex(hmacSHA256(body.bytes, key: Secret(used)))
      let answer = try await Web.send(
        "POST", World.current.url + "/api/webhook", headers: [("X-N8N-Signature", "sha256=" + signature)],
        body: body.bytes)
      #expect(answer.status == status)
    }
    // What is not named stays.
    let changed = try await owner.ask("PUT", "/api/settings/n8n", ["enabled": false, "events": nil])
    #expect(changed.data["enabled"].bool == false && !changed.data["events"].exists)
    #expect(changed.data["webhook_url"].text == put.data["webhook_url"].text)
    #expect(changed.data["api_key"].text == put.data["api_key"].text)
  }

  @Test func whoMay() async throws {
    let (tenant, other) = (try Tenant.make(delay: Tenant.never), try Tenant.make(delay: Tenant.never))
    let wish: JSON = ["webhook_url": Self.address]
    #expect(try await APIUser(tenant, role: "receptionist").ask("PUT", "/api/settings/n8n", wish).status == 403)
    let client = try APIClient(tenant, scopes: ["webhooks:manage"])
    #expect(try await client.ask("PUT", "/api/settings/n8n", wish).status == 403)
    #expect(try await APIUser(tenant).ask("PUT", "/api/settings/n8n", wish).status == 200)
    #expect(try await client.ask("GET", "/api/settings/n8n").data["enabled"].bool == true)
    #expect(try await APIUser(other).ask("GET", "/api/settings/n8n").data.exists == false)
    let junk: [JSON] = [
      ["webhook_url": "ftp://n8n.example.com"], ["webhook_url": "https://a:b@n8n.example.com/"],
      ["webhook_url": "https:///webhook"], ["webhook_url": "https://n8n.example.com/a b"], ["answers_by": "gpt"],
      ["answer_seconds": 4], ["events": ["everything"]], ["api_key": "short"],
      ["signing_secret": "with a blank in it"], ["webhook_url": 7],
    ]
    for body in junk {
      #expect(try await APIUser(tenant).ask("PUT", "/api/settings/n8n", body).status == 400, "\(body)")
    }
  }

  @Test func whatItWasToldCanBeReadAndToldAgain() async throws {
    let (tenant, other) = (try Tenant.make(delay: Tenant.never), try Tenant.make(delay: Tenant.never))
    let owner = try APIUser(tenant)
    #expect(try await owner.ask("PUT", "/api/settings/n8n", ["webhook_url": Self.address]).status == 200)
    let tried = try await owner.ask("POST", "/api/settings/n8n/test")
    let id = tried.body["event_id"].text ?? ""
    #expect(tried.status == 202)
    #expect(try await eventually { try await told(tenant, "test").count == 1 })
    let state = "/api/settings/n8n/events?status=delivered"
    #expect(try await eventually { try await owner.ask("GET", state).data.items.first?["id"].text == id })
    #expect(try await APIUser(other).ask("GET", state).data.items.isEmpty)
    #expect(try await APIUser(other).ask("POST", "/api/settings/n8n/events/\(id)/replay").status == 404)
    #expect(try await owner.ask("POST", "/api/settings/n8n/events/\(id)/replay").status == 200)
    #expect(try await eventually { try await told(tenant, "test").count == 2 })
  }
}
