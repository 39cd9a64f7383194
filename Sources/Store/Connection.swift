import CPQ
import Core
import FoundationEssentials

public struct ConnectionSettings: Sendable {
  /// Seconds the server may work on one statement; 0: no limit. We stop waiting a second later.
  public var statementTimeout: Double
  /// Seconds for a connection to be made, shared by all hosts of the DSN.
  public var connectTimeout: Double
  /// Whether statements are prepared by name on first use. Off for poolers that cannot carry names (PgBouncer < 1.21).
  public var prepare: Bool
  /// Shown in pg_stat_activity; empty: what the DSN says.
  public var applicationName: String

  public init(
    statementTimeout: Double = 5, connectTimeout: Double = 3, prepare: Bool = true, applicationName: String = ""
  ) {
    self.statementTimeout = statementTimeout
    self.connectTimeout = connectTimeout
    self.prepare = prepare
    self.applicationName = applicationName
  }
}

/// One session with Postgres, used by one thread at a time.
///
/// It connects on first use and again on the first use after it was lost. A statement that may have been executed is
/// never repeated by itself. Every call ends by its time limit even when the server hangs: the connection is dropped
/// then and `.unavailable` thrown.
public final class Connection {
  /// When the request at hand has to be answered: shortens the time limits of every call until it is set to nil.
  public var deadline: Instant?

  let dsn: String
  let settings: ConnectionSettings
  /// libpq's `PGconn`, in pipeline mode and not blocking; nil while there is none.
  var link: OpaquePointer?
  /// Names this session has prepared; they die with it.
  var prepared: Set<String> = []
  /// Opens when the server hangs.
  var breaker = Breaker()
  /// The number of the transaction that is open.
  var transactionOpen: Int?
  var transactionsSeen = 0

  /// - Parameter dsn: what libpq reads, several hosts and `target_session_attrs` included. Names are looked up without
  ///   a time limit (libpq has none), so write addresses where that matters.
  public init(_ dsn: String, settings: ConnectionSettings = ConnectionSettings()) {
    self.dsn = dsn
    self.settings = settings
  }

  deinit { if let link { PQfinish(link) } }

  /// Statements of one tenant; row-level security shows them that tenant's rows only.
  public func tenant(_ id: UUID) -> Scope { Scope(connection: self, kind: .tenant(id)) }

  /// Statements of no tenant: the narrow functions that work across tenants.
  public var everyone: Scope { Scope(connection: self, kind: .everyone) }

  /// Gives the session back. The next use connects again.
  public func close() { drop() }

  func drop() {
    if let link { PQfinish(link) }
    link = nil
    prepared.removeAll()
  }

  /// The live session. Inside a transaction a lost one is not replaced: what follows would run outside of it.
  func open() throws(StoreError) -> OpaquePointer {
    if let link, alive(link) { return link }
    drop()
    if transactionOpen != nil { throw .unavailable("the connection was lost inside a transaction") }
    if breaker.refuses(.now) { throw .unavailable("it did not answer a moment ago") }
    let fresh = try connect()
    link = fresh
    return fresh
  }

  /// Notices, before anything is sent, that the server went away while nobody was looking.
  private func alive(_ link: OpaquePointer) -> Bool {
    while PQstatus(link) == CONNECTION_OK {
      guard ready(PQsocket(link), within: Limit(seconds: 0)) else { return true }
      if PQconsumeInput(link) == 0 { return false }
    }
    return false
  }

  /// Drops the session and says why it was no use.
  func lost(_ link: OpaquePointer) -> StoreError {
    let why = String(cString: PQerrorMessage(link)).trimmedLine
    drop()
    return .unavailable(why.isEmpty ? "the connection was lost" : why)
  }

  /// Seconds until the request's deadline; nil: it has none.
  func untilDeadline() throws(StoreError) -> Double? {
    guard let deadline else { return nil }
    let left = deadline - .now
    guard left > 0 else { throw .unavailable("the request's deadline has passed") }
    return left
  }
}
