import Core
import FoundationEssentials
import Store
import TestSupport
import Testing

@testable import Flows

/// Broken worlds: each breakage, and the sentence that it has to cause.
@Suite struct DoctorTests {
  struct World: Sendable, CustomStringConvertible {
    var name: String
    /// Run as the superuser, in a database of its own with one tenant `$slug`.
    var sql = ""
    var variables: [String: String] = [:]
    var area: String
    var level = Finding.Level.problem
    var words: String
    var description: String { name }
  }

  static let other = "x:" + String(repeating: "7", count: 64)

  static let older = "old:" + String(repeating: "6", count: 64)
  static func seal(_ keys: String) -> String { (try? Keyring(Secret(keys)))?.seal?.text ?? "" }

  static let worlds: [World] = [
    World(
      name: "the wall is not forced", sql: "alter table leads no force row level security", area: "wall",
      words: "row-level security of leads is not forced"),
    World(
      name: "the wall is off", sql: "alter table alerts disable row level security", area: "wall",
      words: "alerts is not enabled"),
    World(name: "the wall has no policy", sql: "drop policy wall on faqs", area: "wall", words: "faqs has no policy"),
    World(
      name: "an older schema", sql: "delete from schema_migrations where version = \(App.schema)", area: "schema",
      words: "it is version \(App.schema - 1), and this release needs \(App.schema)"),
    World(
      name: "a newer schema", sql: "insert into schema_migrations (version, name, sha256) values (99, 'x', 'x')",
      area: "schema", level: .warning, words: "it is version 99"),
    World(
      name: "a grant is missing",
      sql: "revoke execute on function find_channel(text, text) from tistis_webhook_whatsapp",
      area: "roles", words: "tistis_webhook_whatsapp cannot call find_channel(text,text)"),
    World(
      name: "a function is missing", sql: "drop function prune_jobs(interval, int)", area: "roles",
      words: "tistis_jobs cannot call prune_jobs(interval,integer)"),
    World(
      name: "a program owns a table", sql: "alter table faqs owner to tistis_jobs", area: "roles",
      words: "tistis_jobs is owner of faqs"),
    World(
      name: "an event is parked",
      sql:
        "insert into webhook_dead_letters (tenant_id, channel, payload, error_message) select id, 'whatsapp', '1', 'x' from $tenant",
      area: "parked", level: .warning, words: "$slug: 1 events could not be stored"),
    World(
      name: "a job is dead",
      sql: "insert into jobs (tenant_id, job_type, status, completed_at) select id, 'x', 'dead', now() from $tenant",
      area: "jobs", level: .warning, words: "$slug: 1 jobs were given up"),
    World(
      name: "an alert is open",
      sql: """
        insert into alerts (tenant_id, kind, dedup_key, severity, sentence) select id, 'x', 'x', 'act', 'x' from $tenant
        """, area: "alerts", level: .warning, words: "$slug: 1 alerts wait for a person"),
    World(
      name: "a channel stands still",
      sql:
        "update channel_connections set status = 'error', stopped_code = '190' where tenant_id = (select id from $tenant)",
      area: "channels", words: "$slug: whatsapp 1 stands still (190)"),
    World(
      name: "a secret is missing", sql: "delete from outbound_tokens where tenant_id = (select id from $tenant)",
      area: "channels", words: "$slug: whatsapp 1 is connected and lacks: access_token"),
    World(
      name: "a token was changed",
      sql:
        "update outbound_tokens set sealed = set_byte(sealed, 30, get_byte(sealed, 30) # 1) where tenant_id = (select id from $tenant)",
      area: "keys", words: "$slug: the access_token of whatsapp does not open"),
    World(
      name: "a token has ended",
      sql: """
        update secret_hints set expires_at = now() - interval '1 hour'
          where kind = 'access_token' and tenant_id = (select id from $tenant)
        """, area: "channels", words: "$slug: whatsapp 1: its access token ended 60 min ago"),
    World(
      name: "a token ends",
      sql: """
        update secret_hints set expires_at = now() + interval '1 hour'
          where kind = 'access_token' and tenant_id = (select id from $tenant)
        """, area: "channels", level: .warning, words: "$slug: whatsapp 1: its access token ends in"),
    World(
      name: "somebody signs with another secret",
      sql: """
        update channel_connections set signature_failures = 3, last_signature_failure_at = now() - interval '10 minutes',
          last_webhook_at = now() - interval '1 hour' where tenant_id = (select id from $tenant)
        """, area: "channels", level: .warning, words: "$slug: whatsapp 1: 3 posts were refused by their signature"),
    World(
      name: "another channel's token is missing",
      sql: """
        insert into channel_connections (tenant_id, channel, status, facebook_page_id, account_number)
          select id, 'facebook', 'connected', '$slug', 1 from $tenant
        """, area: "channels", words: "$slug: facebook 1 is connected and lacks: access_token"),
    World(
      name: "a seal of other keys", variables: ["INBOUND_SEAL": seal(other)], area: "keys",
      words: "INBOUND_SEAL does not belong to INBOUND_KEYS"),
    World(
      name: "a seal of the older key", variables: ["OUTBOUND_SEAL": seal(older), "OUTBOUND_KEYS": "\(other),\(older)"],
      area: "keys", level: .warning, words: "OUTBOUND_SEAL is that of the older key old of OUTBOUND_KEYS"),
    World(
      name: "no seal at all", variables: ["OUTBOUND_SEAL": "x"], area: "keys", words: "OUTBOUND_SEAL is no seal"),
    World(
      name: "keys were swapped", variables: ["OUTBOUND_KEYS": other], area: "keys",
      words: "is sealed with the key dev, which is not among OUTBOUND_KEYS"),
    World(
      name: "keys cannot be read", variables: ["INBOUND_KEYS": "2026a:12"], area: "keys",
      words: "INBOUND_KEYS cannot be read as keys"),
    World(
      name: "cron has stopped",
      sql:
        "insert into workers (name, started_at, last_seen) values ('x', now() - interval '1 hour', now() - interval '10 minutes')",
      area: "cron", words: "no run of jobs is alive; the last sign of life was 10 min ago"),
    World(
      name: "cron never ran", sql: "update schema_migrations set applied_at = now() - interval '1 hour'",
      area: "cron", words: "there never was one"),
    World(
      name: "cron asks for nothing any more",
      sql: "insert into routines (name, asked_at, tenants) values ('reminders', now() - interval '3 hours', 1)",
      area: "routines", level: .warning, words: "asked for last reminders: 3 h ago"),
    World(
      name: "cron never asked", sql: "update schema_migrations set applied_at = now() - interval '13 hours'",
      variables: ["TISTIS_ENV": "production"], area: "routines", level: .warning,
      words: "asked for last reminders: never, followups: never"),
    World(
      name: "an alert of the installation", sql: "insert into platform_alerts (kind, sentence) values ('x', 'alas')",
      area: "alerts", words: "alas"),
    World(
      name: "the shared webhook is signed for with another secret",
      sql: "select shared_webhook_refused('tiktok', 7)", area: "alerts", level: .warning,
      words: "7 posts to /api/webhook/tiktok were refused by their signature"),
    World(
      name: "jobs wait",
      sql: """
        insert into jobs (tenant_id, job_type) select id, 'x' from $tenant;
        update jobs set ready_at = now() - interval '1 hour'
        """, area: "queue", words: "1 jobs are due, the oldest for 60 min"),
    World(
      name: "the database is read-only", sql: "alter database $database set default_transaction_read_only = on",
      area: "database", words: "is read-only"),
    World(
      name: "it is not durable", sql: "alter database $database set synchronous_commit = off",
      variables: ["TISTIS_ENV": "production"], area: "database", words: "synchronous_commit"),
    World(
      name: "the database is away", variables: ["DATABASE_URL": "host=/nonexistent dbname=x"], area: "database",
      words: "the database is away"),
    World(
      name: "no database is named", variables: ["DATABASE_URL": ""], area: "settings", words: "DATABASE_URL is empty"),
    World(
      name: "development in public", variables: ["TISTIS_PUBLIC_URL": "https://tistis.mx"], area: "settings",
      words: "TISTIS_ENV is development, while"),
    World(
      name: "no folder for attachments", variables: ["MEDIA_DIR": "/nonexistent/media"], area: "media", level: .warning,
      words: "there is no folder /nonexistent/media"),
    World(
      name: "nobody said where we are", variables: ["TISTIS_ENV": "production"], area: "settings", level: .warning,
      words: "TISTIS_PUBLIC_URL is empty"),
  ]

