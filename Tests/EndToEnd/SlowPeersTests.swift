import Core
import Flows
import FoundationEssentials
import Peers
import TestSupport
import Testing

/// A processor is not held up by slow peers: 200 answers that Claude takes his time for cost one process 200 sockets,
/// not 200 processes or 200 sessions with Postgres.
@Suite struct SlowPeersTests {
  static let people = 200

  @Test func twoHundredAtOnceInOneProcess() async throws {
    try await Database.cloned { database in
      let tenant = try Tenant.make(in: database)
      try ask(tenant)
      try await Sandbox.fail("anthropic", "slow", match: tenant.slug, times: Self.people, extra: [("delay_ms", 30000)])
      let started = Instant.now
      let jobs = try Program(
        "jobs", environment: ["DATABASE_URL": database.dsn(user: "tistis_jobs")], arguments: ["--drain"])
      var (most, sessions, megabytes) = (0, 0, 0)
      while jobs.isRunning, Instant.now - started < 400 {
        most = max(
          most, try database.count("select count(*) from jobs where status = 'processing' and job_type = 'ai_response'")
        )
        sessions = max(
          sessions,
          try database.count(
            "select count(*) from pg_stat_activity where usename = 'tistis_jobs' and datname = '\(database.name)'"))
        megabytes = max(megabytes, jobs.residentMegabytes)
        try await Task.sleep(for: .milliseconds(100))
      }
      let seconds = Instant.now - started
      #expect(jobs.exitCode == 0)
      #expect(most == Self.people, "\(most) at once")
      #expect(sessions <= 8, "\(sessions) sessions")
      #expect(megabytes <= 100, "\(megabytes) MB resident")
      // One after the other would take 6,000 s.
      #expect(seconds < 400, "\(seconds) s")
      #expect(try tenant.count("messages", where: "role = 'assistant' and status = 'accepted'") == Self.people)
      #expect(try tenant.count("jobs", where: "status <> 'completed'") == 0)
    }
  }

  /// As many people, each with a question.
  private func ask(_ tenant: Tenant) throws {
    let body = tenant.payload(
      (0..<Self.people).map { Tenant.text("¿limpieza?", from: "52163112" + String(10000 + $0)) })
    try tenant.post(body)
  }
}
