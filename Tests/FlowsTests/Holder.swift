import Core
import Store
import TestSupport

/// A transaction that has done something and stays open, until it is told to commit.
struct Holder {
  private let session: Connection
  private let shop: Shop
  private let pid: Int

  init(_ shop: Shop, _ sql: String) throws {
    self.shop = shop
    session = shop.database.connection()
    let found: Int32 = try session.everyone.one("pid", "select pg_backend_pid()", []) { row throws(StoreError) in
      try row.get(0)
    }
    pid = Int(found)
    try session.script("begin; select set_config('app.tenant_id', '\(shop.tenant.id.text)', true); \(sql)")
  }

  func script(_ sql: String) throws { try session.script(sql) }

  /// Whether so many come to wait for what this one has, and not for anything else.
  func isWaitedFor(by count: Int = 1) async throws -> Bool {
    try await eventually {
      try shop.database.count(
        "select count(*) from pg_stat_activity where datname = current_database() and \(pid) = any (pg_blocking_pids(pid))"
      ) >= count
    }
  }
}
