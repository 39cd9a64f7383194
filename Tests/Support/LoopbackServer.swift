import Core
import Glibc
import Synchronization

/// HTTP/1.1 on a loopback port, by plain sockets and a thread a connection, misbehaving as told.
public final class LoopbackServer: Sendable {
  public struct Received: Sendable {
    public var method: String
    public var target: String
    public var headers: [String: String]
    public var body: [UInt8]
    /// From 0, in the order accepted.
    public var connection: Int
    /// From 0, on this connection.
    public var turn: Int
  }

  public indirect enum Action: Sendable {
    /// Bytes as they go over the wire; the connection stays open.
    case send(String)
    case wait(Double, then: Action)
    /// RST instead of an answer.
    case reset
    /// FIN after some bytes, or none.
    case hangUp(after: String)
  }

  public typealias Behaviour = @Sendable (Received) -> Action
  private let socket: Int32
  public let port: UInt16
  private let behaviour: Behaviour
  private let log = Mutex<[Received]>([])
  private let connections = Atomic(0)

  public var received: [Received] { log.withLock { $0 } }
  public func url(_ path: String) -> String { "http://127.0.0.1:\(port)\(path)" }

  public init(_ behaviour: @escaping Behaviour) {
    (socket, port) = listeningSocket()
    self.behaviour = behaviour
    inThread { [self] in
      while case let peer = accept(socket, nil, nil), peer >= 0 {
        _ = fcntl(peer, F_SETFD, FD_CLOEXEC)
        let number = connections.wrappingAdd(1, ordering: .relaxed).oldValue
        inThread { self.serve(peer, number) }
      }
    }
  }

  public func stop() { shutdown(socket, Int32(SHUT_RDWR)) }

  private func serve(_ peer: Int32, _ number: Int) {
    defer { close(peer) }
    var buffer = [UInt8]()
    var turn = 0
    while var request = readRequest(peer, &buffer) {
      (request.connection, request.turn) = (number, turn)
      turn += 1
      log.withLock { $0.append(request) }
      var action = behaviour(request)
      while case .wait(let seconds, let next) = action {
        usleep(UInt32(seconds * 1_000_000))
        action = next
      }
      switch action {
      case .send(let text): write(peer, text)
      case .hangUp(let text):
        write(peer, text)
        return
      case .reset:
        var linger = linger(l_onoff: 1, l_linger: 0)
        setsockopt(peer, SOL_SOCKET, SO_LINGER, &linger, socklen_t(MemoryLayout.size(ofValue: linger)))
        return
      case .wait: return
      }
    }
  }
}

/// A whole answer.
public func ok(_ body: String, _ headers: String = "", status: String = "200 OK") -> String {
  "HTTP/1.1 \(status)\r\nContent-Length: \(body.utf8.count)\r\n\(headers)\r\n\(body)"
}

/// A loopback port on which nobody listens.
public func closedPort() -> UInt16 {
  let (socket, port) = listeningSocket()
  close(socket)
  return port
}

/// A port whose queue of connections is full: connecting to it hangs. `release` frees it.
public func deafPort() -> (UInt16, release: () -> Void) {
  let (server, port) = listeningSocket(backlog: 0)
  let clients = (0..<4).map { _ in
    let client = Glibc.socket(AF_INET, Int32(SOCK_STREAM.rawValue | SOCK_NONBLOCK.rawValue | SOCK_CLOEXEC.rawValue), 0)
    var address = loopback(port)
    withUnsafePointer(to: &address) {
      $0.withMemoryRebound(to: sockaddr.self, capacity: 1) {
        _ = connect(client, $0, socklen_t(MemoryLayout<sockaddr_in>.size))
      }
    }
    return client
  }
  return (port, { for s in [server] + clients { close(s) } })
}

private func loopback(_ port: UInt16) -> sockaddr_in {
  var address = sockaddr_in()
  address.sin_family = sa_family_t(AF_INET)
  address.sin_addr.s_addr = UInt32(0x7F00_0001).bigEndian
  address.sin_port = port.bigEndian
  return address
}

private func listeningSocket(backlog: Int32 = 512) -> (Int32, UInt16) {
  // A program started meanwhile must not inherit it, nor what is accepted: it would hold open what is to end.
  let s = Glibc.socket(AF_INET, Int32(SOCK_STREAM.rawValue | SOCK_CLOEXEC.rawValue), 0)
  var address = loopback(0)
  var size = socklen_t(MemoryLayout<sockaddr_in>.size)
  withUnsafeMutablePointer(to: &address) {
    $0.withMemoryRebound(to: sockaddr.self, capacity: 1) {
      precondition(bind(s, $0, size) == 0 && listen(s, backlog) == 0 && getsockname(s, $0, &size) == 0)
    }
  }
  return (s, UInt16(bigEndian: address.sin_port))
}

private func write(_ peer: Int32, _ text: String) {
  var rest = Array(text.utf8)[...]
  while !rest.isEmpty {
    let n = rest.withUnsafeBytes { send(peer, $0.baseAddress, $0.count, Int32(MSG_NOSIGNAL)) }
    guard n > 0 else { return }
    rest = rest.dropFirst(n)
  }
}

private func readRequest(_ peer: Int32, _ buffer: inout [UInt8]) -> LoopbackServer.Received? {
  let blank = Array("\r\n\r\n".utf8)
  while true {
    if let end = buffer.indices.first(where: { buffer[$0...].starts(with: blank) }) {
      let lines = String(decoding: buffer[..<end], as: UTF8.self).split(separator: "\r\n")
      let words = lines[0].split(separator: " ")
      var headers: [String: String] = [:]
      for line in lines.dropFirst() {
        let pair = line.split(separator: ":", maxSplits: 1, omittingEmptySubsequences: false)
        headers[pair[0].lowercased()] = String(pair[1].drop { $0 == " " })
      }
      let size = Int(headers["content-length"] ?? "0") ?? 0
      if buffer.count >= end + 4 + size {
        let body = Array(buffer[(end + 4)..<(end + 4 + size)])
        buffer.removeFirst(end + 4 + size)
        return .init(
          method: String(words[0]), target: String(words[1]), headers: headers, body: body, connection: 0, turn: 0)
      }
    }
    var chunk = [UInt8](repeating: 0, count: 65_536)
    let n = recv(peer, &chunk, chunk.count, 0)
    guard n > 0 else { return nil }
    buffer += chunk[..<n]
  }
}

private func inThread(_ body: @escaping @Sendable () -> Void) {
  final class Box {
    let body: @Sendable () -> Void
    init(_ body: @escaping @Sendable () -> Void) { self.body = body }
  }
  var thread = pthread_t()
  let context = Unmanaged.passRetained(Box(body)).toOpaque()
  pthread_create(
    &thread, nil,
    { context in
      if let context { Unmanaged<Box>.fromOpaque(context).takeRetainedValue().body() }
      return nil
    }, context)
  pthread_detach(thread)
}
