import CFastCGI

/// The parameters nginx sent (`nginx/tistis_fastcgi.conf`), and the body that belongs to them.
struct FastCGIEnvironment {
  private var values: [String: String] = [:]

  init(_ envp: UnsafeMutablePointer<UnsafeMutablePointer<CChar>?>?) {
    guard var next = envp else { return }
    while let entry = next.pointee {
      let text = String(cString: entry)
      if let equals = text.firstIndex(of: "=") {
        values[String(text[..<equals])] = String(text[text.index(after: equals)...])
      }
      next += 1
    }
  }

  subscript(name: String) -> String? { values[name] }

  func request(
    id: String, body: UnsafeMutablePointer<FCGX_Stream>?, started: Instant
  ) throws(Refusal) -> Request {
    var headers = [String: String]()
    for (name, value) in values where name.hasPrefix("HTTP_") && name != "HTTP_PROXY" {
      headers[headerName(name.utf8.dropFirst(5))] = value
    }
    if let type = values["CONTENT_TYPE"], !type.isEmpty { headers["content-type"] = type }
    let uri = values["REQUEST_URI"] ?? ""
    let parts = uri.split(separator: "?", maxSplits: 1, omittingEmptySubsequences: false)
    return Request(
      values["REQUEST_METHOD"] ?? "GET",
      values["DOCUMENT_URI"] ?? parts.first.map { percentDecoded($0) } ?? "/",
      query: values["QUERY_STRING"] ?? (parts.count > 1 ? String(parts[1]) : ""),
      headers: headers, body: try read(body), id: id, deadline: deadline(started),
      remote: values["REMOTE_ADDR"] ?? "")
  }

  /// nginx's `$msec` is when the request arrived there; time spent waiting for a free process counts.
  private func deadline(_ started: Instant) -> Instant {
    let parts = (values["REQUEST_MSEC"] ?? "").split(separator: ".")
    guard parts.count == 2, let seconds = Int64(parts[0]), let fraction = Int64(parts[1].prefix(3)) else {
      return started + Limits.requestSeconds
    }
    let arrived = Instant(microseconds: seconds * 1_000_000 + fraction * 1000)
    // A clock that is off must not refuse everything: arrival counts only when it is plausible.
    return (abs(started - arrived) < 60 ? min(arrived, started) : started) + Limits.requestSeconds
  }

  /// Exactly CONTENT_LENGTH bytes. A short read means that the client went away in the middle.
  private func read(_ stream: UnsafeMutablePointer<FCGX_Stream>?) throws(Refusal) -> [UInt8] {
    let length = values["CONTENT_LENGTH"] ?? ""
    guard !length.isEmpty else { return [] }
    guard let count = Int(length), count >= 0 else {
      throw .malformed(path: "Content-Length", fault: "expected a number")
    }
    let limit = values["BODY_LIMIT"].flatMap { Int($0) }.map { min(max($0, 0), Limits.largeBody) } ?? Limits.body
    guard count <= limit else { throw .tooLarge(limit: limit) }
    let bytes = [UInt8](unsafeUninitializedCapacity: count) { buffer, filled in
      filled = 0
      guard count > 0 else { return }
      buffer.withMemoryRebound(to: CChar.self) { chars in
        while filled < count {
          let got = FCGX_GetStr(chars.baseAddress! + filled, Int32(count - filled), stream)
          if got <= 0 { break }
          filled += Int(got)
        }
      }
    }
    guard bytes.count == count else {
      throw .malformed(path: "$", fault: "\(bytes.count) of \(count) bytes arrived")
    }
    return bytes
  }
}

/// `X_HUB_SIGNATURE_256` as `x-hub-signature-256`. By bytes: by characters it took longer than reading the body.
private func headerName(_ parameter: Substring.UTF8View) -> String {
  let small = parameter.map { byte -> UInt8 in
    byte == UInt8(ascii: "_") ? UInt8(ascii: "-") : (65...90).contains(byte) ? byte + 32 : byte
  }
  return String(decoding: small, as: UTF8.self)
}
