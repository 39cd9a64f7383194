import CPQ
import Core

/// Brings a database to the schema of a checkout. Two at once are harmless: the second waits, then finds nothing to do.
public struct Migrator {
  public struct Status: Sendable {
    public var applied: [AppliedMigration]
    public var pending: [Migration]
    /// Functions and policies are not those of the files.
    public var replacedDiffer: Bool
    public var upToDate: Bool { pending.isEmpty && !replacedDiffer }
  }

  private let connection: Connection
  private let folder: SQLFolder
  private let say: (String) -> Void

  /// - Parameters:
  ///   - dsn: of the role that owns the schema; straight to Postgres, since the lock belongs to the session.
  ///   - say: receives a line of progress.
  public init(_ dsn: String, _ folder: SQLFolder, say: @escaping (String) -> Void) {
    connection = Connection(
      dsn, settings: ConnectionSettings(statementTimeout: 0, connectTimeout: 10, applicationName: "migrate"))
    self.folder = folder
    self.say = say
  }

  /// Reads only.
  public func status() throws(MigrationFault) -> Status {
    let (applied, checksum) = try stored { () throws(StoreError) in try recorded() }
    return Status(
      applied: applied, pending: try folder.pending(after: applied),
      replacedDiffer: !folder.replaced.isEmpty && checksum != folder.replacedChecksum)
  }

  /// Applies what is pending and, if anything was or the files differ, replaces functions and policies.
  /// - Parameter force: replaces them in any case.
  public func migrate(force: Bool = false) throws(MigrationFault) {
    try lock()
    defer { connection.close() }
    try stored { () throws(StoreError) in try connection.script(Self.tables) }
    let before = try status()
    if before.upToDate, !force { return say("nothing to do: the schema is at \(folder.migrations.count)") }
    for migration in before.pending {
      if let line = migration.file.transactionControl {
        throw MigrationFault("\(migration.file.name):\(line): leave BEGIN and COMMIT out: it runs in a transaction")
      }
      try apply([migration.file]) { scope throws(StoreError) in
        // First, so that somebody else applying the same one is held up here.
        try scope.exec(
          "record", "insert into schema_migrations (version, name, sha256) values ($1, $2, $3)",
          [migration.version.sql, migration.name.sql, migration.checksum.sql])
      }
      say("applied \(migration.file.name)")
    }
    try apply(folder.replaced) { scope throws(StoreError) in
      try scope.exec(
        "replaced",
        """
        insert into schema_state (sha256) values ($1)
        on conflict (one) do update set sha256 = excluded.sha256, applied_at = now()
        """, [folder.replacedChecksum.sql])
    }
    say("replaced functions and policies, \(folder.replaced.count) files")
  }

  /// Applies seed.sql, which may run any number of times. It may have a transaction of its own.
  public func seed() throws(MigrationFault) {
    guard let seed = folder.seed else { throw MigrationFault("there is no seed.sql") }
    try lock()
    defer { connection.close() }
    let fault = try stored { () throws(StoreError) in try connection.run(script: seed.sql) }
    if let fault { throw MigrationFault(fault.report(of: seed.name)) }
    say("applied \(seed.name)")
  }

  private static let tables =
    """
    create table if not exists schema_migrations (
      version int primary key,
      name text not null,
      sha256 text not null,
      applied_at timestamptz not null default now());
    create table if not exists schema_state (
      one boolean primary key default true check (one),
      sha256 text not null,
      applied_at timestamptz not null default now());
    """

  private func recorded() throws(StoreError) -> ([AppliedMigration], checksum: String?) {
    let everyone = connection.everyone
    let there: Bool = try everyone.one(
      "tables", "select to_regclass('schema_migrations') is not null and to_regclass('schema_state') is not null", []
    ) { row throws(StoreError) in try row.get(0) }
    guard there else { return ([], nil) }
    let applied = try everyone.many(
      "applied", "select version, name, sha256, applied_at from schema_migrations order by version", []
    ) { row throws(StoreError) in
      try AppliedMigration(version: row.get(0), name: row.get(1), checksum: row.get(2), appliedAt: row.get(3))
    }
    let checksum: String? = try everyone.maybe("state", "select sha256 from schema_state", []) {
      row throws(StoreError) in try row.get(0)
    }
    return (applied, checksum)
  }

  /// Held by the session, so it ends with it however that ends.
  private func lock() throws(MigrationFault) {
    let key = Int64(0x7469_7374_6973).sql
    try stored { () throws(StoreError) in
      let free: Bool = try connection.everyone.one("try_lock", "select pg_try_advisory_lock($1)", [key]) {
        row throws(StoreError) in try row.get(0)
      }
      if free { return }
      say("waiting for another migrate to end")
      try connection.everyone.exec("lock", "select pg_advisory_lock($1)", [key])
    }
  }

  /// Runs files and records them, all or nothing.
  private func apply(
    _ files: [SQLFile], recording: (Scope) throws(StoreError) -> Void
  ) throws(MigrationFault) {
    var fault: MigrationFault?
    do {
      try connection.transaction(tenant: nil) { scope throws(StoreError) in
        try recording(scope)
        for file in files {
          fault = try run(file)
          if let fault { throw .rejected(sqlstate: "", message: fault.sentence) }
        }
      }
    } catch {
      throw fault ?? MigrationFault(error)
    }
  }

  private func run(_ file: SQLFile) throws(StoreError) -> MigrationFault? {
    if let fault = try connection.run(script: file.sql) {
      if case .unavailable = fault.complaint.error { throw fault.complaint.error }
      return MigrationFault(fault.report(of: file.name))
    }
    guard let link = connection.link, PQtransactionStatus(link) == PQTRANS_INTRANS else {
      return MigrationFault("\(file.name): it ended the transaction that it runs in; leave BEGIN and COMMIT out")
    }
    return nil
  }

  private func stored<T>(_ body: () throws(StoreError) -> T) throws(MigrationFault) -> T {
    do { return try body() } catch { throw MigrationFault(error) }
  }
}
