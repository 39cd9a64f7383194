import Core
import FlyingFox
import FoundationEssentials

/// FlyingFox in front of the world: the only file that knows it.
struct Server {
  private let server: HTTPServer
  private let log: Log

  init(bind: String, port: UInt16, world: World, log: Log) throws {
    self.log = log
    // A handler may take as long as a fault says; the limit here only bounds what would otherwise be for ever.
    server = HTTPServer(
      address: try .inet(ip4: bind, port: port), timeout: 900, logger: .disabled, handler: Front(world: world))
  }

  func run() async throws {
    try await withThrowingTaskGroup { group in
      group.addTask { try await server.run() }
      group.addTask {
        try await server.waitUntilListening()
        Sockets.sendAtOnce()
        if case .ip4(let address, let port)? = await server.listeningAddress {
          log.info("listening", ["address": address, "port": "\(port)"])
        }
      }
      try await group.waitForAll()
    }
  }
}

private struct Front: HTTPHandler {
  let world: World

  func handleRequest(_ theirs: FlyingFox.HTTPRequest) async throws -> FlyingFox.HTTPResponse {
    var body = [UInt8]()
    var tooLarge = false
    // What is too large is read to its end and dropped, so that the client gets its answer.
    for try await chunk in theirs.bodySequence {
      tooLarge = tooLarge || body.count + chunk.count > World.largestBody
      if !tooLarge { body += chunk }
    }
    let headers = theirs.headers.reduce(into: [String: String]()) { $0[$1.key.rawValue.lowercased()] = $1.value }
    let request = Request(
      theirs.method.rawValue, theirs.target.path(), query: theirs.target.query(), headers: headers, body: body)
    switch await world.handle(request, tooLarge: tooLarge) {
    case .answer(let response): return Self.response(response)
    case .silence(let seconds): return .init(webSocket: NoAnswer(seconds: seconds, resetPort: nil))
    case .reset: return .init(webSocket: NoAnswer(seconds: 0, resetPort: theirs.remotePort))
    }
  }

  private static func response(_ ours: Response) -> FlyingFox.HTTPResponse {
    var headers = HTTPHeaders()
    for (name, value) in ours.headers { headers.addValue(value, for: HTTPHeader(name)) }
    return .init(
      statusCode: HTTPStatusCode(ours.status, phrase: phrases[ours.status] ?? "Status"), headers: headers,
      body: Data(ours.body))
  }

  private static let phrases = [
    200: "OK", 201: "Created", 302: "Found", 400: "Bad Request", 401: "Unauthorized", 403: "Forbidden",
    404: "Not Found",
    405: "Method Not Allowed", 413: "Payload Too Large", 429: "Too Many Requests", 500: "Internal Server Error",
    503: "Service Unavailable", 529: "Overloaded",
  ]
}

/// Ends a connection without writing a byte. FlyingFox asks a web socket's handler for its frames before it writes the
/// head of the answer, and closes the connection if that throws: the one place where no answer is possible.
private struct NoAnswer: WSHandler {
  let seconds: Double
  /// The client's port, if the connection is to be reset.
  let resetPort: UInt16?

  func makeFrames(for client: AsyncThrowingStream<WSFrame, any Error>) async throws -> AsyncStream<WSFrame> {
    if let resetPort {
      Sockets.resetOnClose(clientPort: resetPort)
    } else {
      await withTaskGroup { group in
        group.addTask { try? await Task.sleep(for: .seconds(seconds)) }
        // Ends when the client closes its side.
        group.addTask { do { for try await _ in client {} } catch {} }
        await group.next()
        group.cancelAll()
      }
    }
    throw Ended()
  }

  struct Ended: Error {}
}

extension FlyingFox.HTTPRequest {
  fileprivate var remotePort: UInt16? {
    switch remoteAddress {
    case .ip4(_, let port), .ip6(_, let port): port
    case .unix, nil: nil
    }
  }
}
