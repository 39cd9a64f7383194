import Core
import Rules

/// What a platform tells of somebody.
public struct Profile: Sendable, Equatable {
  public var name: String?
  /// An address, https, which the platform lets end after some days.
  public var picture: String?

  public init(name: String? = nil, picture: String? = nil) {
    self.name = name
    self.picture = picture
  }
}

/// How a platform is asked for the name of somebody whose messages do not bring it.
public struct ChannelProfile: Sendable {
  /// The request that asks. Throws `.refused` for somebody of another platform.
  public let lookUp: @Sendable (_ person: Alias, _ through: ChannelAccess) throws(PeerError) -> HTTPRequest

  /// What the answer tells; what it does not, asking again would not change.
  public let found: @Sendable (_ response: HTTPResponse) throws(PeerError) -> Profile
}
