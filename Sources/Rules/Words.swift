/// Text as keywords are looked for in it: lower case, no accents, in clauses of words. A clause ends at punctuation.
public struct Words: Sendable, Equatable {
  public let clauses: [[String]]

  public init(_ text: String) {
    clauses = text.unicodeScalars.split { Self.ends.contains($0) }
      .map { folded(String($0)).split(separator: " ").map { String($0) } }.filter { !$0.isEmpty }
  }

  private static let ends: Set<Unicode.Scalar> = [
    ".", ",", ";", ":", "!", "?", "¡", "¿", "\n", "(", ")", "…",
  ]

  /// A place where a keyword was found.
  struct Place: Equatable {
    let clause: Int
    let words: Range<Int>
  }

  /// Where a keyword of one or more words stands. The last of them may go on in the text ("hinchad" finds "hinchado"), unless
  /// it has four letters or fewer: then only a plural is let pass, or "cita" would be found in "citar" and "usa" in "usar".
  func places(of keyword: Words) -> [Place] {
    let wanted = keyword.clauses.flatMap { $0 }
    guard let last = wanted.last else { return [] }
    var places: [Place] = []
    for (i, clause) in clauses.enumerated() where clause.count >= wanted.count {
      for start in 0...(clause.count - wanted.count) {
        let end = start + wanted.count
        guard clause[start..<(end - 1)].elementsEqual(wanted.dropLast()), Self.continues(clause[end - 1], last)
        else { continue }
        places.append(Place(clause: i, words: start..<end))
      }
    }
    return places
  }

  private static func continues(_ word: String, _ keyword: String) -> Bool {
    guard word.hasPrefix(keyword) else { return false }
    if word.utf8.count == keyword.utf8.count { return true }
    return keyword.unicodeScalars.count > 4 || ["s", "es"].contains(word.dropFirst(keyword.count))
  }

  private static let denials: Set<String> = ["no", "ni", "nunca", "sin", "not", "never"]

  /// "No es urgente" is not urgent: one of the two words before it, in the same clause, denies it.
  func denied(_ place: Place) -> Bool {
    clauses[place.clause][max(0, place.words.lowerBound - 2)..<place.words.lowerBound]
      .contains { Self.denials.contains($0) }
  }
}
