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
    #expect(first > 1)
    // On a machine that is so slow that a second goes by meanwhile, some are sent to see; the others are told at once.
    var (refused, sent, quickest) = (0, 0, Double.infinity)
    while refused < 20, sent < 10 {
      var error: StoreError?
      let next = seconds { error = failure { () throws(StoreError) in try connection.everyone.run("select 1") } }
      if error == .unavailable("it did not answer a moment ago") { refused += 1 } else { sent += 1 }
      quickest = min(quickest, next)
    }
    #expect(refused == 20, "\(sent) were sent")
    #expect(quickest < 0.1)
    var one: Int32?
    for _ in 0..<10 where one == nil {
      usleep(useconds_t(Breaker.openSeconds * 1_100_000))
      one = try? connection.everyone.value("select 1")
    }
    #expect(one == 1)
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
    let probe = failure { () throws(StoreError) in try connection.everyone.run("select 1") }
    #expect(probe == .unavailable("no connection within \(Limit(seconds: Breaker.probeSeconds).text)"))
    #expect(connection.breaker.tripped)
  }

  @Test func haste() throws {
    var breaker = Breaker()
    let now = Instant.now
    breaker.hung(after: 0.1, now)
    #expect(!breaker.tripped, "a caller in a hurry says nothing about the server")
    breaker.hung(after: 0.6, now)
    #expect(breaker.tripped && breaker.refuses(now))
    breaker.answered()
    #expect(!breaker.refuses(.now))
  }
}
