import Core
import Rules

/// Messenger Platform (Graph v21–v26).
enum Messenger {
  static func read(_ body: Field, as object: String) throws(Refusal) -> [InboundEvent] {
    guard body["object"].text == object else {
      throw .malformed(path: "$.object", fault: "expected \(object)")
    }
    return body["entry"].items.flatMap { entry in
      entry["messaging"].items.map { item in
        InboundEvent(
          kind: .unsupported, accountID: entry["id"].loose, externalID: Meta.hashed(item.value ?? .null),
          raw: item.value ?? .null)
      }
    }
  }

  static func send(_ message: OutboundMessage, _ through: ChannelAccess) throws(PeerError) -> HTTPRequest {
    throw .refused(code: "unsupported", sentence: "nothing is sent here yet")
  }

  static func accepted(_ response: HTTPResponse) throws(PeerError) -> Acceptance {
    throw .unparseable("nothing is sent here yet")
  }
}

extension Channel {
  public static let facebook = Channel(
    name: .facebook,
    object: "page",
    signatureHeader: Meta.signatureHeader,
    verify: Meta.verify,
    handshake: Meta.handshake,
    read: { body throws(Refusal) in try Messenger.read(body, as: "page") },
    isSample: { _ in false },
    send: Messenger.send,
    markRead: { _, _, _, _ in [] },
    accepted: Messenger.accepted,
    judge: { _ in nil },
    usage: { Meta.usage($0.headers, of: "messenger") },
    media: MetaMedia.messenger)
}
