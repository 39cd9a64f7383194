import Core
import FoundationEssentials
import Store
import TestSupport
import Testing

@testable import Flows

/// A send whose fate nobody knows: five minutes later a person is told, once.
@Suite struct DoubtTests {
  /// Somebody writes, and the answer to our send is lost.
  private func lose(_ shop: Shop) async throws {
    let phone = newPhone()
    try await Sandbox.fail("whatsapp", "reset", match: phone, extra: [("after_accept", true)])
    try shop.post(message("¿Cuánto cuesta la limpieza?", from: phone))
    try await shop.work()
    #expect(try shop.reply("status") == "unknown")
  }

  private func tell(_ shop: Shop) async throws {
    let office = try shop.office()
    await office.tellDoubts()
    await office.close()
  }

  private func age(_ shop: Shop) throws {
    try shop.run("update sends_in_doubt set since = now() - interval '6 minutes'")
  }

  @Test func aPersonIsToldOnce() async throws {
    try await Shop.test { shop in
      try await lose(shop)
      try await tell(shop)
      #expect(try shop.count("alerts") == 0, "the platform may still report")
      #expect(try shop.count("sends_in_doubt") == 1)
      try age(shop)
      // Several runs look at the same time.
      async let one: Void = tell(shop)
      async let two: Void = tell(shop)
      _ = try await (one, two)
      try await tell(shop)
      let alert = try shop.value("kind || ' ' || times || ' ' || severity", of: "alerts")
      #expect(alert == "sends_unknown 1 act")
      let message = try shop.value("details -> 'messages' ->> 0", of: "alerts")
      #expect(try message == shop.reply("id"))
      #expect(try shop.count("sends_in_doubt") == 0)
      let other = try shop.database.count("select count(*) from alerts where tenant_id <> '\(shop.tenant.id.text)'")
      #expect(other == 0)
    }
  }

  /// Those before are not forgotten over the next.
  @Test func oneAlertGathersThem() async throws {
    try await Shop.test { shop in
      for _ in 0..<3 {
        try shop.run(Shop.anAssistantsMessage(shop.tenant, "unknown"))
        try shop.run(
          """
          insert into sends_in_doubt (tenant_id, message_id, since)
            select tenant_id, id, now() - interval '6 minutes' from messages order by id desc limit 1
          """)
        try await tell(shop)
      }
      #expect(try shop.value("kind || ' ' || times", of: "alerts") == "sends_unknown 3")
      let ids = try shop.value("details -> 'messages'", of: "alerts")
      #expect(try ids == shop.value("jsonb_agg(id order by id)", of: "messages"))
      #expect(try shop.value("sentence", of: "alerts")?.contains("took 3 of") == true)
    }
  }

  @Test func whatIsKnownMeanwhileIsNoTrouble() async throws {
    try await Shop.test { shop in
      try await lose(shop)
      let id = try shop.reply("id")
      try shop.post(statuses: [status("delivered", of: "wamid.late", opaque: id)])
      try age(shop)
      try await tell(shop)
      #expect(try shop.count("alerts") == 0)
      #expect(try shop.count("sends_in_doubt") == 0)
    }
  }

  /// A sender that was killed between its request and the answer.
  @Test func aKilledSenderIsInDoubtToo() async throws {
    try await Shop.test { shop in
      try await lose(shop)
      try shop.run("delete from sends_in_doubt; update messages set status = 'sending' where status = 'unknown'")
      let id = try #require(UUID(uuidString: try shop.reply("id") ?? ""))
      let session = shop.database.connection(user: "tistis_jobs")
      let verdict = try session.tenant(shop.tenant.id).beginSend(
        messageId: id, attempt: UUID(), policy: gatePolicy(.whatsapp)
      ).verdict
      #expect(verdict == "unknown")
      #expect(try shop.count("sends_in_doubt") == 1)
    }
  }
}
