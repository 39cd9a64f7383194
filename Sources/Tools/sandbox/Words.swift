/// Whether `text` occurs in `bytes`.
func find(_ text: String, in bytes: [UInt8]) -> Bool {
  let wanted = Array(text.utf8)
  guard let first = wanted.first else { return true }
  guard bytes.count >= wanted.count else { return false }
  return bytes.withUnsafeBufferPointer { bytes in
    for i in 0...(bytes.count - wanted.count) where bytes[i] == first {
      if (1..<wanted.count).allSatisfy({ bytes[i + $0] == wanted[$0] }) { return true }
    }
    return false
  }
}

/// Spanish text as words that can be compared: lower case, without accents, four letters or more, each once.
func significantWords(_ text: String) -> [String] {
  var words = [String]()
  for word in fold(text).split(whereSeparator: { !$0.isLetter && !$0.isNumber }) where word.count >= 4 {
    let word = String(word)
    if !words.contains(word), !commonWords.contains(word) { words.append(word) }
  }
  return words
}

/// Two words that differ in a plural's ending only.
func sameWord(_ a: String, _ b: String) -> Bool {
  if a == b { return true }
  let (short, long) = a.count < b.count ? (a, b) : (b, a)
  return long == short + "s" || long == short + "es"
}

private func fold(_ text: String) -> String {
  var out = ""
  for scalar in text.lowercased().unicodeScalars where !(0x300...0x36f).contains(scalar.value) {
    out.unicodeScalars.append(unaccented[scalar] ?? scalar)
  }
  return out
}

private let unaccented: [Unicode.Scalar: Unicode.Scalar] = {
  var table = [Unicode.Scalar: Unicode.Scalar]()
  let letters: [(Unicode.Scalar, String)] = [
    ("a", "áàâäã"), ("e", "éèêë"), ("i", "íìîï"), ("o", "óòôöõ"), ("u", "úùûü"), ("n", "ñ"), ("c", "ç"),
  ]
  for (plain, accented) in letters { for scalar in accented.unicodeScalars { table[scalar] = plain } }
  return table
}()

/// Of four letters or more, and in every other message: they say nothing about what is asked.
private let commonWords: Set<String> = [
  "hola", "buenos", "buenas", "dias", "tardes", "noches", "gracias", "favor", "para", "como", "cual", "cuanto",
  "cuanta",
  "cuantos", "cuando", "donde", "quiero", "quisiera", "puedo", "puede", "pueden", "tienen", "tiene", "tengo", "saber",
  "este", "esta", "estan", "esto", "ustedes", "sobre", "pero", "porque", "desde", "hasta", "algo", "algun", "alguna",
  "hacer", "seria", "necesito", "cuesta", "cuestan", "unos", "unas", "responde", "siempre", "nunca",
]
