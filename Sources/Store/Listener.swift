import CPQ

/// Hears what other sessions say by NOTIFY, on a session and a thread of its own. Behind a pooler that hands a session to
/// somebody else after each transaction it hears nothing.
public actor Listener {
  private let thread = ThreadExecutor()
  private let connection: Connection
  private let channel: String

  nonisolated public var unownedExecutor: UnownedSerialExecutor { thread.asUnownedSerialExecutor() }

  /// - Parameter channel: a plain lower-case name.
  public init(_ dsn: String, channel: String, settings: ConnectionSettings = ConnectionSettings()) {
    connection = Connection(dsn, settings: settings)
    self.channel = channel
  }

  /// Whether something was said within so many seconds, or may have been while nobody listened: at first, and whenever a
  /// lost session was replaced.
  public func heard(within seconds: Double) throws(StoreError) -> Bool { try connection.hear(channel, within: seconds) }

  /// Ends the session and its thread; nothing may be asked afterwards.
  public func close() {
    connection.close()
    thread.close()
  }
}

extension Connection {
  fileprivate func hear(_ channel: String, within seconds: Double) throws(StoreError) -> Bool {
    let link = try open()
    // Remembered with what else dies with the session.
    let name = "listen " + channel
    guard prepared.contains(name) else {
      _ = try perform([Command(sql: name)])
      prepared.insert(name)
      return true
    }
    let limit = Limit(seconds: seconds)
    while true {
      var heard = false
      while let notice = PQnotifies(link) {
        heard = true
        PQfreemem(notice)
      }
      if heard { return true }
      guard ready(PQsocket(link), within: limit) else { return false }
      if PQconsumeInput(link) == 0 { throw lost(link) }
    }
  }
}
