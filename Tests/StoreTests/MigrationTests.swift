import Core
import Testing

@testable import Store

/// What is planned from files and records, without a database.
struct MigrationTests {
  private func migration(_ name: String, _ sql: String = "select 1") throws -> Migration {
    try Migration(fileName: name, sql: sql)
  }

  private func folder(_ names: [String]) throws -> SQLFolder {
    try SQLFolder(migrations: try names.map { try migration($0) }, replaced: [], seed: nil)
  }

  private func applied(_ migration: Migration) -> AppliedMigration {
    AppliedMigration(
      version: migration.version, name: migration.name, checksum: migration.checksum, appliedAt: Instant(seconds: 0))
  }

  private func sentence<T>(_ body: () throws -> T) -> String? {
    do {
      _ = try body()
      return nil
    } catch {
      return (error as? MigrationFault)?.sentence
    }
  }

  @Test func names() throws {
    let first = try migration("0001_ground.sql")
    #expect(first.version == 1 && first.name == "ground" && first.file.name == "migrations/0001_ground.sql")
    for name in ["1_x.sql", "0001.sql", "0001_.sql", "000a_x.sql", "0001-x.sql", "+001_x.sql"] {
      #expect(sentence { try migration(name) } == "migrations/\(name): expected a name like 0001_ground.sql")
    }
  }

  @Test func gapsAndDuplicates() throws {
    #expect(try folder(["0002_b.sql", "0001_a.sql"]).migrations.map(\.version) == [1, 2])
    #expect(sentence { try folder(["0001_a.sql", "0003_c.sql"]) } == "migrations/0003_c.sql: number 2 is missing")
    #expect(
      sentence { try folder(["0001_a.sql", "0001_b.sql"]) } == "migrations/0001_b.sql: its number is there twice")
    #expect(sentence { try folder(["0000_a.sql"]) } == "migrations/0000_a.sql: its number is there twice")
  }

  @Test func whatIsPending() throws {
    let all = try folder(["0001_a.sql", "0002_b.sql", "0003_c.sql"])
    #expect(try all.pending(after: []).map(\.version) == [1, 2, 3])
    #expect(try all.pending(after: all.migrations.prefix(2).map(applied)).map(\.version) == [3])
    #expect(try all.pending(after: all.migrations.map(applied)).isEmpty)
    let hole = [applied(all.migrations[0]), applied(all.migrations[2])]
    #expect(
      sentence { try all.pending(after: hole) } == "migrations/0002_b.sql was never applied, yet number 3 was")
  }

  @Test func whatWasChangedOrIsMissing() throws {
    let all = try folder(["0001_a.sql"])
    let changed = applied(try migration("0001_a.sql", "select 2"))
    #expect(sentence { try all.pending(after: [changed]) }?.hasPrefix("migrations/0001_a.sql was changed") == true)
    let newer = applied(try migration("0002_later.sql"))
    #expect(
      sentence { try all.pending(after: [newer]) }
        == "the database has migration 2 (later), which is not here: this checkout is older")
  }

  @Test func transactionsOfTheirOwn() {
    #expect(SQLFile(name: "", sql: "create table t ();\nCOMMIT;").transactionControl == 2)
    #expect(SQLFile(name: "", sql: "do $$\nbegin\n  commit;\nend $$;").transactionControl == nil)
  }

  @Test func theChecksumCoversNamesAndText() throws {
    func sum(_ files: [SQLFile]) throws -> String {
      try SQLFolder(migrations: [], replaced: files, seed: nil).replacedChecksum
    }
    let a = SQLFile(name: "a", sql: "1")
    #expect(try sum([a]) != sum([SQLFile(name: "b", sql: "1")]))
    #expect(try sum([a]) != sum([SQLFile(name: "a", sql: "2")]))
    #expect(try sum([a]) == sum([a]))
  }
}
