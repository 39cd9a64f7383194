import Core

/// The scripts that Claude knows, and how each was played. A turn's step is found from the request alone: the person's last
/// words say which turn it is, the uses that follow them which step. Only what tools said is remembered, by conversation.
actor Scripts {
  private var known = [String: Script]()
  private var plays = [String: Play]()
  /// What each tool said last, by conversation.
  private var results = [String: [String: JSON]]()

  /// Scripts, and conversations whose results are remembered; then all of the latter are forgotten at once.
  private static let most = 1000
  private static let mostTalks = 10_000

  /// What came of a script.
  private struct Play {
    /// Answers given, by turn and step: `"1.2"` is the third step of the second turn.
    var played = [String]()
    var uses = [(id: String, name: String, input: JSON, result: JSON?, isError: Bool)]()
    /// Why a request was refused.
    var complaints = [String]()
    /// Refusals that were wanted, by turn and step.
    var refused = [String: Int]()

    mutating func complain(_ sentence: String) -> AnthropicError {
      complaints.append(sentence)
      return .invalid("script: " + sentence)
    }
  }

  // MARK: Control

  func register(_ name: String, _ body: Field) throws(Refusal) -> JSON {
    guard known.count < Self.most || known[name] != nil else { throw .busy("\(Self.most) scripts are known", after: 1) }
    known[name] = try Script(body)
    // Registered again, with other values: what was played stays.
    plays[name] = plays[name] ?? Play()
    return ["ok": true]
  }

  func all() -> [String] { known.keys.sorted() }

  func report(_ name: String) throws(Refusal) -> JSON {
    guard let play = plays[name] else { throw .unknown("there is no script \(name)") }
    let uses = play.uses.map { use -> JSON in
      [
        "id": .string(use.id), "name": .string(use.name), "input": use.input, "result": use.result ?? .null,
        "is_error": .bool(use.isError),
      ]
    }
    return [
      "played": .array(play.played.map { .string($0) }), "uses": .array(uses),
      "complaints": .array(play.complaints.map { .string($0) }),
    ]
  }

  /// One, or all.
  func forget(_ name: String?) {
    if let name { (known[name], plays[name]) = (nil, nil) } else { (known, plays, results) = ([:], [:], [:]) }
  }

  // MARK: Playing

  /// The answer of the script that fits; nil if there is none, or nothing in it is about this question.
  func play(_ prompt: Prompt, _ request: Request, _ model: ClaudeModel) throws(AnthropicError) -> Thought? {
    let fitting = known.first { find($0.value.match, in: request.body) && $0.value.turn(for: prompt.question) != nil }
    guard let (name, script) = fitting, let turn = script.turn(for: prompt.question) else { return nil }
    var play = plays[name] ?? Play()
    defer { plays[name] = play }
    let steps = turn.steps
    func step(_ i: Int) -> Script.Step? { i < steps.count ? steps[i] : steps.last.flatMap { $0.again ? $0 : nil } }

    if let round = prompt.rounds.last, let asked = step(prompt.rounds.count - 1) {
      try take(round, of: asked, in: prompt, script, &play)
    }
    let number = "\(turn.number).\(prompt.rounds.count)"
    guard let step = step(prompt.rounds.count) else {
      throw play.complain("asked again after \(prompt.rounds.count) uses of “\(turn.asked)”")
    }
    if let refused = step.refused, play.refused[number, default: 0] < refused.times {
      play.refused[number, default: 0] += 1
      let error = AnthropicError.of(status: refused.status)
      throw AnthropicError(status: error.status, message: error.message, retryAfter: refused.retryAfter)
    }
    let thought = try thought(step, prompt, script, model, &play)
    play.played.append(number)
    return thought
  }

  /// Remembers what tools said, and complains of what the script did not expect.
  private func take(
    _ round: Prompt.Round, of step: Script.Step, in prompt: Prompt, _ script: Script, _ play: inout Play
  ) throws(AnthropicError) {
    for (i, use) in round.uses.enumerated() {
      guard let id = use["id"].text, let name = use["name"].text, let answer = round.result(of: id) else { continue }
      let said = Prompt.text(answer["content"])
      let result = (try? JSON.parse(Array(said.utf8))) ?? .string(said)
      let isError = answer["is_error"].bool ?? false
      if results.count >= Self.mostTalks { results = [:] }
      results[prompt.conversation, default: [:]][name] = result
      if let at = play.uses.firstIndex(where: { $0.id == id }) {
        (play.uses[at].result, play.uses[at].isError) = (result, isError)
      }
      guard i < step.uses.count, step.uses[i].name == name else { continue }
      let wanted = step.uses[i]
      guard wanted.fails == isError else {
        throw play.complain("\(name) \(isError ? "failed" : "did not fail"): \(said)")
      }
      guard let form = wanted.result else { continue }
      let words = words(prompt, script)
      guard fits(try filled(&play) { () throws(ScriptWords.Unknown) in try words.filled(form) }, result) else {
        throw play.complain("\(name) said \(said), not \(form.text)")
      }
    }
  }

  private func thought(
    _ step: Script.Step, _ prompt: Prompt, _ script: Script, _ model: ClaudeModel, _ play: inout Play
  ) throws(AnthropicError) -> Thought {
    let words = words(prompt, script)
    var blocks = [JSON]()
    // Models that always think do not show it; it must come back all the same.
    if step.thinking != nil || (model.alwaysThinks && !step.uses.isEmpty) {
      blocks.append(Thought.thinking(step.thinking ?? ""))
    }
    if let text = step.text, !text.isEmpty {
      let text = try filled(&play) { () throws(ScriptWords.Unknown) in try words.filled(text) }
      blocks.append(["type": "text", "text": .string(text)])
    }
    for use in step.uses {
      guard use.unoffered || prompt.tools.contains(use.name) else {
        throw play.complain("\(use.name) is not offered, but \(prompt.tools.joined(separator: ", "))")
      }
      let input = try filled(&play) { () throws(ScriptWords.Unknown) in try words.filled(use.input) }
      let block = Thought.use(use.name, input)
      blocks.append(block)
      play.uses.append((block["id"]?.plain ?? "", use.name, input, nil, false))
    }
    return Thought(
      blocks: blocks, stopReason: step.stop ?? (step.uses.isEmpty ? "end_turn" : "tool_use"), delay: step.delay)
  }

  private func words(_ prompt: Prompt, _ script: Script) -> ScriptWords {
    ScriptWords(
      results: results[prompt.conversation] ?? [:], values: script.values, today: prompt.today, said: prompt.question)
  }

  private func filled<T>(_ play: inout Play, _ body: () throws(ScriptWords.Unknown) -> T) throws(AnthropicError) -> T {
    do throws(ScriptWords.Unknown) { return try body() } catch {
      throw play.complain("nothing is known of {{\(error.name)}}")
    }
  }
}
