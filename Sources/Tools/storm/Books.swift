import Store
import TestSupport

/// The world's database, read as a superuser whom no wall stops. Each call has a session and a thread of its own, so
/// that a database that hangs holds up its caller only.
enum Books {
  /// Rows as text, null as nil.
  static func rows(_ sql: String, columns: Int) async throws -> [[String?]] {
    try await onThread {
      try Database.world.connection().everyone.many("storm", sql, []) { row throws(StoreError) in
        var cells = [String?]()
        for i in 0..<columns { cells.append(try row.get(i)) }
        return cells
      }
    }
  }

  static func count(_ sql: String) async throws -> Int {
    try await rows(sql, columns: 1).first?[0].flatMap { Int($0) } ?? 0
  }
}
