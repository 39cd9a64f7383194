import Core
import Rules

/// How a platform is asked for the name of somebody whose messages do not bring it.
public struct ChannelProfile: Sendable {
  /// The request that asks. Throws `.refused` for somebody of another platform.
  public let lookUp: @Sendable (_ person: Alias, _ through: ChannelAccess) throws(PeerError) -> HTTPRequest

  /// The name that the answer tells; nil: it tells none, and asking again would change nothing.
  public let found: @Sendable (_ response: HTTPResponse) throws(PeerError) -> String?
}
