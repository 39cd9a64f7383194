import Core
import FoundationEssentials
import Rules
import Store
import TestSupport
import Testing

@testable import Flows

/// Scores, and why they are so.
@Suite struct ScoreTests {
  /// The changes of all scores: "signal before>after (reason)".
  private func history(_ shop: Shop) throws -> [String] {
    try shop.database.column(
      """
      select concat_ws(' ', signal_name, previous_score || '>' || new_score, '(' || reason || ')') from lead_score_history
       where tenant_id = '\(shop.tenant.id.text)' order by id
      """
    ).compactMap { $0 }
  }

  private func set(_ shop: Shop, _ column: String, _ value: String) throws {
    try shop.run(
      """
      insert into ai_tenant_context (tenant_id, \(column)) values ('\(shop.tenant.id.text)', '\(value)')
        on conflict (tenant_id) do update set \(column) = excluded.\(column)
      """)
  }

  @Test func whatIsSaidCountsOnceWithTheAnswer() async throws {
    try await Shop.test { shop in
      let phone = try shop.says("Me interesa la limpieza, me urge. Me INTERÉSA mucho.")
      try await shop.work()
      #expect(try history(shop) == ["interested 50>60 (me interesa)", "urgent 60>75 (me urge)"])
      #expect(try shop.value("score || classification", of: "leads") == "75hot")
      #expect(
        try shop.count(
          "lead_score_history", "triggered_by_message_id = (select m.id from messages m where m.role = 'user' limit 1)")
          == 2)
      // The job runs again: its worker died before it could say that it was done.
      try shop.run(
        "update jobs set status = 'pending', completed_at = null, worker_id = null, result = null, lane_head = true")
      try await shop.work()
      #expect(try history(shop).count == 2)
      // The next turn is another.
      try shop.post(message("No, gracias: ya no me interesa", from: phone))
      try await shop.work()
      #expect(try history(shop).dropFirst(2) == ["not_interested 75>55 (ya no me interesa)"])
      try shop.post(message("¿A qué hora abren?", from: phone))
      try await shop.work()
      #expect(try history(shop).count == 3)
    }
  }

  @Test func whomPeopleAnswerIsScoredToo() async throws {
    try await Shop.test { shop in
      let phone = try shop.says("hola")
      try await shop.work()
      try shop.run("update conversations set ai_handling = false")
      try shop.post(message("¿Me dan informes?", from: phone), message("me urge", from: phone))
      #expect(try shop.count("jobs", "job_type = 'score_lead' and status = 'pending'") == 1)
      try shop.hurry()
      try await shop.work()
      #expect(try history(shop) == ["interested 50>60 (informes)", "urgent 60>75 (me urge)"])
      #expect(try shop.count("messages", "role = 'assistant'") == 1)
      // Handed back: what was counted is not counted again.
      try shop.run("update conversations set ai_handling = true, last_human_at = null")
      try shop.post(message("gracias", from: phone))
      try await shop.work()
      #expect(try history(shop).count == 2)
    }
  }

  /// Nobody answers, for whatever reason: it was said all the same.
  @Test func aQuestionThatIsNotAnsweredCounts() async throws {
    try await Shop.test { shop in
      try set(shop, "ai_enabled", "false")
      _ = try shop.says("Quiero una cita")
      try await shop.work()
      #expect(try shop.count("messages", "role = 'assistant'") == 0)
      #expect(try history(shop) == ["interested 50>60 (quiero una cita)"])
    }
  }

  @Test func aBusinessHasItsOwnRules() async throws {
    try await Shop.test { shop in
      try shop.run(
        """
        update ai_scoring_rules set points = 33 where signal_name = 'interested';
        update ai_scoring_rules set is_active = false where signal_name = 'urgent';
        update ai_scoring_rules set is_active = true where signal_name = 'complete_info';
        """)
      let phone = try shop.says("me interesa, me urge")
      try shop.run("update leads set full_name = 'Ana Ruiz', phone = '1', email = 'a@b.mx'")
      try await shop.work()
      #expect(try history(shop) == ["interested 50>83 (me interesa)", "complete_info 83>93 (email, full_name, phone)"])
      try shop.post(message("hola", from: phone))
      try await shop.work()
      #expect(try history(shop).count == 2, "who left their data has left them")
      try set(shop, "enable_scoring", "false")
      try shop.post(message("no me interesa", from: phone))
      try await shop.work()
      #expect(try history(shop).count == 2)
    }
  }

  @Test func byInteractions() async throws {
    try await Shop.test { shop in
      try set(shop, "scoring_policy", "interactions")
      let phone = try shop.says("me interesa")
      try await shop.work()
      #expect(try history(shop) == ["interactions 50>52 (1 message)"])
      try shop.run(
        """
        insert into services (tenant_id, name, slug, lead_priority)
          values ('\(shop.tenant.id.text)', 'Implante', 'implante', 'hot');
        update leads set interested_services = '{implante}';
        """)
      try shop.post(message("hola", from: phone))
      try await shop.work()
      #expect(
        try history(shop).last == "interactions 52>79 (2 messages, a service of high value, answered within 24 h)")
      // 79 would be hot by the other policy.
      #expect(try shop.value("classification", of: "leads") == "warm")
      // What people change by hand stays changed.
      try shop.run("update leads set score = 60")
      try shop.post(message("hola", from: phone))
      try await shop.work()
      #expect(try history(shop).suffix(2).first == "79>60")
      #expect(try shop.value("score", of: "leads") == "62")
    }
  }

  /// SQL and Rules draw the same lines.
  @Test(arguments: ScoringPolicy.allCases) func classesInSQL(_ policy: ScoringPolicy) async throws {
    try await Shop.test { shop in
      try set(shop, "scoring_policy", policy.rawValue)
      let client = try GuideClient(shop)
      let found = try client.ask("select classification_of(s) from generate_series(0, 100) s order by s")
      #expect(found == (0...100).map { LeadClassification(score: $0, policy).rawValue })
      // A class that is set by hand, or with which somebody is entered.
      _ = try shop.says("hola")
      for classification in [LeadClassification.hot, .warm, .cold, .hot] {
        let (name, score) = (classification.rawValue, classification.score(policy))
        #expect(try client.ask("select score_of_class($1)", [name]) == ["\(score)"])
        try client.write("update leads set classification = '\(name)'")
        #expect(try shop.value("score || classification", of: "leads") == "\(score)\(name)")
      }
      try client.write(
        "insert into leads (tenant_id, full_name, classification) values ('\(shop.tenant.id.text)', 'Eva', 'hot')")
      #expect(
        try shop.value("score || classification", of: "leads", "full_name = 'Eva'")
          == "\(LeadClassification.hot.score(policy))hot")
    }
  }

  /// SQL and Rules count alike, from each score and by any number of points.
  @Test func movesInSQL() async throws {
    try await Shop.test { shop in
      let client = try GuideClient(shop)
      let points = Array(-150...150) + [Int(Int32.min), Int(Int32.max)]
      let found = try client.ask(
        """
        select string_agg(moved_score(s, p)::text, ',' order by n) from generate_series(0, 100) s,
          unnest($1::int[]) with ordinality x (p, n) group by s order by s
        """, ["{" + points.map { "\($0)" }.joined(separator: ",") + "}"])
      let expected = (0...100).map { score in
        points.map { "\(LeadScore.moved(score, by: $0))" }.joined(separator: ",")
      }
      #expect(found == expected)
      #expect(
        try client.ask(
          "select column_default from information_schema.columns where table_name = 'leads' and column_name = 'score'")
          == ["\(LeadScore.start)"])
    }
  }

  /// Merged into one who was merged into another: what was said counts for whoever that is now.
  @Test func theEndOfAChainOfMerges() async throws {
    try await Shop.test { shop in
      for _ in 0..<4 { _ = try shop.says("hola") }
      let leads = try shop.database.column(
        "select id::text from leads where tenant_id = '\(shop.tenant.id.text)' order by id"
      ).compactMap { $0 }
      for (merged, survivor) in zip(leads, leads.dropFirst()) {
        try shop.run(
          "update leads set merged_into_id = '\(survivor)', deleted_at = now(), status = 'inactive' where id = '\(merged)'"
        )
      }
      let client = try GuideClient(shop)
      #expect(try client.ask("select update_lead_score($1::uuid, 5, 'x', 'manual')", [leads[0]]) == ["55"])
      let raised = #"[{"signal": "urgent", "points": 15}]"#
      #expect(
        try client.ask(
          "select score from apply_signals($1::uuid, $2::jsonb, null, 'ai_detection')", [leads[0], raised])
          == ["70"])
      #expect(try shop.value("score", of: "leads", "id = '\(leads[3])'") == "70")
      #expect(try shop.count("lead_score_history", "lead_id = '\(leads[3])'") == 2)
      // A ring, which nothing of ours makes, is nobody; and it ends.
      try shop.run(
        "update leads set merged_into_id = '\(leads[0])', deleted_at = now(), status = 'inactive' where id = '\(leads[3])'"
      )
      #expect(try client.ask("select update_lead_score($1::uuid, 5, 'x', 'manual')", [leads[1]]) == ["null"])
      let people = try shop.database.column(
        "select contact_address from conversations where tenant_id = '\(shop.tenant.id.text)'"
      ).compactMap { $0 }
      try shop.post(message("hola", from: people[0]), message("hola", from: people[1]))
      #expect(try shop.count("messages") == 6)
    }
  }

  @Test func whoWantsNoScores() async throws {
    try await Shop.test { shop in
      let tags = (unique("s"), unique("s"))
      func offered(_ tag: String) async throws -> Bool {
        let asked = try await Sandbox.requests("anthropic", match: tag)
        #expect(asked.count == 1)
        return asked.first?["body"]["tools"].items.contains { $0["name"].text == "record_lead_signals" } ?? false
      }
      _ = try shop.says("¿A qué hora abren? \(tags.0)")
      try await shop.work()
      #expect(try await offered(tags.0))
      try set(shop, "enable_scoring", "false")
      _ = try shop.says("Me interesa, me urge. \(tags.1)")
      try await shop.work()
      #expect(try await !offered(tags.1))
      #expect(try history(shop).isEmpty)
      #expect(try shop.count("leads", "score <> 50 or scoring_signals <> '{}'") == 0)
    }
  }

  @Test func whoeverChangesAScoreIsWrittenDown() async throws {
    try await Shop.test { shop in
      _ = try shop.says("hola")
      let client = try GuideClient(shop)
      try client.write("update leads set score = 90")
      try client.write("update leads set classification = 'cold'")
      try client.write("update leads set notes = 'nada'")
      #expect(try history(shop) == ["50>90", "90>25"])
      #expect(
        try shop.count("lead_score_history", "change_source = 'manual' and score_change = new_score - previous_score")
          == 2)
    }
  }

  /// In parallel, with the tool and the words of one message: each signal once.
  @Test func oneMessageRaisesASignalOnce() async throws {
    try await Shop.test { shop in
      _ = try shop.says("Me urge")
      let use = try self.use(shop, ["signals": ["urgent", "interested"]])
      let tool = try #require(AssistantTool.scoring.first)
      let turn = try shop.database.connection(user: "tistis_jobs").tenant(shop.tenant.id)
        .turnToScore(conversationId: use.conversation)
      let heard = judged(turn)
      let counted = try #require(heard)
      let scores = try await onThreads(12) { i in
        let session = shop.database.connection(user: "tistis_jobs")
        if i % 2 == 0 {
          try session.tenant(shop.tenant.id).scoreTurn(conversationId: use.conversation, turn: counted)
          return "turn"
        }
        return try session.transaction(tenant: shop.tenant.id) { (scope) throws(StoreError) in
          try tool.run(use, scope).content.text
        }
      }
      #expect(scores.contains { $0.contains(#""score":75"#) })
      #expect(try Set(history(shop).map { String($0.prefix { $0 != " " }) }) == ["urgent", "interested"])
      #expect(try shop.value("score", of: "leads") == "75")
    }
  }

  @Test func theToolHeedsTheBusiness() async throws {
    try await Shop.test { shop in
      _ = try shop.says("hola")
      try shop.run(
        """
        insert into services (tenant_id, name, slug) values ('\(shop.tenant.id.text)', 'Diseño de sonrisa', 'sonrisa');
        update ai_scoring_rules set is_active = false where signal_name = 'spam';
        update ai_scoring_rules set points = 1 where signal_name = 'budget_mentioned';
        delete from ai_scoring_rules where signal_name = 'decision_maker';
        """)
      let tool = try #require(AssistantTool.scoring.first)
      let wish: JSON = [
        "signals": ["spam", "budget_mentioned", "decision_maker"], "budget": "5 mil",
        "interested_services": ["DISEÑO DE SONRISA", "alas"],
      ]
      func run(_ use: ToolUse) throws -> ToolAnswer {
        try shop.database.connection(user: "tistis_jobs").transaction(tenant: shop.tenant.id) {
          (scope) throws(StoreError) in try tool.run(use, scope)
        }
      }
      #expect(
        try run(use(shop, wish)).content == ["score": 66, "classification": "warm", "unknown_services": ["alas"]])
      #expect(try history(shop) == ["budget_mentioned 50>51 (5 mil)", "decision_maker 51>66"])
      #expect(
        try shop.value("interested_services::text || '|' || (custom_fields ->> 'budget')", of: "leads")
          == "{sonrisa}|5 mil")
      // Another business's person is nobody.
      let other = try Shop(shop.database)
      _ = try other.says("hola")
      #expect(try run(use(other, wish)).isError)
      #expect(try other.count("lead_score_history") == 0)
    }
  }

  /// What Claude is told fits what we count.
  @Test func theToolNamesTheSevenSignals() throws {
    let schema = try #require(AssistantTool.scoring.first?.definition.schema)
    #expect(
      Field(schema)["properties"]["signals"]["items"]["enum"].items.compactMap(\.text)
        == LeadSignal.allCases.map(\.rawValue))
  }

  /// The platform's seven rules are the guide's.
  @Test func theSeedsAreTheGuides() async throws {
    try await Shop.test { shop in
      let seeds = try shop.database.column(
        """
        select signal_name || ' ' || points from ai_scoring_rules
         where is_active and tenant_id = '\(shop.tenant.id.text)' order by evaluation_order
        """)
      #expect(seeds.compactMap { $0 } == LeadSignal.allCases.map { "\($0.rawValue) \($0.points)" })
    }
  }

  private func use(_ shop: Shop, _ input: JSON) throws -> ToolUse {
    func id(_ column: String, _ table: String) throws -> UUID {
      try #require(try shop.value(column, of: table).flatMap { UUID(uuidString: $0) })
    }
    return ToolUse(
      id: "toolu_x", name: "record_lead_signals", input: Field(input), tenant: shop.tenant.id,
      conversation: try id("id", "conversations"), lead: try id("id", "leads"), branch: nil,
      question: try id("id", "messages"), channel: .whatsapp, profile: TenantProfile(Field([:])), requestID: nil)
  }
}
