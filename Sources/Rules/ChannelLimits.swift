/// What a platform allows, as numbers that a shop owner could look up. Handed to SQL as parameters.
public struct ChannelLimits: Sendable, Equatable {
  /// What a platform counts a text's length in.
  public enum Unit: String, Sendable {
    case characters, bytes

    /// Characters are UTF-16 units: never fewer than Unicode scalars, so that we are on the safe side whichever of the two
    /// the platform means.
    func length(_ text: String) -> Int { self == .bytes ? text.utf8.count : text.utf16.count }
  }

  /// Hours after the person's last message in which we may write freely.
  public var windowHours: Int
  /// Longest text of one message.
  public var textMax: Int
  public var countedIn: Unit
  /// Messages of ours inside one window; nil: no limit.
  public var perWindow: Int?
  /// Messages of ours to one person a day; nil: no limit.
  public var perUserPerDay: Int?
  /// Messages of one account a minute, all people together, for who sends by himself (`check_rate_limit`); what we send
  /// keeps `SendPace`.
  public var perMinute: Int
  /// How emphasis is written so that it is shown as such.
  public var marks = TextMarks.none
  /// Hours in which a person's message may still be marked as read; nil: as long as we may write.
  public var markHours: Int?
  /// Each message counts against a limit of few: what is said at once leaves as one, whatever has to be cut.
  public var inOneMessage = false
  /// Messages may begin, and go on after the window, by templates that the platform has approved.
  public var hasTemplates = false
  /// Of everything but text; nil: only text is sent there.
  public var content: ContentLimits?

  public static func of(_ channel: ChannelName) -> ChannelLimits {
    switch channel {
    case .whatsapp:
      ChannelLimits(
        windowHours: 24, textMax: 4096, countedIn: .characters, perMinute: 4800, marks: .whatsapp,
        markHours: 30 * 24, hasTemplates: true,
        content: .whatsapp)
    case .instagram:
      ChannelLimits(windowHours: 24, textMax: 1000, countedIn: .bytes, perMinute: 30, content: .instagram)
    case .facebook:
      ChannelLimits(windowHours: 24, textMax: 2000, countedIn: .characters, perMinute: 50, content: .messenger)
    case .tiktok:
      ChannelLimits(
        windowHours: 48, textMax: 6000, countedIn: .characters, perWindow: 10, perUserPerDay: 10, perMinute: 10,
        inOneMessage: true, content: .tiktok)
    }
  }

  /// The length of `text` as the platform counts it.
  public func length(_ text: String) -> Int { countedIn.length(text) }

  /// What a language model wrote, as people there see it.
  public func shown(markdown text: String) -> String { shownText(markdown: text, marks: marks) }
}
