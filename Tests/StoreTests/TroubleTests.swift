import Core
import Testing

@testable import Store

/// A database that is away, dies, or says nothing.
struct TroubleTests {
  @Test func aDeadlineEndsAStatement() throws {
    // The server gives up a little earlier, so that nothing has to be dropped; if it is too slow for that, once more.
    var (kept, limit) = (false, "")
    for _ in 0..<10 where !kept {
      let connection = try connect(ConnectionSettings(statementTimeout: 50))
      let pid = try connection.pid
      connection.deadline = .now + 1
      var error: StoreError?
      let took = seconds {
        error = failure { () throws(StoreError) in try connection.everyone.run("select pg_sleep(60)") }
      }
      #expect(isUnavailable(error))
      // Far less than its own time limit, on however busy a machine.
      #expect(took > 0.5 && took < 30)
      connection.deadline = nil
      kept = (try? connection.pid) == pid
      limit = (try? connection.everyone.value("select current_setting('statement_timeout')")) ?? ""
    }
    #expect(kept && limit == "50s")
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
    // We wait a second longer than the server, which is to say it; a busy one may take more than that.
    let said = StoreError.unavailable("the statement was cancelled at its time limit")
    var error: StoreError?
    for _ in 0..<5 where error != said {
      let connection = try connect(ConnectionSettings(statementTimeout: 0.2))
      error = failure { () throws(StoreError) in try connection.everyone.run("select pg_sleep(10)") }
    }
    #expect(error == said)
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
    #expect(took < 30)
  }

  @Test func aServerThatStopsAnswering() throws {
    var why = ""
    // On a busy machine connecting may take all of a short time.
    for patience in [0.3, 1, 5] where !why.hasPrefix("no answer within") {
      let server = try SilentServer(greets: true)
      let connection = Connection("host=127.0.0.1 port=\(server.port) dbname=x user=x")
      connection.deadline = .now + patience
      var error: StoreError?
      let took = seconds { error = failure { () throws(StoreError) in try connection.everyone.run("select 1") } }
      guard case .unavailable(let said) = error else {
        Issue.record("answered: \(String(describing: error))")
        return
      }
      why = said
      #expect(took < patience + 30)
    }
    #expect(why.hasPrefix("no answer within"))
  }

  @Test func aHungHostDoesNotHideTheNext() throws {
    let server = try SilentServer()
    let real = try ConnectionOptions(try testDSN(), ConnectionSettings()).values
    let dsn = try testDSN([
      "host": "127.0.0.1,\(real["host"] ?? "127.0.0.1")", "port": "\(server.port),\(real["port"] ?? "5432")",
      "target_session_attrs": "read-write",
    ])
    var one: Int32?
    // A busy server may not take half of a short time to let us in.
    for patience in [0.6, 2, 10] where one == nil {
      let connection = Connection(dsn, settings: ConnectionSettings(connectTimeout: patience))
      one = try? connection.everyone.value("select 1")
    }
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
    try other.everyone.run("select pg_terminate_backend($1, 4000)", [pid.sql])
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
