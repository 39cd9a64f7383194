/// The length that platforms count: UTF-16 units, which are never fewer than Unicode scalars.
public func textLength(_ text: some StringProtocol) -> Int { text.utf16.count }

/// `text` in pieces of at most `max`, cut where a reader would: between paragraphs, lines, sentences, words, and only
/// then inside a word, never inside a character that can be kept whole. Empty pieces are left out.
///
/// `count` is how the platform measures (`ChannelLimits.length`).
public func split(_ text: String, max limit: Int, count: (Substring) -> Int = { textLength($0) }) -> [String] {
  precondition(limit >= 4, "no platform has a limit below one character")
  var pieces = [String]()
  var rest = trimmed(text[...])
  while !rest.isEmpty {
    if count(rest) <= limit {
      pieces.append(String(rest))
      break
    }
    let end = cut(rest, limit, count)
    let piece = trimmed(rest[..<end])
    if !piece.isEmpty { pieces.append(String(piece)) }
    rest = trimmed(rest[end...])
  }
  return pieces
}

/// Where the first piece of a text that is too long ends.
private func cut(_ text: Substring, _ limit: Int, _ count: (Substring) -> Int) -> String.Index {
  var end = text.startIndex
  var length = 0
  // Of each kind of boundary the last one, as offsets into the text.
  var paragraph: (at: String.Index, length: Int)?
  var line: (at: String.Index, length: Int)?
  var sentence: (at: String.Index, length: Int)?
  var word: (at: String.Index, length: Int)?
  var previous: Character = " "
  while end < text.endIndex {
    let after = text.index(after: end)
    let step = count(text[end..<after])
    guard length + step <= limit else { break }
    length += step
    let c = text[end]
    if c.isNewline {
      if previous.isNewline { paragraph = (after, length) } else { line = (after, length) }
    } else if c.isWhitespace {
      if ".!?…".contains(previous) { sentence = (after, length) } else { word = (after, length) }
    }
    previous = c
    end = after
  }
  // A boundary near the beginning would leave a scrap; then a lesser boundary further on is better.
  for found in [paragraph, line, sentence, word] {
    if let found, found.length > limit / 3 { return found.at }
  }
  if let found = [paragraph, line, sentence, word].compactMap({ $0 }).max(by: { $0.length < $1.length }) {
    return found.at
  }
  return end > text.startIndex ? end : scalarCut(text, limit, count)
}

/// One character of so many combining marks that it alone is too long: cut between its scalars.
private func scalarCut(_ text: Substring, _ limit: Int, _ count: (Substring) -> Int) -> String.Index {
  var end = text.unicodeScalars.index(after: text.startIndex)
  while end < text.endIndex {
    let after = text.unicodeScalars.index(after: end)
    guard count(text[text.startIndex..<after]) <= limit else { break }
    end = after
  }
  return end
}

/// `text` in two: its end of at most `max`, begun where a reader would begin (at a paragraph, a line, a sentence, a word),
/// and what comes before it. All of a text that fits is its end.
func splitEnd(
  _ text: String, max limit: Int, count: (Substring) -> Int = { textLength($0) }
) -> (before: String, end: String) {
  let text = trimmed(text[...])
  guard count(text) > limit else { return ("", String(text)) }
  var start = text.endIndex
  var length = 0
  // Of each kind of boundary the first whose rest fits.
  var paragraph: (at: String.Index, length: Int)?
  var line: (at: String.Index, length: Int)?
  var sentence: (at: String.Index, length: Int)?
  var word: (at: String.Index, length: Int)?
  while start > text.startIndex {
    let previous = text.index(before: start)
    let step = count(text[previous..<start])
    guard length + step <= limit else { break }
    length += step
    start = previous
    guard start > text.startIndex, !text[start].isWhitespace else { continue }
    let gap = text.index(before: start)
    guard text[gap].isWhitespace else { continue }
    let before = gap > text.startIndex ? text[text.index(before: gap)] : " "
    if text[gap].isNewline {
      if before.isNewline { paragraph = (start, length) } else { line = (start, length) }
    } else if ".!?…".contains(before) {
      sentence = (start, length)
    } else {
      word = (start, length)
    }
  }
  let found = [paragraph, line, sentence, word].compactMap { $0 }
  let at =
    found.first { $0.length > limit / 3 }?.at ?? found.max { $0.length < $1.length }?.at ?? start
  // One character of so many combining marks that it alone is too long.
  guard at < text.endIndex else {
    let pieces = split(String(text), max: limit, count: count)
    return (pieces.dropLast().joined(), pieces.last ?? "")
  }
  return (String(trimmed(text[..<at])), String(text[at...]))
}

func trimmed(_ text: Substring) -> Substring {
  var text = text
  while let c = text.first, c.isWhitespace { text.removeFirst() }
  while let c = text.last, c.isWhitespace { text.removeLast() }
  return text
}

/// At most `max` Unicode scalars of `text`, without half a character at the end if that can be helped.
public func clipped(_ text: String, _ max: Int) -> String {
  guard text.utf8.count > max, text.unicodeScalars.count > max else { return text }
  var end = text.startIndex
  var length = 0
  while end < text.endIndex {
    let after = text.index(after: end)
    length += text[end..<after].unicodeScalars.count
    guard length <= max else { break }
    end = after
  }
  return end > text.startIndex ? String(text[..<end]) : String(text.unicodeScalars.prefix(max))
}
