import Core
import FoundationEssentials
import TestSupport
import Testing

/// What answers cost, what they may, and why a person's score is as it is, as a dashboard asks for it.
@Suite struct UsageRouteTests {
  private func tistis(_ arguments: String...) async throws -> Said {
    let values = World.current.environment(of: "tistis").map { "\($0.key)='\($0.value)'" }.joined(separator: " ")
    let words = arguments.map { "'\($0)'" }.joined(separator: " ")
    return try await onThread {
      shell("env -i PATH=/usr/bin:/bin \(values) '\(World.current.programs)/tistis' \(words)")
    }
  }

  @Test func whatAnAnswerCost() async throws {
    let (tenant, other) = (try Tenant.make(), try Tenant.make())
    try await Sandbox.register(tenant)
    let conversation = try await tenant.hears("Me interesa la limpieza, ¿cuánto cuesta?")
    #expect(try await eventually { try tenant.count("ai_usage_logs") == 1 })
    let owner = try APIUser(tenant)
    let usage = try await owner.ask("GET", "/api/usage").data
    let cost = try tenant.value("trim_scale(cost_usd)", of: "ai_usage_logs") ?? ""
    #expect(!cost.isEmpty && cost != "0")
    let parts = ["by_day", "by_model", "by_conversation"].map { usage[$0][0] } + [usage["total"]]
    for part in parts {
      #expect(part["cost_usd"].text == cost && part["calls"].integer == 1 && part["failed"].integer == 0, "\(part)")
      #expect(part["cache_write_tokens"].integer != nil && part["cache_read_tokens"].integer != nil)
    }
    #expect(usage["by_conversation"][0]["conversation_id"].text == conversation)
    #expect(usage["budget"]["cost_usd"].text == cost && usage["budget"]["spent"].bool == false)
    let only = try await owner.ask("GET", "/api/usage?conversation_id=\(UUID().text)").data
    #expect(only["total"]["calls"].integer == 0 && only["by_day"].items.isEmpty)
    let past = try await owner.ask("GET", "/api/usage?from=2026-01-01&to=2026-01-31").data
    #expect(past["total"]["cost_usd"].text == "0" && past["to"].text == "2026-01-31")
    // Nobody else's.
    let stranger = try await APIUser(other).ask("GET", "/api/usage?conversation_id=\(conversation)").data
    #expect(stranger["total"]["calls"].integer == 0)
    let lead = try tenant.value("id", of: "leads") ?? ""
    let score = try await owner.ask("GET", "/api/leads/\(lead)/score").data
    #expect(score["score"].integer == 60 && score["classification"].text == "warm" && score["hot_from"].integer == 70)
    #expect(score["history"].items.map { $0["signal"].text } == ["interested"])
    let first = score["history"][0]
    #expect(first["reason"].text == "me interesa" && first["previous_score"].integer == 50)
    #expect(first["message_id"].text == (try tenant.value("id", of: "messages", where: "role = 'user'")))
    let rest = try await owner.ask("GET", "/api/leads/\(lead)/score?before=\(first["id"].text ?? "")").data
    #expect(rest["history"].items.isEmpty && rest["score"].integer == 60)
    #expect(try await APIUser(other).ask("GET", "/api/leads/\(lead)/score").status == 404)
  }

  @Test func theBudgetIsSet() async throws {
    let tenant = try Tenant.make()
    let owner = try APIUser(tenant)
    let set = try await owner.ask("PUT", "/api/usage/budget", ["monthly_budget_usd": .number("12.50")]).data
    #expect(set["monthly_budget_usd"].text == "12.5" && set["monthly_token_budget"].value == nil)
    #expect(set["percent"].loose == "0.0" && set["spent"].bool == false)
    let more = try await owner.ask("PUT", "/api/usage/budget", ["monthly_token_budget": 0]).data
    #expect(more["monthly_budget_usd"].text == "12.5" && more["spent"].bool == true)
    let said = try await tistis("tenants", "budget", "--tenant", tenant.slug, "--tokens", "none", "--usd", "3")
    #expect(
      said.status == 0 && said.output.contains("0 of 3 USD") && said.output.contains("0 tokens"), "\(said.output)")
    let read = try await owner.ask("GET", "/api/usage/budget").data
    #expect(read["monthly_budget_usd"].text == "3" && read["monthly_token_budget"].value == nil)
    let gone = try await owner.ask("PUT", "/api/usage/budget", ["monthly_budget_usd": nil]).data
    #expect(gone["monthly_budget_usd"].value == nil && gone["percent"].value == nil)
    let junk: [JSON] = [
      [:], ["monthly_budget_usd": -1], ["monthly_budget_usd": "3"], ["monthly_budget_usd": .number("1e30")],
      ["monthly_token_budget": -1], ["monthly_token_budget": .number("1.5")], ["monthly_budget": 3],
    ]
    for body in junk {
      #expect(try await owner.ask("PUT", "/api/usage/budget", body).status == 400, "\(body.text)")
    }
    for query in ["from=ayer", "from=2026-02-30", "from=2026-02-01&to=2026-01-01", "to=20260101", "conversation_id=1"] {
      #expect(try await owner.ask("GET", "/api/usage?" + query).status == 400, "\(query)")
    }
    #expect(try await tistis("tenants", "budget", "--tenant", tenant.slug, "--usd", "-1").status == 64)
    #expect(try await tistis("tenants", "budget", "--tenant", "nobody", "--usd", "1").status == 69)
  }

  @Test func whoMay() async throws {
    let tenant = try Tenant.make()
    let manager = try APIUser(tenant, role: "manager")
    #expect(try await manager.ask("GET", "/api/usage").status == 200)
    #expect(try await manager.ask("PUT", "/api/usage/budget", ["monthly_budget_usd": 1]).status == 403)
    #expect(try await APIUser(tenant, role: "receptionist").ask("GET", "/api/usage").status == 403)
    let key = try APIClient(tenant, scopes: ["analytics:read"])
    #expect(try await key.ask("GET", "/api/usage").status == 200)
    #expect(try await key.ask("PUT", "/api/usage/budget", ["monthly_budget_usd": 1]).status == 403)
    let branch = try APIClient(tenant, scopes: ["analytics:read", "leads:read"], branch: try tenant.branch())
    for path in ["/api/usage", "/api/usage/budget"] {
      let refused = try await branch.ask("GET", path)
      #expect(refused.status == 403 && refused.code == "BRANCH_KEY")
    }
    #expect(try await APIClient(tenant, scopes: ["leads:read"]).ask("GET", "/api/usage").status == 403)
    // Another branch's person is nobody to a branch's key.
    let lead = try await APIClient(tenant, scopes: ["leads:write"]).ask(
      "POST", "/api/leads", ["phone": .string(uniqueDigits("6"))])
    #expect(try await branch.ask("GET", "/api/leads/\(lead.data["id"].text ?? "")/score").status == 404)
  }
}
