import Core
import FoundationEssentials
import Peers
import Rules
import Store
import TestSupport
import Testing

@testable import Flows

/// Workers that die, and people who write, while Claude uses tools.
@Suite struct ToolTroubleTests {
  /// The worker is gone after a tool took effect: the next goes on from there, and tells Claude the same.
  @Test func anotherWorkerGoesOnWhereOneDied() async throws {
    try await Shop.test { shop in
      let use = Claude.Use("mark", ["word": "a"])
      let claude = Claude(.tools([use]), .late(30, .text("tarde")), .text("Listo"))
      defer { claude.stop() }
      let phone = try shop.says("marque")
      let (job, _) = try shop.hold()
      let dead = try shop.office(claude.environment, tools: [.marker()])
      let first = Task { await dead.perform(job) }
      #expect(await eventually { claude.asked.count == 2 })
      try shop.release()
      try await shop.work(claude, [.marker()])
      await dead.close()
      _ = await first.value
      #expect(try await shop.texts(phone) == ["Listo"])
      #expect(try shop.marks() == "a")
      #expect(try shop.steps() == "call mark call")
      #expect(claude.asked.count == 3)
      #expect(claude.asked[2]["messages"].value == claude.asked[1]["messages"].value)
    }
  }

  /// Between two uses of one answer: the first is not done again, the second is done.
  @Test func inTheMiddleOfSeveralUses() async throws {
    try await Shop.test { shop in
      let uses = [Claude.Use("mark", ["word": "a"]), Claude.Use("mark", ["word": "b"])]
      let claude = Claude(.tools(uses), .text("Listo"))
      defer { claude.stop() }
      let phone = try shop.says("marque")
      let gone = AssistantTool.marker(first: { (use) throws(StoreError) in
        if use.id == uses[1].id { throw .unavailable("the server closed the connection") }
      })
      let (job, conversation) = try shop.hold()
      let office = try shop.office(claude.environment, tools: [gone])
      let task = Task { await office.answer(conversation, .whatsapp, job) }
      #expect(try await eventually { try shop.marks() == "a" })
      try shop.release()
      try await shop.work(claude, [.marker()])
      // Whichever of the two comes first says it.
      #expect(try await eventually { try await shop.texts(phone) == ["Listo"] })
      #expect(try shop.marks() == "ab")
      #expect(claude.asked[1]["messages"].items.last?["content"].items.count == 2)
      _ = await task.value
      #expect(try await shop.texts(phone) == ["Listo"])
      await office.close()
      #expect(try shop.marks() == "ab")
    }
  }

