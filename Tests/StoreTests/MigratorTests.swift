import Testing

@testable import Store

struct MigratorTests {
  private let database: TestDatabase
  init() throws { database = try TestDatabase() }

  private func folder(
    _ migrations: [String], function: String = "create or replace function f() returns int return 1;",
    seed: String? = nil
  ) throws -> SQLFolder {
    let numbered = try migrations.enumerated().map { try Migration(fileName: "000\($0 + 1)_m.sql", sql: $1) }
    return try SQLFolder(
      migrations: numbered, replaced: [SQLFile(name: "functions/f.sql", sql: function)],
      seed: seed.map { SQLFile(name: "seed.sql", sql: $0) })
  }

  /// The lines of progress. But for one: the session of the last run holds its lock until Postgres has seen it go, which on
  /// a busy machine is after the next has begun.
  private func migrate(_ folder: SQLFolder, force: Bool = false) throws -> [String] {
    var lines: [String] = []
    try Migrator(database.dsn, folder) { lines.append($0) }.migrate(force: force)
    return lines.filter { $0 != "waiting for another migrate to end" }
  }

  private let tables = ["create table a (id int primary key)", "create table b (id int); insert into b values (1)"]

  @Test func appliesOnceAndReplacesWhatChanged() throws {
    let both = try folder(tables)
    #expect(try Migrator(database.dsn, both) { _ in }.status().pending.count == 2)
    let replaced = "replaced functions and policies, 1 files"
    #expect(try migrate(folder([tables[0]])) == ["applied migrations/0001_m.sql", replaced])
    #expect(try migrate(both) == ["applied migrations/0002_m.sql", replaced])
    #expect(try migrate(both) == ["nothing to do: the schema is at 2"])
    #expect(try migrate(both, force: true) == [replaced])
    let other = try folder(tables, function: "create or replace function f() returns int return 2;")
    #expect(try Migrator(database.dsn, other) { _ in }.status().replacedDiffer)
    #expect(try migrate(other) == [replaced])
    let two: Int32 = try database.connection().everyone.value("select f()")
    #expect(two == 2)
  }

  @Test func whatFailsLeavesNothing() throws {
    let bad = try folder([tables[0], "create table b (id int);\nselect 1 from nowhere;"])
    #expect(throws: MigrationFault("migrations/0002_m.sql:2:15: relation \"nowhere\" does not exist")) {
      _ = try migrate(bad)
    }
    let connection = database.connection()
    #expect(try connection.schemaVersion() == 1)
    let there: Bool = try connection.everyone.value("select to_regclass('b') is not null")
    #expect(!there)
  }

  @Test func transactionsOfTheirOwnAreRefused() throws {
    let file = "migrations/0001_m.sql"
    #expect(throws: MigrationFault("\(file):2: leave BEGIN and COMMIT out: it runs in a transaction")) {
      _ = try migrate(folder(["create table a (id int);\ncommit;"]))
    }
    #expect(throws: MigrationFault("\(file): it ended the transaction that it runs in; leave BEGIN and COMMIT out")) {
      _ = try migrate(folder(["create table a (id int); commit;"]))
    }
  }

  @Test func theSeedMayRunAgain() throws {
    let seeded = try folder(tables, seed: "begin; insert into a values (1) on conflict do nothing; commit;")
    _ = try migrate(seeded)
    for _ in 0..<2 { try Migrator(database.dsn, seeded) { _ in }.seed() }
    let rows: Int64 = try database.connection().everyone.value("select count(*) from a")
    #expect(rows == 1)
    let wrong = try folder(tables, seed: "insert into a values (1)")
    #expect(throws: MigrationFault.self) { try Migrator(database.dsn, wrong) { _ in }.seed() }
  }

  @Test func programsRefuseAnOlderSchema() throws {
    let connection = database.connection()
    #expect(try connection.schemaVersion() == 0)
    _ = try migrate(folder(tables))
    try connection.requireSchema(1)
    try connection.requireSchema(2)
    #expect(throws: StoreError.shape("its schema is version 2 and this program needs 3: run bin/migrate")) {
      try connection.requireSchema(3)
    }
  }

  @Test func awayIsToldFromRefused() throws {
    let away = Migrator("host=127.0.0.1 port=1 dbname=x user=x", try folder(tables)) { _ in }
    do {
      try away.migrate()
      Issue.record("nobody listens there")
    } catch {
      #expect(error.unavailable)
    }
  }
}
