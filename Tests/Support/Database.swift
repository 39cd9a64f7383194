import Core
import FoundationEssentials
import Store

/// A database that tests look into as a superuser, whom no wall stops.
public struct Database: Sendable {
  public let name: String

  /// The world's own, which the running programs use.
  public static let world = Database(name: "tistis")

  /// The connection string of one of the programs' roles, or of the superuser.
  public func dsn(user: String = "postgres") -> String { World.current.dsn(database: name, user: user) }

  /// A session that prepares nothing, so that any text may be asked.
  public func connection(user: String = "postgres") -> Connection {
    Connection(dsn(user: user), settings: ConnectionSettings(statementTimeout: 30, connectTimeout: 30, prepare: false))
  }

  /// The first column of a query's rows, as text.
  public func column(_ sql: String, _ values: [String?] = []) throws -> [String?] {
    try connection().everyone.many("column", "select q.c::text from (\(sql)) q (c)", values) { row throws(StoreError) in
      try row.get(0)
    }
  }

  /// The first column of the only row, as text; nil if it is null or there is no row.
  public func scalar(_ sql: String, _ values: [String?] = []) throws -> String? {
    let found: [String?] = try connection().everyone.many("scalar", "select (\(sql))::text", values) {
      row throws(StoreError) in try row.get(0)
    }
    return found.first ?? nil
  }

  public func count(_ sql: String, _ values: [String?] = []) throws -> Int { Int(try scalar(sql, values) ?? "") ?? -1 }

  public func run(_ sql: String) throws { try connection().script(sql) }

  /// A copy of the migrated and seeded template that is gone again afterwards. A few at a time.
  public static func cloned<T>(_ body: (Database) async throws -> T) async throws -> T {
    await gate.enter()
    let result: Result<T, any Error>
    do {
      let admin = Database(name: "postgres")
      let copy = Database(name: unique("test_"))
      // Owned by whom the world's own is owned by: foreign keys are checked with the right of the tables' owner.
      try await onThread {
        try admin.run(
          "create database \(copy.name) template \(World.current.template) strategy file_copy owner tistis_owner")
      }
      do { result = .success(try await body(copy)) } catch { result = .failure(error) }
      try await onThread {
        // Postgres waits five seconds for a session that it has told to end.
        for attempt in 1... {
          do { return try admin.run("drop database if exists \(copy.name) with (force)") } catch {
            if attempt == 5 { throw error }
          }
        }
      }
    } catch {
      await gate.leave()
      throw error
    }
    await gate.leave()
    return try result.get()
  }

  private static let gate = Gate(4)
}