  private func doctor(_ database: Database, _ variables: [String: String] = [:]) -> Doctor {
    var environment = TestSupport.World.current.environment(of: "tistis")
    environment["DATABASE_URL"] = database.dsn(user: "tistis_owner")
    environment["MEDIA_DIR"] = "/tmp"
    environment.merge(variables) { $1 }
    return Doctor(environment: environment, etc: "/nonexistent")
  }

  /// A machine that pauses between two looks is no broken world.
  private func examine(_ doctor: inout Doctor) -> [Finding] {
    var findings = doctor.examine()
    for _ in 0..<3
    where findings.contains(where: {
      $0.level != .ok && $0.area == "clock" || $0.sentence.hasPrefix("the database is away")
    }) {
      findings = doctor.examine()
    }
    return findings
  }

  @Test(arguments: worlds) func whatIsBrokenIsSaid(_ world: World) async throws {
    try await Database.cloned { database in
      let tenant = try Tenant.make(in: database)
      var doctor = doctor(database, world.variables)
      func filled(_ text: String) -> String {
        text.replacing("$tenant", with: "(select '\(tenant.id.text)'::uuid as id) t")
          .replacing("$database", with: database.name).replacing("$slug", with: tenant.slug)
      }
      try database.run(filled(world.sql))
      let findings = world.name == "the database is away" ? doctor.examine() : examine(&doctor)
      let found = findings.first { $0.area == world.area && $0.sentence.contains(filled(world.words)) }
      #expect(found?.level == world.level, "\(findings.map(\.line).joined(separator: "\n"))")
      #expect(found?.cure?.isEmpty == false)
      #expect(!findings.contains { $0.line.contains("test_token") || $0.line.contains(tenant.appSecret) })
    }
  }

