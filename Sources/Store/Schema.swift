extension Connection {
  /// The number of the last migration; 0 if there was none.
  public func schemaVersion() throws(StoreError) -> Int32 {
    do {
      return try everyone.one("schema_version", "select coalesce(max(version), 0) from schema_migrations", []) {
        row throws(StoreError) in try row.get(0)
      }
    } catch .rejected(sqlstate: "42P01", _) {
      return 0
    }
  }

  /// Refuses a schema older than the program needs, with `.shape`; a newer one is accepted.
  public func requireSchema(_ minimum: Int32) throws(StoreError) {
    let version = try schemaVersion()
    if version < minimum {
      throw .shape("its schema is version \(version) and this program needs \(minimum): run bin/migrate")
    }
  }
}
