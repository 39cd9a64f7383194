import Core
import FoundationEssentials
import Rules
import Store
import TestSupport
import Testing

@testable import Flows

/// What a month's answers may cost, and what happens when they do.
@Suite struct BudgetTests {
  private func usage(_ cost: String, id: UUID = UUID()) -> JSONText {
    JSONText(
      [
        "id": .string(id.text), "ai_model": "m", "prompt_tokens": 100, "cache_write_tokens": 10,
        "cache_read_tokens": 20, "completion_tokens": 50, "cost_usd": .string(cost), "response_time_ms": 1,
        "stop_reason": "endTurn", "was_successful": true,
      ])
  }

  private func jobs(_ shop: Shop) -> Scope { shop.database.connection(user: "tistis_jobs").tenant(shop.tenant.id) }

  private func isSpent(_ scope: Scope) throws -> Bool {
    try scope.one("spent", "select budget_spent()", []) { (row) throws(StoreError) -> Bool in try row.get(0) }
  }

  private func budget(_ shop: Shop, _ change: JSON) throws {
    try shop.database.connection(user: "tistis_api").tenant(shop.tenant.id).setBudget(change: JSONText(change))
  }

  private func alerts(_ shop: Shop) throws -> [String] {
    try shop.database.column(
      """
      select severity || ' ' || times || ' ' || (details ->> 'percent') from alerts
       where tenant_id = '\(shop.tenant.id.text)' and kind = 'budget' and resolved_at is null order by id
      """
    ).compactMap { $0 }
  }

