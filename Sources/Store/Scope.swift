import FoundationEssentials

/// Where a statement runs: for one tenant, for nobody, or inside a transaction. The generated queries are its methods.
public struct Scope {
  enum Kind {
    case tenant(UUID)
    case everyone
    /// The number of the transaction, so that a scope that outlives it is refused.
    case inside(Int)
  }

  let connection: Connection
  let kind: Kind

  private func run(_ name: String, _ sql: String, _ values: [String?]) throws(StoreError) -> Rows {
    let command = Command(name: name, sql: sql, values: values)
    switch kind {
    case .inside(let number):
      guard connection.transactionOpen == number else {
        throw .rejected(sqlstate: "25P01", message: "the transaction of this scope is over")
      }
      return try connection.perform([command])
    case .everyone:
      try connection.refuseInsideTransaction()
      return try connection.perform([command])
    case .tenant(let id):
      try connection.refuseInsideTransaction()
      return try connection.perform([Self.setTenant(id), command])
    }
  }

  static func setTenant(_ id: UUID) -> Command {
    Command(name: "tistis_tenant", sql: "select set_config('app.tenant_id', $1, true)", values: [id.sql])
  }
}

/// The modes of a query. `name` is what it is prepared under, one name for one text; `values` as `SQLValue.sql` gives them.
extension Scope {
  /// Exactly one row.
  package func one<T>(
    _ name: String, _ sql: String, _ values: [String?], _ read: (Row) throws(StoreError) -> T
  ) throws(StoreError) -> T {
    let rows = try run(name, sql, values)
    guard rows.count == 1 else { throw .shape("\(name): one row expected, \(rows.count) came") }
    return try read(rows[0])
  }

  /// One row or none.
  package func maybe<T>(
    _ name: String, _ sql: String, _ values: [String?], _ read: (Row) throws(StoreError) -> T
  ) throws(StoreError) -> T? {
    let rows = try run(name, sql, values)
    guard rows.count <= 1 else { throw .shape("\(name): at most one row expected, \(rows.count) came") }
    return rows.count == 0 ? nil : try read(rows[0])
  }

  /// Any number of rows.
  package func many<T>(
    _ name: String, _ sql: String, _ values: [String?], _ read: (Row) throws(StoreError) -> T
  ) throws(StoreError) -> [T] {
    let rows = try run(name, sql, values)
    var out: [T] = []
    out.reserveCapacity(rows.count)
    for i in 0..<rows.count { out.append(try read(rows[i])) }
    return out
  }

  /// Nothing is read.
  package func exec(_ name: String, _ sql: String, _ values: [String?]) throws(StoreError) {
    _ = try run(name, sql, values)
  }

  /// How many rows were affected.
  package func count(_ name: String, _ sql: String, _ values: [String?]) throws(StoreError) -> Int {
    try run(name, sql, values).affected
  }
}
