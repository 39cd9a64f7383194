import Core
import FoundationEssentials
import Rules
import Store
import TestSupport
import Testing

@testable import Flows

/// A model's failure never reaches a customer as text.
@Suite struct AnswerTroubleTests {
  @Test(arguments: [("429", 7), ("529", 0), ("500", 0), ("malformed", 0), ("reset", 0)])
  func isAskedAgain(_ fault: String, _ retryAfter: Int) async throws {
    try await Shop.test { shop in
      let tag = unique("f")
      let extra: [(String, JSON)] = retryAfter > 0 ? [("retry_after", .number(retryAfter))] : []
      try await Sandbox.fail("anthropic", fault, match: tag, extra: extra)
      let phone = try shop.says("¿Cuánto cuesta la limpieza? \(tag)")
      try await shop.work(most: 1)
      #expect(try shop.job("status || ' ' || attempts || ' ' || holds_lane") == "pending 1 true")
      #expect(try shop.job("error_message") != nil)
      let wait = Double(try shop.job("extract(epoch from scheduled_for - updated_at)") ?? "") ?? -1
      #expect(retryAfter > 0 ? (5...8).contains(wait) : wait < 1.5, "\(wait)")
      #expect(try shop.value("status", of: "conversations") == "active")
      #expect(try shop.count("messages", "role <> 'user'") == 0)
      try shop.hurry()
      try await shop.work()
      #expect(try await shop.texts(phone).count == 1)
      #expect(try await shop.asked(tag) == 2)
      #expect(try shop.reply("status") == "accepted")
    }
  }

  @Test(
    arguments: [("refusal", nil), ("empty", nil), (nil, "401"), (nil, "400"), (nil, "500")] as [(String?, String?)])
  func isGivenToPeople(_ thought: String?, _ fault: String?) async throws {
    try await Shop.test { shop in
      let tag = unique("f")
      if let fault { try await Sandbox.fail("anthropic", fault, match: tag) }
      let phone = try shop.says("¿Puede ayudarme? \(thought.map { "[[\($0)]]" } ?? "") \(tag)")
      // What might help another time is over with the last one.
      try shop.run("update jobs set max_attempts = 1")
      try await shop.work()
      try expectEscalated(shop)
      #expect(try await shop.asked(tag) == 1)
      #expect(try await shop.texts(phone) == [LastWord.text(AssistantSettings(Field([:])))])
      // A person who writes again waits for people, too.
      try shop.post(message("¿hola?", from: phone))
      // They are scored ten seconds later; nothing else is asked for.
      #expect(try shop.count("jobs", "status in ('pending', 'processing') and job_type <> 'score_lead'") == 0)
    }
  }

  /// Neither is worth another attempt.
  @Test(arguments: [("refusal", nil), (nil, "401")] as [(String?, String?)])
  func atOnce(_ thought: String?, _ fault: String?) async throws {
    try await Shop.test { shop in
      let tag = unique("f")
      if let fault { try await Sandbox.fail("anthropic", fault, match: tag) }
      _ = try shop.says("¿Puede ayudarme? \(thought.map { "[[\($0)]]" } ?? "") \(tag)")
      try await shop.work()
      #expect(try shop.job("attempts < max_attempts") == "true")
      try expectEscalated(shop)
    }
  }

  @Test func withoutAKeyTheJobIsParkedWithItsReason() async throws {
    try await Shop.test { shop in
      let tag = unique("f")
      let phone = try shop.says("¿Cuánto cuesta? \(tag)")
      try await shop.work(["ANTHROPIC_API_KEY": ""])
      try expectEscalated(shop)
      #expect(try shop.job("error_message") == "ANTHROPIC_API_KEY is not set")
      #expect(try await shop.asked(tag) == 0)
      #expect(try await shop.texts(phone).count == 1)
    }
  }

  @Test func nobodyAtClaudesDoorIsTriedAgain() async throws {
    try await Shop.test { shop in
      let phone = try shop.says("¿Cuánto cuesta la limpieza?")
      try await shop.work(["ANTHROPIC_BASE_URL": "http://127.0.0.1:1"], most: 1)
      #expect(try shop.job("status") == "pending")
      try shop.hurry()
      try await shop.work()
      #expect(try await shop.texts(phone).count == 1)
    }
  }

  private func expectEscalated(_ shop: Shop) throws {
    #expect(try shop.value("status || ' ' || ai_handling", of: "conversations") == "escalated false")
    #expect(try shop.value("escalation_reason like 'assistant: %'", of: "conversations") == "true")
    #expect(try shop.value("escalated_to_human", of: "leads") == "true")
    #expect(try shop.job("status") == "dead")
    #expect(try shop.job("error_message <> ''") == "true")
    // That people take over, and nothing else.
    #expect(try shop.count("messages", "role <> 'user'") == 1)
    #expect(try shop.reply("status || ' ' || (metadata ->> 'last_word')") == "accepted true")
  }
}
