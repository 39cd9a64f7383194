/// How emphasis is written so that a platform shows it as such.
public enum TextMarks: Sendable {
  /// `*bold*`, `_italic_`, `~gone~`.
  case whatsapp
  /// It shows text as it is.
  case none
}

/// What language models write (Markdown) as what a platform shows. With WhatsApp's marks: `**bold**` → `*bold*`, `~~gone~~` →
/// `~gone~`, headings as bold lines, links as `text (address)`, tables as lines, bullets as `- `; code and fences stay, and
/// so does text that is already in WhatsApp's way (`*bold*`, `_italic_`), so that converting twice changes nothing. Without
/// marks emphasis of both kinds and the marks of code are left out.
public func shownText(markdown: String, marks: TextMarks) -> String {
  let text = MarkdownText(marks: marks)
  var out = [String]()
  var fenced = false
  var lines = markdown.split(omittingEmptySubsequences: false) { $0.isNewline }[...]
  while let line = lines.popFirst() {
    let bare = trimmed(line)
    if bare.hasPrefix("```") {
      // The language's name after the fence would be shown as text.
      let inside = bare.dropFirst(3)
      let isLine = inside.contains("`") || inside.contains(" ")
      if marks == .whatsapp { out.append(isLine ? String(line) : "```") } else if isLine { out.append(unfenced(bare)) }
      if !inside.contains("```") { fenced.toggle() }
    } else if fenced {
      out.append(String(line))
    } else if let head = cells(bare), let next = lines.first, isRule(next) {
      lines.removeFirst()
      while let row = lines.first.flatMap({ cells(trimmed($0)) }) {
        lines.removeFirst()
        if let row = text.row(row, head) { out.append(row) }
      }
    } else if let line = text.line(line) {
      out.append(line)
    }
  }
  if fenced, marks == .whatsapp { out.append("```") }
  return squeezed(out)
}

private func unfenced(_ line: Substring) -> String { String(trimmed(line.filter { $0 != "`" }[...])) }

/// What one line becomes.
private struct MarkdownText {
  let marks: TextMarks

  /// One line outside code; nil if it is only decoration.
  func line(_ line: Substring) -> String? {
    let bare = trimmed(line)
    let indent = line.prefix { $0 == " " || $0 == "\t" }
    if bare.count >= 3, let c = bare.first, "-*_".contains(c), bare.allSatisfy({ $0 == c || $0 == " " }) { return nil }
    let hashes = bare.prefix { $0 == "#" }
    if (1...6).contains(hashes.count), bare.dropFirst(hashes.count).first == " " {
      let title = trimmed(bare.dropFirst(hashes.count)).filter { $0 != "*" }
      let text = trimmed(inline(Substring(title))[...])
      return text.isEmpty ? nil : marks == .whatsapp ? "*\(text)*" : String(text)
    }
    for mark in ["* ", "+ ", "- "] where bare.hasPrefix(mark) {
      return indent + "- " + inline(trimmed(bare.dropFirst(2)))
    }
    return indent + inline(bare)
  }

  /// `- first: second`, or with more columns `- first: head second · head third`; nil for an empty row.
  func row(_ row: [Substring], _ head: [Substring]) -> String? {
    guard let first = row.first else { return nil }
    let others = row.enumerated().dropFirst().filter { !$0.element.isEmpty }
    let named = others.map { i, cell in
      row.count > 2 && i < head.count && !head[i].isEmpty ? inline(head[i]) + " " + inline(cell) : inline(cell)
    }
    let parts = [inline(first), named.joined(separator: " · ")].filter { !$0.isEmpty }
    return parts.isEmpty ? nil : "- " + parts.joined(separator: ": ")
  }

  func inline(_ text: Substring) -> String {
    var out = ""
    var rest = text
    while let c = rest.first {
      if let (copy, after) = verbatim(rest) {
        out += copy
        rest = after
      } else if let (label, address, after) = link(rest) {
        let label = inline(label)
        out += label.isEmpty || label == address ? String(address) : "\(label) (\(address))"
        rest = after
      } else if let (mark, inside, after) = emphasis(rest, after: out.last) {
        out += mark.open + inline(inside) + mark.close
        rest = after
      } else {
        out.append(c)
        rest.removeFirst()
      }
    }
    return out
  }

  /// What stands for itself: code, addresses (underscores in them are no emphasis), escaped marks, `<br>`.
  private func verbatim(_ text: Substring) -> (String, Substring)? {
    if text.first == "`", let end = text.dropFirst().prefix(lookAhead).firstIndex(of: "`") {
      let after = text.index(after: end)
      let code = text[..<after]
      return (marks == .whatsapp ? String(code) : String(code.dropFirst().dropLast()), text[after...])
    }
    if text.hasPrefix("https://") || text.hasPrefix("http://") {
      let address = text.prefix { !$0.isWhitespace && !"<>)*\"".contains($0) }
      return (String(address), text[address.endIndex...])
    }
    if text.hasPrefix("<http"), let end = text.prefix(lookAhead).firstIndex(of: ">"), !text[..<end].contains(" ") {
      return (String(text[text.index(after: text.startIndex)..<end]), text[text.index(after: end)...])
    }
    if text.first == "\\", let next = text.dropFirst().first, "\\`*_{}[]()#+-.!|~>".contains(next) {
      return (String(next), text.dropFirst(2))
    }
    for tag in ["<br>", "<br/>", "<br />"] where text.hasPrefix(tag) { return ("\n", text.dropFirst(tag.count)) }
    return nil
  }

