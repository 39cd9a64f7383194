import Core
import Rules

/// How a platform's access token is exchanged for one that lives longer.
public struct TokenRenewal: Sendable {
  /// Whether a refresh token and the app's own key and secret are needed.
  public let wantsApp: Bool

  public let request: @Sendable (_ grant: TokenGrant) throws(PeerError) -> HTTPRequest

  /// Throws `.throttled`, `.unreachable` or `.unparseable` where another try may help, `.refused` or `.unauthorised` where
  /// a person has to connect the account again.
  public let renewed: @Sendable (_ response: HTTPResponse) throws(PeerError) -> RenewedTokens
}

/// What lets us ask for another token.
public struct TokenGrant: Sendable {
  public var base: String
  public var accessToken: Secret
  public var refreshToken: Secret?
  /// Of the app that the account is connected to.
  public var appKey: String
  public var appSecret: Secret?

  public init(base: String, accessToken: Secret, refreshToken: Secret?, appKey: String, appSecret: Secret?) {
    self.base = base
    self.accessToken = accessToken
    self.refreshToken = refreshToken
    self.appKey = appKey
    self.appSecret = appSecret
  }
}

public struct RenewedTokens: Sendable, Equatable {
  public var accessToken: Secret
  /// Seconds; nil: it was not said.
  public var livesFor: Double?
  /// nil: the old one stays.
  public var refreshToken: Secret?
  public var refreshLivesFor: Double?

  public init(
    accessToken: Secret, livesFor: Double? = nil, refreshToken: Secret? = nil, refreshLivesFor: Double? = nil
  ) {
    self.accessToken = accessToken
    self.livesFor = livesFor
    self.refreshToken = refreshToken
    self.refreshLivesFor = refreshLivesFor
  }
}

extension Channel {
  /// nil: its tokens do not end, or are not ours to renew.
  public var renewal: TokenRenewal? {
    switch name {
    case .tiktok: TikTok.renewal
    case .instagram: InstagramToken.renewal
    case .whatsapp, .facebook: nil
    }
  }
}

/// A number of seconds as platforms write it; nil for none that can be.
func lifetime(_ field: Field) -> Double? {
  field.integer.flatMap { (1...1_000_000_000).contains($0) ? Double($0) : nil }
}
