import Core
import FoundationEssentials
import Rules
import Store
import TestSupport
import Testing

@testable import Flows

/// An answer whose worker is killed at every attempt: people take over, and the person is told so.
@Suite struct ForlornTests {
  private let lastWord = LastWord.text(AssistantSettings(Field([:])))

  /// Somebody takes the answer and is gone; the lease ends.
  private func dies(_ shop: Shop) throws {
    try shop.run(
      """
      with w as (insert into workers (name, last_seen) values ('x', now() - interval '1 minute') returning id)
        update jobs set status = 'processing', worker_id = (select id from w), attempts = attempts + 1, started_at = now()
         where job_type = 'ai_response' and status = 'pending'
      """)
    let recovered = try shop.database.connection(user: "tistis_jobs").everyone.recoverJobs(leaseSeconds: 20)
    #expect(recovered == 1)
  }

  @Test func peopleTakeOver() async throws {
    try await Shop.test { shop in
      let phone = try shop.says("¿Cuánto cuesta la limpieza?")
      for attempt in 1...5 {
        #expect(try shop.count("jobs", "job_type = 'hand_over'") == 0, "\(attempt)")
        try dies(shop)
      }
      #expect(try shop.job("status") == "dead")
      try await shop.work()
      #expect(try await shop.texts(phone) == [lastWord])
      #expect(try shop.value("status || ' ' || escalated_by", of: "conversations") == "escalated failure")
      #expect(try shop.count("alerts", "kind = 'conversation_escalated' and resolved_at is null") == 1)
      try shop.run(
        "update jobs set status = 'pending', lane_head = true, completed_at = null where job_type = 'hand_over'")
      try await shop.work()
      #expect(try await shop.texts(phone) == [lastWord])
    }
  }

  /// The database is in trouble when the hand-over's last attempt comes: that is not spent on it, or nobody would ever take
  /// over.
  @Test func troubleOfTheDatabaseCostsNoLastAttempt() async throws {
    try await Shop.test { shop in
      let phone = try shop.says("¿Cuánto cuesta la limpieza?")
      for _ in 1...5 { try dies(shop) }
      try shop.run("update jobs set max_attempts = 1 where job_type = 'hand_over'")
      let right = "execute on function hand_over(uuid, text, jsonb, jsonb, uuid, text)"
      try shop.run("revoke \(right) from tistis_functions")
      try await shop.work()
      #expect(try shop.job("status", kind: "hand_over") == "pending")
      #expect(try shop.job("error_message like '%42501%'", kind: "hand_over") == "true")
      try shop.run("grant \(right) to tistis_functions")
      try shop.hurry()
      try await shop.work()
      #expect(try await shop.texts(phone) == [lastWord])
      #expect(try shop.value("status || ' ' || escalated_by", of: "conversations") == "escalated failure")
    }
  }

  /// It died after the reply was stored.
  @Test func whoWasAnsweredHearsNoMore() async throws {
    try await Shop.test { shop in
      let phone = try shop.says("[[echo:hola]]")
      try await shop.work()
      try shop.run(
        """
        update jobs set status = 'pending', lane_head = true, completed_at = null, attempts = 4
         where job_type = 'ai_response'
        """)
      try dies(shop)
      #expect(try shop.job("status") == "dead")
      try await shop.work()
      #expect(try await shop.texts(phone) == ["hola"])
      #expect(try shop.value("status", of: "conversations") == "active")
    }
  }

  /// The person wrote again, and that is still to be answered.
  @Test func aNewerQuestionIsAnswered() async throws {
    try await Shop.test { shop in
      let phone = try shop.says("[[echo:uno]]")
      for _ in 1...4 { try dies(shop) }
      try shop.run(
        """
        with w as (insert into workers (name, last_seen) values ('x', now() - interval '1 minute') returning id)
          update jobs set status = 'processing', worker_id = (select id from w), attempts = attempts + 1
        """)
      try shop.post(message("[[echo:dos]]", from: phone))
      #expect(try shop.database.connection(user: "tistis_jobs").everyone.recoverJobs(leaseSeconds: 20) == 1)
      #expect(try shop.count("jobs", "job_type = 'hand_over'") == 0)
      try await shop.work()
      #expect(try await shop.texts(phone) == ["dos"])
    }
  }

  /// What is asked of it by another's worker dies as any other.
  @Test func aPersonHasItAlready() async throws {
    try await Shop.test { shop in
      let phone = try shop.says("hola")
      for _ in 1...5 { try dies(shop) }
      try shop.post(shop.tenant.echo("yo le atiendo", to: phone))
      try await shop.work()
      #expect(try await shop.texts(phone).isEmpty)
      #expect(try shop.job("result ->> 'withheld'", kind: "hand_over") == "human_took_over")
    }
  }
}
