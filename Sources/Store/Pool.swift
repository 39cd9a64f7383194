import Core
import FoundationEssentials
import Synchronization

/// A session for asynchronous callers: an actor on a thread of its own.
actor Session {
  private let thread = ThreadExecutor()
  private let connection: Connection

  nonisolated var unownedExecutor: UnownedSerialExecutor { thread.asUnownedSerialExecutor() }

  init(_ dsn: String, _ settings: ConnectionSettings) {
    connection = Connection(dsn, settings: settings)
  }

  func run<T: Sendable>(_ body: @Sendable (Connection) throws(StoreError) -> T) throws(StoreError) -> T {
    try body(connection)
  }

  func close() {
    connection.close()
    thread.close()
  }
}

/// A few sessions shared by many tasks. Each piece of work goes to the one with the least waiting.
public final class Pool: Sendable {
  private let sessions: [Session]
  private let waiting: Mutex<[Int]>

  public init(_ dsn: String, count: Int, settings: ConnectionSettings = ConnectionSettings()) {
    sessions = (0..<max(1, count)).map { _ in Session(dsn, settings) }
    waiting = Mutex(Array(repeating: 0, count: max(1, count)))
  }

  /// Work in a tenant's name.
  public func tenant<T: Sendable>(
    _ id: UUID, _ body: @Sendable (Scope) throws(StoreError) -> T
  ) async throws(StoreError) -> T {
    try await run { (connection) throws(StoreError) in try body(connection.tenant(id)) }
  }

  /// Several statements in a tenant's name that stand or fall together.
  public func transaction<T: Sendable>(
    _ id: UUID, _ body: @Sendable (Scope) throws(StoreError) -> T
  ) async throws(StoreError) -> T {
    try await run { (connection) throws(StoreError) in try connection.transaction(tenant: id, body) }
  }

  /// Work across tenants, by the narrow functions made for it.
  public func everyone<T: Sendable>(_ body: @Sendable (Scope) throws(StoreError) -> T) async throws(StoreError) -> T {
    try await run { (connection) throws(StoreError) in try body(connection.everyone) }
  }

  private func run<T: Sendable>(
    _ body: @Sendable (Connection) throws(StoreError) -> T
  ) async throws(StoreError) -> T {
    let i = waiting.withLock { counts in
      let i = counts.indices.min { counts[$0] < counts[$1] } ?? 0
      counts[i] += 1
      return i
    }
    defer { waiting.withLock { $0[i] -= 1 } }
    return try await sessions[i].run(body)
  }

  /// Ends the sessions and their threads; nothing may be asked of the pool afterwards.
  public func close() async {
    for session in sessions { await session.close() }
  }
}
