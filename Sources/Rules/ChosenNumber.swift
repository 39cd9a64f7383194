/// What a person writes to choose from numbered lines, which is what stands there where nothing can be pressed.
public struct ChosenNumber: Sendable, Equatable {
  /// From 1.
  public var number: Int

  /// `1`, `1.`, `#1`, `1️⃣`, `la 1`, `opción 1`, `uno`, in any language that we know, and nothing beside it but a courtesy. A
  /// question about a number chooses nothing.
  public init?(_ content: String) {
    guard content.utf8.count <= 40, !content.contains("?"), let number = Self.words[folded(content)] else { return nil }
    self.number = number
  }

  /// Which of these it is: what the first line stood for is the first.
  public func of<Choice>(_ choices: [Choice]) -> Choice? {
    choices.indices.contains(number - 1) ? choices[number - 1] : nil
  }

  private static let words: [String: Int] = {
    var words: [String: Int] = [:]
    for phrases in Phrases.all {
      let heard = phrases.heard
      for (i, word) in heard.numbers.enumerated() {
        for said in [word, String(i + 1)] {
          for before in [""] + heard.beforeNumbers {
            for after in [""] + heard.afterNumbers {
              words[[before, said, after].filter { !$0.isEmpty }.joined(separator: " ")] = i + 1
            }
          }
        }
      }
    }
    return words
  }()
}
