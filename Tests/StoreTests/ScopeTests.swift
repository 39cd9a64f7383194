import FoundationEssentials
import Testing

@testable import Store

struct ScopeTests {
  private static let tenant = "select nullif(current_setting('app.tenant_id', true), '')::uuid"

  @Test(arguments: [true, false])
  func theTenantIsSetForOneStatement(prepare: Bool) throws {
    let connection = try connect(ConnectionSettings(prepare: prepare))
    let ids = [UUID(), UUID()]
    for id in ids + ids {
      let seen: UUID? = try connection.tenant(id).value(Self.tenant)
      #expect(seen == id)
      let after: UUID? = try connection.everyone.value(Self.tenant)
      #expect(after == nil)
    }
    let names: Int64 = try connection.everyone.value("select count(*) from pg_prepared_statements")
    // The tenant, the question, and this count.
    #expect(names == (prepare ? 3 : 0))
  }

  @Test func settingAndStatementAreOneTransaction() throws {
    let connection = try connect()
    let same: Bool = try connection.tenant(UUID()).value(
      "select now() < clock_timestamp() and txid_current() = txid_current()")
    #expect(same)
    try connection.script("create temp table t (id int)")
    // A statement that fails takes the setting with it.
    _ = failure { () throws(StoreError) in try connection.tenant(UUID()).run("insert into t values (1/0)") }
    let after: UUID? = try connection.everyone.value(Self.tenant)
    #expect(after == nil)
  }

  @Test func successIsTheCommit() throws {
    let connection = try connect()
    try connection.script("create temp table d (id int constraint d_once unique deferrable initially deferred)")
    let error = failure { () throws(StoreError) in try connection.everyone.run("insert into d values (1), (1)") }
    #expect(error == .conflict(constraint: "d_once"))
    let rows: Int64 = try connection.everyone.value("select count(*) from d")
    #expect(rows == 0)
  }

  @Test func theModes() throws {
    let connection = try connect()
    try connection.script("create temp table t (id int primary key, name text)")
    let scope = connection.everyone
    let inserted = try scope.count("fill", "insert into t select i, 'n' || i from generate_series(1, 5) i", [])
    #expect(inserted == 5)
    let names = try scope.many("names", "select name from t where id > $1 order by id", [Int32(2).sql]) {
      row throws(StoreError) -> String in try row.get(0)
    }
    #expect(names == ["n3", "n4", "n5"])
    func find(_ id: Int32) throws(StoreError) -> String? {
      try scope.maybe("find", "select name from t where id = $1", [id.sql]) { row throws(StoreError) in try row.get(0) }
    }
    #expect(try find(1) == "n1")
    #expect(try find(9) == nil)
    #expect(try scope.count("none", "update t set name = 'x' where id > 100", []) == 0)
  }

  @Test func theSessionIsAsPromised() throws {
    let connection = try connect(ConnectionSettings(statementTimeout: 2, applicationName: "store-tests"))
    let setting = "select current_setting($1)"
    for (name, value) in [
      ("TimeZone", "UTC"), ("DateStyle", "ISO, MDY"), ("client_min_messages", "warning"), ("statement_timeout", "2s"),
      ("application_name", "store-tests"), ("client_encoding", "UTF8"),
    ] {
      let seen: String = try connection.everyone.value(setting, [name])
      #expect(seen == value)
    }
  }

  @Test func preparedNamesThatVanishedAreMadeAgain() throws {
    let connection = try connect()
    let one: Int32 = try connection.everyone.value("select 1")
    try connection.script("deallocate all")
    let again: Int32 = try connection.everyone.value("select 1")
    #expect(one == again)
  }

  @Test func aMigrationUnderARunningProgramIsSurvived() throws {
    let database = try TestDatabase()
    let program = database.connection()
    let migration = database.connection()
    try migration.script("create table t (id int); insert into t values (7)")
    let before: Int64 = try program.everyone.value("select * from t")
    try migration.script("alter table t alter id type bigint")
    let after: Int64 = try program.everyone.value("select * from t")
    #expect(before == 7 && after == 7)
  }
}
