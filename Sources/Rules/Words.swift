/// Text as keywords are looked for in it: lower case, no accents, in clauses of words. A clause ends at punctuation.
public struct Words: Sendable, Equatable {
  public let clauses: [[String]]

  public init(_ text: some StringProtocol) {
    var clauses: [[String]] = []
    var clause: [String] = []
    var word = ""
    func endWord() {
      if !word.isEmpty { clause.append(word) }
      word = ""
    }
    func endClause() {
      endWord()
      if !clause.isEmpty { clauses.append(clause) }
      clause = []
    }
    for scalar in text.lowercased().unicodeScalars {
      switch scalar {
      // Accents that come on their own, as phones of one maker write them.
      case _ where scalar.properties.generalCategory == .nonspacingMark: break
      case "'", "’": break
      case _ where scalar.properties.isAlphabetic || scalar.properties.numericType != nil:
        word.unicodeScalars.append(Self.plain[scalar] ?? scalar)
      case ".", ",", ";", ":", "!", "?", "¡", "¿", "\n", "(", ")", "…": endClause()
      default: endWord()
      }
    }
    endClause()
    self.clauses = clauses
  }

  private static let plain: [Unicode.Scalar: Unicode.Scalar] = {
    var plain: [Unicode.Scalar: Unicode.Scalar] = [:]
    for (letter, accented) in [
      ("a", "áàäâãå"), ("e", "éèëê"), ("i", "íìïî"), ("o", "óòöôõ"), ("u", "úùüû"), ("n", "ñ"), ("c", "ç"),
    ] as [(Unicode.Scalar, String)] {
      for scalar in accented.unicodeScalars { plain[scalar] = letter }
    }
    return plain
  }()

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

  private static let denials: Set<String> = ["no", "ni", "nunca", "sin", "not", "dont", "isnt", "never"]

  /// "No es urgente" is not urgent: one of the two words before it, in the same clause, denies it.
  func denied(_ place: Place) -> Bool {
    clauses[place.clause][max(0, place.words.lowerBound - 2)..<place.words.lowerBound]
      .contains { Self.denials.contains($0) }
  }
}
