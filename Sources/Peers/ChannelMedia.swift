import Core
import Rules

/// How a platform's files are fetched and given. Where it keeps them under ids it is asked where one is, and the answer
/// names an address that lives for a while; else the message brought the address.
public struct ChannelMedia: Sendable {
  /// The request that asks where a file is; nil: the message says so.
  public let lookUp: (@Sendable (_ file: HeldFile, _ through: ChannelAccess) throws(PeerError) -> HTTPRequest)?

  /// What the platform answered to that. Throws `.refused` with the code `gone` if it has no such file any more.
  public let found: @Sendable (_ response: HTTPResponse) throws(PeerError) -> MediaPlace

  /// The request for the file itself. `after`: the request whose answer led on to this address. Throws `.refused` for an
  /// address that is not the platform's; with `development` the host of our stand-in is one.
  public let download:
    @Sendable (_ url: String, _ after: HTTPRequest?, _ through: ChannelAccess, _ development: Bool) throws(PeerError) ->
      HTTPRequest

  /// The request that gives the platform a file of ours; nil: it takes none.
  public let upload: (@Sendable (_ file: FileToUpload, _ through: ChannelAccess) throws(PeerError) -> HTTPRequest)?

  /// The platform's id for it, to be sent as often as one likes while it lives.
  public let uploaded: @Sendable (_ response: HTTPResponse) throws(PeerError) -> String

  init(
    lookUp: (@Sendable (HeldFile, ChannelAccess) throws(PeerError) -> HTTPRequest)? = nil,
    found: @escaping @Sendable (HTTPResponse) throws(PeerError) -> MediaPlace = { _ throws(PeerError) in
      throw .unparseable("nothing was asked")
    },
    download: @escaping @Sendable (String, HTTPRequest?, ChannelAccess, Bool) throws(PeerError) -> HTTPRequest,
    upload: (@Sendable (FileToUpload, ChannelAccess) throws(PeerError) -> HTTPRequest)? = nil,
    uploaded: @escaping @Sendable (HTTPResponse) throws(PeerError) -> String = { _ throws(PeerError) in
      throw .unparseable("nothing was given")
    }
  ) {
    self.lookUp = lookUp
    self.found = found
    self.download = download
    self.upload = upload
    self.uploaded = uploaded
  }

  /// Whether the platform has to be asked where a file is: one that it gave no id lies where the message says, which wants
  /// no token.
  public func asks(for file: HeldFile) -> Bool {
    lookUp != nil && (file.url == nil || file.id?.hasPrefix(InboundEvent.ourFileIDs) == false)
  }
}

/// A file that a platform holds for us, as the message told of it.
public struct HeldFile: Sendable, Equatable {
  /// The platform's id of it; made by us where it has none.
  public var id: String?
  /// Its address, if the message named one.
  public var url: String?
  /// image, video, audio …
  public var kind: String
  /// What it is said to be, and what its sender calls it, as far as the message tells.
  public var mimeType: String?
  public var name: String?
  /// The platform's ids of the message that brought it, and of the conversation; nil: it was deleted.
  public var message: String?
  public var conversation: String?

  public init(
    id: String?, url: String? = nil, kind: String, mimeType: String? = nil, name: String? = nil, message: String? = nil,
    conversation: String? = nil
  ) {
    self.id = id
    self.url = url
    self.kind = kind
    self.mimeType = mimeType
    self.name = name
    self.message = message
    self.conversation = conversation
  }
}

/// A file of ours for a platform.
public struct FileToUpload: Sendable, Equatable {
  public var form: OutboundContent.Media.Form
  public var name: String
  public var mimeType: String
  public var bytes: [UInt8]

  public init(_ form: OutboundContent.Media.Form, name: String, mimeType: String, bytes: [UInt8]) {
    self.form = form
    self.name = name
    self.mimeType = mimeType
    self.bytes = bytes
  }
}

/// Where a file is, and what the platform says of it.
public struct MediaPlace: Sendable, Equatable {
  public var url: String
  public var mimeType: String?
  /// The `Content-Type` that it came with; empty: none.
  public var servedAs: String?
  /// 32 bytes.
  public var sha256: [UInt8]?
  /// Bytes.
  public var size: Int?

  public init(
    url: String, mimeType: String? = nil, servedAs: String? = nil, sha256: [UInt8]? = nil, size: Int? = nil
  ) {
    self.url = url
    self.mimeType = mimeType
    self.servedAs = servedAs
    self.sha256 = sha256
    self.size = size
  }
}
