import Core
import FoundationEssentials
import Store
import TestSupport
import Testing

@testable import Flows

/// A business whose n8n answers people, in its time or not.
@Suite struct AnsweredByN8NTests {
  private static let answering: [String: JSON] = ["answers_by": "n8n", "events": []]

  @Test func n8nIsAskedAndItsAnswerIsSent() async throws {
    try await Shop.test { shop in
      try shop.useN8N(Self.answering)
      let tag = unique("q")
      let phone = try shop.says("¿Cuánto cuesta la limpieza? \(tag)")
      try await shop.work()
      #expect(try await shop.asked(tag) == 0)
      let asked = try #require(try await shop.told("ai-conversation").first)["body"]["data"]
      let (conversation, lead) = (try shop.conversation(), try shop.lead())
      #expect(asked["conversation"]["id"].text == conversation && asked["conversation"]["lead_id"].text == lead)
      #expect(asked["messages"][0]["content"].text?.contains(tag) == true)
      #expect(asked["messages"][0]["sender_type"].text == "lead")
      #expect(asked["context"]["services"][0]["name"].text == "Limpieza dental")
      #expect(try await shop.work() == 0)
      let told = try shop.tell(
        try shop.answers("Cuesta **800** pesos", extra: ["question_id": asked["question_id"].value ?? .null]))
      #expect(told.status == 200 && told.body["action"].text == "ai_response_saved", "\(told.body)")
      try await shop.work()
      #expect(try await shop.texts(phone) == ["Cuesta *800* pesos"])
      #expect(try shop.reply("metadata ->> 'model'") == "claude-3-opus")
      // Its time is over, and somebody has answered.
      try shop.hurry()
      try await shop.work()
      #expect(try await shop.asked(tag) == 0)
      #expect(try shop.count("messages", "role = 'assistant'") == 1)
      #expect(try shop.count("jobs", "status not in ('completed')") == 0)
    }
  }

