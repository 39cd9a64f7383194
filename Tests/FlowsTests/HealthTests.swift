import Core
import FoundationEssentials
import Store
import TestSupport
import Testing

@testable import Flows

/// `health` against a database of its own: what it says, and that it says once that cron has stopped.
@Suite struct HealthTests {
  private func door(_ database: Database, _ changes: [String: String] = [:]) throws -> HealthDoor {
    var environment = World.current.environment(of: "health")
    environment["DATABASE_URL"] = database.dsn(user: "tistis_health")
    environment.merge(changes) { $1 }
    return HealthDoor(App("health", settings: try Settings(App.common + [.healthToken], from: environment)))
  }

  private func ask(
    _ door: HealthDoor, query: String = "", headers: [String: String] = [:], remote: String = "8.8.8.8"
  ) throws -> (Response, Field) {
    let response = try door.answer(Request("GET", "/api/health", query: query, headers: headers, remote: remote))
    return (response, Field(try JSON.parse(response.body)))
  }

  private func header(_ response: Response, _ name: String) -> String? {
    response.headers.first { $0.0 == name }?.1
  }

  static let silent = "insert into workers (name, last_seen) values ('old', now() - interval '4 minutes')"

  /// A machine that pauses just then makes the database slow (a second) or away (two): then another door looks.
  private func askInPeace(_ database: Database) throws -> (Response, Field) {
    var answer = try ask(door(database), remote: "127.0.0.1")
    for _ in 0..<20
    where (answer.1["services"]["database"]["latency_ms"].integer ?? .max) >= 1000 || answer.1["queue"].value == nil {
      answer = try ask(door(database), remote: "127.0.0.1")
    }
    return answer
  }

