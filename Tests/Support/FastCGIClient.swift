import Core

#if canImport(Glibc)
  import Glibc
#endif

/// Speaks FastCGI to a program's socket as nginx does, and can misbehave as no nginx would.
public final class FastCGIClient {
  private let descriptor: Int32

  public init(socket path: String) throws {
    // A program started meanwhile must not inherit it: libfcgi waits 2 s for a client's end that stays open.
    descriptor = socket(AF_UNIX, Int32(SOCK_STREAM.rawValue | SOCK_CLOEXEC.rawValue), 0)
    var address = sockaddr_un()
    address.sun_family = sa_family_t(AF_UNIX)
    guard path.utf8.count < MemoryLayout.size(ofValue: address.sun_path) else { throw Complaint("too long: \(path)") }
    withUnsafeMutableBytes(of: &address.sun_path) { $0.copyBytes(from: Array(path.utf8)) }
    let status = withUnsafePointer(to: &address) {
      $0.withMemoryRebound(to: sockaddr.self, capacity: 1) {
        connect(descriptor, $0, socklen_t(MemoryLayout<sockaddr_un>.size))
      }
    }
    guard status == 0 else { throw Complaint("cannot connect to \(path): \(String(cString: strerror(errno)))") }
    var limit = timeval(tv_sec: 60, tv_usec: 0)
    setsockopt(descriptor, SOL_SOCKET, SO_RCVTIMEO, &limit, socklen_t(MemoryLayout<timeval>.size))
  }

  deinit { close(descriptor) }

  /// Whether the other side has read all that was sent so far, and so has taken the request.
  public var isRead: Bool {
    var waiting: Int32 = 0
    return ioctl(descriptor, UInt(TIOCOUTQ), &waiting) == 0 && waiting == 0
  }

  /// Begins a request and sends its parameters; the body follows by `body`.
  public func begin(_ method: String, _ path: String, length: Int, headers: [(String, String)] = []) {
    record(1, [0, 1, 0, 0, 0, 0, 0, 0])
    var parameters = [
      ("REQUEST_METHOD", method), ("DOCUMENT_URI", path), ("REQUEST_URI", path), ("QUERY_STRING", ""),
      ("CONTENT_LENGTH", String(length)), ("REQUEST_ID", "test"),
    ]
    parameters += headers
    var bytes = [UInt8]()
    for (name, value) in parameters { bytes += size(name) + size(value) + Array(name.utf8) + Array(value.utf8) }
    record(4, bytes)
    record(4, [])
  }

  /// A piece of the body; an empty one ends it.
  public func body(_ bytes: [UInt8]) {
    for start in stride(from: 0, to: bytes.count, by: 60_000) {
      record(5, Array(bytes[start..<min(start + 60_000, bytes.count)]))
    }
    if bytes.isEmpty { record(5, []) }
  }

  /// Everything the program said on its standard output, until it closed.
  public func answer() -> String {
    var out = [UInt8]()
    while let header = read(8) {
      let length = Int(header[4]) << 8 | Int(header[5])
      guard let content = read(length + Int(header[6])) else { break }
      if header[1] == 6 { out += content.prefix(length) }
      if header[1] == 3 { break }
    }
    return String(decoding: out, as: UTF8.self)
  }

  private func size(_ text: String) -> [UInt8] {
    let n = text.utf8.count
    return n < 128 ? [UInt8(n)] : [UInt8(n >> 24) | 0x80, UInt8(n >> 16 & 255), UInt8(n >> 8 & 255), UInt8(n & 255)]
  }

  private func record(_ type: UInt8, _ content: [UInt8]) {
    let bytes = [1, type, 0, 1, UInt8(content.count >> 8), UInt8(content.count & 255), 0, 0] + content
    var sent = 0
    while sent < bytes.count {
      let n = bytes.withUnsafeBytes {
        send(descriptor, $0.baseAddress! + sent, bytes.count - sent, Int32(MSG_NOSIGNAL))
      }
      if n <= 0 { return }
      sent += n
    }
  }

  private func read(_ count: Int) -> [UInt8]? {
    var bytes = [UInt8](repeating: 0, count: count)
    var got = 0
    while got < count {
      let n = bytes.withUnsafeMutableBytes { recv(descriptor, $0.baseAddress! + got, count - got, 0) }
      if n <= 0 { return nil }
      got += n
    }
    return bytes
  }
}
