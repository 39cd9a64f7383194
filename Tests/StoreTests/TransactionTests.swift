import FoundationEssentials
import Testing

@testable import Store

struct TransactionTests {
  private let connection: Connection
  init() throws {
    connection = try connect()
    try connection.script("create temp table t (id int constraint once unique deferrable initially deferred)")
  }

  private func rows() throws -> Int64 { try connection.everyone.value("select count(*) from t") }

  @Test func commits() throws {
    let tenant = UUID()
    let seen = try connection.transaction(tenant: tenant) { scope throws(StoreError) -> String in
      try scope.run("insert into t values (1)")
      try scope.run("insert into t values (2)")
      return try scope.value("select current_setting('app.tenant_id')")
    }
    #expect(seen == tenant.sql)
    #expect(try rows() == 2)
    let after: String = try connection.everyone.value("select current_setting('app.tenant_id')")
    #expect(after == "")
  }

  @Test func rollsBackWhatThrows() throws {
    let error = failure { () throws(StoreError) in
      try connection.transaction(tenant: nil) { scope throws(StoreError) in
        try scope.run("insert into t values (1)")
        throw .shape("changed my mind")
      }
    }
    #expect(error == .shape("changed my mind"))
    #expect(try rows() == 0)
  }

  @Test func aSwallowedErrorDoesNotLookLikeSuccess() throws {
    let error = failure { () throws(StoreError) in
      try connection.transaction(tenant: nil) { scope throws(StoreError) in
        try scope.run("insert into t values (1)")
        _ = failure { () throws(StoreError) in try scope.run("select 1/0") }
      }
    }
    #expect(error == .rejected(sqlstate: "25P02", message: "rolled back: a statement in the transaction had failed"))
    #expect(try rows() == 0)
  }

  @Test func whatFailsAtCommit() throws {
    let error = failure { () throws(StoreError) in
      try connection.transaction(tenant: nil) { scope throws(StoreError) in
        try scope.run("insert into t values (1), (1)")
      }
    }
    #expect(error == .conflict(constraint: "once"))
    #expect(try rows() == 0)
  }

  @Test func onlyItsOwnScopeWorksInside() throws {
    let other = connection.everyone
    var kept: Scope?
    try connection.transaction(tenant: nil) { scope throws(StoreError) in
      kept = scope
      let outside = failure { () throws(StoreError) in try other.run("select 1") }
      let tenant = failure { () throws(StoreError) in try connection.tenant(UUID()).run("select 1") }
      let nested = failure { () throws(StoreError) in try connection.transaction(tenant: nil) { _ in } }
      let refused = StoreError.rejected(
        sqlstate: "25001", message: "a transaction is open: use the scope that it was given")
      #expect([outside, tenant, nested] == [refused, refused, refused])
    }
    let over = failure { () throws(StoreError) in try kept?.run("select 1") }
    #expect(over == .rejected(sqlstate: "25P01", message: "the transaction of this scope is over"))
  }

  @Test func aConnectionLostInsideIsNotReplaced() throws {
    let error = failure { () throws(StoreError) in
      try connection.transaction(tenant: nil) { scope throws(StoreError) in
        _ = failure { () throws(StoreError) in try scope.run("select pg_terminate_backend(pg_backend_pid())") }
        let after = failure { () throws(StoreError) in try scope.run("select 1") }
        #expect(after == .unavailable("the connection was lost inside a transaction"))
      }
    }
    #expect(isUnavailable(error))
    let one: Int32 = try connection.everyone.value("select 1")
    #expect(one == 1)
  }

  @Test func anUnserialisableOneSaysSo() throws {
    let database = try TestDatabase()
    let (first, second) = (database.connection(), database.connection())
    try first.script("create table n (value int); insert into n values (0)")
    let error = failure { () throws(StoreError) in
      try first.transaction(tenant: nil) { scope throws(StoreError) in
        try scope.run("set transaction isolation level repeatable read")
        let _: Int32 = try scope.value("select value from n")
        try second.everyone.run("update n set value = 1")
        try scope.run("update n set value = 2")
      }
    }
    guard case .serialization = error else {
      Issue.record("not refused: \(String(describing: error))")
      return
    }
    let value: Int32 = try first.everyone.value("select value from n")
    #expect(value == 1)
  }
}
