import FoundationEssentials
import Testing

@testable import Store

struct Missing: Error, CustomStringConvertible {
  var description: String { "TISTIS_TEST_DSN is not set: it names a Postgres to test against; bin/test sets it" }
}

/// The cluster that tests run against, as a superuser.
func testDSN() throws -> String {
  guard let dsn = ProcessInfo.processInfo.environment["TISTIS_TEST_DSN"], !dsn.isEmpty else { throw Missing() }
  return dsn
}

func connect(_ settings: ConnectionSettings = ConnectionSettings(connectTimeout: 30)) throws -> Connection {
  Connection(try testDSN(), settings: settings)
}

/// The test cluster's DSN with other words in it.
func testDSN(_ changes: [String: String]) throws -> String {
  let known = try ConnectionOptions(try testDSN(), ConnectionSettings()).values
  let kept = known.filter { ["host", "hostaddr", "port", "user", "password", "dbname", "sslmode"].contains($0.key) }
  return kept.merging(changes) { $1 }.map { "\($0.key)='\($0.value)'" }.sorted().joined(separator: " ")
}

/// A database of its own for one test, dropped with it.
final class TestDatabase {
  let name = "store_" + UUID().uuidString.lowercased().filter { $0 != "-" }.prefix(12)
  let dsn: String

  init() throws {
    dsn = try testDSN(["dbname": name])
    try connect(Self.patient).script("create database \(name) template template0")
  }

  deinit { try? connect(Self.patient).script("drop database \(name) with (force)") }

  private static let patient = ConnectionSettings(statementTimeout: 60, connectTimeout: 30)

  func connection(_ settings: ConnectionSettings = ConnectionSettings()) -> Connection {
    Connection(dsn, settings: settings)
  }
}

extension Scope {
  /// One cell of one row; the text is its own name.
  func value<T: SQLValue>(_ sql: String, _ values: [String?] = []) throws(StoreError) -> T {
    try one(sql, sql, values) { row throws(StoreError) -> T in try row.get(0) }
  }

  func run(_ sql: String, _ values: [String?] = []) throws(StoreError) { try exec(sql, sql, values) }
}

extension Connection {
  var pid: Int32 { get throws { try everyone.value("select pg_backend_pid()") } }
}

/// Seconds that something takes.
func seconds(_ body: () throws -> Void) rethrows -> Double {
  let begin = Limit.clock()
  try body()
  return Limit.clock() - begin
}

/// The error that is thrown; nil if none is.
func failure(_ body: () throws(StoreError) -> Void) -> StoreError? {
  do {
    try body()
    return nil
  } catch {
    return error
  }
}

func isUnavailable(_ error: StoreError?) -> Bool {
  if case .unavailable = error { true } else { false }
}

/// The SQLSTATE and words of a refusal.
func refusal(_ error: StoreError?) -> (sqlstate: String, message: String)? {
  switch error {
  case .data(let sqlstate, let message), .rejected(let sqlstate, let message): (sqlstate, message)
  default: nil
  }
}
