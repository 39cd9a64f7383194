import Core
import FoundationEssentials
import Peers
import Rules
import Store
import TestSupport
import Testing

@testable import Flows

/// Dead jobs that a person drives again: what was kept back for their sake goes along, and nobody speaks after people.
@Suite struct RedriveTests {
  private func scope(_ shop: Shop) -> Scope { shop.database.connection().tenant(shop.tenant.id) }

  private func conversation(_ shop: Shop) throws -> UUID {
    try #require(UUID(uuidString: try shop.value("id", of: "conversations") ?? ""))
  }

  @discardableResult
  private func redrive(_ shop: Shop) throws -> Int {
    try scope(shop).redriveJobs(ids: try scope(shop).listDeadJobs(limit: 10).map(\.id)).count
  }

  /// Two messages in parts, the first part of each refused: driven again, all leave, in their order, once.
  @Test func theLaterPartsFollow() async throws {
    try await Shop.test(delay: 60) { shop in
      let phone = try shop.says("hola")
      try await Sandbox.fail("whatsapp", "code:100", match: phone, times: 2)
      for parts in [["uno", "dos", "tres"], ["cuatro", "cinco"]] {
        _ = try scope(shop).sendStaffMessage(
          conversationId: try conversation(shop), contents: parts.map { .text($0) }, staffId: nil, requestId: nil)
      }
      try await shop.work()
      let kept = try shop.database.column(
        "select content || ' ' || status from messages where role = 'staff' order by id")
      #expect(kept == ["uno failed", "dos withheld", "tres withheld", "cuatro failed", "cinco withheld"])
      #expect(try redrive(shop) == 2)
      #expect(try redrive(shop) == 0)
      try await shop.work()
      #expect(try await shop.texts(phone) == ["uno", "dos", "tres", "cuatro", "cinco"])
      #expect(try shop.count("messages", "role = 'staff' and status = 'accepted'") == 5)
      #expect(try shop.count("jobs", "job_type = 'send_whatsapp' and status in ('pending', 'dead')") == 0)
    }
  }

  /// What was withheld for another reason stays, and so does what belongs to another message.
  @Test func theRestStays() async throws {
    try await Shop.test(delay: 60) { shop in
      let phone = try shop.says("hola")
      try await Sandbox.fail("whatsapp", "code:100", match: phone)
      _ = try scope(shop).sendStaffMessage(
        conversationId: try conversation(shop), contents: [.text("uno"), .text("dos")], staffId: nil, requestId: nil)
      try await shop.work()
      try shop.run("update messages set error_code = 'window_closed' where content = 'dos'")
      #expect(try redrive(shop) == 1)
      try await shop.work()
      #expect(try await shop.texts(phone) == ["uno"])
      #expect(try shop.value("status", of: "messages", "content = 'dos'") == "withheld")
    }
  }

  /// An answer that was given up, driven again: the person was told that people take over. What happened meanwhile
  @Test(arguments: ["nobody", "a person wrote", "wrote and handed back", "handed back"])
  func anAnswerThatWasGivenUp(_ meanwhile: String) async throws {
    try await Shop.test { shop in
      let tag = unique("f")
      try await Sandbox.fail("anthropic", "401", match: tag)
      let phone = try shop.says("[[echo:respuesta \(tag)]] \(tag)")
      try await shop.work()
      let lastWord = LastWord.text(AssistantSettings(Field([:])))
      #expect(try await shop.texts(phone) == [lastWord])
      let talk = try conversation(shop)
      var expected = [lastWord]
      if meanwhile.contains("wrote") {
        _ = try scope(shop).sendStaffMessage(
          conversationId: talk, contents: [.text("le atiende Ana")], staffId: nil, requestId: nil)
        try await shop.work()
        expected.append("le atiende Ana")
      }
      if meanwhile.contains("handed back") { #expect(try scope(shop).handBackConversation(conversationId: talk)) }
      #expect(try redrive(shop) == 1)
      try await shop.work()
      let texts = try await shop.texts(phone)
      #expect(texts == expected)
      #expect(try await shop.asked(tag) == 1)
      #expect(try shop.job("status") == "completed")
    }
  }

  /// Anthropic refuses the key: the installation's people are told, once, until it takes a call again.
  @Test(arguments: ["401", "403"]) func whoIsToldOfABadKey(_ fault: String) async throws {
    try await Shop.test { shop in
      let tag = unique("f")
      func alerts(_ condition: String) throws -> Int {
        try shop.database.count("select count(*) from platform_alerts where kind = 'model_refused' and \(condition)")
      }
      try await Sandbox.fail("anthropic", fault, match: tag, times: 2)
      for _ in 0..<2 { _ = try shop.says("¿limpieza? \(tag)") }
      try await shop.work()
      #expect(try alerts("resolved_at is null") == 1)
      let sentence = try shop.database.scalar("select sentence from platform_alerts") ?? ""
      #expect(sentence.contains("ANTHROPIC_API_KEY") && !sentence.contains("dev_anthropic_key"), "\(sentence)")
      _ = try shop.says("¿limpieza?")
      try await shop.work()
      #expect(try alerts("resolved_at is null") == 0 && alerts("resolved_at is not null") == 1)
      try shop.run("update jobs set scheduled_for = now()")
      _ = try shop.says("¿limpieza?")
      try await shop.work(["ANTHROPIC_API_KEY": ""])
      #expect(try alerts("resolved_at is null and sentence like '%is not set%'") == 1)
    }
  }
}
