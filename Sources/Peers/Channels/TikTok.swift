import Core
import Rules

/// TikTok Business Messaging (open_api v1.3).
enum TikTok {
  static func read(_ body: Field) throws(Refusal) -> [InboundEvent] {
    guard body["event"].text != nil else { throw .malformed(path: "$.event", fault: "expected a string") }
    return [
      InboundEvent(
        kind: .unsupported, accountID: body["user_openid"].loose, externalID: Meta.hashed(body.value ?? .null),
        raw: body.value ?? .null)
    ]
  }
}

extension Channel {
  public static let tiktok = Channel(
    name: .tiktok,
    object: nil,
    signatureHeader: "tiktok-signature",
    verify: { _, _ throws(Refusal) in throw .unconfigured("TikTok's signature is not read yet") },
    handshake: { request, _ throws(Refusal) in .text(request.parameter("challenge") ?? "") },
    read: TikTok.read,
    isSample: { _ in false },
    send: { _, _ throws(PeerError) in throw .refused(code: "unsupported", sentence: "nothing is sent here yet") },
    markRead: { _, _, _, _ in [] },
    accepted: { _ throws(PeerError) in throw .unparseable("nothing is sent here yet") },
    judge: { _ in nil },
    usage: { _ in nil },
    media: nil)
}
