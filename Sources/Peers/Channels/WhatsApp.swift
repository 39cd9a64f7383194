import Core
import Rules

/// WhatsApp Cloud API (Graph v21–v26, seen November 2026).
enum WhatsApp {
  /// The dashboard's "Test" button posts as this number, or as business account 0 where no number is named.
  static func isSample(_ event: InboundEvent) -> Bool {
    event.accountID.map { $0 == "123456123" } ?? (event.businessID == "0")
  }
}

extension Channel {
  public static let whatsapp = Channel(
    name: .whatsapp,
    object: "whatsapp_business_account",
    signatureHeader: Meta.signatureHeader,
    verify: Meta.verify,
    handshake: Meta.handshake,
    read: WhatsApp.read,
    isSample: WhatsApp.isSample,
    send: WhatsApp.send,
    markRead: { id, _, typing, through in [WhatsApp.markRead(id, typing, through)].compactMap(\.self) },
    accepted: WhatsApp.accepted,
    judge: { WhatsAppErrors.all.judge($0) },
    usage: { Meta.usage($0.headers, of: "whatsapp") },
    media: ChannelMedia(
      lookUp: { file, through throws(PeerError) in try WhatsApp.lookUp(file.id ?? "", through) },
      found: WhatsApp.found, download: WhatsApp.download, upload: WhatsApp.upload, uploaded: WhatsApp.uploaded))
}
