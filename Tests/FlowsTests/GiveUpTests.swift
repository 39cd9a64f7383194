import Core
import FoundationEssentials
import Store
import TestSupport
import Testing

@testable import Flows

/// A call that nobody waits for any more is ended while the model still thinks.
@Suite struct GiveUpTests {
  /// Whether one was, from what is written down of it: no answer came, and what was read is counted.
  private func givenUp(_ shop: Shop, why: String) throws -> Int {
    try shop.count(
      "ai_usage_logs",
      """
      stop_reason = 'given_up' and not was_successful and prompt_tokens > 0 and completion_tokens = 0 and cost_usd > 0
        and metadata = '{"estimated": true, "why": "\(why)"}'
      """)
  }

  @Test func whoWritesAgainIsThoughtAboutAnew() async throws {
    try await Shop.test { shop in
      let (tag, newer) = (unique("g"), unique("n"))
      let phone = try shop.says("¿Cuánto cuesta la limpieza? \(tag)")
      try await Sandbox.fail("anthropic", "slow", match: tag, times: 1, extra: [("delay_ms", 50_000)])
      async let work = shop.work(givesUp: true)
      #expect(try await eventually { try await shop.asked(tag) == 1 })
      try shop.post(message("[[echo:la nueva \(newer)]]", from: phone))
      _ = try await work
      _ = try await shop.work()
      #expect(try await shop.texts(phone) == ["la nueva \(newer)"])
      // No answer to the first was heard, let alone stored.
      #expect(try shop.count("messages", "role = 'assistant'") == 1)
      #expect(try givenUp(shop, why: "newer_inbound") == 1)
      #expect(try shop.count("ai_usage_logs") == 2)
      #expect(
        try shop.value("calls || ' ' || (cost_usd = (select sum(cost_usd) from ai_usage_logs))", of: "ai_usage_months")
          == "2 true")
    }
  }

  @Test(arguments: [
    ("update conversations set ai_handling = false, last_human_at = now()", "human_took_over"),
    ("update conversations set status = 'escalated', ai_handling = false", "escalated"),
    ("update tenants set status = 'suspended'", "tenant_inactive"),
  ]) func whatHappensMeanwhile(_ sql: String, _ why: String) async throws {
    try await Shop.test { shop in
      let tag = unique("g")
      let phone = try shop.says("¿Cuánto cuesta la limpieza? \(tag)")
      try await Sandbox.fail("anthropic", "slow", match: tag, times: 1, extra: [("delay_ms", 50_000)])
      async let work = shop.work(givesUp: true)
      #expect(try await eventually { try await shop.asked(tag) == 1 })
      try shop.run(sql)
      _ = try await work
      #expect(try await shop.texts(phone).isEmpty)
      #expect(try shop.count("messages", "role = 'assistant'") == 0)
      #expect(try givenUp(shop, why: why) == 1)
      #expect(try shop.job("status || ' ' || (result ->> 'withheld')") == "completed \(why)")
    }
  }

  @Test func theBudgetRunsOut() async throws {
    try await Shop.test { shop in
      let tag = unique("g")
      let phone = try shop.says("¿Cuánto cuesta la limpieza? \(tag)")
      try await Sandbox.fail("anthropic", "slow", match: tag, times: 1, extra: [("delay_ms", 50_000)])
      async let work = shop.work(givesUp: true)
      #expect(try await eventually { try await shop.asked(tag) == 1 })
      try shop.run(
        """
        insert into ai_tenant_context (tenant_id, monthly_budget_usd) values ('\(shop.tenant.id.text)', 0)
          on conflict (tenant_id) do update set monthly_budget_usd = 0
        """)
      _ = try await work
      _ = try await shop.work()
      #expect(try givenUp(shop, why: "budget_spent") == 1)
      #expect(try shop.value("escalated_by", of: "conversations") == "budget")
      #expect(try await shop.texts(phone).count == 1, "the person is told that people take over")
    }
  }

  /// Of two businesses, each is looked at in its own name; nobody's question is touched who is still waiting.
  @Test func onlyWhatIsSuperseded() async throws {
    try await Database.cloned { database in
      let (a, b) = (try Shop(database), try Shop(database))
      for shop in [a, b] { _ = try shop.says("hola") }
      try database.run("update conversations set ai_handling = false where tenant_id = '\(a.tenant.id.text)'")
      func asked(_ shop: Shop, tenant: Tenant) throws -> JSON {
        [
          "tenant_id": .string(tenant.id.text), "job_id": .string(shop.tenant.id.text),
          "conversation_id": .string(try shop.value("id", of: "conversations") ?? ""),
          "question_id": .string(try shop.value("id", of: "messages") ?? ""),
          "policy": try gatePolicy(.whatsapp).parse(),
        ]
      }
      let session = database.connection(user: "tistis_jobs")
      let over = try session.everyone.supersededQuestions(
        asked: JSONText(.array([asked(a, tenant: a.tenant), asked(b, tenant: b.tenant), asked(a, tenant: b.tenant)])))
      #expect(over.map(\.jobId) == [a.tenant.id] && over.map(\.reason) == ["assistant_off"])
      let left: Bool = try session.everyone.one("left", "select current_tenant() is null", []) {
        (row) throws(StoreError) in try row.get(0)
      }
      #expect(left, "the session works for nobody afterwards")
    }
  }
}