  /// `**text**` and its like, if it opens and closes on a word as Markdown wants it. WhatsApp's own marks stay where it
  /// shows them, and are marks only around whole words.
  private func emphasis(
    _ text: Substring, after previous: Character?
  ) -> (mark: (from: String, open: String, close: String), inside: Substring, after: Substring)? {
    for mark in marks == .whatsapp ? markdownMarks : noMarks where text.hasPrefix(mark.from) {
      let alone = mark.from.count == 1
      if alone, previous.map(isWord) == true { continue }
      let body = text.dropFirst(mark.from.count)
      guard let end = firstIndex(of: mark.from, in: body), end > body.startIndex else { continue }
      let inside = body[..<end]
      guard let first = inside.first, let last = inside.last, !first.isWhitespace, !last.isWhitespace else { continue }
      let after = body[end...].dropFirst(mark.from.count)
      if alone, after.first.map(isWord) == true { continue }
      return (mark, inside, after)
    }
    return nil
  }
}

// MARK: Tables

/// The cells of a table's row; nil if the line is none.
private func cells(_ line: Substring) -> [Substring]? {
  guard line.hasPrefix("|"), line.count > 1 else { return nil }
  var cells = [Substring]()
  var start = line.index(after: line.startIndex)
  var i = start
  while i < line.endIndex {
    if line[i] == "|", line[line.index(before: i)] != "\\" {
      cells.append(trimmed(line[start..<i]))
      start = line.index(after: i)
    }
    i = line.index(after: i)
  }
  let last = trimmed(line[start...])
  if !last.isEmpty { cells.append(last) }
  return cells
}

/// The line under a table's head: `|---|:--:|`.
private func isRule(_ line: Substring) -> Bool {
  guard let cells = cells(trimmed(line)), !cells.isEmpty else { return false }
  return cells.allSatisfy { $0.contains("-") && $0.allSatisfy { "-: ".contains($0) } }
}

// MARK: Inside a line

/// Marks of Markdown, longest first, and of WhatsApp.
private let markdownMarks: [(from: String, open: String, close: String)] = [
  ("***", "*_", "_*"), ("___", "*_", "_*"), ("**", "*", "*"), ("__", "*", "*"), ("~~", "~", "~"),
]

/// Where no marks are shown: those of both are left out.
private let noMarks: [(from: String, open: String, close: String)] =
  (markdownMarks.map(\.from) + ["*", "_", "~"]).map { ($0, "", "") }

private func isWord(_ c: Character) -> Bool { c.isLetter || c.isNumber }

/// `[label](address "title")`, also with the `!` of an image. No label holds a bracket that opens: the search ends at one.
private func link(_ text: Substring) -> (label: Substring, address: Substring, after: Substring)? {
  let body = text.hasPrefix("![") ? text.dropFirst() : text
  guard body.first == "[" else { return nil }
  let inside = body.dropFirst().prefix(lookAhead)
  guard let close = inside.firstIndex(where: { $0 == "]" || $0 == "[" }), body[close] == "]" else { return nil }
  let label = body[body.index(after: body.startIndex)..<close]
  let tail = body[body.index(after: close)...]
  guard tail.first == "(", let end = tail.prefix(lookAhead).firstIndex(of: ")") else { return nil }
  let target = tail[tail.index(after: tail.startIndex)..<end]
  let address = target.prefix { !$0.isWhitespace }
  guard !address.isEmpty else { return nil }
  return (label, address, tail[tail.index(after: end)...])
}

/// Characters after which a mark counts as never closed: nothing that is meant is longer, and what never closes must not
/// cost the square.
private let lookAhead = 2000

private func firstIndex(of mark: String, in text: Substring) -> String.Index? {
  var rest = text.prefix(lookAhead)
  while !rest.isEmpty {
    if rest.hasPrefix(mark) { return rest.startIndex }
    rest.removeFirst()
  }
  return nil
}

/// The lines as text with at most one empty line in a row and none at the ends.
private func squeezed(_ lines: [String]) -> String {
  var out = [Substring]()
  for line in lines {
    var line = line[...]
    while let c = line.last, c.isWhitespace { line.removeLast() }
    if line.isEmpty, out.last?.isEmpty ?? true { continue }
    out.append(line)
  }
  while out.last?.isEmpty == true { out.removeLast() }
  return out.joined(separator: "\n")
}
