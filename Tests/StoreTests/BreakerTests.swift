import Core
import Testing

@testable import Store

#if canImport(Glibc)
  import Glibc
#endif

/// A server that hangs costs one caller its time limit and the others nothing.
@Suite struct BreakerTests {
  @Test func opensWhenTheServerHangsAndClosesWhenItAnswers() throws {
    let connection = try connect(ConnectionSettings(statementTimeout: 0.2))
    let pid = try connection.pid
    kill(pid, SIGSTOP)
    defer { kill(pid, SIGCONT) }
    let first = seconds { _ = failure { () throws(StoreError) in try connection.everyone.run("select 1") } }
    #expect(first > 1 && first < 2)
    for _ in 0..<20 {
      var error: StoreError?
      let next = seconds { error = failure { () throws(StoreError) in try connection.everyone.run("select 1") } }
      #expect(error == .unavailable("it did not answer a moment ago"))
      #expect(next < 0.1)
    }
    usleep(useconds_t(Breaker.openSeconds * 1_100_000))
    #expect(try connection.everyone.value("select 1") as Int32 == 1)
    #expect(!connection.breaker.tripped)
    #expect(try connection.pid != pid)
  }

  @Test func theNextOneSentToSeeHasAShorterLimit() throws {
    let server = try SilentServer()
    let connection = Connection(
      "host=127.0.0.1 port=\(server.port) dbname=x user=x", settings: ConnectionSettings(connectTimeout: 2))
    let first = seconds { _ = failure { () throws(StoreError) in try connection.everyone.run("select 1") } }
    #expect(first > 1.9)
    usleep(useconds_t(Breaker.openSeconds * 1_100_000))
    let probe = seconds { _ = failure { () throws(StoreError) in try connection.everyone.run("select 1") } }
    #expect(probe < Breaker.probeSeconds + 0.4)
    #expect(connection.breaker.tripped)
  }

  @Test func haste() throws {
    var breaker = Breaker()
    breaker.hung(after: 0.1, .now)
    #expect(!breaker.tripped, "a caller in a hurry says nothing about the server")
    breaker.hung(after: 0.6, .now)
    #expect(breaker.tripped && breaker.refuses(.now))
    breaker.answered()
    #expect(!breaker.refuses(.now))
  }
}
