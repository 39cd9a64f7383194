import TestSupport
import Testing

@testable import Core

@Suite struct HTTPMultiTests {
  @Test func threeHundredSlowAnswersTakeTheTimeOfOne() async throws {
    let server = LoopbackServer { request in .wait(0.5, then: .send(ok(request.target))) }
    defer { server.stop() }
    let multi = HTTPMulti()
    let start = ContinuousClock.now
    let bodies = try await withThrowingTaskGroup(of: String.self) { group in
      for i in 0..<300 {
        group.addTask {
          let response = try await multi.send(HTTPRequest("POST", server.url("/\(i)"), body: [1], timeout: 60))
          return String(decoding: response.body, as: UTF8.self)
        }
      }
      return try await group.reduce(into: Set<String>()) { $0.insert($1) }
    }
    let took = ContinuousClock.now - start
    #expect(bodies == Set((0..<300).map { "/\($0)" }))
    // One after the other would take 150 s.
    #expect(took < .seconds(60), "\(took)")
    await multi.close()
  }

  @Test func connectionsAreKept() async throws {
    let server = LoopbackServer { _ in .send(ok("yes")) }
    defer { server.stop() }
    let multi = HTTPMulti()
    for _ in 0..<10 { #expect(try await multi.send(HTTPRequest("GET", server.url("/"))).status == 200) }
    #expect(Set(server.received.map(\.connection)) == [0])
  }

  func cancelled(_ url: String, when ready: () -> Bool) async -> HTTPFailure? {
    let multi = HTTPMulti(.init(connectTimeout: 60))
    let task = Task { () -> HTTPFailure? in
      do throws(HTTPFailure) {
        _ = try await multi.send(HTTPRequest("POST", url, body: [1], timeout: 60))
        return nil
      } catch { return error }
    }
    while !ready() { try? await Task.sleep(for: .milliseconds(5)) }
    task.cancel()
    let start = ContinuousClock.now
    let fault = await task.value
    // Far less than its own minute, on however busy a machine.
    #expect(ContinuousClock.now - start < .seconds(30))
    await multi.close()
    return fault
  }

  @Test func cancelledAfterItLeft() async {
    let server = LoopbackServer { _ in .wait(60, then: .send(ok("late"))) }
    defer { server.stop() }
    let fault = await cancelled(server.url("/")) { !server.received.isEmpty }
    #expect(fault == .mightHaveArrived("127.0.0.1:\(server.port): cancelled"))
  }

  @Test func cancelledBeforeItLeft() async {
    // Full backlog: the connection is never accepted, so that nothing can leave.
    let (port, release) = deafPort()
    defer { release() }
    let start = ContinuousClock.now
    let fault = await cancelled("http://127.0.0.1:\(port)/") { ContinuousClock.now - start > .seconds(0.2) }
    #expect(fault == .neverLeft("127.0.0.1:\(port): cancelled"))
  }

  @Test func cancelledAtOnce() async {
    let server = LoopbackServer { _ in .wait(60, then: .send(ok("late"))) }
    defer { server.stop() }
    let fault = await cancelled(server.url("/")) { true }
    #expect(fault?.sentence == "127.0.0.1:\(server.port): cancelled")
  }

  @Test func connectingHasItsOwnTimeOut() async {
    let (port, release) = deafPort()
    defer { release() }
    let multi = HTTPMulti(.init(connectTimeout: 0.2))
    await #expect(throws: HTTPFailure.neverLeft("127.0.0.1:\(port): no connection within 0.2 s")) {
      try await multi.send(HTTPRequest("POST", "http://127.0.0.1:\(port)/", body: [1], timeout: 10))
    }
  }

  @Test func postIsNotSentTwice() async throws {
    let server = LoopbackServer { $0.turn == 0 && $0.connection == 0 ? .send(ok("first")) : .hangUp(after: "") }
    defer { server.stop() }
    let multi = HTTPMulti()
    _ = try await multi.send(HTTPRequest("POST", server.url("/1"), body: [49]))
    await #expect(
      throws: HTTPFailure.mightHaveArrived("127.0.0.1:\(server.port): the connection ended without an answer")
    ) { try await multi.send(HTTPRequest("POST", server.url("/2"), body: [50])) }
    #expect(server.received.map(\.target) == ["/1", "/2"])
  }

  @Test func closingGivesUpAndRefuses() async {
    let server = LoopbackServer { _ in .wait(60, then: .send(ok("late"))) }
    defer { server.stop() }
    let multi = HTTPMulti()
    let host = "127.0.0.1:\(server.port)"
    let task = Task { try await multi.send(HTTPRequest("POST", server.url("/"), body: [1])) }
    while server.received.isEmpty { try? await Task.sleep(for: .milliseconds(5)) }
    await multi.close()
    await multi.close()
    await #expect(throws: HTTPFailure.mightHaveArrived("\(host): the HTTP client was closed")) { try await task.value }
    await #expect(throws: HTTPFailure.neverLeft("\(host): the HTTP client is closed")) {
      try await multi.send(HTTPRequest("GET", server.url("/")))
    }
  }

  @Test func privateAddressesAreRefused() async {
    let multi = HTTPMulti(.init(allowPrivateAddresses: false))
    await #expect(throws: HTTPFailure.notPublic(host: "127.0.0.1:9", address: "127.0.0.1")) {
      try await multi.send(HTTPRequest("GET", "http://127.0.0.1:9/"))
    }
  }
}
