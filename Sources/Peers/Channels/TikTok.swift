import Core
import Rules

/// TikTok Business Messaging (open_api v1.3, seen November 2026).
enum TikTok {}

extension Channel {
  public static let tiktok = tiktok(within: 300)

  /// - Parameter seconds: how far the time in a signature may be from ours. TikTok names no number; five seconds, which
  ///   others took, cost them live messages.
  public static func tiktok(within seconds: Double) -> Channel {
    Channel(
      name: .tiktok,
      object: nil,
      signatureHeader: TikTok.signatureHeader,
      otherSignatureHeader: TikTok.guideSignatureHeader,
      verify: { request, secrets throws(Refusal) in
        try TikTok.verify(request, secrets, within: seconds, now: .now)
      },
      handshake: TikTok.handshake,
      asksWithToken: false,
      read: TikTok.read,
      isSample: { _ in false },
      send: TikTok.send,
      markRead: TikTok.markRead,
      accepted: TikTok.accepted,
      judge: TikTok.judge,
      usage: { _ in nil },
      media: ChannelMedia(
        lookUp: TikTok.lookUp, found: TikTok.found, download: TikTok.download, upload: TikTok.upload,
        uploaded: TikTok.uploaded))
  }
}
