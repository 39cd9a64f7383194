#if canImport(Glibc)
  import Glibc
#endif

/// Three things about our own sockets that FlyingFox has no word for. They find the descriptor by asking each of ours.
enum Sockets {
  /// Descriptors we may have open; each held connection costs one.
  private static let most: Int32 = 8192

  /// Lifts the usual limit of 1024 open files, so that hundreds of slow answers can be held.
  static func raiseFileLimit() {
    var limit = rlimit()
    guard getrlimit(__rlimit_resource_t(RLIMIT_NOFILE.rawValue), &limit) == 0 else { return }
    limit.rlim_cur = min(limit.rlim_max, rlim_t(most))
    _ = setrlimit(__rlimit_resource_t(RLIMIT_NOFILE.rawValue), &limit)
  }

  /// Turns Nagle's algorithm off on the listening socket, which Linux hands down to what it accepts: head and body are
  /// two writes, and the second would wait 40 ms for the client's delayed acknowledgement.
  static func sendAtOnce() {
    for file in 3..<most {
      var listening: Int32 = 0
      var size = socklen_t(MemoryLayout<Int32>.size)
      if getsockopt(file, SOL_SOCKET, SO_ACCEPTCONN, &listening, &size) == 0, listening == 1 {
        var on: Int32 = 1
        setsockopt(file, Int32(IPPROTO_TCP), TCP_NODELAY, &on, size)
      }
    }
  }

  /// Lets the connection from that port of the client end with RST instead of FIN when it is closed.
  static func resetOnClose(clientPort: UInt16) {
    for file in 3..<most {
      var peer = sockaddr_in()
      var size = socklen_t(MemoryLayout<sockaddr_in>.size)
      let found = withUnsafeMutablePointer(to: &peer) {
        $0.withMemoryRebound(to: sockaddr.self, capacity: 1) { getpeername(file, $0, &size) }
      }
      guard found == 0, peer.sin_family == sa_family_t(AF_INET), UInt16(bigEndian: peer.sin_port) == clientPort else {
        continue
      }
      var now = linger(l_onoff: 1, l_linger: 0)
      setsockopt(file, SOL_SOCKET, SO_LINGER, &now, socklen_t(MemoryLayout<linger>.size))
      return
    }
  }
}
