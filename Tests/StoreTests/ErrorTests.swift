import Testing

@testable import Store

/// What Postgres says becomes what the reader should do.
struct ErrorTests {
  private let connection: Connection
  init() throws {
    connection = try connect()
    try connection.script(
      """
      create temp table people (id int constraint people_id unique, age int constraint grown check (age >= 18),
        name text not null default 'x');
      create temp table slots (during int4range, constraint no_overlap exclude using gist (during with &&));
      """)
  }

  private func error(_ sql: String, _ values: [String?] = []) -> StoreError? {
    failure { () throws(StoreError) in try connection.everyone.run(sql, values) }
  }

  @Test func uniqueAndExclusionAreConflicts() {
    #expect(error("insert into people (id) values (1), (1)") == .conflict(constraint: "people_id"))
    #expect(error("insert into slots values ('[1,3)'), ('[2,4)')") == .conflict(constraint: "no_overlap"))
  }

  @Test func checksAndNullsAreData() {
    let check = error("insert into people (age) values (3)")
    #expect(refusal(check)?.sqlstate == "23514")
    let null = error("insert into people (name) values (null)")
    #expect(refusal(null)?.sqlstate == "23502")
    #expect(refusal(null)?.message.contains("name") == true)
  }

  @Test func aRefusedValueIsNeverRepeated() {
    let error = error("select $1::text::int", ["hunter2"])
    #expect(error == .data(sqlstate: "22P02", message: "a value does not fit"))
    #expect(error?.sentence.contains("hunter2") == false)
    let other = self.error("select ($1::text)::timestamptz", ["say \"hunter2\" twice"])
    #expect(other?.sentence.contains("hunter2") == false)
    #expect(self.error("select $1::int", ["hunter2"])?.sentence.contains("hunter2") == false)
  }

  @Test func mistakesOfOursAreRejected() {
    #expect(refusal(error("selec 1"))?.sqlstate == "42601")
    #expect(refusal(error("select * from nowhere"))?.sqlstate == "42P01")
    let raised = error("do $$ begin raise 'our words'; end $$")
    #expect(raised == .rejected(sqlstate: "P0001", message: "our words"))
  }

  @Test func theConnectionStaysUsable() throws {
    for _ in 0..<3 {
      _ = error("select 1/0")
      let one: Int32 = try connection.everyone.value("select 1")
      #expect(one == 1)
    }
  }

  @Test func whatIsRetryable() {
    #expect(StoreError.unavailable("").retryable && StoreError.serialization("").retryable)
    #expect(!StoreError.conflict(constraint: "").retryable && !StoreError.shape("").retryable)
  }

  @Test func rowsThatWereNotPromised() {
    let scope = connection.everyone
    func shape<T: SQLValue>(_ sql: String, as type: T.Type) -> StoreError? {
      failure { () throws(StoreError) in let _: T = try scope.value(sql) }
    }
    #expect(shape("select null::int", as: Int32.self) == .shape("select null::int: column 0 (int4) is null"))
    #expect(shape("select 'x' as a", as: Int32.self) == .shape("select 'x' as a: column 0 (a) is no Int32"))
    #expect(
      shape("select 1 where false", as: Int32.self)
        == .shape("select 1 where false: one row expected, 0 came"))
    #expect(
      shape("select 1 from generate_series(1, 2)", as: Int32.self)
        == .shape("select 1 from generate_series(1, 2): one row expected, 2 came"))
  }
}
