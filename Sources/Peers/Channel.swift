import Core
import Rules

/// A messaging platform as a value: data for what is data, closures for what is logic. Nothing here does I/O, so that
/// every part is tested by comparing text. One file a platform makes one of these.
public struct Channel: Sendable {
  public let name: ChannelName

  /// The `object` of a webhook's body; anything else is 400. nil: there is none.
  public let object: String?

  /// The header that carries a POST's signature, in lower case.
  public let signatureHeader: String

  /// Another header that carries one of another form; nil: there is none.
  public var otherSignatureHeader: String? = nil

  /// Checks a POST's signature over its raw bytes against every candidate secret, in constant time.
  /// Throws `.unsigned` naming which of missing, malformed and wrong it was, never the value.
  public let verify: @Sendable (_ request: Request, _ secrets: [Secret]) throws(Refusal) -> Void

  /// Answers the platform's question whether a URL is ours (GET). Throws `.forbidden` for a wrong token,
  /// `.malformed` for missing parameters.
  public let handshake: @Sendable (_ request: Request, _ tokens: [Secret]) throws(Refusal) -> Response

  /// Whether the platform proves with a token of ours that it is the one who asks.
  public var asksWithToken = true

  /// A body as events. Throws `.malformed` only for a wrong top level; below it one bad item never harms its
  /// siblings: it becomes an `unsupported` event that carries the item raw and the fault in `details`.
  public let read: @Sendable (_ body: Field) throws(Refusal) -> [InboundEvent]

  /// Whether an event is the sample that the platform's own "Test" button sends: it names an account that nobody has.
  public let isSample: @Sendable (_ event: InboundEvent) -> Bool

  /// The request that sends a message. Throws `.refused` for what the platform's limits would refuse.
  public let send: @Sendable (_ message: OutboundMessage, _ through: ChannelAccess) throws(PeerError) -> HTTPRequest

  /// The requests that mark an inbound message as read and, if `typing`, show that we write. `from`: who wrote it, by the
  /// alias to answer to. None: not possible here.
  public let markRead:
    @Sendable (_ externalID: String, _ from: Alias, _ typing: Bool, _ through: ChannelAccess) -> [HTTPRequest]

  /// What the platform said of a send.
  public let accepted: @Sendable (_ response: HTTPResponse) throws(PeerError) -> Acceptance

  /// What an answer that is no acceptance means for us; nil where it proves nothing.
  public let judge: @Sendable (_ response: HTTPResponse) -> SendJudgement?

  /// How much of our calls an answer says that we have used; nil if it does not say.
  public let usage: @Sendable (_ response: HTTPResponse) -> SendUsage?

  /// How attachments are fetched; nil: the platform has none to ask for.
  public let media: ChannelMedia?

  /// How a person's name is asked for; nil: messages bring it along.
  public var profile: ChannelProfile? = nil

  /// What the platform said of one of `markRead`'s requests. A mark is no message: its answer names none, and whatever else
  /// means yes will do.
  public func marked(_ response: HTTPResponse) throws(PeerError) {
    do throws(PeerError) {
      _ = try accepted(response)
    } catch {
      if case .unparseable = error, (200...299).contains(response.status) { return }
      throw error
    }
  }

  /// Whether a request carries a signature, right or wrong.
  public func isSigned(_ request: Request) -> Bool {
    [signatureHeader, otherSignatureHeader].contains { header in header.map { request.headers[$0] != nil } ?? false }
  }

  /// Every platform we speak.
  public static let all: [Channel] = [.whatsapp, .instagram, .facebook, .tiktok]

  public static func named(_ name: String) -> Channel? { all.first { $0.name.rawValue == name } }
}

/// What a send needs besides the message.
public struct ChannelAccess: Sendable {
  /// Base URL with version, no slash at the end: `https://graph.facebook.com/v25.0`. Configuration.
  public var base: String
  /// The platform's id of the account that sends (WhatsApp: `phone_number_id`).
  public var accountID: String
  public var token: Secret

  public init(base: String, accountID: String, token: Secret) {
    self.base = base
    self.accountID = accountID
    self.token = token
  }
}

/// A message to one person.
public struct OutboundMessage: Sendable, Equatable {
  /// Ours; sent along where the platform returns it with each status.
  public var id: String
  /// The person, by the alias to answer to.
  public var to: Alias
  public var content: OutboundContent
  /// The platform's id of the message to quote.
  public var replyTo: String?
  /// Typed by a person and later than the platform lets programs write (`HUMAN_AGENT`); never true of the assistant's.
  public var asHuman: Bool

  public init(id: String, to: Alias, content: OutboundContent, replyTo: String? = nil, asHuman: Bool = false) {
    self.id = id
    self.to = to
    self.content = content
    self.replyTo = replyTo
    self.asHuman = asHuman
  }
}

/// The platform took a message.
public struct Acceptance: Sendable, Equatable {
  /// Its id for the message; statuses will carry it.
  public var externalID: String
  /// Other names of the recipient that the answer told (WhatsApp's `contacts[0].wa_id`).
  public var aliases: [Alias]
  /// Its word for a message that it took and holds back; nil: it goes on at once.
  public var held: String?
  /// What somebody has to do about that; nil: nothing.
  public var advice: String?

  public init(externalID: String, aliases: [Alias] = [], held: String? = nil, advice: String? = nil) {
    self.externalID = externalID
    self.aliases = aliases
    self.held = held
    self.advice = advice
  }
}
