import TestSupport
import Testing

@testable import Core

/// What goes out as it was told, and what comes back as it was answered.
@Suite struct HTTPAnswerTests {
  let echo = LoopbackServer { request in
    .send(ok("\(request.method) \(request.target) \(String(decoding: request.body, as: UTF8.self))", "X-Two: 2\r\n"))
  }

  @Test func answersAndHeaders() async throws {
    defer { echo.stop() }
    let http = HTTPMulti()
    let request = HTTPRequest(
      "POST", echo.url("/a?b=c"), headers: [.init("X-Token", "t"), .init("X-Empty", "")], body: Array("hola\u{0}!".utf8)
    )
    let response = try await http.send(request)
    #expect(response.status == 200)
    #expect(response.headers["x-two"] == "2")
    #expect(response.headers["content-length"] == String(response.body.count))
    #expect(String(decoding: response.body, as: UTF8.self) == "POST /a?b=c hola\u{0}!")
    let got = try #require(echo.received.first)
    #expect(got.headers["x-token"] == "t")
    #expect(got.headers["x-empty"] == "")
    #expect(got.headers["user-agent"] == "tistis/1")
    #expect(got.headers["expect"] == nil && got.headers["content-type"] == nil && got.headers["cookie"] == nil)
  }

  @Test(arguments: ["GET", "DELETE", "PUT", "PATCH", "POST", "OPTIONS", "HEAD"])
  func methods(_ method: String) async throws {
    defer { echo.stop() }
    let server = method == "HEAD" ? LoopbackServer { _ in .send("HTTP/1.1 200 OK\r\nContent-Length: 9\r\n\r\n") } : echo
    defer { server.stop() }
    let response = try await HTTPMulti().send(HTTPRequest(method, server.url("/x")))
    #expect(server.received.map(\.method) == [method])
    #expect(response.body.isEmpty == (method == "HEAD"))
    let length = server.received.first?.headers["content-length"]
    #expect(length == (["PUT", "PATCH", "POST"].contains(method) ? "0" : nil))
  }

  @Test func largeBodiesGoWithoutExpect() async throws {
    defer { echo.stop() }
    let body = [UInt8](repeating: UInt8(ascii: "x"), count: 3_000_000)
    let response = try await HTTPMulti().send(HTTPRequest("POST", echo.url("/"), body: body))
    #expect(response.body.count == body.count + "POST / ".count)
    #expect(echo.received.first?.headers["expect"] == nil)
  }

  @Test func redirectsAndErrorsAreAnswers() async throws {
    let server = LoopbackServer { request in
      .send(
        request.target == "/go"
          ? ok("", "Location: /there\r\nSet-Cookie: a=b\r\n", status: "302 Found") : ok("no", status: "500 Oops"))
    }
    defer { server.stop() }
    let http = HTTPMulti()
    #expect(try await http.send(HTTPRequest("GET", server.url("/go"))).headers["location"] == "/there")
    #expect(try await http.send(HTTPRequest("GET", server.url("/bad"))).status == 500)
    #expect(server.received.map(\.target) == ["/go", "/bad"])
    #expect(server.received.last?.headers["cookie"] == nil)
  }

  @Test func interimAnswersAreDropped() async throws {
    let server = LoopbackServer { _ in
      .send("HTTP/1.1 103 Early Hints\r\nLink: x\r\n\r\n" + ok("done", "X-A:  one \r\nX-A: two\r\n"))
    }
    defer { server.stop() }
    let response = try await HTTPMulti().send(HTTPRequest("GET", server.url("/")))
    #expect(response.status == 200)
    #expect(response.headers["link"] == nil)
    #expect(response.headers["x-a"] == "two")
  }
}