  /// The answer to a COMMIT was lost: asked again, the gate is asked as well.
  @Test func whatWasUsedBeforeIsToldWithTheGatesWord() async throws {
    try await Shop.test { shop in
      let phone = try shop.says("marque")
      let (job, conversation) = try shop.hold()
      let office = try shop.office(tools: [.marker()])
      let found = try #require(
        try shop.database.connection(user: "tistis_jobs").tenant(shop.tenant.id).conversationToAnswer(
          jobId: job.id, policy: gatePolicy(.whatsapp), lastMessages: 20, conversationId: conversation))
      let place = ToolPlace(
        found: found, conversation: conversation, question: try #require(found.lastQuestionId), profile: found.profile,
        job: job, call: UUID.timeOrdered(), callOrdinal: 1, usage: nil, ordinal: 2)
      let asks: JSON = [["type": "tool_use", "id": .string(unique("toolu_")), "name": "mark", "input": ["word": "a"]]]
      let use = try #require(ClaudeAnswer.ToolUse.all(in: asks).first)
      var words: [String] = []
      for _ in 0..<3 {
        switch await office.use(use, place, office.log) {
        case .told(let answer, let gate): words.append("\(answer.isError) \(gate ?? "-")")
        case .over(let settled): words.append("\(settled)")
        }
        if words.count == 2 { try shop.post(shop.tenant.echo("yo me encargo", to: phone)) }
      }
      await office.close()
      #expect(words == ["false -", "false -", "false human_took_over"])
      #expect(try shop.marks() == "a")
    }
  }

  /// Two workers that believe to hold one job: Claude says something else to each, and one of them stops.
  @Test func twoWorkersHaveOneEffect() async throws {
    for _ in 0..<3 {
      try await Shop.test { shop in
        let claude = Claude { asked in
          asked["messages"].items.count > 1 ? .text("Listo") : .late(0.5, .again("mark", ["word": "a"]))
        }
        defer { claude.stop() }
        let phone = try shop.says("marque")
        let (job, conversation) = try shop.hold()
        let offices = try (0..<2).map { _ in try shop.office(claude.environment, tools: [.marker()]) }
        await withTaskGroup(of: Void.self) { group in
          for office in offices {
            group.addTask { _ = await office.answer(conversation, .whatsapp, job) }
          }
        }
        for office in offices { await office.close() }
        #expect(try shop.marks() == "a")
        #expect(try await shop.texts(phone) == ["Listo"])
      }
    }
  }

  /// The effect stands, the answer is not finished, and the next one is told what was done.
  @Test func theCustomerWritesWhileAToolRuns() async throws {
    try await Shop.test { shop in
      let claude = Claude(.tools([Claude.Use("mark", ["word": "a"])]), .text("Ya está, y van dos"))
      defer { claude.stop() }
      let phone = try shop.says("marque")
      let interrupted = AssistantTool.marker(first: { (_) throws(StoreError) in
        do { try shop.post(message("que sean dos", from: phone)) } catch { throw .shape("\(error)") }
      })
      try await shop.work(claude, [interrupted])
      #expect(try await shop.texts(phone) == ["Ya está, y van dos"])
      #expect(try shop.marks() == "a")
      #expect(claude.asked.count == 2)
      #expect(try shop.count("jobs", "result ->> 'withheld' = 'newer_inbound'") == 1)
      let system = claude.asked[1]["system"].items.compactMap { $0["text"].text }.joined()
      #expect(system.contains(#"mark {"word":"a"} → {"marked":"a""#) && system.contains("aún no lo sabe"))
      #expect(claude.asked[1]["messages"].items.count == 1)
      // Once it has been told, it is not news any more.
      try shop.post(message("gracias", from: phone))
      try await shop.work(claude, [.marker()])
      let later = claude.asked[2]["system"].items.compactMap { $0["text"].text }.joined()
      #expect(later.contains(#"mark {"word":"a"}"#))
    }
  }

  /// What a question that is no longer the last wants done is not begun; nor after a person took over.
  @Test(arguments: ["newer_inbound", "human_took_over"]) func noEffectBeginsTooLate(_ why: String) async throws {
    try await Shop.test { shop in
      let phone = try shop.says("marque")
      let claude = Claude(
        .after(
          {
            if why == "newer_inbound" {
              try? shop.post(message("mejor no", from: phone))
            } else {
              try? shop.post(shop.tenant.echo("yo me encargo", to: phone))
            }
          }, .tools([Claude.Use("mark", ["word": "a"])])), .text("De acuerdo"))
      defer { claude.stop() }
      try await shop.work(claude, [.marker()])
      #expect(try shop.marks() == "")
      #expect(try shop.count("jobs", "result ->> 'withheld' = '\(why)'") == 1)
      #expect(try await shop.texts(phone) == (why == "newer_inbound" ? ["De acuerdo"] : []))
      #expect(claude.asked.count == (why == "newer_inbound" ? 2 : 1))
      // What was asked for was paid for, also where nothing came of it.
      #expect(try shop.count("ai_usage_logs") == claude.asked.count)
    }
  }

  @Test func theCustomerIsErasedMeanwhile() async throws {
    try await Shop.test { shop in
      let phone = try shop.says("marque")
      let claude = Claude(
        .after({ _ = try? shop.erase(shop.lead(phone)) }, .tools([Claude.Use("mark", ["word": "a"])])),
        .text("Listo"))
      defer { claude.stop() }
      try await shop.work(claude, [.marker()])
      #expect(claude.asked.count == 1)
      #expect(try shop.count("ai_steps") == 0)
      #expect(try await shop.texts(phone).isEmpty)
    }
  }

  /// Nobody waits for the answer any more: the call is given up while it is under way.
  @Test func aCallIsGivenUp() async throws {
    try await Shop.test { shop in
      let claude = Claude(.late(30, .text("tarde")))
      defer { claude.stop() }
      _ = try shop.says("hola")
      let (job, conversation) = try shop.hold()
      let office = try shop.office(claude.environment, tools: [])
      let task = Task { await office.answer(conversation, .whatsapp, job) }
      #expect(await eventually { claude.asked.count == 1 && office.thinking.now.count == 1 })
      #expect(office.thinking.now.first?.conversation == conversation)
      office.thinking.cancel(UUID(), why: "nobody's")
      office.thinking.cancel(job.id, why: Withheld.newerInbound.rawValue)
      let results = await task.value
      #expect(results.map(\.outcome) == [.done(["withheld": "newer_inbound"])])
      #expect(office.thinking.now.isEmpty)
      await office.close()
    }
  }

  /// The worker died after the conversation was handed to people, and before the person was told.
  @Test func aLastWordThatSurvives() async throws {
    try await Shop.test { shop in
      let claude = Claude(.tools([Claude.Use("mark", ["word": "a"])]), .late(30, .text("tarde")), .text("Adiós"))
      defer { claude.stop() }
      _ = try shop.says("quiero hablar con alguien")
      let tools = [AssistantTool.marker(handsOver: true)]
      let (job, _) = try shop.hold()
      let dead = try shop.office(claude.environment, tools: tools)
      let first = Task { await dead.perform(job) }
      #expect(await eventually { claude.asked.count == 2 })
      try shop.run("update conversations set status = 'escalated', last_word_owed = true")
      try shop.release()
      try await shop.work(claude, tools)
      await dead.close()
      _ = await first.value
      #expect(claude.asked.count == 3)
      #expect(try shop.reply("content || ' ' || (metadata ->> 'last_word')") == "Adiós true")
    }
  }

  /// The last word of whoever was handed over, and what is said if Claude has none.
  @Test(arguments: [true, false]) func afterHandingOver(_ speaks: Bool) async throws {
    try await Shop.test { shop in
      let claude = Claude(
        .tools([Claude.Use("mark", ["word": "a"])]), speaks ? .text("Hasta luego") : .fault(400))
      defer { claude.stop() }
      _ = try shop.says("quiero hablar con alguien")
      let handing = AssistantTool.marker(
        handsOver: true,
        first: { (use) throws(StoreError) in
          do {
            try shop.run(
              "update conversations set status = 'escalated', last_word_owed = true where id = '\(use.conversation.text)'"
            )
          } catch { throw .shape("\(error)") }
        })
      try await shop.work(claude, [handing])
      #expect(claude.asked.count == 2)
      #expect(try shop.reply("content") == (speaks ? "Hasta luego" : "Le atiende una persona."))
      #expect(try shop.reply("metadata ->> 'last_word'") == "true")
      #expect(try shop.job("status") == "completed")
    }
  }
}
