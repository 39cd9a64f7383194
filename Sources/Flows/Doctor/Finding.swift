import Core

/// One thing that `tistis doctor` looked at, and how it found it.
public struct Finding: Sendable, Equatable {
  public enum Level: String, Sendable {
    case ok
    /// Could not be looked at from here.
    case skipped
    /// Works, but somebody should know.
    case warning
    case problem
  }

  public let area: String
  public let level: Level
  public let sentence: String
  /// What to do about a warning or a problem, or in order to look.
  public let cure: String?

  init(_ area: String, _ level: Level, _ sentence: String, cure: String? = nil) {
    self.area = area
    self.level = level
    self.sentence = sentence
    self.cure = cure
  }

  /// A line for people.
  public var line: String {
    func padded(_ text: String, _ width: Int) -> String {
      text + String(repeating: " ", count: max(1, width - text.count))
    }
    return padded(level.rawValue, 9) + padded(area, 10) + sentence + (cure.map { " → \($0)" } ?? "")
  }

  public var json: JSON {
    .object([
      "area": .string(area), "level": .string(level.rawValue), "sentence": .string(sentence),
      "cure": cure.map { .string($0) },
    ])
  }
}
