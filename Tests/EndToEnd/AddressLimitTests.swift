import Core
import Foundation
import TestSupport
import Testing

/// What nginx lets one address ask. Tests ask from 127.0.0.1, which this world does not count; others of the loopback are
/// counted as everybody is on the web.
@Suite struct AddressLimitTests {
  /// The statuses of so many requests, one after the other.
  private func statuses(_ path: String, _ count: Int, from address: String, _ more: String = "") async throws
    -> [String]
  {
    let line =
      "curl -s -g -o /dev/null -w '%{http_code}\\n' --interface \(address) \(more) "
      + (0..<count).map { _ in "-o /dev/null '\(World.current.url)\(path)'" }.joined(separator: " ")
    return try await onThread { shell(line).lines }
  }

  /// Asks until it is refused once; on a machine that is so slow that places become free as fast as they are taken, for long.
  private func untilRefused(_ path: String, from address: String, _ more: String) async throws -> [String] {
    var said = try await statuses(path, 130, from: address, more)
    while !said.contains("429"), said.count < 1000 { said += try await statuses(path, 50, from: address, more) }
    return said
  }

  /// Nobody else's in this run, most likely.
  private func address() -> String {
    "127." + (0..<3).map { _ in String(Int.random(in: 2...250)) }.joined(separator: ".")
  }

  @Test func whatN8NMayTell() async throws {
    let address = address()
    let post = "-X POST -H 'Content-Type: application/json' -d '{}'"
    let said = try await untilRefused("/api/webhook", from: address, post)
    // All of a minute's at once, and what becomes free meanwhile.
    #expect(said.prefix(100).allSatisfy { $0 == "400" }, "\(said)")
    #expect(said.contains("429"), "\(said)")
    let other = try await statuses("/api/webhook", 1, from: self.address(), post)
    #expect(other == ["400"])
    // Neither the dashboard nor a platform is kept out with it.
    #expect(try await statuses("/api/leads", 1, from: address) == ["401"])
    #expect(try await !statuses("/api/webhook/whatsapp/nobody", 130, from: address, post).contains("429"))
  }

  @Test func whatIsRefusedSaysSo() async throws {
    let address = address()
    _ = try await untilRefused("/api/webhook", from: address, "")
    // None is free just now, or will be soon.
    var said = [String]()
    for _ in 0..<20 where !said.contains(where: { $0.contains(" 429 ") }) {
      let line =
        "curl -s -g -i --interface \(address) "
        + (0..<20).map { _ in "'\(World.current.url)/api/webhook'" }.joined(separator: " ")
      said = try await onThread { shell(line).lines }
    }
    guard let at = said.firstIndex(where: { $0.contains(" 429 ") }) else { return #expect(Bool(false), "\(said)") }
    let answer = said[at...].prefix(14).joined(separator: "\n").lowercased()
    for part in [
      "retry-after: 1", "content-type: application/json", "x-request-id: ", "x-content-type-options: nosniff",
      "\"code\":\"rate_limit_exceeded\"", "\"retry_after\":1", "\"request_id\":\"",
    ] {
      #expect(answer.contains(part), "\(part): \(answer)")
    }
  }

  @Test func whoIsNotCounted() async throws {
    let said = try await statuses("/api/webhook", 250, from: "127.0.0.1", "-X POST -d '{}'")
    #expect(said.count == 250 && !said.contains("429"))
  }
}
