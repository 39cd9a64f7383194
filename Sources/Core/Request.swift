/// A request as a program sees it: plain data, filled by the FastCGI loop, so that tests can make one.
public struct Request: Sendable {
  public var method: String
  /// The path without the query: `/api/webhook/whatsapp/esva-dental`.
  public var path: String
  /// The query as sent, without the question mark.
  public var query: String
  /// Header values by lower-case name.
  public var headers: [String: String]
  /// The raw bytes, as signed.
  public var body: [UInt8]
  /// nginx's `$request_id`; travels onto the jobs that the request causes.
  public var id: String
  /// When the caller stops waiting.
  public var deadline: Instant
  /// The address that nginx was called from; what stands in X-Forwarded-For anybody may write.
  public var remote: String

  public init(
    _ method: String, _ path: String, query: String = "", headers: [String: String] = [:], body: [UInt8] = [],
    id: String = "", deadline: Instant = .now + Limits.requestSeconds, remote: String = ""
  ) {
    self.method = method
    self.path = path
    self.query = query
    self.headers = headers
    self.body = body
    self.id = id
    self.deadline = deadline
    self.remote = remote
  }

  /// The first value of a query parameter, percent-decoded; nil if it is absent.
  public func parameter(_ name: String) -> String? {
    for part in query.split(separator: "&") {
      let pair = part.split(separator: "=", maxSplits: 1, omittingEmptySubsequences: false)
      if percentDecoded(pair[0]) == name { return pair.count == 2 ? percentDecoded(pair[1]) : "" }
    }
    return nil
  }
}

/// Decodes `%41` and `+`; a broken escape is kept as it stands. Bytes that are no UTF-8 become U+FFFD.
public func percentDecoded(_ text: some StringProtocol) -> String {
  let bytes = Array(text.utf8)
  var out = [UInt8]()
  var i = 0
  while i < bytes.count {
    if bytes[i] == UInt8(ascii: "%"), i + 2 < bytes.count, let hi = hexDigit(bytes[i + 1]),
      let lo = hexDigit(bytes[i + 2])
    {
      out.append(hi << 4 | lo)
      i += 3
    } else {
      out.append(bytes[i] == UInt8(ascii: "+") ? UInt8(ascii: " ") : bytes[i])
      i += 1
    }
  }
  return String(decoding: out, as: UTF8.self)
}

/// An answer.
public struct Response: Sendable {
  public var status: Int
  public var headers: [(String, String)]
  public var body: [UInt8]

  public init(status: Int = 200, headers: [(String, String)] = [], body: [UInt8] = []) {
    self.status = status
    self.headers = headers
    self.body = body
  }

  public static func json(_ value: JSON, status: Int = 200) -> Response {
    Response(status: status, headers: [("Content-Type", "application/json; charset=utf-8")], body: value.bytes)
  }

  public static func text(_ text: String, status: Int = 200) -> Response {
    Response(status: status, headers: [("Content-Type", "text/plain; charset=utf-8")], body: Array(text.utf8))
  }
}
