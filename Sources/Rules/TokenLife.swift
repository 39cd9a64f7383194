/// How long a platform's access tokens live, where they end by themselves.
public struct TokenLife: Sendable, Equatable {
  /// Seconds before its end at which a token is renewed.
  public var lead: Double
  /// Seconds that a token is taken to live whose end the platform did not say; nil: then it has none.
  public var assumed: Double?

  /// TikTok's live a day; Instagram's (connected by Instagram Login) sixty, and are renewed as long as they live. Pages'
  /// and system users' have no end. (November 2026)
  public static func of(_ channel: ChannelName) -> TokenLife? {
    switch channel {
    case .tiktok: TokenLife(lead: 6 * 3600, assumed: 86_400)
    case .instagram: TokenLife(lead: 10 * 86_400)
    case .whatsapp, .facebook: nil
    }
  }
}
