import Core
import FoundationEssentials
import Store
import TestSupport
import Testing

@testable import Flows

/// `--check-config`: each mistake of somebody who sets up a machine, and what is said about it.
@Suite struct ConfigCheckTests {
  private func check(_ database: Database, _ changes: [String: String?], user: String = "tistis_jobs") -> [Problem] {
    var environment = World.current.environment(of: "jobs")
    environment["DATABASE_URL"] = database.dsn(user: user)
    environment["MEDIA_DIR"] = "/tmp"
    for (name, value) in changes { environment[name] = value }
    var problems = ConfigCheck.program("jobs", Office.needs, environment).everything
    // Only what names another database may be away.
    for _ in 0..<3 where changes["DATABASE_URL"] == nil && problems.contains(where: { $0.what.contains("is away") }) {
      problems = ConfigCheck.program("jobs", Office.needs, environment).everything
    }
    return problems
  }

  private func expect(_ problems: [Problem], _ words: String) {
    #expect(problems.contains { $0.what.contains(words) && !$0.cure.isEmpty }, "\(words): \(problems)")
  }

  @Test func nothingIsWrong() throws {
    let problems = check(.world, [:])
    #expect(problems == [])
    var environment = World.current.environment(of: "tistis")
    environment["DATABASE_URL"] = Database.world.dsn(user: "tistis_owner")
    #expect(ConfigCheck.owner("tistis", [.databaseURL, .inboundKeys], environment).everything == [])
    let dsn = Database.world.dsn(user: "tistis_owner")
    #expect(ConfigCheck.migrate(dsn, sql: World.root + "/sql").everything == [])
  }

  @Test func settings() {
    expect(check(.world, ["OUTBOUND_KEYS": nil]), "OUTBOUND_KEYS is missing")
    expect(check(.world, ["OUTBOUND_KEYS": "a:b"]), "OUTBOUND_KEYS cannot be read as keys")
    expect(check(.world, ["JOBS_CONNECTIONS": "99"]), "JOBS_CONNECTIONS must be")
    expect(check(.world, ["TISTIS_PUBLIC_URL": "https://tistis.mx"]), "TISTIS_ENV is development, while")
    expect(check(.world, ["DATABASE_URL": "the usual one"]), "DATABASE_URL is no connection string")
    expect(check(.world, ["MEDIA_DIR": "/nonexistent"]), "there is no folder /nonexistent")
    expect(check(.world, ["MEDIA_DIR": "/etc/hostname"]), "there is no folder")
    // Everything at once, the database as well.
    let all = check(.world, ["OUTBOUND_KEYS": nil, "DATABASE_URL": "host=/nonexistent dbname=x"])
    expect(all, "OUTBOUND_KEYS is missing")
    expect(all, "the database is away")
  }

  /// `api` shows attachments and seals secrets: it keeps none and opens none.
  @Test func theAPI() {
    var environment = World.current.environment(of: "api")
    environment["DATABASE_URL"] = Database.world.dsn(user: "tistis_api")
    environment["MEDIA_DIR"] = "/proc"
    let needs = App.common + APIDoor.needs
    #expect(ConfigCheck.program("api", needs, environment).everything == [])
    environment["OUTBOUND_SEAL"] = "dev:12"
    expect(ConfigCheck.program("api", needs, environment).everything, "OUTBOUND_SEAL is no seal")
  }

  @Test func secretFiles() throws {
    let file = "/tmp/" + unique("key-")
    try Data(("x:" + String(repeating: "5", count: 64) + "\n").utf8).write(to: URL(filePath: file))
    defer { try? FileManager.default.removeItem(atPath: file) }
    #expect(shell("chmod 644 \(file)").status == 0)
    expect(
      check(.world, ["OUTBOUND_KEYS": nil, "OUTBOUND_KEYS_FILE": file]), "everybody on the machine may use \(file)")
    expect(check(.world, ["OUTBOUND_KEYS_FILE": file]), "OUTBOUND_KEYS and OUTBOUND_KEYS_FILE are both set")
    #expect(shell("chmod 600 \(file)").status == 0)
    #expect(check(.world, ["OUTBOUND_KEYS": nil, "OUTBOUND_KEYS_FILE": file]) == [])
    expect(check(.world, ["OUTBOUND_KEYS": nil, "OUTBOUND_KEYS_FILE": "/nonexistent"]), "cannot read /nonexistent")
  }

  @Test func theDatabase() async throws {
    expect(check(.world, [:], user: "postgres"), "postgres is a superuser")
    expect(check(.world, [:], user: "tistis_owner"), "tistis_owner owns the tables")
    expect(check(.world, [:], user: "tistis_webhook_whatsapp"), "cannot call worker_heartbeat")
    let stranger = ConfigCheck.owner(
      "tistis", [.databaseURL], ["DATABASE_URL": Database.world.dsn(user: "tistis_jobs")]
    ).everything
    expect(stranger, "tistis_jobs does not own the tables")
    let small = ConfigCheck.migrate(Database.world.dsn(user: "tistis_jobs"), sql: "/nonexistent").everything
    expect(small, "tistis_jobs does not own the database tistis")
    expect(small, "may not create the programs' roles")
    try await Database.cloned { database in
      try database.run(
        """
        delete from schema_migrations where version = \(App.schema);
        revoke execute on function claim_jobs(uuid, int, text, uuid, timestamptz) from tistis_jobs;
        alter database \(database.name) set default_transaction_read_only = on
        """)
      let problems = check(database, [:])
      expect(problems, "the schema is version \(App.schema - 1)")
      expect(problems, "cannot call claim_jobs")
      expect(problems, "is read-only")
    }
  }
}
