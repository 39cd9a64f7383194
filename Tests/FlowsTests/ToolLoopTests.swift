import Core
import FoundationEssentials
import Store
import TestSupport
import Testing

@testable import Flows

/// Claude does something before it answers.
@Suite struct ToolLoopTests {
  @Test func aToolIsUsedAndClaudeToldWhatCameOfIt() async throws {
    try await Shop.test { shop in
      let use = Claude.Use("mark", ["word": "a"])
      let claude = Claude(.tools([use]), .text("**Listo**"))
      defer { claude.stop() }
      let phone = try shop.says("marque algo")
      try await shop.work(claude, [.marker()])
      #expect(try await shop.texts(phone) == ["*Listo*"])
      #expect(try shop.marks() == "a")
      #expect(try shop.steps() == "call mark call")
      let asked = claude.asked
      #expect(asked.count == 2)
      #expect(asked.first?["tools"][0]["name"].text == "mark")
      // What it said, thoughts included, goes back as it came.
      let messages = asked.last?["messages"].items.suffix(2).compactMap(\.value) ?? []
      #expect(messages.first?["content"]?.text.contains(#""signature":"abc==""#) == true)
      #expect(
        messages.last?.text
          == #"{"role":"user","content":[{"type":"tool_result","tool_use_id":"\#(use.id)","content":"{\"marked\":\"a\",\"say\":\"Le atiende una persona.\"}"}]}"#
      )
      // Every call is paid for, and its step says what for.
      #expect(try shop.count("ai_usage_logs", "was_successful and conversation_id is not null") == 2)
      #expect(try shop.count("ai_usage_logs", "exists (select from ai_steps s where s.id = ai_usage_logs.id)") == 2)
      #expect(
        try shop.value("input::text || ' ' || tool_use_id", of: "ai_steps", "kind = 'tool'") == #"{"word":"a"} "#
          + use.id)
    }
  }

  @Test func severalAtOnceAndWhatIsWrongWithThem() async throws {
    try await Shop.test { shop in
      let uses = [
        Claude.Use("mark", ["word": "a"]), Claude.Use("mark", ["word": "muy larga"]), Claude.Use("mark", "nada"),
        Claude.Use("dance"), Claude.Use("secret", ["word": "x"]), Claude.Use("mark", ["word": "b", "lead_id": "1"]),
        Claude.Use("mark", ["word": "c"]),
      ]
      let claude = Claude(.tools(uses), .text("Listo"))
      defer { claude.stop() }
      let phone = try shop.says("marque")
      var secret = AssistantTool.marker("secret")
      secret = AssistantTool(
        "secret", "", schema: secret.definition.schema, isOffered: { _ in false }, run: secret.run)
      try await shop.work(claude, [.marker(), secret])
      #expect(try await shop.texts(phone) == ["Listo"])
      #expect(try shop.marks() == "ac")
      #expect(try shop.steps() == "call mark mark! mark! dance! secret! mark! mark call")
      let results = claude.asked.last?["messages"].items.last?["content"].items ?? []
      #expect(results.map { $0["tool_use_id"].text } == uses.map(\.id))
      #expect(results.map { $0["is_error"].bool ?? false } == [false, true, true, true, true, true, false])
      let told = results.map { $0["content"].text ?? "" }
      #expect(told[1].contains("$.word: expected at most 5 characters"))
      #expect(told[2].contains("$: expected an object"))
      #expect(told[3].contains("unknown_tool") && told[4].contains("unknown_tool"))
      #expect(told[5].contains("$.lead_id: there is no such member"))
      #expect(claude.asked.first?["tools"].items.count == 1)
    }
  }

  /// The same id again, whether Claude repeats itself or we do.
  @Test func oneIdHasOneEffect() async throws {
    try await Shop.test { shop in
      let use = Claude.Use("mark", ["word": "a"])
      let claude = Claude(.tools([use, use]), .tools([use]), .text("Listo"))
      defer { claude.stop() }
      let phone = try shop.says("marque")
      try await shop.work(claude, [.marker()])
      #expect(try await shop.texts(phone) == ["Listo"])
      #expect(try shop.marks() == "a")
      let told = claude.asked.last?["messages"].items.suffix(1).first?["content"].items ?? []
      #expect(told.count == 1 && told[0]["content"].text?.contains("marked") == true)
    }
  }

  @Test func withoutToolsNoneAreOffered() async throws {
    try await Shop.test { shop in
      let claude = Claude(.text("Hola"))
      defer { claude.stop() }
      _ = try shop.says("hola")
      try await shop.work(claude, [])
      #expect(claude.asked.count == 1 && claude.asked.first?["tools"].exists == false)
      #expect(try shop.steps() == "call")
      #expect(try shop.reply("status") == "accepted")
    }
  }

  @Test func goingRoundInCirclesEndsWithPeople() async throws {
    try await Shop.test { shop in
      let claude = Claude(.again("mark", ["word": "a"]))
      defer { claude.stop() }
      let phone = try shop.says("marque")
      try await shop.work(claude, [.marker()])
      #expect(claude.asked.count == Office.mostCalls)
      #expect(try shop.marks() == "aaaaa")
      // That people take over, and nothing else.
      #expect(try await shop.texts(phone).count == 1)
      #expect(try shop.reply("metadata ? 'last_word'") == "true")
      #expect(try shop.value("status", of: "conversations") == "escalated")
      #expect(try shop.job("status") == "dead")
      #expect(try shop.count("ai_usage_logs") == Office.mostCalls)
    }
  }

  /// A tool's fault is ours: it has no effect, Claude is told and says something else.
  @Test func aToolThatFailsChangesNothing() async throws {
    try await Shop.test { shop in
      let claude = Claude(.tools([Claude.Use("mark", ["word": "a"])]), .text("No pude"))
      defer { claude.stop() }
      let phone = try shop.says("marque")
      let broken = AssistantTool.marker(then: { (_) throws(StoreError) in
        throw .data(sqlstate: "22000", message: "secreto")
      })
      try await shop.work(claude, [broken])
      #expect(try await shop.texts(phone) == ["No pude"])
      #expect(try shop.marks() == "")
      #expect(try shop.steps() == "call mark! call")
      let told = claude.asked.last?["messages"].items.last?.value?.text ?? ""
      #expect(told.contains("tool_failed") && !told.contains("secreto"))
    }
  }

  @Test func whatPostgresCannotOrderIsRepeated() async throws {
    try await Shop.test { shop in
      let claude = Claude(.tools([Claude.Use("mark", ["word": "a"])]), .text("Listo"))
      defer { claude.stop() }
      let phone = try shop.says("marque")
      let calm = unique("calm")
      // Once, wherever it runs: the file says that it has.
      let clumsy = AssistantTool.marker(then: { (_) throws(StoreError) in
        guard shell("mkdir /tmp/\(calm)").status == 0 else { return }
        throw .serialization("deadlock detected")
      })
      try await shop.work(claude, [clumsy])
      _ = shell("rmdir /tmp/\(calm)")
      #expect(try await shop.texts(phone) == ["Listo"])
      #expect(try shop.marks() == "a")
      #expect(try shop.steps() == "call mark call")
    }
  }

  @Test(arguments: [
    ("[]", "end_turn"), (#"[{"type":"text","text":" "}]"#, "end_turn"), ("[]", "tool_use"),
    (
      #"[{"type":"text","text":"Déjame ver"},{"type":"tool_use","id":"t","name":"mark","input":{"w":1}}]"#, "max_tokens"
    ),
  ])
  func nothingSaidIsAskedAgainAndNotDoneAgain(_ content: String, _ stop: String) async throws {
    try await Shop.test { shop in
      let nothing = Claude.Says.content(try JSON.parse(Array(content.utf8)), stop: stop)
      let claude = Claude(.tools([Claude.Use("mark", ["word": "a"])]), nothing, .text("Listo"))
      defer { claude.stop() }
      let phone = try shop.says("marque")
      try await shop.work(claude, [.marker()], most: 1)
      #expect(try shop.job("status") == "pending")
      try shop.hurry()
      try await shop.work(claude, [.marker()])
      #expect(try await shop.texts(phone) == ["Listo"])
      #expect(try shop.marks() == "a")
      #expect(try shop.steps() == "call mark call! call")
      // What was cut off would be cut off again.
      let room = claude.asked.compactMap { $0["max_tokens"].integer }
      #expect(room.count == 3 && room[0] == room[1] && room[2] == 2 * room[1], "\(room)")
    }
  }

  @Test func aCutTextEndsWithASentence() async throws {
    try await Shop.test { shop in
      let cut: JSON = [["type": "text", "text": "La limpieza cuesta 800. Dura una hora. También tene"]]
      let claude = Claude(.content(cut, stop: "max_tokens"))
      defer { claude.stop() }
      let phone = try shop.says("¿precio?")
      try await shop.work(claude, [])
      #expect(try await shop.texts(phone) == ["La limpieza cuesta 800. Dura una hora."])
    }
  }

  @Test func whoeverGoesOnAndOnIsStopped() async throws {
    try await Shop.test { shop in
      let claude = Claude(.text(String(repeating: "Una frase de tantas. ", count: 1000)))
      defer { claude.stop() }
      let phone = try shop.says("cuénteme todo")
      try await shop.work(claude, [])
      let texts = try await shop.texts(phone)
      #expect(texts.count == 4)
      #expect(texts.allSatisfy { $0.hasSuffix("tantas.") })
    }
  }
}
