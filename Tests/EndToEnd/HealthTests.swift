import Core
import FoundationEssentials
import Store
import TestSupport
import Testing

#if canImport(Glibc)
  import Glibc
#endif

/// What monitors and people who keep the machine meet: `/api/health`, `--check-config`, `tistis doctor`.
@Suite struct HealthTests {
  static let path = World.current.url + "/api/health"

  private func told(_ answer: HTTPResponse) -> Field { Field((try? JSON.parse(answer.body)) ?? .null) }

  /// A busy machine's database may be slow for a moment, and then it says so.
  private func fine(_ query: String = "", _ headers: [(String, String)] = []) async throws -> HTTPResponse {
    var answer = try await Web.send("GET", Self.path + query, headers: headers)
    let isFine = try await eventually {
      let database = told(answer)["services"]["database"]["status"]
      if answer.status == 200 && (!database.exists || database.text == "healthy") { return true }
      answer = try await Web.send("GET", Self.path + query, headers: headers)
      return false
    }
    #expect(isFine)
    return answer
  }

  @Test func throughNginx() async throws {
    let token = [("x-health-token", "dev_health_token"), ("x-forwarded-for", "8.8.8.8")]
    let proxied = [("x-forwarded-for", "8.8.8.8")]
    let (pub, whole) = (try await fine("", proxied), try await fine("", token))
    for answer in [pub, whole] {
      #expect(answer.status == 200)
      #expect(["healthy", "degraded"].contains(answer.headers["x-health-status"] ?? ""))
      #expect(answer.headers["cache-control"] == "no-store")
    }
    #expect(!told(pub)["services"].exists)
    let body = told(whole)
    #expect(body["services"]["database"]["status"].text == "healthy" && body["jobs"]["workers"].integer != nil)
    let wrong = try await fine("", [("x-health-token", "dev_health")] + proxied)
    #expect(wrong.status == 200 && !told(wrong)["services"].exists)
    // Who calls from this very machine is told all.
    let local = try await fine()
    #expect(told(local)["environment"].text == "development")
    let ready = try await fine("?type=readiness", proxied)
    #expect(ready.status == 200 && told(ready)["checks"].exists)
    let alive = try await Web.send("GET", Self.path + "?type=liveness", headers: proxied)
    #expect(alive.status == 200 && told(alive)["status"].text == "ok")
    let head = try await Web.send("HEAD", Self.path)
    #expect(head.status == 200 && head.body.isEmpty && head.headers["x-health-status"] != nil)
    let post = try await Web.send("POST", Self.path)
    #expect(post.status == 405)
  }

  /// It starts, answers and stays where the database is away, and also where one accepts and then says nothing.
  @Test func withoutADatabase() async throws {
    let mute = socket(AF_INET, Int32(SOCK_STREAM.rawValue), 0)
    var address = sockaddr_in()
    address.sin_family = sa_family_t(AF_INET)
    address.sin_addr.s_addr = UInt32(0x7f00_0001).bigEndian
    var length = socklen_t(MemoryLayout<sockaddr_in>.size)
    withUnsafeMutablePointer(to: &address) {
      $0.withMemoryRebound(to: sockaddr.self, capacity: 1) {
        _ = bind(mute, $0, length)
        listen(mute, 8)
        getsockname(mute, $0, &length)
      }
    }
    defer { close(mute) }
    let port = UInt16(bigEndian: address.sin_port)
    for dsn in [
      "host=/nonexistent dbname=tistis",
      "host=127.0.0.1 port=\(port) dbname=tistis user=x sslmode=disable gssencmode=disable",
    ] {
      let program = try Program("health", environment: ["DATABASE_URL": dsn])
      let client = try FastCGIClient(socket: program.socket)
      client.begin("GET", "/api/health", length: 0, headers: [("REMOTE_ADDR", "127.0.0.1")])
      client.body([])
      let answer = client.answer()
      #expect(answer.hasPrefix("Status: 503") && answer.contains("X-Health-Status: unhealthy"))
      #expect(answer.contains(#""status":"unhealthy""#) && answer.contains(#""database_writable":false"#))
      #expect(program.isRunning)
    }
  }

  private func ended(_ name: String, _ arguments: [String], _ environment: [String: String] = [:]) async throws -> (
    Int32?, String
  ) {
    let program = try Program(name, environment: environment, arguments: arguments)
    #expect(await eventually { !program.isRunning })
    return (program.exitCode, program.said)
  }

  @Test(arguments: ["webhook-whatsapp", "jobs-process", "health", "jobs", "tistis"])
  func everyProgramChecksItself(_ name: String) async throws {
    let (code, said) = try await ended(name, ["--check-config"])
    #expect(code == 0 && said.hasPrefix("ok \(name): "), "\(said)")
    let (away, why) = try await ended(name, ["--check-config"], ["DATABASE_URL": "host=/nonexistent dbname=x"])
    #expect(away == 75 && why.contains("→"))
    let open = ["TISTIS_PUBLIC_URL": "https://tistis.mx"]
    let (refused, words) = try await ended(name, ["--check-config"], open)
    #expect(refused == 78 && words.contains("TISTIS_ENV is development, while") && !words.contains("dev_"))
  }

  /// Not only when asked: a program made for development does not start in public.
  @Test(arguments: ["webhook-whatsapp", "jobs-process", "health", "jobs"])
  func developmentDoesNotStartInPublic(_ name: String) async throws {
    let (code, said) = try await ended(name, [], ["TISTIS_PUBLIC_URL": "https://tistis.mx"])
    #expect(code == 78 && said.contains("TISTIS_ENV is development, while"), "\(said)")
    #expect(!said.contains("dev_"))
  }

  @Test func migrateChecksItself() async throws {
    let dsn = Database.world.dsn(user: "tistis_owner")
    let sql = World.root + "/sql"
    let (code, said) = try await ended("migrate", ["--check-config", "--dsn", dsn, "--sql", sql])
    #expect(code == 0 && said.hasPrefix("ok migrate"), "\(said)")
    let (bad, why) = try await ended("migrate", ["--check-config", "--dsn", dsn, "--sql", "/nonexistent"])
    #expect(bad == 78 && why.contains("→"), "\(why)")
  }

  @Test func theDoctorByCommand() async throws {
    try await Database.cloned { database in
      let changes = ["DATABASE_URL": database.dsn(user: "tistis_owner"), "MEDIA_DIR": "/tmp"]
      let arguments = ["doctor", "--etc", "/nonexistent", "--sql", World.root + "/sql"]
      let (_, said) = try await ended("tistis", arguments, changes)
      #expect(said.contains("ok       schema    version"))
      #expect(!said.contains("problem  schema") && !said.contains("problem  roles"), "\(said)")
      try database.run("alter table leads no force row level security")
      let (code, json) = try await ended("tistis", arguments + ["--json", "--quiet"], changes)
      #expect(code == 1)
      let body = Field(try JSON.parse(Array(json.utf8)))
      #expect(body["status"].text == "problems")
      let wall = body["findings"].items.first { $0["area"].text == "wall" }
      #expect(wall?["sentence"].text?.contains("leads") == true && wall?["cure"].text != nil)
      // The installation's own alerts need no tenant.
      try database.run("insert into platform_alerts (kind, sentence) values ('cron_stopped', 'alas')")
      let (listed, list) = try await ended("tistis", ["alerts", "list"], changes)
      #expect(listed == 0 && list.contains("cron_stopped  alas") && list.contains("1 open"))
    }
  }
}
