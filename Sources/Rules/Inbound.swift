import Core

/// A messaging platform, by the word that data, URLs and files use for it.
public enum ChannelName: String, Sendable, CaseIterable {
  case whatsapp, instagram, facebook, tiktok

  /// The words of all.
  public static let words = allCases.map(\.rawValue)
  /// The words of all, for people: a, b or c.
  public static let choice = words.dropLast().joined(separator: ", ") + " or " + (words.last ?? "")
}

/// What a platform told us, in one vocabulary for all of them. `Peers` make these, `receive_events` in SQL stores them.
public struct InboundEvent: Sendable, Equatable {
  /// What happened; decides what is done with it.
  public enum Kind: String, Sendable, CaseIterable {
    /// A person wrote; `contentType` says in which form.
    case message
    /// What became of something we sent.
    case status
    /// Somebody at the business answered with the platform's own app.
    case echo
    /// A reaction, or its removal (`content` is empty).
    case reaction
    case edit, delete
    /// About a template, about the account, about a contact's consent.
    case template, account, preference
    /// The platform's own notes: never answered.
    case system
    /// A person goes on under another name; `aliases` are all that are known, the new ones first.
    case identity
    /// A person called by phone; nothing was written.
    case call
    /// A person came back by an advertisement or a link, or allowed messages; nothing was written.
    case referral, optin
    /// Another app of the business has the conversation, or gave it back.
    case threadControl = "thread_control"
    /// A message of the time before the account was connected, of either side (`outbound`).
    case history
    /// An entry of the owner's address book.
    case contact
    /// Not known to us; kept raw.
    case unsupported
  }

  public var kind: Kind
  /// Of the platform's account that it arrived at (WhatsApp: `phone_number_id`); nil if the payload does not say.
  public var accountID: String?
  /// Of the business that the account belongs to, where the platform says (WhatsApp: the business account's id): all that
  /// news about templates and accounts carries.
  public var businessID: String?
  /// The platform's id. Missing ones are made of the item's hash, so that a second delivery is still recognised.
  public var externalID: String
  /// The names under which the platform knows the person; the first is the one to answer to.
  public var aliases: [Alias]
  /// The person's display name on the platform, if it said.
  public var profileName: String?
  /// When it happened by the platform's clock; nil if missing or unreadable, then the time of receipt counts.
  public var at: Instant?
  /// Text, caption, or a placeholder such as `[imagen]`: what staff and Claude read. Never empty for a message.
  public var content: String
  /// text image video audio document sticker location contacts interactive button order unsupported …
  public var contentType: String
  /// The machine value of a choice (button or list id, payload); nil if it is not one.
  public var selection: String?
  /// The platform's id of the message this one replies to, reacts to, edits or deletes.
  public var replyTo: String?
  /// Whether a person waits for an answer to it.
  public var wantsAnswer: Bool
  /// Only for `history`: whether the business wrote it.
  public var outbound: Bool
  /// The platform's code for what is wrong with the item (a message that it cannot show, a file that it lost).
  public var errorCode: String?
  /// Only for `status`.
  public var status: StatusReport?
  /// Only for `echo`: what tells whose it is.
  public var origin: EchoOrigin?
  /// Another app of the business answers this conversation: kept, never answered.
  public var isStandby: Bool
  /// What else is worth keeping for people and later steps (media id, referral, order, location …).
  public var details: JSON
  /// The item as it came.
  public var raw: JSON

  public init(
    kind: Kind, accountID: String? = nil, businessID: String? = nil, externalID: String, aliases: [Alias] = [],
    profileName: String? = nil,
    at: Instant? = nil, content: String = "", contentType: String = "text", selection: String? = nil,
    replyTo: String? = nil, wantsAnswer: Bool = false, outbound: Bool = false, errorCode: String? = nil,
    status: StatusReport? = nil, origin: EchoOrigin? = nil, isStandby: Bool = false, details: JSON = [:],
    raw: JSON = .null
  ) {
    self.kind = kind
    self.accountID = accountID
    self.businessID = businessID
    self.externalID = externalID
    self.aliases = aliases
    self.profileName = profileName
    self.at = at
    self.content = content
    self.contentType = contentType
    self.selection = selection
    self.replyTo = replyTo
    self.wantsAnswer = wantsAnswer
    self.outbound = outbound
    self.errorCode = errorCode
    self.status = status
    self.origin = origin
    self.isStandby = isStandby
    self.details = details
    self.raw = raw
  }
}

/// One of the names of a person. Unique in a tenant: it leads to one lead.
public struct Alias: Sendable, Hashable {
  /// `phone` (digits, canonical), `whatsapp_user_id`, `instagram`, `facebook`, `tiktok`, `email`.
  public var kind: String
  /// The canonical spelling, for finding the person.
  public var value: String
  /// The spelling received, for answering: never rewritten. Same as `value` where there is no difference.
  public var address: String

  public init(kind: String, value: String, address: String? = nil) {
    self.kind = kind
    self.value = value
    self.address = address ?? value
  }
}

/// What an echo tells of who sent it.
public struct EchoOrigin: Sendable, Equatable {
  /// What we attached when sending (our message's id), if it came back: then it is ours.
  public var opaque: String?
  /// The app that sent it; nil: a person, in the platform's own app or inbox.
  public var app: String?
  /// The platform says that some program sent it, without saying which.
  public var byProgram: Bool

  public init(opaque: String? = nil, app: String? = nil, byProgram: Bool = false) {
    self.opaque = opaque
    self.app = app
    self.byProgram = byProgram
  }
}

/// What a platform says became of a message we sent.
public struct StatusReport: Sendable, Equatable {
  /// The platform's word: sent, delivered, read, played, failed; others are kept and change nothing.
  public var state: String
  /// What we attached when sending (our message's id), if it came back.
  public var opaque: String?
  /// A watermark: it is true of everything that we sent to this person up to then. The event's `externalID` is made of it.
  public var upTo: Instant?
  /// In groups: whose receipt it is.
  public var participant: String?
  public var errorCode: String?
  public var errorSentence: String?
  /// What the failure means for the account, the person and the template; nil: nothing was told.
  public var judgement: SendJudgement?
  /// pricing and conversation objects, as they came.
  public var billing: JSON

  public init(
    state: String, opaque: String? = nil, upTo: Instant? = nil, participant: String? = nil, errorCode: String? = nil,
    errorSentence: String? = nil, judgement: SendJudgement? = nil, billing: JSON = [:]
  ) {
    self.state = state
    self.opaque = opaque
    self.upTo = upTo
    self.participant = participant
    self.errorCode = errorCode
    self.errorSentence = errorSentence
    self.judgement = judgement
    self.billing = billing
  }
}
