/// How long a platform's access tokens live, where they end by themselves.
public struct TokenLife: Sendable, Equatable {
  /// Seconds before its end at which a token is renewed.
  public var lead: Double
  /// Seconds that a token is taken to live whose end the platform did not say; nil: then it has none.
  public var assumed: Double?

  /// TikTok's live a day; Instagram's (connected by Instagram Login) sixty, and are renewed as long as they live. One that a
  /// person enters may be some weeks old, and nobody says of which day it is: it is taken to live half as long. Pages' and
  /// system users' have no end. (November 2026)
  public static func of(_ channel: ChannelName) -> TokenLife? {
    switch channel {
    case .tiktok: TokenLife(lead: 6 * 3600, assumed: 86_400)
    case .instagram: TokenLife(lead: 10 * 86_400, assumed: 30 * 86_400)
    case .whatsapp, .facebook: nil
    }
  }

  /// The codes of stops (`channel_connections.stopped_code`) that another access token ends: the platform did not know the
  /// token any more. One that lacks a permission, and an account that is blocked, are for people. TikTok says 40001 to 40003
  /// of both; those of permissions come back with the next send.
  public static let stops: [String] =
    ["token_expired", "http_401", "0", "102", "190"]
    + (Array(40_001...40_003) + Array(40_102...40_107)).map { String($0) }
}
