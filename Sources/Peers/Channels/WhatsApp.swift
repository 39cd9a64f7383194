import Core
import Rules

/// WhatsApp Cloud API (Graph v21–v26, seen November 2026).
enum WhatsApp {}

extension Channel {
  public static let whatsapp = Channel(
    name: .whatsapp,
    object: "whatsapp_business_account",
    signatureHeader: Meta.signatureHeader,
    verify: Meta.verify,
    handshake: Meta.handshake,
    read: WhatsApp.read,
    send: WhatsApp.send,
    markRead: WhatsApp.markRead,
    accepted: WhatsApp.accepted,
    media: ChannelMedia(lookUp: WhatsApp.lookUp, found: WhatsApp.found, download: WhatsApp.download))
}
