/// Finds the parameters of a statement and the end of it. It knows where SQL text is not SQL (quotes, dollar quotes,
/// comments), so that 'HH24:MI' stays a text, `::` a cast and `a[1:n]` a slice.
struct Scanner {
  struct Trouble: Error {
    /// Lines after the first.
    var line: Int
    var message: String
  }

  private let text: [Unicode.Scalar]
  private var at = 0
  private var out = String.UnicodeScalarView()
  private var words: [String] = []
  private(set) var parameters: [Query.Parameter] = []

  init(_ text: String) { self.text = Array(text.unicodeScalars) }

  /// The rewritten statement, without what surrounds it.
  var statement: String {
    var view = out[...]
    while let last = view.last, last.properties.isWhitespace { view.removeLast() }
    return String(view)
  }

  var hasOuterJoin: Bool {
    words.indices.contains { i in
      guard ["left", "right", "full"].contains(words[i]) else { return false }
      let next = words[(i + 1)...].prefix(2)
      return next.first == "join" || Array(next) == ["outer", "join"]
    }
  }

  mutating func run() throws(Trouble) {
    while at < text.count {
      switch text[at] {
      case "'": try skipQuoted("'", escapes: followsE)
      case "\"": try skipQuoted("\"", escapes: false)
      case "-" where sees("--"): skipLine()
      case "/" where sees("/*"): try skipComment()
      case "$" where !followsIdentifier: try dollar()
      case ":": colon()
      case ";": return try end()
      case let c where isLetter(c): word()
      default: copy()
      }
    }
  }

  private mutating func copy(_ count: Int = 1) {
    out.append(contentsOf: text[at..<min(text.count, at + count)])
    at += count
  }

  private func sees(_ mark: String) -> Bool { text[at...].starts(with: mark.unicodeScalars) }

  private var followsIdentifier: Bool { at > 0 && isWordPart(text[at - 1]) }

  /// E'…' takes backslashes; in plain quotes they are themselves.
  private var followsE: Bool {
    at > 0 && (text[at - 1] == "e" || text[at - 1] == "E") && (at == 1 || !isWordPart(text[at - 2]))
  }

  private func trouble(_ message: String, from start: Int) -> Trouble {
    Trouble(line: text[..<start].count { $0 == "\n" }, message: message)
  }

  /// A doubled quote closes and opens again, which comes to the same.
  private mutating func skipQuoted(_ quote: Unicode.Scalar, escapes: Bool) throws(Trouble) {
    let start = at
    copy()
    while at < text.count {
      if escapes, text[at] == "\\" {
        copy(2)
      } else if text[at] == quote {
        // In E'' a doubled quote must not end the escapes.
        if escapes, at + 1 < text.count, text[at + 1] == quote {
          copy(2)
        } else {
          return copy()
        }
      } else {
        copy()
      }
    }
    throw trouble("a \(quote) is never closed", from: start)
  }

  private mutating func skipLine() { while at < text.count, text[at] != "\n" { copy() } }

  private mutating func skipComment() throws(Trouble) {
    let start = at
    var depth = 0
    while at < text.count {
      if sees("/*") {
        depth += 1
        copy(2)
      } else if sees("*/") {
        depth -= 1
        copy(2)
        if depth == 0 { return }
      } else {
        copy()
      }
    }
    throw trouble("a /* is never closed", from: start)
  }

  private mutating func dollar() throws(Trouble) {
    let start = at
    let tag = text[(at + 1)...].prefix { isWordPart($0) }
    let close = at + 1 + tag.count
    if let first = tag.first, isDigit(first) { throw trouble("write :name and not $\(String(first))", from: start) }
    guard close < text.count, text[close] == "$" else { return copy() }
    let mark = Array(text[at...close])
    copy(mark.count)
    while at < text.count {
      if text[at] == "$", text[at...].starts(with: mark) { return copy(mark.count) }
      copy()
    }
    throw trouble("a dollar quote is never closed", from: start)
  }

  private mutating func colon() {
    if sees("::") { return copy(2) }
    let name = text[(at + 1)...].prefix { isWordPart($0) }
    let before = at > 0 ? text[at - 1] : " "
    // After a value comes an operator or the colon of a slice, never a parameter.
    let followsValue = isWordPart(before) || before == "]" || before == ")" || before == "\""
    guard let first = name.first, isLetter(first), !followsValue else { return copy() }
    at += 1 + name.count
    let optional = at < text.count && text[at] == "?"
    if optional { at += 1 }
    out.append(contentsOf: "$\(number(of: string(name), optional))".unicodeScalars)
  }

  private mutating func number(of name: String, _ optional: Bool) -> Int {
    if let known = parameters.firstIndex(where: { $0.name == name }) {
      if optional { parameters[known].optional = true }
      return known + 1
    }
    parameters.append(Query.Parameter(name: name, optional: optional))
    return parameters.count
  }

  private mutating func word() {
    let name = text[at...].prefix { isWordPart($0) }
    words.append(string(name).lowercased())
    copy(name.count)
  }

  /// After the semicolon only blanks and comments may come: what introduces the next query.
  private mutating func end() throws(Trouble) {
    let kept = out
    let start = at
    at += 1
    while at < text.count {
      if sees("--") {
        skipLine()
      } else if sees("/*") {
        try skipComment()
      } else if text[at].properties.isWhitespace {
        at += 1
      } else {
        throw trouble("a second statement begins after the semicolon", from: start)
      }
    }
    out = kept
  }
}

private func string(_ scalars: ArraySlice<Unicode.Scalar>) -> String {
  var view = String.UnicodeScalarView()
  view.append(contentsOf: scalars)
  return String(view)
}

private func isLetter(_ c: Unicode.Scalar) -> Bool { c == "_" || c.properties.isAlphabetic }
private func isDigit(_ c: Unicode.Scalar) -> Bool { ("0"..."9").contains(c) }
private func isWordPart(_ c: Unicode.Scalar) -> Bool { isLetter(c) || isDigit(c) }
