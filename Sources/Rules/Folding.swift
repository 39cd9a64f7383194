/// Lower case without accents; whatever is no letter or digit separates words, which one space does then.
public func folded(_ text: String) -> String {
  var out = ""
  for scalar in text.lowercased().unicodeScalars {
    switch scalar {
    // Accents that come on their own, as phones of one maker write them, and what emoji consist of.
    case _ where scalar.properties.generalCategory == .nonspacingMark: break
    case "á", "à", "ä", "â", "ã": out += "a"
    case "é", "è", "ë", "ê": out += "e"
    case "í", "ì", "ï", "î": out += "i"
    case "ó", "ò", "ö", "ô", "õ": out += "o"
    case "ú", "ù", "ü", "û": out += "u"
    case "ñ": out += "n"
    case "ç": out += "c"
    case _ where scalar.properties.isAlphabetic || scalar.properties.numericType != nil:
      out.unicodeScalars.append(scalar)
    default: out += " "
    }
  }
  return out.split(separator: " ").joined(separator: " ")
}

/// The first of `keywords` that is said in `text`, as whole words one after the other; accents and case do not matter.
public func keyword(_ keywords: [String], in text: String) -> String? {
  let words = folded(text).split(separator: " ")
  return keywords.first { keyword in
    let wanted = folded(keyword).split(separator: " ")
    guard !wanted.isEmpty, wanted.count <= words.count else { return false }
    return (0...words.count - wanted.count).contains { words[$0...].starts(with: wanted) }
  }
}

/// Whether every word of `query` is in these texts, or begins a word of theirs, or a word of theirs begins it: people leave
/// out accents and change endings. An empty query is found everywhere.
public func matches(_ query: String, _ texts: [String?]) -> Bool {
  let words = texts.compactMap { $0 }.flatMap { folded($0).split(separator: " ") }
  return folded(query).split(separator: " ").filter { !smallWords.contains($0) }
    .allSatisfy { wanted in
      words.contains { word in
        word == wanted || wanted.utf8.count > 2 && word.hasPrefix(wanted)
          || word.utf8.count > 3 && wanted.hasPrefix(word)
      }
    }
}

/// Words that say nothing about what is looked for.
private let smallWords: Set<Substring> = [
  "de", "del", "la", "el", "los", "las", "un", "una", "y", "con", "para", "the", "of",
]

/// About how many tokens a text costs: Spanish has some three and a half characters to one.
public func estimatedTokens(_ text: String) -> Int { (text.unicodeScalars.count * 2 + 6) / 7 }
