import Core

/// A request as Claude reads it.
struct Prompt: Sendable {
  /// The lines of all blocks of the system prompt.
  let systemLines: [String]
  /// What the user said last: the texts of the messages after the assistant's last answer, as the API joins them. Uses of
  /// tools and their results come after it.
  let question: String
  /// What Claude has done about it, in order.
  let rounds: [Round]
  /// Names of the tools that it may use.
  let tools: [String]
  /// `metadata.user_id`.
  let conversation: String

  /// An answer of Claude's that used tools, and what they said.
  struct Round: Sendable {
    let uses: [Field]
    let results: [Field]

    /// What a use was answered.
    func result(of id: String) -> Field? { results.first { $0["tool_use_id"].text == id } }
  }

  init(_ body: Field) {
    systemLines = Self.text(body["system"]).split(whereSeparator: \.isNewline).map(String.init)
    tools = body["tools"].items.compactMap { $0["name"].text }
    conversation = body["metadata"]["user_id"].text ?? ""
    var messages = body["messages"].items[...]
    var rounds = [Round]()
    while let round = Self.lastRound(messages) {
      rounds.insert(round, at: 0)
      messages = messages.dropLast(2)
    }
    self.rounds = rounds
    let last = messages.reversed().prefix { $0["role"].text == "user" }
    question = last.reversed().map { Self.text($0["content"]) }.joined(separator: "\n")
  }

  private static func lastRound(_ messages: ArraySlice<Field>) -> Round? {
    guard let told = messages.last, told["role"].text == "user", let asked = messages.dropLast().last else {
      return nil
    }
    let results = told["content"].items.filter { $0["type"].text == "tool_result" }
    let uses = asked["content"].items.filter { $0["type"].text == "tool_use" }
    return results.isEmpty || uses.isEmpty ? nil : Round(uses: uses, results: results)
  }

  /// All text of a message's or a result's content.
  static func text(_ content: Field) -> String {
    content.text ?? content.items.compactMap { $0["text"].text }.joined(separator: "\n")
  }

  /// What stands between `[[name:` and `]]`; the last one counts.
  func directive(_ name: String) -> String? {
    var found: String?
    var rest = Substring(question)
    while let start = rest.firstRange(of: "[[" + name + ":") {
      rest = rest[start.upperBound...]
      guard let end = rest.firstRange(of: "]]") else { break }
      found = String(rest[..<end.lowerBound])
      rest = rest[end.upperBound...]
    }
    return found
  }

  func says(_ word: String) -> Bool { question.contains("[[" + word + "]]") }

  /// The day on which it is asked, `2026-11-22`, as the system prompt tells it: of the line that begins with "Ahora".
  var today: String? {
    let line = systemLines.last { $0.hasPrefix("Ahora") }
    return line?.firstMatch(of: /[0-9]{4}-[0-9]{2}-[0-9]{2}/).map { String($0.0) }
  }
}
