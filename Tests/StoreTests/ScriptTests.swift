import Testing

@testable import Store

struct ScriptTests {
  private func error(_ sql: String) throws -> StoreError? {
    let connection = try connect()
    return failure { () throws(StoreError) in try connection.script(sql) }
  }

  @Test func manyStatementsAndDollarQuotes() throws {
    let connection = try connect()
    try connection.script(
      """
      create temp table t (id int);
      create function pg_temp.twice(n int) returns int language plpgsql as $body$
      begin
        return 2 * n; -- a ; inside
      end $body$;
      insert into t select pg_temp.twice(21);
      """)
    let id: Int32 = try connection.everyone.value("select id from t")
    #expect(id == 42)
    try connection.script("")
  }

  @Test func anErrorSaysWhereAndWhatToDo() throws {
    let error = try error("create temp table people (tenant_id int);\n\nselect tennant_id\n  from people;")
    // The whole text is parsed first, so a name is looked up when its statement's turn comes.
    #expect(
      error
        == .rejected(
          sqlstate: "42703",
          message: """
            script:3:8: column "tennant_id" does not exist
              hint: Perhaps you meant to reference the column "people.tenant_id".
            """))
  }

  @Test func anErrorWithoutAPlaceSaysWhichStatement() throws {
    #expect(
      try error("select 1; select 1/0;")
        == .rejected(sqlstate: "22012", message: "script: statement 2: division by zero")
    )
  }

  @Test func columnsAreCountedInCharacters() throws {
    let error = try error("-- 🦷 ñ\nselect 'ñ' as a;\nselect 'á' fro m x")
    #expect(refusal(error)?.sqlstate == "42601")
    #expect(refusal(error)?.message.hasPrefix("script:3:16: ") == true)
  }

  @Test func allOfItOrNothing() throws {
    let connection = try connect()
    let error = failure { () throws(StoreError) in
      try connection.script("create temp table half (id int); select 1/0")
    }
    #expect(error != nil)
    let there: Bool = try connection.everyone.value("select to_regclass('half') is not null")
    #expect(!there)
  }

  @Test func copyIsRefusedAndDoesNotHang() throws {
    let connection = try connect()
    let error = failure { () throws(StoreError) in
      try connection.script("create temp table t (id int); copy t from stdin")
    }
    #expect(error == .shape("COPY from or to the client has no place in a script"))
    let one: Int32 = try connection.everyone.value("select 1")
    #expect(one == 1)
  }
}
