import Core

/// How a platform's attachments are fetched: it is asked where one is, and the answer names an address that lives for a
/// while.
public struct ChannelMedia: Sendable {
  /// The request that asks where a file is.
  public let lookUp: @Sendable (_ id: String, _ through: ChannelAccess) throws(PeerError) -> HTTPRequest

  /// What the platform answered to that. Throws `.refused` with the code `gone` if it has no such file any more.
  public let found: @Sendable (_ response: HTTPResponse) throws(PeerError) -> MediaPlace

  /// The request for the file itself. `after`: the request whose answer led on to this address. Throws `.refused` for an
  /// address that is not the platform's; with `development` the host of our stand-in is one.
  public let download:
    @Sendable (_ url: String, _ after: HTTPRequest?, _ through: ChannelAccess, _ development: Bool) throws(PeerError) ->
      HTTPRequest
}

/// Where a file is, and what the platform says of it.
public struct MediaPlace: Sendable, Equatable {
  public var url: String
  public var mimeType: String?
  /// 32 bytes.
  public var sha256: [UInt8]?
  /// Bytes.
  public var size: Int?

  public init(url: String, mimeType: String? = nil, sha256: [UInt8]? = nil, size: Int? = nil) {
    self.url = url
    self.mimeType = mimeType
    self.sha256 = sha256
    self.size = size
  }
}
