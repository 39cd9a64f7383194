import Core
import Testing

@testable import Store

/// A database that is away, dies, or says nothing.
struct TroubleTests {
  @Test func aDeadlineEndsAStatement() throws {
    let connection = try connect()
    let pid = try connection.pid
    connection.deadline = .now + 1
    var error: StoreError?
    let took = seconds {
      error = failure { () throws(StoreError) in try connection.everyone.run("select pg_sleep(10)") }
    }
    #expect(isUnavailable(error))
    #expect(took > 0.5 && took < 1.5)
    // The server gave up a little earlier, so that nothing had to be dropped.
    connection.deadline = nil
    #expect(try connection.pid == pid)
    let limit: String = try connection.everyone.value("select current_setting('statement_timeout')")
    #expect(limit == "5s")
  }

  @Test func aDeadlineThatHasPassedSendsNothing() throws {
    let connection = try connect()
    let pid = try connection.pid
    connection.deadline = .now + -1
    let error = failure { () throws(StoreError) in try connection.everyone.run("select 1") }
    #expect(error == .unavailable("the request's deadline has passed"))
    connection.deadline = nil
    #expect(try connection.pid == pid)
  }

  @Test func theStatementTimeoutHolds() throws {
    let connection = try connect(ConnectionSettings(statementTimeout: 0.2))
    let error = failure { () throws(StoreError) in try connection.everyone.run("select pg_sleep(10)") }
    #expect(error == .unavailable("the statement was cancelled at its time limit"))
  }

  @Test func theDeadlineHoldsForTransactionsAndScripts() throws {
    let connection = try connect()
    connection.deadline = .now + 0.3
    let inside = failure { () throws(StoreError) in
      try connection.transaction(tenant: nil) { scope throws(StoreError) in try scope.run("select pg_sleep(10)") }
    }
    #expect(isUnavailable(inside))
    connection.deadline = .now + 0.2
    let script = failure { () throws(StoreError) in try connection.script("select pg_sleep(10)") }
    #expect(isUnavailable(script))
    connection.deadline = nil
    let one: Int32 = try connection.everyone.value("select 1")
    #expect(one == 1)
  }

  @Test func aListenerThatNeverAnswers() throws {
    let server = try SilentServer()
    let connection = Connection(
      "host=127.0.0.1 port=\(server.port) dbname=x user=x", settings: ConnectionSettings(connectTimeout: 0.3))
    var error: StoreError?
    let took = seconds { error = failure { () throws(StoreError) in try connection.everyone.run("select 1") } }
    #expect(error == .unavailable("no connection within 0.3 s"))
    #expect(took < 1)
  }

  @Test func aServerThatStopsAnswering() throws {
    let server = try SilentServer(greets: true)
    let connection = Connection("host=127.0.0.1 port=\(server.port) dbname=x user=x")
    connection.deadline = .now + 0.3
    var error: StoreError?
    let took = seconds { error = failure { () throws(StoreError) in try connection.everyone.run("select 1") } }
    guard case .unavailable(let why) = error else {
      Issue.record("answered: \(String(describing: error))")
      return
    }
    #expect(why.hasPrefix("no answer within"))
    #expect(took < 1)
  }

  @Test func aHungHostDoesNotHideTheNext() throws {
    let server = try SilentServer()
    let real = try ConnectionOptions(try testDSN(), ConnectionSettings()).values
    let dsn = try testDSN([
      "host": "127.0.0.1,\(real["host"] ?? "127.0.0.1")", "port": "\(server.port),\(real["port"] ?? "5432")",
      "target_session_attrs": "read-write",
    ])
    let connection = Connection(dsn, settings: ConnectionSettings(connectTimeout: 0.6))
    let one: Int32 = try connection.everyone.value("select 1")
    #expect(one == 1)
  }

  @Test func nobodyListens() throws {
    let connection = Connection("host=127.0.0.1 port=1 dbname=x user=x")
    #expect(isUnavailable(failure { () throws(StoreError) in try connection.everyone.run("select 1") }))
    let unreadable = Connection("this is = no ' dsn")
    let error = failure { () throws(StoreError) in try unreadable.everyone.run("select 1") }
    #expect(error == .unavailable("the connection string cannot be read"))
  }

  @Test func aSessionThatWasEndedIsReplacedOnTheNextUse() throws {
    let (connection, other) = (try connect(), try connect())
    let pid = try connection.pid
    try other.everyone.run("select pg_terminate_backend($1, 2000)", [pid.sql])
    #expect(try connection.pid != pid)
    let during = failure { () throws(StoreError) in
      try connection.everyone.run("select pg_terminate_backend(pg_backend_pid())")
    }
    #expect(isUnavailable(during))
    #expect(try connection.pid != pid)
    connection.close()
    #expect(try connection.pid != pid)
  }
}
