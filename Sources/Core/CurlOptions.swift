import CCurl

/// Options of an easy handle; remembers the first that curl refused.
struct CurlOptions {
  let easy: UnsafeMutableRawPointer
  private(set) var code = CURLE_OK

  init(_ easy: UnsafeMutableRawPointer) { self.easy = easy }

  mutating func set(_ option: CURLoption, _ value: Int) { keep(tis_setopt_long(easy, option, value)) }
  mutating func set(_ option: CURLoption, _ value: String) { keep(tis_setopt_string(easy, option, value)) }
  mutating func set(_ option: CURLoption, _ value: UnsafeRawPointer?) { keep(tis_setopt_pointer(easy, option, value)) }
  mutating func set(_ option: CURLoption, _ function: tis_write_function) {
    keep(tis_setopt_write(easy, option, function))
  }
  mutating func prereq(_ function: curl_prereq_callback) { keep(tis_setopt_prereq(easy, function)) }
  mutating func opensocket(_ function: curl_opensocket_callback) { keep(tis_setopt_opensocket(easy, function)) }

  private mutating func keep(_ result: CURLcode) { if code == CURLE_OK { code = result } }

  /// Method and body. curl copies the body.
  mutating func set(method: String, body: [UInt8]) {
    if method == "HEAD" {
      set(CURLOPT_NOBODY, 1)
    } else if !body.isEmpty || method == "POST" || method == "PUT" || method == "PATCH" {
      // The size first: curl would look for a NUL otherwise.
      set(CURLOPT_POSTFIELDSIZE, body.count)
      // An empty array has no address, and no address means "read it by callback".
      (body.isEmpty ? [0] : body).withUnsafeBytes { set(CURLOPT_COPYPOSTFIELDS, $0.baseAddress) }
      set(CURLOPT_CUSTOMREQUEST, method)
    } else {
      set(CURLOPT_HTTPGET, 1)
      set(CURLOPT_CUSTOMREQUEST, method)
    }
  }
}

extension CurlOptions {
  /// What is the same for every exchange.
  mutating func set(_ settings: HTTPSettings) {
    set(CURLOPT_USERAGENT, settings.userAgent)
    set(CURLOPT_PROTOCOLS_STR, "http,https")
    // Not 2: there curl repeats streams that were refused, and one broken connection fails many exchanges.
    set(CURLOPT_HTTP_VERSION, CURL_HTTP_VERSION_1_1)
    set(CURLOPT_PROXY, "")
    set(CURLOPT_NOSIGNAL, 1)
    // After a time-out don't wait for the thread that resolves the name: all exchanges of a multi handle would.
    set(CURLOPT_QUICK_EXIT, 1)
    // Below the idle time that load balancers grant (often 60 s), so that few requests meet a closing connection.
    set(CURLOPT_MAXAGE_CONN, 50)
    if let file = settings.caFile { set(CURLOPT_CAINFO, file) }
  }
}

/// Seconds as curl's milliseconds: at least 1, since 0 means "no limit" there, and at most a day.
func milliseconds(_ seconds: Double) -> Int {
  guard seconds > 0.001 else { return 1 }
  return Int(min(seconds, 86_400) * 1000)
}

extension HTTPRequest {
  /// Host and port as written in the URL, without user and password: what a log may know of it. Path and query may hold
  /// secrets.
  var host: String {
    guard let url = afterScheme else { return "?" }
    let authority = url.prefix { $0 != "/" && $0 != "?" && $0 != "#" && $0 != "\\" }
    guard let at = authority.lastIndex(of: "@") else { return String(authority) }
    return String(authority[authority.index(after: at)...])
  }

  private var afterScheme: Substring? {
    for scheme in ["https://", "http://"] where url.prefix(8).lowercased().hasPrefix(scheme) {
      return url.dropFirst(scheme.count)
    }
    return nil
  }

  /// Doing it twice is the same as doing it once, since it only reads.
  var onlyReads: Bool { ["GET", "HEAD", "OPTIONS"].contains(method) }

  /// Why it must not be given to curl, which would send line breaks as they stand; nil if it may.
  var fault: String? {
    if method.isEmpty || !method.utf8.allSatisfy(isTokenByte) { return "the method is no HTTP method" }
    // curl would guess a scheme.
    if afterScheme == nil { return "the URL begins with neither https:// nor http://" }
    if url.utf8.contains(where: { $0 <= 0x20 || $0 == 0x7F }) { return "the URL holds a space or control character" }
    for header in headers {
      if header.name.isEmpty || !header.name.utf8.allSatisfy(isTokenByte) { return "a header's name is none" }
      if header.value.utf8.contains(where: { $0 < 0x20 && $0 != 0x09 || $0 == 0x7F }) {
        return "the value of \(header.name) holds a control character"
      }
    }
    return nil
  }

  /// The headers in curl's spelling: `Name;` sends an empty value, `Name:` leaves out what curl would add by itself.
  var curlHeaders: [String] {
    var lines = headers.map { $0.value.isEmpty ? $0.name + ";" : $0.name + ": " + $0.value }
    lines.append("Expect:")
    if !headers.contains(where: { $0.name.lowercased() == "content-type" }) { lines.append("Content-Type:") }
    return lines
  }
}

/// RFC 9110, 5.6.2.
private func isTokenByte(_ c: UInt8) -> Bool {
  switch c {
  case UInt8(ascii: "0")...UInt8(ascii: "9"), UInt8(ascii: "A")...UInt8(ascii: "Z"),
    UInt8(ascii: "a")...UInt8(ascii: "z"):
    true
  default: "!#$%&'*+-.^_`|~".utf8.contains(c)
  }
}
