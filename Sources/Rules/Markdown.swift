/// What language models write (Markdown) as what WhatsApp shows: `**bold**` → `*bold*`, `~~gone~~` → `~gone~`, headings
/// as bold lines, links as `text (address)`, tables as lines, bullets as `- `. Code and fences stay. Text that is already
/// in WhatsApp's way (`*bold*`, `_italic_`) stays too, so that converting twice changes nothing.
public func whatsAppText(markdown: String) -> String {
  var out = [String]()
  var fenced = false
  var lines = markdown.split(omittingEmptySubsequences: false) { $0.isNewline }[...]
  while let line = lines.popFirst() {
    let bare = trimmed(line)
    if bare.hasPrefix("```") {
      // The language's name after the fence would be shown as text.
      let inside = bare.dropFirst(3)
      out.append(inside.contains("`") || inside.contains(" ") ? String(line) : "```")
      if !inside.contains("```") { fenced.toggle() }
    } else if fenced {
      out.append(String(line))
    } else if let head = cells(bare), let next = lines.first, isRule(next) {
      lines.removeFirst()
      while let row = lines.first.flatMap({ cells(trimmed($0)) }) {
        lines.removeFirst()
        if let text = rowText(row, head) { out.append(text) }
      }
    } else if let text = lineText(line) {
      out.append(text)
    }
  }
  if fenced { out.append("```") }
  return squeezed(out)
}

/// One line outside code; nil if it is only decoration.
private func lineText(_ line: Substring) -> String? {
  let bare = trimmed(line)
  let indent = line.prefix { $0 == " " || $0 == "\t" }
  if bare.count >= 3, let c = bare.first, "-*_".contains(c), bare.allSatisfy({ $0 == c || $0 == " " }) { return nil }
  let hashes = bare.prefix { $0 == "#" }
  if (1...6).contains(hashes.count), bare.dropFirst(hashes.count).first == " " {
    let title = trimmed(bare.dropFirst(hashes.count)).filter { $0 != "*" }
    let text = trimmed(inline(Substring(title))[...])
    return text.isEmpty ? nil : "*\(text)*"
  }
  for mark in ["* ", "+ ", "- "] where bare.hasPrefix(mark) {
    return indent + "- " + inline(trimmed(bare.dropFirst(2)))
  }
  return indent + inline(bare)
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

/// `- first: second`, or with more columns `- first: head second · head third`; nil for an empty row.
private func rowText(_ row: [Substring], _ head: [Substring]) -> String? {
  guard let first = row.first else { return nil }
  let others = row.enumerated().dropFirst().filter { !$0.element.isEmpty }
  let named = others.map { i, cell in
    row.count > 2 && i < head.count && !head[i].isEmpty ? inline(head[i]) + " " + inline(cell) : inline(cell)
  }
  let parts = [inline(first), named.joined(separator: " · ")].filter { !$0.isEmpty }
  return parts.isEmpty ? nil : "- " + parts.joined(separator: ": ")
}

// MARK: Inside a line

/// Marks of Markdown, longest first, and of WhatsApp.
private let marks: [(from: String, open: String, close: String)] = [
  ("***", "*_", "_*"), ("___", "*_", "_*"), ("**", "*", "*"), ("__", "*", "*"), ("~~", "~", "~"),
]

private func inline(_ text: Substring) -> String {
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
    } else if let (mark, inside, after) = emphasis(rest) {
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
  if text.first == "`", let end = text.dropFirst().prefix(2000).firstIndex(of: "`") {
    let after = text.index(after: end)
    return (String(text[..<after]), text[after...])
  }
  if text.hasPrefix("https://") || text.hasPrefix("http://") {
    let address = text.prefix { !$0.isWhitespace && !"<>)*\"".contains($0) }
    return (String(address), text[address.endIndex...])
  }
  if text.hasPrefix("<http"), let end = text.firstIndex(of: ">"), !text[..<end].contains(" ") {
    return (String(text[text.index(after: text.startIndex)..<end]), text[text.index(after: end)...])
  }
  if text.first == "\\", let next = text.dropFirst().first, "\\`*_{}[]()#+-.!|~>".contains(next) {
    return (String(next), text.dropFirst(2))
  }
  for tag in ["<br>", "<br/>", "<br />"] where text.hasPrefix(tag) { return ("\n", text.dropFirst(tag.count)) }
  return nil
}

/// `[label](address "title")`, also with the `!` of an image.
private func link(_ text: Substring) -> (label: Substring, address: Substring, after: Substring)? {
  let body = text.hasPrefix("![") ? text.dropFirst() : text
  guard body.first == "[", let close = body.firstIndex(of: "]") else { return nil }
  let label = body[body.index(after: body.startIndex)..<close]
  let tail = body[body.index(after: close)...]
  guard tail.first == "(", let end = tail.firstIndex(of: ")"), !label.contains("[") else { return nil }
  let target = tail[tail.index(after: tail.startIndex)..<end]
  let address = target.prefix { !$0.isWhitespace }
  guard !address.isEmpty else { return nil }
  return (label, address, tail[tail.index(after: end)...])
}

/// `**text**` and its like, if it opens and closes on a word as Markdown wants it.
private func emphasis(
  _ text: Substring
) -> (mark: (from: String, open: String, close: String), inside: Substring, after: Substring)? {
  for mark in marks where text.hasPrefix(mark.from) {
    let body = text.dropFirst(mark.from.count)
    guard let end = firstIndex(of: mark.from, in: body), end > body.startIndex else { continue }
    let inside = body[..<end]
    guard let first = inside.first, let last = inside.last, !first.isWhitespace, !last.isWhitespace else { continue }
    return (mark, inside, body[end...].dropFirst(mark.from.count))
  }
  return nil
}

/// Looks 2,000 characters ahead: emphasis is never longer, and marks that never close must not cost the square.
private func firstIndex(of mark: String, in text: Substring) -> String.Index? {
  var rest = text.prefix(2000)
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
