import FoundationEssentials
import Testing

@testable import Store

struct ArrayTests {
  @Test(arguments: [
    ("{}", []), ("{a}", ["a"]), ("{a,b}", ["a", "b"]), ("{\"\",\"NULL\"}", ["", "NULL"]),
    (#"{"a,b","c\"d","e\\f","{g}"}"#, ["a,b", "c\"d", #"e\f"#, "{g}"]), ("{ñ,\"x y\"}", ["ñ", "x y"]),
  ])
  func reads(_ text: String, _ items: [String]) {
    #expect(arrayItems(text) == items)
  }

  @Test(arguments: [
    "", "a", "{", "{a", "{a,}", "{,a}", "{NULL}", "{null}", "{{a},{b}}", "[2:3]={a,b}", "{\"a}", "{\"a\"b}", "{a}}x{",
  ])
  func refuses(_ text: String) {
    #expect(arrayItems(text) == nil)
  }

  @Test func roundTrip() throws {
    let everyone = try connect().everyone
    let texts = ["", "NULL", "null", "a,b", "{c}", "\"d\"", #"\e\"#, " f ", "ñ\n"]
    let back: [String] = try everyone.value("select $1::text[]", [texts.sql])
    #expect(back == texts)
    let none: [String] = try everyone.value("select $1::text[]", [[String]().sql])
    #expect(none.isEmpty)
    let ids = [UUID(), UUID()]
    let idsBack: [UUID] = try everyone.value("select $1::uuid[]", [ids.sql])
    #expect(idsBack == ids)
    let numbers: [Int64] = try everyone.value("select $1::int8[]", [[Int64.min, 0, .max].sql])
    #expect(numbers == [.min, 0, .max])
    let absent: [String]? = try everyone.value("select null::text[]")
    #expect(absent == nil)
  }

  @Test func aNullInsideIsRefused() throws {
    let everyone = try connect().everyone
    let error = failure { () throws(StoreError) in let _: [String] = try everyone.value("select array['a', null]") }
    #expect(error == .shape("select array['a', null]: column 0 (array) is no Array<String>"))
  }
}
