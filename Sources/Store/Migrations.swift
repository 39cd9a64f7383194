import Core
import FoundationEssentials

/// Why a migration was not done. Its sentence is for the person at the keyboard.
public struct MigrationFault: Error, Sendable, Equatable {
  public var sentence: String
  /// The database was away: the same command may succeed later.
  public var unavailable: Bool

  init(_ sentence: String, unavailable: Bool = false) {
    self.sentence = sentence
    self.unavailable = unavailable
  }

  init(_ error: StoreError) {
    sentence = error.sentence
    unavailable = if case .unavailable = error { true } else { false }
  }
}

/// A file of SQL and the name it is spoken of by: `migrations/0001_ground.sql`.
public struct SQLFile: Sendable, Equatable {
  public var name: String
  public var sql: String

  public init(name: String, sql: String) {
    self.name = name
    self.sql = sql
  }

  /// The first line, from 1, that begins or ends a transaction. Indented ones may be a procedure's.
  var transactionControl: Int? {
    let words = ["begin;", "begin transaction", "start transaction", "commit;", "commit work", "rollback;"]
    return sql.split(separator: "\n", omittingEmptySubsequences: false)
      .firstIndex { line in words.contains { line.lowercased().hasPrefix($0) } }
      .map { $0 + 1 }
  }
}

/// A step of the schema: `NNNN_name.sql`, numbered from 1 without gaps, never changed once it was applied.
public struct Migration: Sendable, Equatable {
  public var version: Int32
  public var name: String
  public var file: SQLFile
  public var checksum: String

  /// - Throws: what is wrong with the file's name.
  public init(fileName: String, sql: String) throws(MigrationFault) {
    let stem = fileName.dropLast(".sql".count)
    let number = stem.prefix(4)
    let name = stem.dropFirst(5)
    let digits = number.utf8.allSatisfy { (UInt8(ascii: "0")...UInt8(ascii: "9")).contains($0) }
    guard fileName.hasSuffix(".sql"), number.count == 4, digits, stem.dropFirst(4).first == "_", !name.isEmpty,
      let version = Int32(number)
    else { throw MigrationFault("migrations/\(fileName): expected a name like 0001_ground.sql") }
    self.version = version
    self.name = String(name)
    file = SQLFile(name: "migrations/\(fileName)", sql: sql)
    checksum = hex(sha256(Array(sql.utf8)))
  }
}

/// A row of `schema_migrations`.
public struct AppliedMigration: Sendable, Equatable {
  public var version: Int32
  public var name: String
  public var checksum: String
  public var appliedAt: Instant

  public init(version: Int32, name: String, checksum: String, appliedAt: Instant) {
    self.version = version
    self.name = name
    self.checksum = checksum
    self.appliedAt = appliedAt
  }
}

/// The SQL of a checkout.
public struct SQLFolder: Sendable {
  public var migrations: [Migration]
  /// Functions by name, then the policies: replaced whole, in one transaction.
  public var replaced: [SQLFile]
  public var seed: SQLFile?

  public init(migrations: [Migration], replaced: [SQLFile], seed: SQLFile?) throws(MigrationFault) {
    self.migrations = migrations.sorted { $0.version < $1.version }
    self.replaced = replaced
    self.seed = seed
    for (i, migration) in self.migrations.enumerated() {
      let wanted = Int32(i + 1)
      if migration.version < wanted { throw MigrationFault("\(migration.file.name): its number is there twice") }
      if migration.version > wanted { throw MigrationFault("\(migration.file.name): number \(wanted) is missing") }
    }
  }

  /// Reads `migrations/*.sql`, `functions/*.sql`, `policies.sql` and `seed.sql` below `path`.
  public init(path: String) throws(MigrationFault) {
    var migrations: [Migration] = []
    for name in try Self.names(path + "/migrations") {
      migrations.append(try Migration(fileName: name, sql: try Self.text(path + "/migrations/" + name)))
    }
    var replaced: [SQLFile] = []
    for name in try Self.names(path + "/functions").map({ "functions/" + $0 }) + ["policies.sql"]
    where FileManager.default.fileExists(atPath: path + "/" + name) {
      replaced.append(SQLFile(name: name, sql: try Self.text(path + "/" + name)))
    }
    let hasSeed = FileManager.default.fileExists(atPath: path + "/seed.sql")
    let seed = hasSeed ? SQLFile(name: "seed.sql", sql: try Self.text(path + "/seed.sql")) : nil
    try self.init(migrations: migrations, replaced: replaced, seed: seed)
  }

  /// Of everything that is replaced.
  public var replacedChecksum: String {
    hex(sha256(replaced.flatMap { Array("\($0.name)\0\($0.sql)\0".utf8) }))
  }

  /// What has still to be applied.
  /// - Throws: if a file that was applied has changed since, or is not here.
  public func pending(after applied: [AppliedMigration]) throws(MigrationFault) -> [Migration] {
    for row in applied {
      guard let migration = migrations.first(where: { $0.version == row.version }) else {
        throw MigrationFault(
          "the database has migration \(row.version) (\(row.name)), which is not here: this checkout is older")
      }
      if migration.checksum != row.checksum {
        throw MigrationFault(
          "\(migration.file.name) was changed after it was applied at \(row.appliedAt): undo that, write a new one")
      }
    }
    let done = Set(applied.map(\.version))
    let last = done.max() ?? 0
    if let hole = migrations.first(where: { $0.version < last && !done.contains($0.version) }) {
      throw MigrationFault("\(hole.file.name) was never applied, yet number \(last) was")
    }
    return migrations.filter { $0.version > last }
  }

  private static func names(_ folder: String) throws(MigrationFault) -> [String] {
    guard FileManager.default.fileExists(atPath: folder) else { return [] }
    do {
      return try FileManager.default.contentsOfDirectory(atPath: folder).filter { $0.hasSuffix(".sql") }.sorted()
    } catch {
      throw MigrationFault("\(folder): \(error)")
    }
  }

  private static func text(_ path: String) throws(MigrationFault) -> String {
    guard let data = try? Data(contentsOf: URL(filePath: path)), let text = String(validating: data, as: UTF8.self)
    else { throw MigrationFault("\(path): cannot be read as UTF-8") }
    return text
  }
}
