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
    /// The platform does not let the token to the account: it is not valid, or another's. One that lacks a permission, or an
    /// account that is not well, is something else.
    public var isLockedOut: Bool

    public init(_ state: State, _ sentence: String, cure: String? = nil, isLockedOut: Bool = false) {
      self.state = state
      self.sentence = sentence
      self.cure = cure
      self.isLockedOut = isLockedOut
    }
  }

  /// What the answers told so far that later questions need.
  public struct Learned: Sendable, Equatable {
    /// The app that the token was made by.
    public var app: String?
    /// The platform has just subscribed the app that the token was made by.
    public var isSubscribed = false
    /// The token has the permissions that we need.
    public var mayMessage = false
    /// Where the platform delivers for our app; nil: nobody has looked.
    public var delivery: Delivery?
    /// Some conversation of the account's.
    public var conversation: String?

    public init(app: String? = nil) { self.app = app }
  }

  /// To the address of the app, or to one that the account has for itself.
  public enum Delivery: Sendable, Equatable {
    case app
    case own(String)
  }

  /// `token`, `permissions`, `account`, `override`, `subscription`, `images`, or `subscribe`, which changes something.
  public let name: String
  /// nil: there is nothing to ask, and `read` says what is missing.
  public let request: @Sendable (Learned) -> HTTPRequest?
  public let read: @Sendable (HTTPResponse, inout Learned) -> Finding
  /// Without an answer nobody can say that the account works; otherwise one that nobody gives is no fault.
  public let isVital: Bool

  init(
    _ name: String, isVital: Bool = true, _ request: @escaping @Sendable (Learned) -> HTTPRequest?,
    read: @escaping @Sendable (HTTPResponse, inout Learned) -> Finding
  ) {
    self.name = name
    self.isVital = isVital
    self.request = request
    self.read = read
  }

  /// Asks nothing: what it says is certain without.
  init(_ name: String, _ finding: Finding) {
    self.init(name, { _ in nil }, read: { _, _ in finding })
  }

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
  /// Some webhook of it has come to us.
  public var heard: Bool
  /// TikTok's app, and where it is to deliver; nil: not known.
  public var app: TikTokApp?
  /// Our addresses to which the account's own override may lead; empty: not known.
  public var addresses: [String]

  public init(
    channel: ChannelName, parentID: String?, byInstagramLogin: Bool = false, heard: Bool = false,
    app: TikTokApp? = nil, addresses: [String] = []
  ) {
    self.channel = channel
    self.parentID = parentID
    self.byInstagramLogin = byInstagramLogin
    self.heard = heard
    self.app = app
    self.addresses = addresses
  }

  /// The questions, in the order in which they are asked. `subscribing`: the account is also subscribed to our webhook.
  public func checks(_ through: ChannelAccess, subscribing: Bool, now: Instant) -> [ChannelCheck] {
    switch channel {
    case .whatsapp, .facebook, .instagram: metaChecks(through, subscribing: subscribing, now: now)
    case .tiktok: tiktokChecks(through, subscribing: subscribing)
    }
  }
}

/// An app of TikTok's as its own proof, and the addresses of ours that it may deliver to. The first is the one that is
/// registered if none is.
public struct TikTokApp: Sendable, Equatable {
  public var key: String
  public var secret: Secret
  public var addresses: [String]

  public init(key: String, secret: Secret, addresses: [String]) {
    self.key = key
    self.secret = secret
    self.addresses = addresses
  }
}