  /// Two questions under way, and n8n does not say which it answers: the first answer came too late, as Claude's would.
  @Test func withoutAQuestionsNameItIsTheFirstsAnswer() async throws {
    try await Shop.test { shop in
      try shop.useN8N(Self.answering)
      let phone = try shop.says("¿Cuánto cuesta?")
      try await shop.work()
      try shop.post(message("¿Y abren el sábado?", from: phone))
      try await shop.work()
      #expect(try await shop.told("ai-conversation").count == 2)
      for _ in 0..<2 { #expect(try shop.tell(try shop.answers("Cuesta 800")).code == "newer_inbound") }
      let both = try shop.tell(try shop.answers("Cuesta 800, y sí abrimos"))
      #expect(both.status == 200, "\(both.body)")
      try await shop.work()
      #expect(try await shop.texts(phone) == ["Cuesta 800, y sí abrimos"])
    }
  }

  /// The same words answer another question: they are no repetition. Nor are those that never left.
  @Test func theSameWordsToAnotherQuestion() async throws {
    try await Shop.test { shop in
      try shop.useN8N(Self.answering)
      let phone = try shop.says("¿Cuánto cuesta?")
      try await shop.work()
      for _ in 0..<2 { #expect(try shop.tell(try shop.answers("Se lo confirmamos")).status == 200) }
      try await shop.work()
      try shop.post(message("¿Y el blanqueamiento?", from: phone))
      try await shop.work()
      let asked =
        try #require(try await shop.told("ai-conversation").last)["body"]["data"]["question_id"].value ?? .null
      for _ in 0..<2 {
        #expect(try shop.tell(try shop.answers("Se lo confirmamos", extra: ["question_id": asked])).status == 200)
        try shop.run(
          "update messages set status = 'withheld' where status = 'pending' and not exists (select from messages m where m.status = 'withheld')"
        )
      }
      try await shop.work()
      #expect(try await shop.texts(phone) == ["Se lo confirmamos", "Se lo confirmamos"])
      #expect(try shop.count("messages", "role = 'assistant'") == 3)
    }
  }

  /// Nobody has answered: the person hears that people will, once. Whoever was answered hears nothing.
  @Test(arguments: [false, true]) func whoIsHandedOverIsTold(_ answered: Bool) async throws {
    try await Shop.test { shop in
      try shop.useN8N(Self.answering)
      let phone = try shop.says("quiero hablar con alguien")
      try await shop.work()
      if answered { #expect(try shop.tell(try shop.answers("Claro")).status == 200) }
      try await shop.work()
      let call: JSON = [
        "action": "escalate_conversation", "conversation_id": .string(try shop.conversation()),
        "reason": "pide persona",
      ]
      for _ in 0..<2 { #expect(try shop.tell(call).status == 200) }
      for _ in 0..<2 {
        try await shop.work()
        try shop.hurry()
      }
      #expect(try await shop.texts(phone).count == 1)
      #expect(try shop.count("messages", "metadata ? 'last_word'") == (answered ? 0 : 1))
      #expect(try shop.value("status", of: "conversations") == "escalated")
    }
  }

  @Test(arguments: ["claude", "people"]) func whoIsLateIsNotWaitedFor(_ fallback: String) async throws {
    try await Shop.test { shop in
      var change = Self.answering
      change["answer_fallback"] = .string(fallback)
      change["answer_event"] = "ai-response-needed"
      try shop.useN8N(change)
      let tag = unique("q")
      let phone = try shop.says("¿Cuánto cuesta la limpieza? \(tag)")
      try await shop.work()
      #expect(try await shop.told("ai-response-needed").count == 1)
      // It looks too early: n8n still has its time.
      try shop.run("update jobs set unique_key = null, scheduled_for = now() where status = 'pending'")
      try await shop.work()
      #expect(try await shop.asked(tag) == 0)
      #expect(try await shop.told().count == 1)
      try shop.run("update outbound_events set occurred_at = now() - interval '61 seconds'")
      try shop.run(
        """
        update jobs set status = 'pending', completed_at = null, worker_id = null, result = null, lane_head = true,
            attempts = 0, scheduled_for = now()
          where id = (select max(id::text)::uuid from jobs where job_type = 'ai_response')
        """)
      try await shop.work()
      let state = try shop.value("status", of: "conversations", "contact_address = '\(phone)'")
      #expect(state == (fallback == "people" ? "escalated" : "active"))
      // Claude's answer, or that people take over.
      #expect(try await shop.texts(phone).count == 1)
      let conversation = try shop.value("id", of: "conversations", "contact_address = '\(phone)'") ?? ""
      let late = try shop.tell(["action": "ai_response", "conversation_id": .string(conversation), "content": "tarde"])
      #expect(late.status == 409 && late.code == (fallback == "people" ? "escalated" : "answered"), "\(late.body)")
      try await shop.work()
      #expect(try await shop.texts(phone).count == 1)
    }
  }

  @Test func theSameAnswerTwiceIsOneMessage() async throws {
    try await Shop.test { shop in
      try shop.useN8N(Self.answering)
      let phone = try shop.says("hola")
      let (first, again) = (try shop.tell(shop.answers("¡Hola!")), try shop.tell(shop.answers("¡Hola!")))
      #expect(first.status == 200 && again.status == 200)
      #expect(first.body["message_id"].text == again.body["message_id"].text)
      let other = try shop.tell(shop.answers("Otra cosa"))
      #expect(other.status == 409 && other.code == "answered")
      try await shop.work()
      #expect(try await shop.texts(phone) == ["¡Hola!"])
    }
  }

  @Test func manyAtOnceAreOneAnswer() async throws {
    try await Shop.test(delay: 60) { shop in
      try shop.useN8N(Self.answering)
      _ = try shop.says("hola")
      let key = try shop.n8nKey().reveal()
      let bodies = try (1...8).map { try shop.answers("respuesta \($0)") }
      let states = try await onThreads(8) { try shop.tell(bodies[$0], headers: ["x-api-key": key]).status }
      #expect(states.sorted() == [200] + Array(repeating: 409, count: 7))
      #expect(try shop.count("messages", "role = 'assistant'") == 1)
    }
  }

  /// n8n speaks up by itself while Claude thinks: the person gets one answer.
  @Test func neverDoubleWithClaudes() async throws {
    try await Shop.test { shop in
      try shop.useN8N(["events": []])
      let tag = unique("q")
      try await Sandbox.hold("anthropic", match: tag)
      let phone = try shop.says("¿Cuánto cuesta la limpieza? \(tag)")
      async let worked = shop.work()
      #expect(try await eventually { try await shop.asked(tag) == 1 })
      #expect(try shop.tell(shop.answers("Ochocientos")).status == 200)
      try await Sandbox.letGo(tag)
      _ = try await worked
      try await shop.work()
      #expect(try await shop.texts(phone) == ["Ochocientos"])
      #expect(try shop.count("messages", "role = 'assistant'") == 1)
    }
  }

  /// n8n hands over while Claude thinks: what Claude says then does not leave; that people will does, once.
  @Test func handedOverWhileClaudeThinks() async throws {
    try await Shop.test { shop in
      try shop.useN8N(["events": []])
      let tag = unique("q")
      try await Sandbox.hold("anthropic", match: tag)
      let phone = try shop.says("[[echo:cuesta 800]] \(tag)")
      async let worked = shop.work()
      #expect(try await eventually { try await shop.asked(tag) == 1 })
      let call: JSON = [
        "action": "escalate_conversation", "conversation_id": .string(try shop.conversation()), "reason": "queja",
      ]
      #expect(try shop.tell(call).status == 200)
      try await Sandbox.letGo(tag)
      _ = try await worked
      try await shop.work()
      let texts = try await shop.texts(phone)
      #expect(texts.count == 1 && texts.first != "cuesta 800", "\(texts)")
      #expect(try shop.count("messages", "metadata ? 'last_word'") == 1)
      #expect(try shop.count("conversations", "status = 'escalated' and not last_word_owed") == 1)
    }
  }

  /// The person wrote again: the answer to what they had asked before is not said any more.
  @Test func anAnswerToAnEarlierQuestionIsRefused() async throws {
    try await Shop.test(delay: 60) { shop in
      try shop.useN8N(Self.answering)
      let phone = try shop.says("hola")
      let question = try shop.value("last_question_id", of: "conversations") ?? ""
      try shop.post(message("¿siguen ahí?", from: phone))
      let old = try shop.tell(shop.answers("¡Hola!", extra: ["question_id": .string(question)]))
      #expect(old.status == 409 && old.code == "newer_inbound")
      #expect(try shop.tell(shop.answers("Aquí seguimos")).status == 200)
    }
  }

  @Test(arguments: [
    ("update conversations set status = 'resolved'", "conversation_closed"),
    ("update conversations set ai_handling = false, last_human_at = now() + interval '1 second'", "human_took_over"),
    ("update contact_windows set last_inbound_at = now() - interval '2 days'", "window_closed"),
    ("update conversations set last_question_id = null", "nobody_asked"),
    ("update ai_tenant_context set ai_enabled = false", "assistant_off"),
    ("update messages set external_timestamp = now() - interval '2 hours'", "stale"),
  ])
  func whatMustNotLeaveIsRefusedWithItsReason(_ change: String, _ why: String) async throws {
    try await Shop.test(delay: 60) { shop in
      try shop.run("insert into ai_tenant_context (tenant_id) values ('\(shop.tenant.id.text)')")
      try shop.useN8N(Self.answering)
      _ = try shop.says("hola")
      try shop.run(change)
      let told = try shop.tell(shop.answers("¡Hola!"))
      #expect(told.status == 409 && told.code == why, "\(told.body)")
      #expect(try shop.count("messages", "role = 'assistant'") == 0)
    }
  }
}
