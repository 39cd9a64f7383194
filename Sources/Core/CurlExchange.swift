import CCurl

/// One exchange on one of curl's easy handles. Not for two threads.
///
/// Whether the request left is decided by two facts: curl's pre-request callback, called when a connection stands (TLS
/// included) and nothing was written to it, and CURLINFO_REQUEST_SIZE, which counts what was written since.
///
/// When a kept connection ends before a byte of the answer came, libcurl (seen in 7.88.1) sends the request again on a
/// new one, up to five times, whatever the method: a POST that was already acted upon would be done twice, without a
/// word. The callback comes before each of these sends too, so it forbids the second one, unless the first wrote
/// nothing or the method is one that only reads. The alternative, CURLOPT_FRESH_CONNECT, costs a TLS handshake a
/// request. Connections that the peer had closed before are no such case: curl looks before it takes one.
final class CurlExchange {
  let easy: UnsafeMutableRawPointer
  let request: HTTPRequest
  let settings: HTTPSettings
  /// An open file that the answer's body goes into instead of memory.
  private let file: Int32?
  private let errors = UnsafeMutablePointer<CChar>.allocate(capacity: Int(CURL_ERROR_SIZE))
  private var list: UnsafeMutablePointer<curl_slist>?
  private var attached = true

  /// What curl's calls left behind.
  struct Traces {
    /// How often a connection was ready for the request.
    var sends = 0
    /// CURLINFO_REQUEST_SIZE before the first send: a handle that is used again may not start at 0.
    var sizeBefore = 0
    var secondSendForbidden = false
    var tooLarge = false
    /// The file took nothing more.
    var unwritable = false
    /// The address that was not connected to, because it is not public.
    var refused: String?
    var received = 0
    var headers: [String: String] = [:]
    var body: [UInt8] = []
  }
  private(set) var traces = Traces()

  init(
    _ easy: UnsafeMutableRawPointer, _ request: HTTPRequest, _ settings: HTTPSettings, file: Int32? = nil
  ) {
    self.easy = easy
    self.file = file
    self.request = request
    self.settings = settings
    errors.initialize(repeating: 0, count: Int(CURL_ERROR_SIZE))
  }

  deinit {
    detach()
    errors.deallocate()
  }

  /// Leaves the handle clean for the next exchange, its connections open.
  func detach() {
    guard attached else { return }
    attached = false
    curl_easy_reset(easy)
    curl_slist_free_all(list)
    list = nil
  }

  /// Sets the handle up. The exchange must live until `detach`.
  func prepare() throws(HTTPFailure) {
    if let fault = request.fault { throw .neverLeft("\(request.host): \(fault)") }
    for line in request.curlHeaders {
      guard let longer = curl_slist_append(list, line) else { throw .neverLeft("\(request.host): no memory") }
      list = longer
    }
    let me = UnsafeRawPointer(Unmanaged.passUnretained(self).toOpaque())
    var options = CurlOptions(easy)
    options.set(CURLOPT_ERRORBUFFER, UnsafeRawPointer(errors))
    options.set(CURLOPT_URL, request.url)
    options.set(method: request.method, body: request.body)
    options.set(CURLOPT_HTTPHEADER, UnsafeRawPointer(list))
    options.set(CURLOPT_TIMEOUT_MS, milliseconds(request.timeout))
    options.set(CURLOPT_CONNECTTIMEOUT_MS, milliseconds(min(settings.connectTimeout, request.timeout)))
    options.set(settings)
    options.set(CURLOPT_WRITEFUNCTION, tookBody)
    options.set(CURLOPT_WRITEDATA, me)
    options.set(CURLOPT_HEADERFUNCTION, tookHeader)
    options.set(CURLOPT_HEADERDATA, me)
    options.prereq(mayItLeave)
    options.set(CURLOPT_PREREQDATA, me)
    if !settings.allowPrivateAddresses {
      options.opensocket(openPublicSocket)
      options.set(CURLOPT_OPENSOCKETDATA, me)
    }
    if options.code != CURLE_OK { throw .neverLeft("\(request.host): " + words(options.code)) }
  }