  /// Exact to the last digit, however many end at once; each threshold is told by the call that crosses it.
  @Test func theMonthIsTheSumOfItsCalls() async throws {
    try await Shop.test { shop in
      try budget(shop, ["monthly_budget_usd": "0.4"])
      let twice = UUID()
      _ = try await onThreads(20) { _ in
        let scope = jobs(shop)
        for _ in 0..<2 { try scope.recordCall(call: usage("0.010000000001")) }
        try scope.recordCall(call: usage("0.000000000007", id: twice))
      }
      #expect(
        try shop.value("concat_ws(' ', calls, prompt_tokens, total_tokens, cost_usd)", of: "ai_usage_months")
          == "41 4100 6150 0.400000000047")
      #expect(try shop.value("count(*) || ' ' || sum(cost_usd)", of: "ai_usage_logs") == "41 0.400000000047")
      #expect(try alerts(shop) == ["watch 1 80", "act 1 100"])
      #expect(try isSpent(jobs(shop)))
      // More to spend: what was told is not so any more.
      try budget(shop, ["monthly_budget_usd": "0.45"])
      #expect(try alerts(shop) == ["watch 1 80"])
      try budget(shop, ["monthly_token_budget": 6150])
      #expect(try alerts(shop) == ["act 1 100"])
      try budget(shop, ["monthly_token_budget": nil, "monthly_budget_usd": nil])
      #expect(try alerts(shop).isEmpty)
      #expect(try !isSpent(jobs(shop)))
    }
  }

  @Test func whoCannotPayIsAnsweredByPeople() async throws {
    try await Shop.test { shop in
      try budget(shop, ["monthly_budget_usd": 0])
      let tag = unique("q")
      let phone = try shop.says("¿Cuánto cuesta la limpieza? \(tag)")
      try await shop.work()
      #expect(try await shop.asked(tag) == 0)
      #expect(try shop.value("status || ' ' || escalated_by", of: "conversations") == "escalated budget")
      try await shop.work()
      #expect(try await shop.texts(phone).count == 1, "the person is told once that people take over")
      try shop.post(message("¿Hola? \(tag)", from: phone))
      try shop.hurry()
      try await shop.work()
      #expect(try await shop.texts(phone).count == 1)
      #expect(try await shop.asked(tag) == 0)
      #expect(try shop.count("jobs", "status = 'dead'") == 0)
    }
  }

  /// What has been paid for is said, though it used up the rest.
  @Test func theLastAnswerLeaves() async throws {
    try await Shop.test { shop in
      try budget(shop, ["monthly_token_budget": 1])
      let phone = try shop.says("¿Cuánto cuesta la limpieza?")
      try await shop.work()
      #expect(try await shop.texts(phone).first?.contains("800") == true)
      #expect(try alerts(shop) == ["act 1 100"])
      try shop.post(message("¿Y el sábado?", from: phone))
      try await shop.work()
      #expect(try shop.value("escalated_by", of: "conversations") == "budget")
    }
  }

  /// Another conversation has spent it while this one was using a tool.
  @Test func aLoopEndsInTheMiddle() async throws {
    try await Shop.test { shop in
      try budget(shop, ["monthly_budget_usd": 100])
      let found = try self.found(shop, "Quiero una cita")
      let office = try shop.office()
      let job = try #require(
        try shop.value("id", of: "jobs").flatMap { UUID(uuidString: $0) }.map {
          HeldJob(
            tenant: shop.tenant.id, id: $0, work: .nothing, attempt: 1, maxAttempts: 5, requestID: nil)
        })
      let conversation = try #require(
        try shop.value("id", of: "conversations").flatMap { UUID(uuidString: $0) })
      let question = try #require(found.lastQuestionId)
      func asking(_ gate: String?) -> Asking {
        Asking(
          found: found, conversation: conversation, question: question, job: job, profile: found.profile, calls: 1,
          gate: gate, handedOver: false)
      }
      guard case .notSettled = await office.mayAsk(asking(nil), office.log) else {
        Issue.record("there is enough to spend")
        return
      }
      try budget(shop, ["monthly_budget_usd": 0])
      // As `end_tool_use` says it.
      let use: JSON = [
        "id": .string(UUID().text), "conversation_id": .string(conversation.text),
        "question_id": .string(question.text),
        "job_id": .string(job.id.text), "ordinal": 2, "name": "x", "tool_use_id": "toolu_1", "input": "{}",
        "output": "{}",
        "is_error": false, "hands_over": false, "took_ms": 1,
      ]
      let gate = try jobs(shop).endToolUse(call: nil, use: JSONText(use), policy: gatePolicy(.whatsapp))
      #expect(gate == "budget_spent")
      guard case .nothing("escalated: budget") = await office.mayAsk(asking(gate), office.log) else {
        Issue.record("it may not be asked any more")
        return
      }
      #expect(try shop.value("status", of: "conversations") == "escalated")
      await office.close()
    }
  }

  /// A call whose answer nobody heard may have been paid for: it is counted, as far as it is known, and no second one is made
  /// on a budget that it has used up.
  @Test(arguments: [("reset", "no_answer"), ("malformed", "unreadable"), ("504", "no_answer")])
  func whatNobodyHeardIsCounted(_ fault: String, _ word: String) async throws {
    try await Shop.test { shop in
      try budget(shop, ["monthly_token_budget": 100])
      let tag = unique("q")
      try await Sandbox.fail("anthropic", fault, match: tag, times: 9)
      let phone = try shop.says("¿Cuánto cuesta la limpieza? \(tag)")
      try await shop.work(most: 1)
      #expect(
        try shop.count(
          "ai_usage_logs",
          """
          stop_reason = '\(word)' and not was_successful and prompt_tokens > 100 and completion_tokens >= 500 and cost_usd > 0
            and job_id is not null and conversation_id is not null and metadata ->> 'estimated' = 'true'
            and metadata ->> 'why' <> ''
          """) == 1)
      #expect(
        try shop.value("calls || ' ' || (cost_usd = (select sum(cost_usd) from ai_usage_logs))", of: "ai_usage_months")
          == "1 true")
      #expect(try alerts(shop) == ["act 1 100"])
      #expect(try shop.count("ai_steps") == 0)
      for _ in 0..<3 {
        try shop.hurry()
        try await shop.work()
      }
      #expect(try await shop.asked(tag) == 1)
      #expect(try shop.value("escalated_by", of: "conversations") == "budget")
      #expect(try await shop.texts(phone).count == 1, "the person is told that people take over")
    }
  }

  /// What Anthropic refused, or what never left, costs nothing.
  @Test(arguments: ["429", "500", "529", "400", "nobody"]) func whatFailedForNothingIsNotCounted(_ fault: String)
    async throws
  {
    try await Shop.test { shop in
      let tag = unique("q")
      try await Sandbox.fail("anthropic", fault == "nobody" ? "500" : fault, match: tag)
      _ = try shop.says("¿Cuánto cuesta la limpieza? \(tag)")
      try await shop.work(fault == "nobody" ? ["ANTHROPIC_BASE_URL": "http://127.0.0.1:1"] : [:], most: 1)
      #expect(try shop.job("error_message") != nil)
      #expect(try shop.count("ai_usage_logs") + shop.count("ai_usage_months") == 0)
    }
  }

  /// A call is of the day and the month in which it was written down, by the database's clock and in the business's zone.
  @Test func aNewMonthBeginsAtMidnightOfTheBusiness() async throws {
    try await Shop.test { shop in
      try shop.run(
        """
        update tenants set settings = settings || '{"timezone": "America/Hermosillo"}';
        insert into ai_tenant_context (tenant_id, monthly_token_budget) values ('\(shop.tenant.id.text)', 150)
          on conflict (tenant_id) do update set monthly_token_budget = 150;
        """)
      // Hermosillo is seven hours behind.
      let (last, first) = (UUID(), UUID())
      let cases = [
        ("2026-02-01 06:59:59.999999+00", last, "2026-01-01", true),
        ("2026-02-01 07:00:00+00", first, "2026-02-01", false),
      ]
      for (now, id, month, spent) in cases {
        let session = shop.database.connection()
        try session.script("select set_config('app.now', '\(now)', false)")
        let scope = session.tenant(shop.tenant.id)
        // Whoever did not hear that it was written down writes it again, after midnight: it stays the old month's.
        try scope.recordCall(call: usage("1", id: last))
        #expect(try isSpent(scope) == spent)
        try scope.recordCall(call: usage("1", id: id))
        #expect(try isSpent(scope))
        let found: String? = try scope.one("month", "select business_month()::text", []) { (row) throws(StoreError) in
          try row.get(0)
        }
        #expect(found == month)
      }
      let months = try shop.database.column(
        "select month || ' ' || calls from ai_usage_months where tenant_id = '\(shop.tenant.id.text)' order by month")
      #expect(months == ["2026-01-01 1", "2026-02-01 1"])
      let days = Field(
        try jobs(shop).usage(from: "2026-01-01", to: "2026-02-28", conversationId: nil).parse())["by_day"].items
      #expect(days.compactMap { $0["day"].text } == ["2026-01-31", "2026-02-01"])
      #expect(days.compactMap { $0["calls"].integer } == [1, 1])
    }
  }

  private func found(_ shop: Shop, _ text: String) throws -> ConversationToAnswerRow {
    _ = try shop.says(text)
    let conversation = try #require(
      try shop.value("id", of: "conversations").flatMap { UUID(uuidString: $0) })
    return try #require(
      try jobs(shop).conversationToAnswer(
        jobId: UUID(), policy: gatePolicy(.whatsapp), lastMessages: 20, conversationId: conversation))
  }
}
