/// A request to somebody else, as data: `Peers` make them, `HTTPMulti` sends them.
public struct HTTPRequest: Sendable, Equatable {
  public var method: String
  public var url: String
  /// In the order written. Values of `secretHeaders` never reach a log.
  public var headers: [Header]
  public var body: [UInt8]
  /// Seconds for the whole exchange.
  public var timeout: Double

  public struct Header: Sendable, Equatable {
    public var name: String
    public var value: String
    public init(_ name: String, _ value: String) {
      self.name = name
      self.value = value
    }
  }

  public init(_ method: String, _ url: String, headers: [Header] = [], body: [UInt8] = [], timeout: Double = 30) {
    self.method = method
    self.url = url
    self.headers = headers
    self.body = body
    self.timeout = timeout
  }

  /// A POST of JSON.
  public static func post(_ url: String, headers: [Header] = [], json: JSON, timeout: Double = 30) -> HTTPRequest {
    HTTPRequest(
      "POST", url, headers: [Header("Content-Type", "application/json")] + headers, body: json.bytes, timeout: timeout)
  }
}

/// Somebody's answer.
public struct HTTPResponse: Sendable, Equatable {
  public var status: Int
  /// Values by lower-case name; of a repeated header the last.
  public var headers: [String: String]
  public var body: [UInt8]

  public init(status: Int, headers: [String: String] = [:], body: [UInt8] = []) {
    self.status = status
    self.headers = headers
    self.body = body
  }
}

/// No answer. The one question that matters is whether the request may have been acted upon.
public enum HTTPFailure: Error, Sendable, Equatable {
  /// Provably not one byte of the request was sent: name not resolved, connection or TLS refused. Safe to repeat.
  case neverLeft(String)
  /// The request, or part of it, left and no whole answer came: time-out, reset, an answer above the limit.
  case mightHaveArrived(String)
  /// Not one byte was sent: the host leads to this address, which is not public. Whoever typed the host is not told the
  /// address, else they would learn what names of ours stand for: it belongs into the log.
  case notPublic(host: String, address: String)

  public var sentence: String {
    switch self {
    case .neverLeft(let s), .mightHaveArrived(let s): s
    case .notPublic(let host, _): "\(host) leads to no public address"
    }
  }
}
