import CCurl

#if canImport(Glibc)
  import Glibc
#endif

/// What holds for every exchange of a client.
public struct HTTPSettings: Sendable {
  /// Seconds for name, connection and TLS together.
  public var connectTimeout: Double
  /// Bytes of an answer, headers included; a larger one is a failure.
  public var maxAnswer: Int
  public var userAgent: String
  /// PEM file of the authorities to trust instead of the system's.
  public var caFile: String?
  /// false: connect to addresses of the public internet only, whatever the name resolved to. For URLs that a tenant
  /// typed.
  public var allowPrivateAddresses: Bool

  public init(
    connectTimeout: Double = 5, maxAnswer: Int = Limits.peerAnswer, userAgent: String = "tistis/1",
    caFile: String? = nil, allowPrivateAddresses: Bool = true
  ) {
    self.connectTimeout = connectTimeout
    self.maxAnswer = maxAnswer
    self.userAgent = userAgent
    self.caFile = caFile
    self.allowPrivateAddresses = allowPrivateAddresses
  }
}

enum Curl {
  /// Whether libcurl could be set up, once per process. With CURLOPT_NOSIGNAL, without which it may not be used in
  /// threads, curl leaves SIGPIPE to us; a broken connection must be an error of that exchange and not our end.
  static let isReady: Bool = {
    signal(SIGPIPE, SIG_IGN)
    return curl_global_init(Int(CURL_GLOBAL_DEFAULT)) == CURLE_OK
  }()
}
