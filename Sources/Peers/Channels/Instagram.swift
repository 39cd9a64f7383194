import Core
import Rules

extension Channel {
  public static let instagram = Channel(
    name: .instagram,
    object: "instagram",
    signatureHeader: Meta.signatureHeader,
    verify: Meta.verify,
    handshake: Meta.handshake,
    read: { body throws(Refusal) in try Messenger.read(body, as: "instagram") },
    isSample: { _ in false },
    send: Messenger.send,
    markRead: { _, _, _, _ in [] },
    accepted: Messenger.accepted,
    judge: { _ in nil },
    usage: { Meta.usage($0.headers, of: "instagram") },
    media: MetaMedia.instagram)
}