  /// Without a breakage there is nothing to say, but what the test's own machine lacks.
  @Test func aWorldThatIsWell() async throws {
    try await Database.cloned { database in
      _ = try Tenant.make(in: database)
      // Who is refused now and then, and heard since, is well.
      try database.run(
        """
        insert into workers (name) values ('alive');
        update channel_connections set signature_failures = 3, last_signature_failure_at = now() - interval '10 minutes',
          last_webhook_at = now() - interval '5 minutes'
        """)
      var doctor = doctor(database)
      let findings = examine(&doctor).filter { $0.area != "nginx" && $0.area != "media" }
      let bad = findings.filter { $0.level == .problem || $0.level == .warning && $0.area != "database" }
      #expect(bad.isEmpty, "\(bad.map(\.line))")
      for area in ["database", "schema", "roles", "wall", "clock", "cron", "queue", "keys", "tenants"] {
        #expect(findings.contains { $0.area == area && $0.level == .ok }, "\(area) was not looked at")
      }
      // Installed an hour ago, it need not have asked for what is asked for every four.
      var installed = self.doctor(database, ["TISTIS_ENV": "production"])
      #expect(examine(&installed).contains { $0.area == "routines" && $0.level == .ok })
    }
  }

  /// What cannot be broken in a database of its own: roles are the cluster's, clock and disk the machine's.
  @Test func theMachine() async throws {
    try await Database.cloned { database in
      var doctor = doctor(database)
      doctor.programs["pigeon-post"] = []
      let ahead = { Instant.now + 60 }
      doctor.clock = ahead
      doctor.leastSpace = (Int.max, 2)
      let lines = doctor.examine().filter { $0.level == .problem }.map(\.sentence)
      #expect(lines.contains("there is no role tistis_pigeon_post"))
      #expect(lines.contains { $0.contains("clock and the database's are") && $0.contains("s apart") })
      #expect(lines.contains { $0.hasSuffix("are free in /tmp") })
    }
  }

  @Test func filesAndNginx() throws {
    let folder = "/tmp/" + unique("doctor-")
    try FileManager.default.createDirectory(atPath: folder, withIntermediateDirectories: true)
    defer { try? FileManager.default.removeItem(atPath: folder) }
    let files = [
      ("common.env", "644", "# CRON_SECRET=\nTISTIS_ENV=development\n"), ("jobs.env", "644", "OUTBOUND_KEYS=x\n"),
      ("webhook-whatsapp.env", "600", "INBOUND_KEYS=x\n"), ("jobs-process.env", "646", "MAX_REQUESTS=1\n"),
    ]
    for (name, mode, text) in files {
      try Data(text.utf8).write(to: URL(filePath: "\(folder)/\(name)"))
      #expect(shell("chmod \(mode) \(folder)/\(name)").status == 0)
    }
    func examined(_ conf: String) throws -> [Finding] {
      try Data("pid \(folder)/pid; error_log stderr; events {} \(conf)".utf8).write(
        to: URL(filePath: folder + "/nginx.conf"))
      var doctor = Doctor(environment: ["MEDIA_DIR": folder], nginx: folder + "/nginx.conf", etc: folder)
      return doctor.examine()
    }
    let broken = try examined("http { server { listenn 1; } }")
    #expect(broken.contains { $0.area == "settings" && $0.sentence.hasSuffix("/health.env is not there") })
    // What holds no secret may be read by everybody, and written by nobody else.
    let open = broken.filter { $0.sentence.hasPrefix("everybody on the machine may use") }.map(\.cure)
    #expect(open == ["jobs-process.env", "jobs.env"].map { "chmod o= \(folder)/\($0)" })
    #expect(broken.contains { $0.area == "nginx" && $0.level == .problem && $0.sentence.contains("listenn") })
    let whole = try examined("http { access_log off; server { listen 127.0.0.1:8999; } }")
    let nginx = try #require(whole.first { $0.area == "nginx" })
    #expect(nginx.level == .ok, "\(nginx.line)")
  }

  /// Debian's own nginx reads a key that only root may read: another user's attempt would say nothing about it.
  @Test func onlyRootTriesTheMachinesNginx() throws {
    var doctor = Doctor(environment: [:], etc: "/nonexistent")
    doctor.isRoot = false
    let nginx = try #require(doctor.examine().first { $0.area == "nginx" })
    #expect(nginx.level == .skipped, "\(nginx.line)")
  }
}
