import Core
import FoundationEssentials
import TestSupport
import Testing

@testable import Flows

/// `/api/ai-config`: what is written is what is read, heeded and shown.
@Suite struct AssistantConfigTests {
  private func client(_ tenant: Tenant, branch: UUID? = nil) throws -> APIClient {
    try APIClient(tenant, scopes: ["channels:read", "channels:write"], branch: branch)
  }

  @Test func whatIsWrittenIsRead() async throws {
    let tenant = try Tenant.make()
    let client = try client(tenant)
    let fresh = try await client.ask("GET", "/api/ai-config")
    #expect(fresh.status == 200 && fresh.data["max_tokens"].integer == 500)
    #expect(fresh.data["auto_escalate_after_messages"].integer == 0, "what holds for who set nothing")
    let wish: JSON = [
      "system_prompt": "Sé breve.", "ai_personality": "formal", "temperature": .number("0.3"), "use_emojis": true,
      "escalation_keywords": ["abogado"], "max_turns_before_escalation": 7, "escalation_message": "Ya le atienden.",
      "business_hours": [
        "monday": [["open": "09:00", "close": "14:00"], ["open": "16:00", "close": "24:00"]], "sunday": .null,
      ],
    ]
    let put = try await client.ask("PUT", "/api/ai-config", wish)
    #expect(put.status == 200, "\(String(describing: put.body.value))")
    let read = try await client.ask("GET", "/api/ai-config")
    #expect(read.data.value == put.data.value)
    #expect(read.data["response_style"].text == "formal" && read.data["custom_instructions"].text == "Sé breve.")
    #expect(read.data["auto_escalate_after_messages"].integer == 7 && read.data["ai_temperature"].loose == "0.30")
    let preview = try await client.ask("GET", "/api/ai-config/preview?channel_id=\(tenant.connection.text)")
    #expect(preview.status == 200)
    let prompt = preview.data["system_prompt"].text ?? ""
    #expect(
      prompt.contains("Sé breve.") && prompt.contains("formal, de usted")
        && prompt.contains("09:00–14:00 y 16:00–24:00"))
    #expect(preview.data["tools"].items.contains { $0["name"].text == "escalate_to_human" })
    // As the worker asks it: by its model, and whether it is open now.
    #expect(
      preview.data["model"].text == World.current.environment(of: "jobs")["ANTHROPIC_MODEL"] ?? "claude-haiku-5-5")
    #expect(
      preview.data["moment"].text?.contains("está abierto") != preview.data["moment"].text?.contains("está cerrado"))
    // A text of nothing is none.
    let cleared = try await client.ask("POST", "/api/ai-config", ["escalation_message": "", "system_prompt": ""])
    #expect(
      cleared.status == 200 && !cleared.data["escalation_message"].exists && !cleared.data["system_prompt"].exists)
    #expect(cleared.data["use_emojis"].bool == true, "what is not named stays")
  }

  @Test(
    arguments: [
      (["temperature": 2], "$.temperature"), (["min_confidence": .number("-0.1")], "$.min_confidence"),
      (["model": "a", "ai_model": "b"], "$.ai_model"), (["max_tokens": 99], "$.max_tokens"),
      (["business_hours": ["lunes": .null]], "$.business_hours.lunes"),
      (["business_hours": ["monday": [["open": "9", "close": "14:00"]]]], "$.business_hours.monday[0].open"),
      (["business_hours": ["start": "09:00", "end": "25:00", "days": [1]]], "$.business_hours.end"),
      (["business_hours": ["start": "09:00", "end": "18:00", "days": [8]]], "$.business_hours.days"),
      (["escalation_message": .string(String(repeating: "a", count: 501))], "$.escalation_message"),
      (["response_style": "rude"], "$.response_style"),
    ] as [(JSON, String)])
  func whatCannotBeIsNamed(_ wish: JSON, _ path: String) async throws {
    let tenant = try Tenant.make()
    let answer = try await client(tenant).ask("PUT", "/api/ai-config", wish)
    #expect(answer.status == 400 && answer.body["path"].text == path, "\(String(describing: answer.body.value))")
    #expect(try tenant.count("ai_tenant_context") == 0)
  }

  @Test func scoringIsTheBusinesss() async throws {
    let (tenant, other) = (try Tenant.make(), try Tenant.make())
    let client = try client(tenant)
    let policy = try await client.ask("PUT", "/api/ai-config", ["scoring_policy": "interactions"])
    #expect(policy.status == 200 && policy.data["scoring_policy"].text == "interactions")
    #expect(try tenant.value("scoring_policy", of: "ai_tenant_context") == "interactions")
    let path = "/api/ai-config/scoring-rules"
    let rules = try await client.ask("GET", path)
    let interested = rules.data.items.first { $0["signal"].text == "interested" }
    #expect(interested?["points"].integer == 10 && interested?["keywords"].items.isEmpty == false)
    let wish: JSON = [
      "rules": [
        ["signal": "interested", "points": 7, "keywords": ["me late"]], ["signal": "spam", "is_active": false],
        ["signal": "high_engagement", "points": -3, "is_active": true],
      ]
    ]
    for _ in 1...2 { #expect(try await client.ask("PUT", path, wish).status == 200) }
    let now = try await client.ask("GET", path).data.items
    func rule(_ name: String) -> Field? { now.first { $0["signal"].text == name } }
    #expect(rule("interested")?["points"].integer == 7 && rule("interested")?["keywords"].value == ["me late"])
    #expect(rule("interested")?["is_active"].bool == true && rule("spam")?["is_active"].bool == false)
    #expect(rule("spam")?["points"].integer == -50 && rule("high_engagement")?["points"].integer == -3)
    #expect(try other.count("ai_scoring_rules", where: "(points = 7 or signal_name = 'spam' and not is_active)") == 0)
    let wrong: [(JSON, String)] = [
      ([["signal": "urgent", "points": 1], ["signal": "nobody", "points": 1]], "$.rules[1].signal"),
      ([["signal": "high_engagement", "keywords": ["x"]]], "$.rules[0].signal"),
      ([["signal": "urgent", "points": 101]], "$.rules[0].points"),
      ([["signal": "urgent"], ["signal": "urgent"]], "$.rules[1].signal"),
    ]
    for (rules, place) in wrong {
      let refused = try await client.ask("PUT", path, ["rules": rules])
      #expect(refused.status == 400 && refused.body["path"].text == place, "\(String(describing: refused.body.value))")
    }
    #expect(try tenant.value("points", of: "ai_scoring_rules", where: "signal_name = 'urgent'") == "15", "all or none")
    let reader = try APIClient(tenant, scopes: ["channels:read"])
    #expect(try await reader.ask("PUT", path, wish).status == 403)
  }

  @Test func othersDoNot() async throws {
    let (tenant, other) = (try Tenant.make(), try Tenant.make())
    let branch = UUID()
    try tenant.database.run(
      "insert into branches (tenant_id, id, name, slug, city) values ('\(tenant.id.text)', '\(branch.text)', 'Sur', 'sur', 'x')"
    )
    let wish: JSON = ["use_emojis": true]
    #expect(try await client(tenant, branch: branch).ask("PUT", "/api/ai-config", wish).status == 403)
    #expect(try await client(tenant, branch: branch).ask("GET", "/api/ai-config/preview").status == 200)
    let reader = try APIClient(tenant, scopes: ["channels:read"])
    #expect(try await reader.ask("PUT", "/api/ai-config", wish).status == 403)
    let stranger = try client(other)
    for place in ["channel_id=\(tenant.connection.text)", "branch_id=\(branch.text)"] {
      #expect(try await stranger.ask("GET", "/api/ai-config/preview?\(place)").status == 404)
    }
  }
}
