import ArgumentParser
import Flows
import FoundationEssentials
import Store

#if canImport(Glibc)
  import Glibc
#endif

@main
struct Migrate: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "migrate", abstract: "Brings a database to the schema of this checkout.",
    discussion: """
      Applies sql/migrations in order, each in a transaction of its own, then replaces functions and policies if
      anything changed. Two at once are harmless. Exit codes: 0 done, 1 refused, 3 pending (--status), 75 database away.
      """)

  @Option(help: "The database, as the owner of the schema (default: $MIGRATE_DATABASE_URL).") var dsn: String?
  @Option(help: "The folder of the SQL.") var sql = "./sql"
  @Flag(help: "List what is applied and pending; exit 3 if anything is pending.") var status = false
  @Flag(help: "Say what would be done.") var dryRun = false
  @Flag(help: "Replace functions and policies even if they did not change.") var force = false
  @Flag(help: "Apply seed.sql afterwards.") var seed = false
  @Flag(
    help:
      "Try the database, its role and the folder; each problem with its cure. Exit 75: only the database is away; 78.")
  var checkConfig = false

  func run() throws {
    guard let dsn = dsn ?? ProcessInfo.processInfo.environment["MIGRATE_DATABASE_URL"], !dsn.isEmpty else {
      throw ValidationError("name the database: --dsn or MIGRATE_DATABASE_URL")
    }
    if checkConfig { ConfigCheck.migrate(dsn, sql: sql).finish() }
    let migrator: Migrator
    let found: Migrator.Status
    do throws(MigrationFault) {
      migrator = Migrator(dsn, try SQLFolder(path: sql)) { say($0) }
      guard status || dryRun else {
        try migrator.migrate(force: force)
        if seed { try migrator.seed() }
        return
      }
      found = try migrator.status()
    } catch {
      say(error.sentence, to: 2)
      throw ExitCode(error.unavailable ? 75 : 1)
    }
    show(found)
    if status, !found.upToDate { throw ExitCode(3) }
  }

  private func show(_ found: Migrator.Status) {
    for row in found.applied {
      let number = String(row.version)
      say(
        "applied  \(String(repeating: "0", count: max(0, 4 - number.count)))\(number)_\(row.name) at \(row.appliedAt)")
    }
    for migration in found.pending { say("pending  \(migration.file.name)") }
    let replaces = found.replacedDiffer || !found.pending.isEmpty || dryRun && force
    say(replaces ? "pending  functions and policies" : "applied  functions and policies")
    if dryRun, seed { say("pending  seed.sql") }
  }
}

/// One write a line: progress is read while it runs, also through a pipe.
private func say(_ text: String, to file: Int32 = 1) {
  let bytes = Array((file == 2 ? "migrate: \(text)\n" : "\(text)\n").utf8)
  _ = bytes.withUnsafeBytes { write(file, $0.baseAddress, $0.count) }
}
