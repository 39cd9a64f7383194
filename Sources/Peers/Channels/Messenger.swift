import Core
import Rules

/// The Messenger Platform (Graph v21–v26, seen November 2026). Instagram's messages come and go in the same shapes; where
/// the two differ, the dialect says so.
struct Messenger: Sendable {
  let name: ChannelName
  /// The `object` of its webhooks.
  let object: String
  /// The word for it in `X-Business-Use-Case-Usage`.
  let useCase: String
  let errors: GraphErrors
  /// What a profile has of a person's name, the best first; those of one group are put together.
  let names: [[String]]

  static let facebook = Messenger(
    name: .facebook, object: "page", useCase: "messenger", errors: MessengerErrors.facebook,
    names: [["name"], ["first_name", "last_name"]])

  /// A person by the id that they have for this account alone (PSID, IGSID).
  func alias(_ id: Field) -> Alias? {
    guard let id = id.loose, !id.isEmpty, id.utf8.count <= 200 else { return nil }
    return Alias(kind: name.rawValue, value: id)
  }

  /// The dashboard's "Test" button posts as account 0.
  static func isSample(_ event: InboundEvent) -> Bool { event.accountID == "0" }

  var channel: Channel {
    Channel(
      name: name,
      object: object,
      signatureHeader: Meta.signatureHeader,
      verify: Meta.verify,
      handshake: Meta.handshake,
      read: { body throws(Refusal) in try read(body) },
      isSample: Self.isSample,
      send: { message, through throws(PeerError) in try send(message, through) },
      markRead: { _, from, typing, through in markRead(from, typing, through) },
      accepted: { response throws(PeerError) in try accepted(response) },
      judge: { errors.judge($0) },
      usage: { Meta.usage($0.headers, of: useCase) },
      media: name == .facebook ? MetaMedia.messenger : MetaMedia.instagram,
      profile: ChannelProfile(
        lookUp: { person, through throws(PeerError) in try lookUp(person, through) },
        found: { response throws(PeerError) in try found(response) }))
  }
}

extension Channel {
  public static let facebook = Messenger.facebook.channel
}
