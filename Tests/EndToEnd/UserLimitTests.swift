import Core
import FoundationEssentials
import TestSupport
import Testing

@testable import Flows

/// How much a user of the dashboard may ask, and a business upload.
@Suite struct UserLimitTests {
  private func ask(
    _ socket: String, _ user: APIUser, _ path: String = "/api/leads", _ method: String = "GET",
    _ body: [UInt8] = [], type: String = ""
  ) async throws -> String {
    try await onThread {
      let call = try FastCGIClient(socket: socket)
      let (file, query) = (path.prefix { $0 != "?" }, path.drop { $0 != "?" }.dropFirst())
      call.begin(
        method, String(file), length: body.count,
        headers: [
          ("HTTP_AUTHORIZATION", "Bearer " + user.token), ("REMOTE_ADDR", "127.0.0.1"), ("QUERY_STRING", String(query)),
          ("CONTENT_TYPE", type), ("BODY_LIMIT", "16777216"),
        ])
      call.body(body)
      return call.answer()
    }
  }

  /// Twelve requests by two processes at once: as many pass as the minute allows, whoever serves them.
  @Test func aUsersMinuteHoldsForAllProcesses() async throws {
    let tenant = try Tenant.make()
    let (user, colleague) = (try APIUser(tenant), try APIUser(tenant))
    let programs = try (0..<2).map { _ in try Program("api", environment: ["USER_CALLS_PER_MINUTE": "5"]) }
    let sockets = programs.map(\.socket)
    let said = try await withThrowingTaskGroup(of: String.self) { group in
      for i in 0..<12 { group.addTask { try await ask(sockets[i % 2], user) } }
      return try await group.reduce(into: [String]()) { $0.append($1) }
    }
    let passed = said.filter { $0.hasPrefix("Status: 200") }
    let refused = said.filter { $0.hasPrefix("Status: 429") }
    #expect(passed.count == 5 && refused.count == 7, "\(said)")
    #expect(refused.allSatisfy { $0.contains("Retry-After: ") && $0.contains("X-RateLimit-Limit: 5") })
    #expect(refused.allSatisfy { $0.contains("RATE_LIMIT_EXCEEDED") && $0.contains("\"retry_after\":") })
    #expect(Set(passed.compactMap { $0.firstMatch(of: /X-RateLimit-Remaining: (\d)/)?.output.1 }).count == 5)
    #expect(try await ask(sockets[0], colleague).hasPrefix("Status: 200"))
    try tenant.database.run(
      "update rate_limits set window_start = window_start - interval '1 minute' where tenant_id = '\(tenant.id.text)'")
    #expect(try await ask(sockets[1], user).hasPrefix("Status: 200"))
  }

  /// What the role forbids counts as well.
  @Test func whatIsForbiddenCounts() async throws {
    let user = try APIUser(try Tenant.make(), role: "assistant")
    let program = try Program("api", environment: ["USER_CALLS_PER_MINUTE": "1"])
    #expect(try await ask(program.socket, user, "/api/settings/api-keys").hasPrefix("Status: 403"))
    #expect(try await ask(program.socket, user).hasPrefix("Status: 429"))
  }

  /// Three files of 6 KiB in a day of 16 MiB, all but 16 KiB of which are taken: the third is refused, at once with its
  /// siblings or after them; another business uploads, and so does this one tomorrow.
  @Test func aDaysUploads() async throws {
    let (tenant, other) = (try Tenant.make(delay: Tenant.never), try Tenant.make(delay: Tenant.never))
    let program = try Program("api", environment: ["UPLOAD_BYTES_PER_DAY": String(16 << 20)])
    let socket = program.socket
    let file = [UInt8](repeating: 65, count: 6 << 10)
    @Sendable func upload(_ tenant: Tenant, _ user: APIUser, _ file: [UInt8]) async throws -> String {
      try await ask(
        socket, user, "/api/media?filename=plan.pdf&channel_connection_id=\(tenant.connection.text)", "POST",
        file,
        type: "application/pdf")
    }
    let user = try APIUser(tenant)
    try tenant.database.run(
      """
      insert into rate_limits (tenant_id, identifier, window_start, request_count)
        values ('\(tenant.id.text)', 'api:upload', now(), (16 << 10) - 16)
      """)
    let said = try await withThrowingTaskGroup(of: String.self) { group in
      for _ in 0..<3 { group.addTask { try await upload(tenant, user, file) } }
      return try await group.reduce(into: [String]()) { $0.append($1) }
    }
    #expect(said.filter { $0.hasPrefix("Status: 201") }.count == 2, "\(said)")
    let refused = try #require(said.first { $0.hasPrefix("Status: 429") })
    #expect(refused.contains("UPLOAD_LIMIT_EXCEEDED") && refused.contains("16777216 bytes"))
    #expect(
      Int(refused.firstMatch(of: /Retry-After: (\d+)/)?.output.1 ?? "").map { (80_000...86_400).contains($0) } == true)
    #expect(try tenant.count("media_files") == 2)
    // What was refused has taken nothing away: a smaller one goes.
    #expect(try await upload(tenant, user, Array(file.prefix(4 << 10))).hasPrefix("Status: 201"))
    #expect(try await upload(tenant, user, [65]).hasPrefix("Status: 429"))
    #expect(try await upload(other, try APIUser(other), file).hasPrefix("Status: 201"))
    try tenant.database.run(
      """
      update rate_limits set window_start = now() - interval '1 day'
        where tenant_id = '\(tenant.id.text)' and identifier = 'api:upload'
      """)
    let tomorrow = try await upload(tenant, user, file)
    #expect(tomorrow.hasPrefix("Status: 201"), "\(tomorrow)")
  }
}
