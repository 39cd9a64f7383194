import Core

/// A request as Claude reads it.
struct Prompt: Sendable {
  /// The lines of all blocks of the system prompt.
  let systemLines: [String]
  /// What the user said last: the texts of the messages after the assistant's last, as the API joins them.
  let question: String

  init(_ body: Field) {
    systemLines = Self.text(body["system"]).split(whereSeparator: \.isNewline).map(String.init)
    let last = body["messages"].items.reversed().prefix { $0["role"].text == "user" }
    question = last.reversed().map { Self.text($0["content"]) }.joined(separator: "\n")
  }

  private static func text(_ content: Field) -> String {
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
}

/// What Claude comes up with.
struct Thought: Sendable {
  var blocks: [JSON]
  var stopReason = "end_turn"

  static func text(_ text: String) -> Thought { Thought(blocks: [["type": "text", "text": .string(text)]]) }

  /// At most so many tokens.
  func cut(toTokens most: Int) -> Thought {
    var left = most
    var cut = Thought(blocks: [], stopReason: stopReason)
    for block in blocks {
      guard let text = block["text"]?.plain else {
        left -= tokens(block["thinking"]?.plain ?? block.text)
        cut.blocks.append(block)
        continue
      }
      if tokens(text) > left {
        cut.stopReason = "max_tokens"
        let kept = String(String.UnicodeScalarView(text.unicodeScalars.prefix(max(0, left) * 4)))
        if !kept.isEmpty { cut.blocks.append(["type": "text", "text": .string(kept)]) }
        return cut
      }
      left -= tokens(text)
      cut.blocks.append(block)
    }
    return cut
  }
}

/// The rules by which an answer is found, the first that has one wins. Another kind of answer (a tool's use, a script)
/// is another rule in the list.
enum ClaudeThoughts {
  typealias Rule = @Sendable (Prompt) -> Thought?

  static let rules: [Rule] = [refusal, empty, echo, markdown, bestLine]

  static func answer(_ prompt: Prompt, _ model: ClaudeModel) -> Thought {
    var thought = rules.lazy.compactMap { $0(prompt) }.first ?? politely(prompt)
    if prompt.says("thinking") {
      thought.blocks.insert(
        ["type": "thinking", "thinking": "Busco la línea que responde.", "signature": "c2FuZGJveA=="], at: 0)
    }
    return thought
  }

  @Sendable private static func refusal(_ prompt: Prompt) -> Thought? {
    prompt.says("refusal") ? Thought(blocks: [], stopReason: "refusal") : nil
  }

  @Sendable private static func empty(_ prompt: Prompt) -> Thought? {
    prompt.says("empty") ? Thought(blocks: []) : nil
  }

  @Sendable private static func echo(_ prompt: Prompt) -> Thought? {
    prompt.directive("echo").map { .text($0) }
  }

  @Sendable private static func markdown(_ prompt: Prompt) -> Thought? {
    guard prompt.says("markdown") else { return nil }
    return .text(
      """
      ## Nuestros servicios

      **Limpieza dental** y *blanqueamiento*, ver [la lista](https://example.com/servicios):

      - Limpieza: `$800`
      - Blanqueamiento: ~~$3,000~~ **$2,500**

      | Servicio | Precio |
      |---|---|
      | Limpieza | $800 |

      1. Elige el día
      2. Confirma la hora
      """)
  }

  /// What follows these in a system prompt is told to Claude, and is not for customers.
  private static let instructions = ["Instrucciones del negocio:", "Reglas:"]

  /// The line that shares the most words with the question; of equals the first.
  @Sendable private static func bestLine(_ prompt: Prompt) -> Thought? {
    let asked = significantWords(prompt.question)
    var best: (line: String, shared: Int)?
    for line in prompt.systemLines.prefix(while: { !instructions.contains($0) }) {
      let words = significantWords(line)
      let shared = asked.count { a in words.contains { sameWord(a, $0) } }
      if shared > (best?.shared ?? 0) { best = (line, shared) }
    }
    return best.map { .text("¡Hola! \(sentence($0.line)). ¿Te gustaría agendar una cita?") }
  }

  private static func politely(_ prompt: Prompt) -> Thought {
    let name = prompt.systemLines.map(sentence).first { $0.hasPrefix("Negocio:") }?.dropFirst(8)
    let business = name.map { String($0.drop { $0 == " " }) } ?? ""
    return .text(
      business.isEmpty
        ? "¡Hola! Gracias por escribirnos. ¿En qué te podemos ayudar?"
        : "¡Hola! Gracias por escribir a \(business). ¿En qué te podemos ayudar?")
  }

  /// A line without the marks of a list or heading before it and the full stop after it.
  private static func sentence(_ line: String) -> String {
    let marks: Set<Character> = ["-", "*", "•", "#", ">", " ", "\t"]
    var text = line.drop { marks.contains($0) }
    while let last = text.last, last == "." || last == " " || last == "\t" { text.removeLast() }
    return String(text)
  }
}