  @Test func whoIsToldWhat() async throws {
    try await Database.cloned { database in
      try database.run("insert into workers (name) values ('alive')")
      let door = try door(database)
      let token = "dev_health_token"
      let cases: [(String, [String: String], String, Bool)] = [
        ("", [:], "8.8.8.8", false), ("", [:], "127.0.0.1", true), ("", [:], "::1", true), ("", [:], "10.0.0.7", true),
        ("", [:], "", false), ("", ["x-forwarded-for": "127.0.0.1"], "8.8.8.8", false),
        // A proxy on this machine speaks for anybody.
        ("", ["x-forwarded-for": "8.8.8.8"], "127.0.0.1", false), ("", ["forwarded": "for=8.8.8.8"], "10.0.0.1", false),
        ("", ["x-health-token": token], "8.8.8.8", true), ("", ["x-health-token": token + "x"], "8.8.8.8", false),
        ("", ["x-health-token": ""], "8.8.8.8", false), ("type=readiness", [:], "8.8.8.8", true),
        ("type=nonsense", [:], "8.8.8.8", false),
      ]
      for (query, headers, remote, detailed) in cases {
        var (response, body) = try ask(door, query: query, headers: headers, remote: remote)
        // A look is kept for a second.
        for _ in 0..<20 where header(response, "X-Health-Status") != "healthy" {
          try await Task.sleep(for: .seconds(1.1))
          (response, body) = try ask(door, query: query, headers: headers, remote: remote)
        }
        #expect(response.status == 200)
        #expect(header(response, "X-Health-Status") == "healthy")
        #expect(header(response, "Cache-Control") == "no-store")
        #expect(body["status"].text == "healthy" && body["timestamp"].text != nil && body["version"].text == version)
        for name in ["environment", "uptime_seconds", "services", "checks", "schema_version", "queue", "jobs"] {
          #expect(body[name].exists == detailed, "\(name) for \(headers) from \(remote)")
        }
      }
      let closed = try self.door(database, ["HEALTH_CHECK_TOKEN": ""])
      let (_, body) = try ask(closed, headers: ["x-health-token": ""])
      #expect(!body["services"].exists, "an empty token opens nothing")
      #expect(throws: Refusal.wrongMethod(allowed: ["GET", "HEAD"])) {
        try door.answer(Request("POST", "/api/health"))
      }
    }
  }

  @Test func figures() async throws {
    try await Database.cloned { database in
      let tenant = try Tenant.make(in: database)
      try database.run(
        """
        insert into jobs (tenant_id, job_type) select '\(tenant.id.text)', 'x' from generate_series(1, 3);
        update jobs set ready_at = now() - interval '10 minutes' where id = (select id from jobs limit 1);
        insert into jobs (tenant_id, job_type, status, completed_at) values ('\(tenant.id.text)', 'x', 'dead', now());
        insert into jobs (tenant_id, job_type, scheduled_for) values ('\(tenant.id.text)', 'x', now() + interval '1 hour');
        insert into workers (name) values ('alive');
        insert into workers (name, kind, last_seen) values ('n8n', 'external', now() + interval '5 minutes')
        """)
      let (response, body) = try askInPeace(database)
      #expect(response.status == 200)
      #expect(body["status"].text == "degraded", "a job has waited ten minutes")
      #expect(body["schema_version"].integer == Int64(App.schema))
      #expect(body["queue"]["due"].integer == 3)
      #expect(body["queue"]["dead"].integer == 1)
      #expect((600...660).contains(body["queue"]["oldest_due_age_seconds"].integer ?? 0))
      #expect(body["jobs"]["workers"].integer == 1)
      #expect((0...60).contains(body["jobs"]["age_seconds"].integer ?? -1))
      #expect(body["services"]["database"]["status"].text == "healthy")
      #expect(body["services"]["database"]["latency_ms"].integer != nil)
      #expect(body["checks"]["jobs_running"].bool == true)
    }
  }

  /// Anthropic takes none of our calls: that is told, and costs nobody the 200.
  @Test func aModelThatRefuses() async throws {
    try await Database.cloned { database in
      try database.run("insert into workers (name) values ('alive'); select model_refused('401: invalid x-api-key')")
      let (response, body) = try askInPeace(database)
      #expect(response.status == 200 && body["status"].text == "degraded")
      #expect(body["reasons"][0].text == "Anthropic refuses our key: people answer")
      #expect(body["services"]["model"]["status"].text == "degraded")
      #expect(body["services"]["model"]["refused_since"].text != nil)
      try database.run("select model_answers()")
      let (_, after) = try askInPeace(database)
      #expect(after["status"].text == "healthy" && after["services"]["model"]["status"].text == "healthy")
    }
  }

  @Test func whatStopsTheTakingInIsUnhealthy() async throws {
    try await Database.cloned { database in
      try database.run("alter database \(database.name) set default_transaction_read_only = on; " + Self.silent)
      let (readOnly, body) = try askInPeace(database)
      #expect(readOnly.status == 503 && body["status"].text == "unhealthy")
      #expect(body["checks"]["database_writable"].bool == false)
    }
    try await Database.cloned { database in
      try database.run("delete from schema_migrations where version > 10; drop function health_report(float8)")
      let (old, body) = try ask(door(database), remote: "127.0.0.1")
      #expect(old.status == 503 && body["schema_version"].integer == 10)
      #expect(body["checks"]["schema_current"].bool == false)
    }
  }

  /// A database that is away costs no details about where it is, and liveness does not ask it.
  @Test func theDatabaseIsAway() throws {
    let door = try door(.world, ["DATABASE_URL": "host=/nonexistent/secret dbname=x"])
    let (away, body) = try ask(door, query: "type=readiness")
    #expect(away.status == 503)
    #expect(header(away, "X-Health-Status") == "unhealthy")
    #expect(body["services"]["database"]["status"].text == "unhealthy")
    #expect(body["queue"].value == nil && body["jobs"].value == nil)
    #expect(!String(decoding: away.body, as: UTF8.self).contains("/nonexistent/secret"))
    let (whole, _) = try ask(door, remote: "127.0.0.1")
    #expect(String(decoding: whole.body, as: UTF8.self).contains("nonexistent"))
    let (alive, life) = try ask(door, query: "type=liveness")
    #expect(alive.status == 200 && life["status"].text == "ok" && life["timestamp"].text != nil)
    #expect(!life["version"].exists)
  }

  @Test func cronHasStoppedIsSaidOnce() async throws {
    try await Database.cloned { database in
      let session = database.connection(user: "tistis_health")
      // It has only just been installed: nothing to say yet.
      try database.run("update schema_migrations set applied_at = now()")
      #expect(try session.everyone.cronStopped(silentSeconds: 180) == false)
      try database.run(Self.silent + "; insert into workers (name, kind) values ('by hand', 'one')")
      let said = try await onThreads(8) { _ in
        try database.connection(user: "tistis_health").everyone.cronStopped(silentSeconds: 180)
      }
      #expect(said.filter(\.self).count == 1, "one is the first")
      let (response, body) = try askInPeace(database)
      #expect(response.status == 200 && body["status"].text == "degraded")
      #expect(body["checks"]["jobs_running"].bool == false && body["jobs"]["alert_open"].bool == true)
      #expect(try database.count("select count(*) from platform_alerts where resolved_at is null") == 1)
      let sentence = try database.scalar("select sentence from platform_alerts") ?? ""
      #expect(sentence.contains("cron") && sentence.contains("UTC"))

      // A run for one job proves nothing; cron's does.
      let jobs = database.connection(user: "tistis_jobs")
      _ = try jobs.everyone.workerHeartbeat(workerId: UUID(), name: "one", kind: "one", leaseSeconds: 20)
      #expect(try database.count("select count(*) from platform_alerts where resolved_at is null") == 1)
      _ = try jobs.everyone.workerHeartbeat(workerId: UUID(), name: "cron", kind: nil, leaseSeconds: 20)
      #expect(try database.count("select count(*) from platform_alerts where resolved_at is null") == 0)
      #expect(try session.everyone.cronStopped(silentSeconds: 180) == false)

      // It stops again: another alert.
      try database.run("update workers set last_seen = now() - interval '5 minutes'")
      #expect(try session.everyone.cronStopped(silentSeconds: 180))
      #expect(try database.count("select count(*) from platform_alerts") == 2)
    }
  }
}
