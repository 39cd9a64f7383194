/// What a language model said, as it is told to a person.
extension ChannelLimits {
  /// Messages in which one answer is told at most. Nobody reads more on a phone, and a model that goes on and on is not to
  /// fill somebody's screen.
  static let mostParts = 4

  /// An answer in the messages that the channel takes: Markdown as the channel shows it, and what is too long ends with a
  /// sentence. None: there is nothing to say.
  public func spoken(markdown text: String) -> [String] {
    let parts = parts(of: shown(markdown: clipped(text, 40_000)))
    guard parts.count > Self.mostParts else { return parts }
    return Array(parts.prefix(Self.mostParts - 1)) + [untilSentenceEnd(parts[Self.mostParts - 1])]
  }
}

/// A text that stops somewhere, up to the last sentence or line that is whole; unless that leaves less than a third of it.
public func untilSentenceEnd(_ text: String) -> String {
  var end: String.Index?
  var i = text.startIndex
  while i < text.endIndex {
    let after = text.index(after: i)
    let isLast = after == text.endIndex
    if text[i].isNewline {
      end = i
    } else if ".!?…".contains(text[i]), isLast || text[after].isWhitespace {
      end = after
    }
    i = after
  }
  guard let end, text[..<end].utf8.count > text.utf8.count / 3 else { return text }
  return String(trimmed(text[..<end]))
}
