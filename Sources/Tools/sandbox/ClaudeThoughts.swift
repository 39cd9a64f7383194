import Core

/// What Claude comes up with.
struct Thought: Sendable {
  var blocks: [JSON]
  var stopReason = "end_turn"
  /// Seconds that it takes beyond what every answer takes.
  var delay = 0.0

  static func text(_ text: String) -> Thought { Thought(blocks: [["type": "text", "text": .string(text)]]) }

  /// A use of a tool under an id of its own.
  static func use(_ name: String, _ input: JSON) -> JSON {
    ["type": "tool_use", "id": .string(Anthropic.id("toolu_")), "name": .string(name), "input": input]
  }

  /// What stands before the rest; nobody else can make its signature.
  static func thinking(_ text: String) -> JSON {
    ["type": "thinking", "thinking": .string(text), "signature": .string(hex(randomBytes(24)))]
  }

  /// At most so many tokens.
  func cut(toTokens most: Int) -> Thought {
    var left = most
    var cut = Thought(blocks: [], stopReason: stopReason, delay: delay)
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

/// The rules by which an answer is found where no script has one (`Scripts`), the first that has one wins.
enum ClaudeThoughts {
  typealias Rule = @Sendable (Prompt) -> Thought?

  static let rules: [Rule] = [refusal, empty, endless, tool, echo, markdown, bestLine]

  static func answer(_ prompt: Prompt, _ model: ClaudeModel) -> Thought {
    var thought = rules.lazy.compactMap { $0(prompt) }.first ?? politely(prompt)
    if prompt.says("thinking") {
      thought.blocks.insert(Thought.thinking("Busco la línea que responde."), at: 0)
    }
    return thought
  }

  @Sendable private static func refusal(_ prompt: Prompt) -> Thought? {
    prompt.says("refusal") ? Thought(blocks: [], stopReason: "refusal") : nil
  }

  @Sendable private static func empty(_ prompt: Prompt) -> Thought? {
    prompt.says("empty") ? Thought(blocks: []) : nil
  }

  /// `[[again:NAME {…}]]`: the same use of a tool, however often it is answered.
  @Sendable private static func endless(_ prompt: Prompt) -> Thought? {
    prompt.directive("again").map { use($0, prompt) }
  }

  /// `[[tool:NAME {…}]]`: a use of a tool, and then what that said, word for word.
  @Sendable private static func tool(_ prompt: Prompt) -> Thought? {
    guard let wanted = prompt.directive("tool") else { return nil }
    if let said = prompt.rounds.last?.results.last { return .text(Prompt.text(said["content"])) }
    return use(wanted, prompt)
  }

  private static func use(_ wanted: String, _ prompt: Prompt) -> Thought {
    let parts = wanted.split(separator: " ", maxSplits: 1)
    let name = parts.first.map(String.init) ?? ""
    guard prompt.tools.contains(name) else { return .text("No tengo la herramienta \(name).") }
    let input = parts.count > 1 ? try? JSON.parse(Array(parts[1].utf8)) : [:]
    return Thought(blocks: [Thought.use(name, input ?? .string(String(parts[1])))], stopReason: "tool_use")
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
