import Core
import FoundationEssentials
import TestSupport
import Testing

@testable import Flows

/// What nobody should send: always a 4xx that says where the fault is, never a 5xx.
@Suite struct APIJunkTests {
  private static let scopes = ["leads:read", "leads:write", "conversations:read", "conversations:write"]

  @Test func bodies() async throws {
    let client = try APIClient(try Tenant.make(), scopes: Self.scopes)
    let key = ("Authorization", "Bearer " + client.key.reveal())
    let deep = String(repeating: "[", count: 5000) + String(repeating: "]", count: 5000)
    let cases: [(String, Int, String?)] = [
      ("", 400, "$.phone"), ("{", 400, "$"), ("null", 400, "$"), ("[]", 400, "$"), ("\"x\"", 400, "$"),
      (deep, 400, "$"), ("{\"phone\":" + deep + "}", 400, "$"), ("{\"phone\":6311234567}", 400, "$.phone"),
      ("{\"phone\":\"abcdefgh\"}", 400, "$.phone"),
      ("{\"phone\":\"\\u0000\\u0000\\u0000\\u0000\\u0000\\u0000\\u0000\"}", 400, "$.phone"),
      ("{\"phone\":\"6311234567\",\"email\":7}", 400, "$.email"),
      ("{\"phone\":\"6311234567\",\"tags\":[\"\\ud800\",{}]}", 400, "$.tags[1]"),
      ("{\"phone\":\"6311234567\",\"branch_id\":\"1\"}", 400, "$.branch_id"),
      ("{\"phone\":\"6311234567\",\"source\":\"hell\"}", 400, "$.source"),
      ("{\"phone\":\"6311234567\",\"notes\":\"" + String(repeating: "x", count: 10_001) + "\"}", 400, "$.notes"),
    ]
    for (body, status, path) in cases {
      let answer = try await APIClient.ask("POST", "/api/leads", Array(body.utf8), headers: [key])
      #expect(answer.status == status && answer.body["path"].text == path, "\(body.prefix(60)): \(answer.body)")
    }
    let raw = try await APIClient.ask("POST", "/api/leads", [0xFF, 0x00, 0xFE], headers: [key])
    #expect(raw.status == 400)
    // All of it at once.
    let many = try await APIClient.ask("POST", "/api/leads", Array("{\"email\":1,\"name\":[]}".utf8), headers: [key])
    #expect(many.body["details"].items.compactMap { $0["field"].text } == ["$.phone", "$.name", "$.email"])
    let form = try await APIClient.ask(
      "POST", "/api/leads", Array("phone=6311234567".utf8),
      headers: [key, ("Content-Type", "application/x-www-form-urlencoded")])
    #expect(form.status == 415)
    let large = try await APIClient.ask("POST", "/api/leads", Array(repeating: 0x20, count: 5 << 20), headers: [key])
    #expect(large.status == 413)
    for number in ["1e131071", "1e-131071", "1E+400000000000000000000", String(repeating: "9", count: 401)] {
      let wild = "{\"phone\":\"6311234567\",\"custom_fields\":{\"n\":[\(number)]}}"
      let answer = try await APIClient.ask("POST", "/api/leads", Array(wild.utf8), headers: [key])
      #expect(answer.status == 400, "\(number.prefix(30)): \(answer.body)")
    }
    let wide = "{\"phone\":\"6311234567\",\"custom_fields\":{\"n\":\"" + String(repeating: "x", count: 70_000) + "\"}}"
    #expect(try await APIClient.ask("POST", "/api/leads", Array(wide.utf8), headers: [key]).status == 400)
    #expect(try client.tenant.count("leads") == 0)
    let odd = "{\"phone\":\"6311234567\",\"name\":\"a\\u0000b\\ud800\",\"custom_fields\":{\"n\":1e300}}"
    let stored = try await APIClient.ask("POST", "/api/leads", Array(odd.utf8), headers: [key])
    #expect(stored.status == 201 && stored.data["name"].text == "a\u{FFFD}b\u{FFFD}", "\(stored.body)")
  }

  @Test func paths() async throws {
    let client = try APIClient(try Tenant.make(), scopes: Self.scopes)
    let id = UUID().text
    let cases: [(String, String, Int)] = [
      ("GET", "/api/leads?page=0", 400), ("GET", "/api/leads?page=99999999999999999999", 400),
      ("GET", "/api/leads?page=1000000&pageSize=100", 200), ("GET", "/api/leads?pageSize=101", 400),
      ("GET", "/api/leads?search=%00", 400), ("GET", "/api/leads?search=%ff%fe", 200),
      ("GET", "/api/leads?search=%25%5c_%27", 200), ("GET", "/api/leads?branch_id=x", 400),
      ("GET", "/api/leads?status=%ed%a0%80", 400), ("GET", "/api/leads?include_deleted=maybe", 400),
      ("GET", "/api/leads/1", 404), ("GET", "/api/leads/\(id)/x", 404), ("GET", "/api/leads/\(id.uppercased())", 404),
      ("GET", "/api/leads/\(id)%20", 404), ("GET", "/api/leads/..%2f..%2f", 404),
      ("GET", "/api/conversations/\(id)/messages?before=0000-00-00T00:00:00Z", 400),
      ("GET", "/api/conversations/\(id)/messages?before=9999-12-31T23:59:59Z", 404),
      ("GET", "/api/conversations/\(id)/messages?limit=-1", 400), ("PUT", "/api/leads/\(id)", 405),
      ("DELETE", "/api/leads", 405), ("GET", "/api/messages/send", 405), ("GET", "/api/conversations?cursor=", 200),
    ]
    for (method, path, status) in cases {
      let answer = try await client.ask(method, path)
      #expect(answer.status == status, "\(method) \(path): \(answer.status) \(answer.body)")
      if status == 405 { #expect(answer.headers["allow"] != nil) }
    }
    let allowed = try await client.ask("PUT", "/api/leads/\(id)")
    #expect(allowed.headers["allow"] == "DELETE, GET, PATCH, POST")
  }
}