  /// curl's more exact words for what just failed, if it has any. Asked for only where they can be about no more than
  /// name, address and certificate.
  var detail: String? {
    errors[0] == 0 ? nil : String(cString: errors)
  }

  /// Whether a byte of the request was written.
  var left: Bool { traces.sends > 0 && requestSize > traces.sizeBefore }

  private var requestSize: Int {
    var size = 0
    return tis_getinfo_long(easy, CURLINFO_REQUEST_SIZE, &size) == CURLE_OK ? size : Int.max
  }
}

func words(_ code: CURLcode) -> String { String(cString: curl_easy_strerror(code)) }

// MARK: What curl calls

extension CurlExchange {
  fileprivate static func at(_ context: UnsafeMutableRawPointer?) -> CurlExchange? {
    context.map { Unmanaged<CurlExchange>.fromOpaque($0).takeUnretainedValue() }
  }

  fileprivate func mayLeave() -> Bool {
    if traces.sends == 0 {
      traces.sizeBefore = requestSize
    } else if left && !request.onlyReads {
      traces.secondSendForbidden = true
      return false
    }
    traces.sends += 1
    return true
  }

  fileprivate func count(_ bytes: Int) -> Bool {
    traces.received += bytes
    traces.tooLarge = traces.received > settings.maxAnswer
    return !traces.tooLarge
  }

  fileprivate func take(body bytes: UnsafeRawBufferPointer) -> Bool {
    guard count(bytes.count) else { return false }
    if let file {
      traces.unwritable = !writeAll(bytes, to: file)
      return !traces.unwritable
    }
    traces.body.append(contentsOf: bytes)
    return true
  }

  fileprivate func take(header bytes: UnsafeRawBufferPointer) -> Bool {
    guard count(bytes.count) else { return false }
    let line = String(decoding: bytes, as: UTF8.self)
    if line.hasPrefix("HTTP/") {
      // A new answer: what came before was an interim one such as 103.
      traces.headers = [:]
    } else if let colon = line.firstIndex(of: ":") {
      traces.headers[line[..<colon].lowercased()] = trimmed(line[line.index(after: colon)...])
    }
    return true
  }

  fileprivate func refuse(_ address: String) { traces.refused = address }
}

private func trimmed(_ text: Substring) -> String {
  // By scalars: CR and LF together are one Character.
  let scalars = text.unicodeScalars
  let blank: (Unicode.Scalar) -> Bool = { $0 == " " || $0 == "\t" || $0 == "\r" || $0 == "\n" }
  guard let first = scalars.firstIndex(where: { !blank($0) }), let last = scalars.lastIndex(where: { !blank($0) })
  else {
    return ""
  }
  return String(scalars[first...last])
}

private let tookBody: tis_write_function = { bytes, size, count, context in
  let taken = CurlExchange.at(context)?.take(body: UnsafeRawBufferPointer(start: bytes, count: size * count)) ?? false
  return taken ? size * count : 0
}

private let tookHeader: tis_write_function = { bytes, size, count, context in
  let taken = CurlExchange.at(context)?.take(header: UnsafeRawBufferPointer(start: bytes, count: size * count)) ?? false
  return taken ? size * count : 0
}

private let mayItLeave: curl_prereq_callback = { context, _, _, _, _ in
  CurlExchange.at(context)?.mayLeave() == true ? CURL_PREREQFUNC_OK : CURL_PREREQFUNC_ABORT
}

private let openPublicSocket: curl_opensocket_callback = { context, _, target in
  guard let target, let raw = tis_sockaddr(target) else { return -1 }
  let address = IPAddress(raw, family: target.pointee.family)
  guard let address, address.isPublic else {
    CurlExchange.at(context)?.refuse(address?.text ?? "a local socket")
    return -1
  }
  return socket(target.pointee.family, target.pointee.socktype, target.pointee.protocol)
}
