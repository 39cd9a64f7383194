import Core
import FoundationEssentials
import Rules
import TestSupport
import Testing

@testable import Flows

/// The integration guide's seven signals, with the points that it names, from what is said to the history of the score.
@Suite struct SignalTests {
  /// What a person says, which of our words it is found by, and what it is worth: written out, since these are the
  /// guide's points.
  private static let table: [(signal: String, points: Int, said: String, found: String)] = [
    ("interested", 10, "¿Me dan informes de la limpieza?", "informes"),
    ("urgent", 15, "Me urge que me revisen", "me urge"),
    ("budget_mentioned", 20, "Mi presupuesto es de mil pesos", "mi presupuesto"),
    ("decision_maker", 15, "En esta casa yo decido", "yo decido"),
    ("comparing", 5, "Estoy comparando varias clínicas", "comparando"),
    ("not_interested", -20, "Por ahora no me interesa", "no me interesa"),
    ("spam", -50, "Invierte en criptomonedas con nosotros", "criptomoneda"),
  ]

  /// A person's changes: "signal before>after points source (reason)".
  private func history(_ shop: Shop, _ phone: String) throws -> [String] {
    let lead = try #require(try shop.lead(phone))
    return try shop.database.column(
      """
      select concat_ws(' ', signal_name, previous_score || '>' || new_score, metadata ->> 'points', change_source,
          '(' || reason || ')')
        from lead_score_history where lead_id = '\(lead.text)' order by id
      """
    ).compactMap { $0 }
  }

  @Test func theTableIsWhole() {
    #expect(Self.table.map(\.signal) == LeadSignal.allCases.map(\.rawValue))
  }

  /// By words alone: this Claude uses no tool.
  @Test func whatIsSaidRaisesItsSignalAndNoOther() async throws {
    try await Shop.test { shop in
      let claude = Claude(.text("Con gusto"))
      defer { claude.stop() }
      let phones = try Self.table.map { try shop.says($0.said) }
      try await shop.work(claude, [])
      for (row, phone) in zip(Self.table, phones) {
        let score = 50 + row.points
        #expect(
          try history(shop, phone) == ["\(row.signal) 50>\(score) \(row.points) rule_trigger (\(row.found))"],
          "\(row.said)")
      }
      #expect(try shop.count("lead_score_history") == Self.table.count)
    }
  }

  /// By Claude: one use of the tool with all seven, counted one after the other, never above 100.
  @Test func claudeRecordsAllSeven() async throws {
    try await Shop.test { shop in
      let names = Self.table.map { JSON.string($0.signal) }
      let claude = Claude(
        .tools([Claude.Use("record_lead_signals", ["signals": .array(names)])]), .text("Con gusto"))
      defer { claude.stop() }
      // None of our words: what is counted is Claude's.
      let phone = try shop.says("hola")
      try await shop.work(claude, AssistantTool.scoring)
      #expect(try await shop.texts(phone) == ["Con gusto"])
      #expect(try shop.steps() == "call record_lead_signals call")
      #expect(
        try history(shop, phone) == [
          "interested 50>60 10 ai_detection", "urgent 60>75 15 ai_detection",
          "budget_mentioned 75>95 20 ai_detection", "decision_maker 95>100 15 ai_detection",
          "comparing 100>100 5 ai_detection", "not_interested 100>80 -20 ai_detection",
          "spam 80>30 -50 ai_detection",
        ])
      #expect(try shop.value("score || classification", of: "leads") == "30cold")
      let told = claude.asked.last?["messages"].items.last?["content"][0]["content"].text ?? ""
      #expect(told.contains(#""score":30"#) && told.contains(#""classification":"cold""#), "\(told)")
    }
  }
}
