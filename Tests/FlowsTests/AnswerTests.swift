import Core
import FoundationEssentials
import Store
import TestSupport
import Testing

@testable import Flows

@Suite struct AnswerTests {
  @Test func aQuestionIsAnsweredOnce() async throws {
    try await Shop.test { shop in
      let tag = unique("q")
      let phone = try shop.says("¿Cuánto cuesta la limpieza? \(tag)")
      func read() async throws -> [Field] {
        try await Sandbox.requests("whatsapp", match: shop.tenant.phoneNumberID, kind: "read")
      }
      // Claude answers when the person has been shown that they are read: nobody else waits for that.
      try await Sandbox.hold("anthropic", match: tag)
      async let work = shop.work()
      #expect(try await eventually { try await read().count == 1 })
      try await Sandbox.letGo(tag)
      _ = try await work
      let texts = try await shop.texts(phone)
      #expect(texts.count == 1)
      #expect(texts.first?.contains("800") == true)
      #expect(try shop.reply("content") == texts.first)
      #expect(try shop.reply("status") == "accepted")
      #expect(try shop.reply("external_id like 'wamid.%' and sent_at is not null") == "true")
      #expect(try shop.reply("answers_message_id") == shop.value("id", of: "messages", "role = 'user'"))
      #expect(try await shop.asked(tag) == 1)
      #expect(
        try shop.count(
          "ai_usage_logs", "cost_usd > 0 and prompt_tokens > 0 and completion_tokens > 0 and was_successful") == 1)
      #expect(try shop.count("jobs", "status = 'completed'") == 2)
      #expect(try shop.value("message_count || ' ' || turn_count", of: "conversations") == "2 1")
      let shown = try await read()
      #expect(shown.count == 1 && shown[0]["body"]["typing_indicator"]["type"].text == "text")
      #expect(try await shop.work() == 0)
    }
  }

  @Test func aBurstIsAnsweredOnceAndTheNextQuestionAgain() async throws {
    try await Shop.test { shop in
      let (tag, phone) = (unique("q"), newPhone())
      for part in ["Hola", "buenas tardes", "¿cuánto cuesta la limpieza? \(tag)"] {
        try shop.post(message(part, from: phone))
      }
      try await shop.work()
      #expect(try await shop.asked(tag) == 1)
      #expect(try await shop.texts(phone).count == 1)
      try shop.post(message("[[echo:¡De nada! \(tag)]]", from: phone))
      try await shop.work()
      #expect(try await shop.texts(phone).last == "¡De nada! \(tag)")
      #expect(try await shop.texts(phone).count == 2)
    }
  }

  @Test func aLongAnswerComesInPartsAndInOrder() async throws {
    try await Shop.test { shop in
      try shop.run("insert into ai_tenant_context (tenant_id, max_tokens) values ('\(shop.tenant.id.text)', 8000)")
      let words = (1...1250).map { "palabra\($0)" }.joined(separator: " ")
      let phone = try shop.says("[[echo:\(words)]]")
      try await shop.work()
      let texts = try await shop.texts(phone)
      #expect(texts.count > 3)
      #expect(texts.joined(separator: " ") == words)
      #expect(try shop.count("messages", "role = 'assistant' and status = 'accepted'") == texts.count)
    }
  }

  /// Marks that leave no text behind are no answer.
  @Test func anAnswerOfNothingButMarksIsNone() async throws {
    try await Shop.test { shop in
      let phone = try shop.says("[[echo:****]]")
      try shop.run("update jobs set max_attempts = 1")
      try await shop.work()
      #expect(try await shop.texts(phone).count == 1, "that people take over")
      #expect(try shop.value("status", of: "conversations") == "escalated")
      #expect(try shop.job("status") == "dead")
    }
  }

  /// Its worker died after the reply was stored: the job runs again, and finds it.
  @Test func aJobThatRunsAgainFindsItsReply() async throws {
    try await Shop.test { shop in
      let tag = unique("q")
      let phone = try shop.says("¿Cuánto cuesta la limpieza? \(tag)")
      try await shop.work()
      try shop.run(
        "update jobs set status = 'pending', completed_at = null, worker_id = null, result = null, lane_head = true")
      try await shop.work()
      #expect(try await shop.asked(tag) == 1)
      #expect(try await shop.texts(phone).count == 1)
      #expect(try shop.job("result ->> 'skipped'") == "answered before")
      #expect(try shop.job("result ->> 'settled'", kind: "send_whatsapp") == "accepted")
    }
  }

  @Test func kindsAndPayloadsOfAnotherBuildAreBuried() async throws {
    try await Shop.test { shop in
      let session = shop.database.connection(user: "tistis_jobs")
      try session.tenant(shop.tenant.id).enqueue(
        [job("a", kind: "dance"), job("b", kind: "ai_response"), job("c", kind: "send_pigeon")])
      #expect(try await shop.work() == 3)
      #expect(try shop.count("jobs", "status = 'dead' and error_message is not null") == 3)
    }
  }

  /// Through the running programs: what became of it comes back by the webhook.
  @Test(arguments: [("read", "read", nil), ("failed:131047", "failed", "131047")] as [(String, String, String?)])
  func theWorldReportsBack(_ fault: String, _ state: String, _ code: String?) async throws {
    let shop = try Shop(.world)
    try await Sandbox.register(shop.tenant)
    let phone = newPhone()
    if code != nil { try await Sandbox.fail("whatsapp", fault, match: phone) }
    let body = shop.tenant.payload([message("¿Cuánto cuesta la limpieza?", from: phone)])
    #expect(try await Web.deliver(body, to: shop.tenant).status == 200)
    #expect(try await eventually { try shop.reply("status") == state })
    #expect(try shop.reply("error_code") == code)
    #expect(try await shop.texts(phone).count == 1)
  }
}
