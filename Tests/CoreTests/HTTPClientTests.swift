import TestSupport
import Testing

@testable import Core

@Suite struct HTTPClientTests {
  let echo = LoopbackServer { request in
    .send(ok("\(request.method) \(request.target) \(String(decoding: request.body, as: UTF8.self))", "X-Two: 2\r\n"))
  }

  @Test func answersAndHeaders() throws {
    defer { echo.stop() }
    let client = HTTPClient()
    let request = HTTPRequest(
      "POST", echo.url("/a?b=c"), headers: [.init("X-Token", "t"), .init("X-Empty", "")], body: Array("hola\u{0}!".utf8)
    )
    let response = try client.send(request)
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
  func methods(_ method: String) throws {
    defer { echo.stop() }
    let server = method == "HEAD" ? LoopbackServer { _ in .send("HTTP/1.1 200 OK\r\nContent-Length: 9\r\n\r\n") } : echo
    defer { server.stop() }
    let response = try HTTPClient().send(HTTPRequest(method, server.url("/x"), timeout: 2))
    #expect(server.received.map(\.method) == [method])
    #expect(response.body.isEmpty == (method == "HEAD"))
    let length = server.received.first?.headers["content-length"]
    #expect(length == (["PUT", "PATCH", "POST"].contains(method) ? "0" : nil))
  }

  @Test func largeBodiesGoWithoutExpect() throws {
    defer { echo.stop() }
    let body = [UInt8](repeating: UInt8(ascii: "x"), count: 3_000_000)
    let response = try HTTPClient().send(HTTPRequest("POST", echo.url("/"), body: body, timeout: 5))
    #expect(response.body.count == body.count + "POST / ".count)
    #expect(echo.received.first?.headers["expect"] == nil)
  }

  @Test func connectionsAreKept() throws {
    defer { echo.stop() }
    let client = HTTPClient()
    for i in 0..<5 { #expect(try client.send(HTTPRequest("GET", echo.url("/\(i)"))).status == 200) }
    #expect(echo.received.map(\.turn) == [0, 1, 2, 3, 4])
  }

  @Test func redirectsAndErrorsAreAnswers() throws {
    let server = LoopbackServer { request in
      .send(
        request.target == "/go"
          ? ok("", "Location: /there\r\nSet-Cookie: a=b\r\n", status: "302 Found") : ok("no", status: "500 Oops"))
    }
    defer { server.stop() }
    let client = HTTPClient()
    #expect(try client.send(HTTPRequest("GET", server.url("/go"))).headers["location"] == "/there")
    #expect(try client.send(HTTPRequest("GET", server.url("/bad"))).status == 500)
    #expect(server.received.map(\.target) == ["/go", "/bad"])
    #expect(server.received.last?.headers["cookie"] == nil)
  }

  @Test func interimAnswersAreDropped() throws {
    let server = LoopbackServer { _ in
      .send("HTTP/1.1 103 Early Hints\r\nLink: x\r\n\r\n" + ok("done", "X-A:  one \r\nX-A: two\r\n"))
    }
    defer { server.stop() }
    let response = try HTTPClient().send(HTTPRequest("GET", server.url("/")))
    #expect(response.status == 200)
    #expect(response.headers["link"] == nil)
    #expect(response.headers["x-a"] == "two")
  }
}
