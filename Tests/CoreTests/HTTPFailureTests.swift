import TestSupport
import Testing

@testable import Core

/// Each failure must tell truly whether the request may have been acted upon, and no secret of it.
@Suite struct HTTPFailureTests {
  let token = "sk-very-secret"

  func failure(_ url: String, _ settings: HTTPSettings = .init(), timeout: Double = 30) async -> HTTPFailure? {
    await failure(
      HTTPRequest(
        "POST", url + "/p?access_token=\(token)", headers: [.init("Authorization", "Bearer \(token)")],
        body: Array("x".utf8), timeout: timeout), HTTPMulti(settings))
  }

  func failure(_ request: HTTPRequest, _ http: HTTPMulti = HTTPMulti()) async -> HTTPFailure? {
    do throws(HTTPFailure) {
      _ = try await http.send(request)
      return nil
    } catch {
      #expect(!error.sentence.contains(token) && !error.sentence.contains("/p"))
      return error
    }
  }

  @Test func slowAnswerMightHaveArrived() async {
    let server = LoopbackServer { _ in .wait(60, then: .send(ok("late"))) }
    defer { server.stop() }
    let host = "127.0.0.1:\(server.port)"
    // So long that it leaves in time, on however busy a machine.
    #expect(await failure(server.url(""), timeout: 5.5) == .mightHaveArrived("\(host): no answer within 5.5 s"))
    #expect(await eventually { server.received.count == 1 })
  }

  @Test func halfAnAnswerMightHaveArrived() async {
    let server = LoopbackServer { _ in .hangUp(after: "HTTP/1.1 200 OK\r\nContent-Length: 10\r\n\r\nhalf") }
    defer { server.stop() }
    guard case .mightHaveArrived? = await failure(server.url("")) else { return #expect(Bool(false)) }
  }

  @Test func refusedPortNeverLeft() async throws {
    let port = closedPort()
    let fault = try #require(await failure("http://127.0.0.1:\(port)"))
    guard case .neverLeft(let sentence) = fault else { return #expect(Bool(false), "\(fault)") }
    #expect(sentence.hasPrefix("127.0.0.1:\(port): Failed to connect"))
  }

  /// The handle is used again after an exchange that did leave: its counters must not be mistaken for ours.
  @Test func refusedPortNeverLeftOnAUsedHandle() async throws {
    let server = LoopbackServer { _ in .send(ok("yes")) }
    defer { server.stop() }
    let http = HTTPMulti()
    _ = try await http.send(HTTPRequest("GET", server.url("/")))
    guard case .neverLeft? = await failure(HTTPRequest("GET", "http://127.0.0.1:\(closedPort())/"), http) else {
      return #expect(Bool(false))
    }
  }

  @Test func noTLSNeverLeft() async {
    let server = LoopbackServer { _ in .send(ok("yes")) }
    defer { server.stop() }
    guard case .neverLeft? = await failure("https://127.0.0.1:\(server.port)", timeout: 1) else {
      return #expect(Bool(false))
    }
  }

  @Test func unknownNameNeverLeft() async {
    guard case .neverLeft? = await failure("http://no-such-name.invalid", timeout: 3) else {
      return #expect(Bool(false))
    }
  }

  @Test func resetAfterTheRequestMightHaveArrived() async {
    let server = LoopbackServer { _ in .reset }
    defer { server.stop() }
    guard case .mightHaveArrived? = await failure(server.url("")) else { return #expect(Bool(false)) }
    #expect(server.received.count == 1)
  }

  static let large = [
    "known length": ok(String(repeating: "x", count: 5000)),
    "headers": "HTTP/1.1 200 OK\r\n" + String(repeating: "X-A: bbbbbbbbbbbbbbbb\r\n", count: 300) + "\r\n",
    "chunks": "HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n"
      + String(repeating: "400\r\n" + String(repeating: "y", count: 1024) + "\r\n", count: 5) + "0\r\n\r\n",
    "until the end": "HTTP/1.1 200 OK\r\n\r\n" + String(repeating: "z", count: 5000),
  ]

  @Test(arguments: large.keys.sorted())
  func tooLargeAnAnswer(_ form: String) async throws {
    let answer = try #require(Self.large[form])
    let server = LoopbackServer { _ in .hangUp(after: answer) }
    defer { server.stop() }
    let expected = "127.0.0.1:\(server.port): the answer is larger than 4096 bytes"
    #expect(await failure(server.url(""), .init(maxAnswer: 4096)) == .mightHaveArrived(expected))
  }

  @Test(arguments: ["garbage\r\n\r\n", "HTTP/1.1 abc\r\n\r\n", "", "\u{0}\u{0}\u{0}\u{0}"])
  func garbageMightHaveArrived(_ answer: String) async {
    let server = LoopbackServer { _ in .hangUp(after: answer) }
    defer { server.stop() }
    guard case .mightHaveArrived? = await failure(server.url("")) else { return #expect(Bool(false)) }
  }

  @Test func getMayBeSentTwice() async throws {
    let server = LoopbackServer { $0.connection == 0 && $0.turn == 1 ? .hangUp(after: "") : .send(ok("yes")) }
    defer { server.stop() }
    let http = HTTPMulti()
    _ = try await http.send(HTTPRequest("GET", server.url("/1")))
    #expect(try await http.send(HTTPRequest("GET", server.url("/2"))).status == 200)
    #expect(server.received.map(\.target) == ["/1", "/2", "/2"])
  }

  @Test(arguments: [
    HTTPRequest("GET", "ftp://127.0.0.1/p"), HTTPRequest("GET", "127.0.0.1/p"), HTTPRequest("GET", "http:///p"),
    HTTPRequest("GET", "http://127.0.0.1/p q"), HTTPRequest("GET", "file:///etc/passwd"),
    HTTPRequest("G T", "http://h/"),
    HTTPRequest("GET", "http://h/", headers: [.init("X", "a\r\nY: b")]),
    HTTPRequest("GET", "http://h/", headers: [.init("X:", "a")]), HTTPRequest("GET", ""),
    HTTPRequest("GET", "http://127.0.0.1:99999/"),
  ])
  func whatCannotBeSentNeverLeft(_ request: HTTPRequest) async {
    guard case .neverLeft? = await failure(request) else { return #expect(Bool(false)) }
  }
}
