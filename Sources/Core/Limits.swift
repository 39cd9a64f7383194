/// Every bound on what comes from outside, in one place. A loop over outside data has its bound here.
public enum Limits {
  /// Bytes of a request body. Meta sends up to 3 MB; nginx allows 4 MB and answers the rest with 413.
  public static let body = 4 << 20
  /// Bytes of a body where a location of nginx's says so (`BODY_LIMIT`): a file to send.
  public static let largeBody = attachment
  /// Levels of nesting in JSON. The deepest known webhook has 12.
  public static let jsonDepth = 64
  /// Values (scalars, arrays, objects) in one JSON text: bounds the memory a 4 MB body can cost.
  public static let jsonNodes = 400_000
  /// Updates in one webhook POST: Meta's stated maximum is 1,000.
  public static let eventsPerPost = 5_000
  /// Characters of a customer's text kept in `messages.content`; WhatsApp's own limit is 4,096.
  public static let messageText = 65_536
  /// Characters of an id from outside; wamids are known up to about 130.
  public static let externalID = 512
  /// Characters of a person's name kept from a profile.
  public static let personName = 200
  /// Bytes of an attachment that is fetched or sent; a larger one stays at the platform.
  public static let attachment = 16 << 20
  /// Bytes of a peer's answer.
  public static let peerAnswer = 8 << 20
  /// Seconds a request may take from nginx's first byte to our answer.
  public static let requestSeconds = 10.0
}
