import Core
import Rules

/// How a platform is asked what was said in a conversation lately: it settles what became of a message of which no answer
/// came. Reading does nothing, so that asking again harms nobody.
public struct ChannelReadBack: Sendable {
  /// The request for the newest messages with a person.
  public let request: @Sendable (_ person: Alias, _ through: ChannelAccess) throws(PeerError) -> HTTPRequest

  /// What the answer says. `accounts`: the ids that the account is called by. Throws what `PeerError` says of a call that
  /// changes nothing.
  public let read:
    @Sendable (_ response: HTTPResponse, _ person: Alias, _ accounts: [String]) throws(PeerError) -> [SaidMessage]

  public init(
    request: @escaping @Sendable (Alias, ChannelAccess) throws(PeerError) -> HTTPRequest,
    read: @escaping @Sendable (HTTPResponse, Alias, [String]) throws(PeerError) -> [SaidMessage]
  ) {
    self.request = request
    self.read = read
  }
}

extension Channel {
  /// nil: nothing can be read back there (WhatsApp has no such call).
  public var readBack: ChannelReadBack? {
    switch name {
    case .whatsapp: nil
    case .instagram: .messenger(platform: "instagram")
    case .facebook: .messenger(platform: "messenger")
    case .tiktok: .tiktok
    }
  }
}

/// A value of a query: everything but letters, digits and `-._~` in percent signs. Ids of TikTok's contain `+`, `/`, `=`.
func queryValue(_ text: String) -> String {
  var out = ""
  for byte in text.utf8 {
    switch byte {
    case UInt8(ascii: "a")...UInt8(ascii: "z"), UInt8(ascii: "A")...UInt8(ascii: "Z"),
      UInt8(ascii: "0")...UInt8(ascii: "9"),
      UInt8(ascii: "-"), UInt8(ascii: "."), UInt8(ascii: "_"), UInt8(ascii: "~"):
      out.unicodeScalars.append(Unicode.Scalar(byte))
    default: out += "%" + hex([byte]).uppercased()
    }
  }
  return out
}
