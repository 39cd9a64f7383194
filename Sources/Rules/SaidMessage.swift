import Core

/// A message as the platform shows it when a conversation is read back.
public struct SaidMessage: Sendable, Equatable {
  /// The platform's id.
  public var externalID: String
  /// nil where it is more than text.
  public var text: String?
  public var at: Instant?
  /// Whether the business said it.
  public var isOurs: Bool

  public init(externalID: String, text: String?, at: Instant?, isOurs: Bool) {
    self.externalID = externalID
    self.text = text
    self.at = at
    self.isOurs = isOurs
  }

  /// Seconds that the platform's clock may be from ours, and that a message may be under way.
  public static let slack = (before: 10.0, after: 300.0)

  /// Which of them can be the text that left at that moment, the nearest in time first: the same words, ours, and about
  /// then. What has no time proves nothing.
  public static func candidates(for text: String, leftAt: Instant, among said: [SaidMessage]) -> [SaidMessage] {
    func words(_ text: String) -> [Substring] { text.split(whereSeparator: \.isWhitespace) }
    let wanted = words(text)
    guard !wanted.isEmpty else { return [] }
    return said.compactMap { message -> (message: SaidMessage, distance: Double)? in
      guard message.isOurs, let at = message.at, let text = message.text, words(text) == wanted else { return nil }
      let later = at - leftAt
      return later > -slack.before && later < slack.after ? (message, abs(later)) : nil
    }.sorted { $0.distance < $1.distance }.map(\.message)
  }
}

extension OutboundContent {
  /// The words that the platform shows of it in a conversation that is read back; nil: none that could be compared. What is
  /// kept of it in `messages.content` is our own summary, with its buttons in brackets.
  public func wordsShown(by channel: ChannelName) -> String? {
    switch (self, channel) {
    case (.text(let text), _): text
    case (.quickReplies(let body, _), .facebook), (.quickReplies(let body, _), .instagram): body
    // The title of a card.
    case (.buttons(let frame, _), .tiktok): frame.body
    // Meta shows templates and files without words, TikTok pictures.
    default: nil
    }
  }
}
