#if canImport(Glibc)
  import Glibc
#endif

/// Listens on loopback and says nothing, or greets as Postgres does and says nothing more.
final class SilentServer {
  struct NoSocket: Error {}
  let port: UInt16
  private let listener: Int32

  init(greets: Bool = false) throws {
    let listener = socket(AF_INET, Int32(SOCK_STREAM.rawValue), 0)
    var address = sockaddr_in()
    address.sin_family = sa_family_t(AF_INET)
    address.sin_addr.s_addr = UInt32(0x7f00_0001).bigEndian
    var length = socklen_t(MemoryLayout<sockaddr_in>.size)
    let bound = withUnsafeMutablePointer(to: &address) { pointer in
      pointer.withMemoryRebound(to: sockaddr.self, capacity: 1) { generic in
        bind(listener, generic, length) == 0 && listen(listener, 8) == 0 && getsockname(listener, generic, &length) == 0
      }
    }
    guard listener >= 0, bound else { throw NoSocket() }
    self.listener = listener
    port = UInt16(bigEndian: address.sin_port)
    if greets { Self.greet(on: listener) }
  }

  deinit {
    shutdown(listener, Int32(SHUT_RDWR))
    close(listener)
  }

  /// A thread of its own: the test blocks while it connects.
  private static func greet(on listener: Int32) {
    var thread = pthread_t()
    let context = UnsafeMutableRawPointer(bitPattern: Int(listener))
    pthread_create(
      &thread, nil,
      { context in
        let client = accept(Int32(Int(bitPattern: context)), nil, nil)
        var startup = [UInt8](repeating: 0, count: 1024)
        // What it asks first may be TLS, which is declined.
        while client >= 0, read(client, &startup, startup.count) == 8 { _ = write(client, "N", 1) }
        // AuthenticationOk, ReadyForQuery.
        let greeting: [UInt8] = [0x52, 0, 0, 0, 8, 0, 0, 0, 0, 0x5A, 0, 0, 0, 5, 0x49]
        _ = write(client, greeting, greeting.count)
        // Until the client goes away.
        while client >= 0, read(client, &startup, startup.count) > 0 {}
        close(client)
        return nil
      }, context)
    pthread_detach(thread)
  }
}
