import Core
import Rules

/// One question to a platform about an account of a business, and what its answer says. Nothing here does I/O.
public struct ChannelCheck: Sendable {
  public enum State: String, Sendable {
    case ok, failed
    /// Nobody could say: the platform did not answer, or does not tell.
    case unknown
  }

  /// What came of it; `cure` is what a person does about it.
  public struct Finding: Sendable, Equatable {
    public var state: State
    public var sentence: String
    public var cure: String?

    public init(_ state: State, _ sentence: String, cure: String? = nil) {
      self.state = state
      self.sentence = sentence
      self.cure = cure
    }
  }

  /// `token`, `account`, `subscription`, or `subscribe`, which changes something.
  public let name: String
  public let request: HTTPRequest
  public let read: @Sendable (HTTPResponse) -> Finding

  /// What an exchange without an answer says.
  public static func silent(_ sentence: String) -> Finding {
    Finding(.unknown, "the platform did not answer: \(sentence)", cure: "try again in a minute")
  }
}

/// Whose account is looked at.
public struct CheckedAccount: Sendable, Equatable {
  public var channel: ChannelName
  /// WhatsApp's business account; the page that Instagram or Messenger hangs on; nil: nobody has entered it.
  public var parentID: String?
  /// Instagram that was connected by itself instead of by its page.
  public var byInstagramLogin: Bool

  public init(channel: ChannelName, parentID: String?, byInstagramLogin: Bool = false) {
    self.channel = channel
    self.parentID = parentID
    self.byInstagramLogin = byInstagramLogin
  }

  /// The questions, in the order in which they are asked. `subscribing`: the account is also subscribed to our webhook.
  public func checks(_ through: ChannelAccess, subscribing: Bool, now: Instant) -> [ChannelCheck] {
    switch channel {
    case .whatsapp, .facebook, .instagram: metaChecks(through, subscribing: subscribing, now: now)
    case .tiktok: tiktokChecks(through)
    }
  }
}
