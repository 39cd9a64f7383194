extension ChannelLimits {
  /// A text in the messages that it takes; where each message counts, in one that ends where a reader would end it.
  public func parts(of text: String) -> [String] {
    let parts = split(text, max: textMax) { length(String($0)) }
    guard inOneMessage, parts.count > 1 else { return parts }
    return [cut(text, textMax)]
  }

  /// The beginning of a text that is too long, and a sign that there is more.
  func cut(_ text: String, _ most: Int) -> String {
    guard length(text) > most, most > 8 else { return text }
    return (split(text, max: most - 2) { length(String($0)) }.first ?? "") + " …"
  }
}

extension Ladder {
  /// The choices below the text, in one message: of the text what they leave room for.
  func together(_ text: String, _ block: String) -> [OutboundContent] {
    let room = limits.textMax - limits.length(block) - 2
    guard room > limits.textMax / 4 else { return texts(text + "\n\n" + block) }
    return [.text(limits.cut(text, room) + "\n\n" + block)]
  }

  /// Whether nothing has to go before what can be pressed.
  func isAlone(_ frame: OutboundContent.Frame, _ content: ContentLimits) -> Bool {
    frame.header == nil && frame.footer == nil && limits.length(frame.body) <= content.body
  }
}
