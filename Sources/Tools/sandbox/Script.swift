import Core

/// A conversation that Claude plays by heart: for what a person says, which tools it uses, with which results it is content,
/// and what it answers. `--help` tells the form.
struct Script: Sendable {
  /// Requests whose body contains this are played.
  let match: String
  let turns: [Turn]
  /// What placeholders may name, beside what tools said and the days.
  let values: JSON

  /// What is done about one thing that the person says.
  struct Turn: Sendable {
    /// Its place among the file's turns, of which Claude has no part in some.
    let number: Int
    /// What of the question shows that this turn is due.
    let asked: String
    let steps: [Step]
  }

  /// One request's answer.
  struct Step: Sendable {
    var text: String?
    var uses = [Use]()
    var thinking: String?
    var stop: String?
    /// Seconds.
    var delay = 0.0
    /// An HTTP status that so many requests get before this step's answer.
    var refused: (status: Int, times: Int, retryAfter: Int?)?
    /// For every further request of this turn too.
    var again = false
  }

  struct Use: Sendable {
    let name: String
    let input: JSON
    /// What the result must hold, at least.
    let result: JSON?
    /// The result must be an error.
    let fails: Bool
    /// It need not be among the tools that are offered.
    let unoffered: Bool
  }

  init(_ body: Field) throws(Refusal) {
    match = try body["match"].string()
    guard !match.isEmpty else { throw body["match"].expected("text") }
    values = body["values"].value ?? [:]
    var turns = [Turn]()
    for (i, turn) in try body["turns"].array().enumerated() where turn["claude"].exists {
      let asked = spaced(turn["asked"].text ?? turn["customer"].text ?? "")
      guard !asked.isEmpty else { throw turn["asked"].expected("text, or a customer who says one") }
      guard !turns.contains(where: { $0.asked == asked }) else { throw turn["asked"].expected("text of its own") }
      var steps = [Step]()
      for step in try turn["claude"].array() { steps.append(try Step(step)) }
      guard !steps.isEmpty else { throw turn["claude"].expected("a step") }
      turns.append(Turn(number: i, asked: asked, steps: steps))
    }
    self.turns = turns
  }

  /// The turn whose words come last in a question.
  func turn(for question: String) -> Turn? {
    let question = spaced(question)
    let ends = turns.compactMap { turn in lastEnd(of: turn.asked, in: question).map { (turn, $0) } }
    return ends.max { ($0.1, $0.0.asked.count) < ($1.1, $1.0.asked.count) }?.0
  }

  /// The offset at which the last occurrence ends.
  private func lastEnd(of text: String, in question: String) -> Int? {
    let (wanted, bytes) = (Array(text.utf8), Array(question.utf8))
    guard wanted.count <= bytes.count else { return nil }
    let start = (0...(bytes.count - wanted.count)).last { bytes[$0..<($0 + wanted.count)].elementsEqual(wanted) }
    return start.map { $0 + wanted.count }
  }
}

extension Script.Step {
  private static let words = [
    "text", "tools", "thinking", "stop", "delay_ms", "refused", "times", "retry_after", "again", "length",
  ]

  init(_ body: Field) throws(Refusal) {
    try known(body, Self.words)
    text = body["text"].text
    if let length = body["length"].integer, let part = text, !part.isEmpty {
      text = String(String(repeating: part, count: Int(length) / part.count + 1).prefix(Int(length)))
    }
    thinking = body["thinking"].text
    stop = body["stop"].text
    again = body["again"].bool ?? false
    delay = Double(body["delay_ms"].integer ?? 0) / 1000
    if let status = body["refused"].integer {
      refused = (Int(status), Int(body["times"].integer ?? 1), body["retry_after"].integer.map { Int($0) })
    }
    for use in body["tools"].items {
      try known(use, ["name", "input", "result", "fails", "unoffered"])
      uses.append(
        Script.Use(
          name: try use["name"].string(), input: use["input"].value ?? [:], result: use["result"].value,
          fails: use["fails"].bool ?? use["result"]["error"].exists, unoffered: use["unoffered"].bool ?? false))
    }
  }

  /// A misspelt word would make a script that is content with anything.
  private func known(_ body: Field, _ words: [String]) throws(Refusal) {
    for pair in try body.object().pairs where !words.contains(pair.key) {
      throw body[pair.key].expected("one of " + words.joined(separator: ", "))
    }
  }
}

/// With single spaces between words.
private func spaced(_ text: String) -> String { text.split(whereSeparator: \.isWhitespace).joined(separator: " ") }
