import Core
import FoundationEssentials
import TestSupport
import Testing

/// Whole conversations, a file each (Fixtures/dialogues): what people say on any of the four channels, which tools Claude
/// uses with what, what they get, and what the database holds afterwards. Everything goes through nginx, the programs and
/// the sandbox.
@Suite struct DialogueTests {
  static let folder = World.root + "/Tests/EndToEnd/Fixtures/dialogues/"
  static let places = World.root + "/Tests/EndToEnd/Fixtures/places/"

  static let names: [String] = ((try? FileManager.default.contentsOfDirectory(atPath: folder)) ?? [])
    .filter { $0.hasSuffix(".json") }.map { String($0.dropLast(5)) }.sorted()

  private static let words = [
    "title", "channel", "also", "place", "other", "people", "setup", "sandbox", "values", "turns", "rows",
  ]
  private static let turnWords = [
    "customer", "as", "account", "asked", "before", "faults", "claude", "calls", "gets", "rows", "told", "while",
    "staff", "tistis", "n8n", "by", "times", "status", "code",
  ]

  @Test func thereAreDialogues() {
    #expect(Self.names.count >= 25)
  }

  @Test(arguments: names) func isPlayed(_ name: String) async throws {
    let dialogue = Field(try JSON.parse(Array((readFile(Self.folder + name + ".json") ?? "").utf8)))
    // A misspelt word would expect nothing.
    let strange =
      try dialogue.object().pairs.map(\.key).filter { !Self.words.contains($0) }
      + dialogue["turns"].items.flatMap { try $0.object().pairs.map(\.key) }.filter { !Self.turnWords.contains($0) }
    try #require(strange.isEmpty, "\(strange)")
    let stage = try await DialogueStage(name, dialogue)
    try await stage.play()
    if stage.problems.isEmpty {
      try await stage.checkRows(dialogue["rows"], "afterwards")
      try await stage.checkOrder()
    }
    let title = dialogue["title"].text ?? name
    let problems = stage.problems.joined(separator: "\n  ")
    let story = try await stage.story()
    #expect(stage.problems.isEmpty, "\(title):\n  \(problems)\n\(story)")
  }
}

extension DialogueStage {
  /// What holds after every dialogue, whatever it was about.
  func checkOrder() async throws {
    let rows: JSON = [
      "select count(*) from webhook_dead_letters where tenant_id = '{{tenant}}'": 0,
      // An appointment belongs to who wrote here, or was there before.
      "select count(*) from appointments a where tenant_id = '{{tenant}}' and conversation_id is not null and not exists (select 1 from conversations c where c.id = a.conversation_id and c.lead_id = a.lead_id)":
        0,
      // Nothing was sent twice, and nothing stands half-way.
      "select count(*) from messages where tenant_id = '{{tenant}}' and status in ('pending', 'sending', 'unknown')": 0,
    ]
    try await checkRows(Field(rows), "in the end")
    // Every use that Claude was answered is a step that can be read, and there are no others.
    let steps = try tenant.database.column(
      "select tool_use_id from ai_steps where tenant_id = '\(tenant.id.text)' and kind = 'tool'")
    let uses = try await report()["uses"].items
    let answered = uses.filter { $0["result"].exists }.map { $0["id"].text }
    if !Set(steps).isSubset(of: uses.map { $0["id"].text }) || !Set(answered).isSubset(of: steps) {
      problems.append("in the end: the steps of tools are \(steps), the uses \(uses.map { $0["id"].text ?? "" })")
    }
  }

  /// What was said and done, for whoever reads of a failure.
  func story() async throws -> String {
    guard !problems.isEmpty else { return "" }
    let lines = try tenant.database.column(
      """
      select concat_ws(' ', to_char(created_at, 'MI:SS.MS'), role, status, error_code, left(content, 300)) from messages
       where tenant_id = '\(tenant.id.text)' order by created_at, id
      """)
    let uses = try await report()["uses"].items.map { use in
      "\(use["name"].text ?? "") \(use["input"].value?.text ?? "") → \(use["result"].value?.text ?? "nothing")"
    }
    return (lines.compactMap(\.self) + uses).joined(separator: "\n")
  }
}
