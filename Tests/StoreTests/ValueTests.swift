import Core
import FoundationEssentials
import Testing

@testable import Store

/// Every type goes to Postgres and comes back as it went.
struct ValueTests {
  private func roundTrip<T: SQLValue & Equatable>(_ type: String, _ values: [T]) throws {
    let everyone = try connect().everyone
    for value in values {
      let back: T = try everyone.value("select $1::\(type)", [value.sql])
      #expect(back == value)
      let optional: T? = try everyone.value("select $1::\(type)", [T?.none.sql])
      #expect(optional == nil)
      let present: T? = try everyone.value("select $1::\(type)", [T?.some(value).sql])
      #expect(present == value)
    }
  }

  @Test func integers() throws {
    try roundTrip("int8", [Int64.min, -1, 0, Int64.max])
    try roundTrip("int4", [Int32.min, 0, Int32.max])
    try roundTrip("int2", [Int16.min, 0, Int16.max])
  }

  @Test func textsAndBools() throws {
    try roundTrip("text", ["", "NULL", "it's \"quoted\" \\ ñ 🦷\n", "\u{FFFD}"])
    try roundTrip("bool", [true, false])
  }

  @Test func doubles() throws {
    try roundTrip("float8", [0, -1.5, 0.1, Double.greatestFiniteMagnitude, .leastNonzeroMagnitude, .infinity])
    let nan: Double = try connect().everyone.value("select $1::float8", [Double.nan.sql])
    #expect(nan.isNaN)
  }

  @Test func identifiers() throws {
    try roundTrip("uuid", [UUID(), UUID()])
  }

  @Test func instantsKeepMicroseconds() throws {
    let times = ["2026-11-22T10:00:00.000001Z", "1969-12-31T23:59:59.999999Z", "2000-02-29T00:00:00Z"]
    try roundTrip("timestamptz", try times.map { try #require(Instant($0)) })
    let text: String = try connect().everyone.value("select ('2026-11-22 05:30:00.25+05:30'::timestamptz)::text")
    #expect(Instant(text) == Instant("2026-11-22T00:00:00.25Z"))
    let error = try notAnInstant("infinity")
    #expect(error == .shape("select 'infinity'::timestamptz: column 0 (timestamptz) is no Instant"))
  }

  private func notAnInstant(_ text: String) throws -> StoreError? {
    let everyone = try connect().everyone
    return failure { () throws(StoreError) in
      let _: Instant = try everyone.value("select '\(text)'::timestamptz")
    }
  }

  @Test func bytes() throws {
    try roundTrip("bytea", [[UInt8](), Array(0...255)])
  }

  @Test func numericsStayExact() throws {
    try roundTrip("numeric", [Numeric("123456789012345678901234567890.123456789"), "1.50", -3])
  }

  @Test func json() throws {
    let back: JSONText = try connect().everyone.value(
      "select $1::jsonb", [JSONText(#"{"id": 12345678901234567890, "precio": 1.10}"#).sql])
    #expect(back == #"{"id": 12345678901234567890, "precio": 1.10}"#)
    #expect(try back.parse()["id"] == .number("12345678901234567890"))
    #expect(JSONText(.object(["a": nil, "b": 1])).text == #"{"b":1}"#)
    try roundTrip("json", [JSONText("[1, 2]")])
  }

  @Test func aLargeValuePassesBothWays() throws {
    let large = String(repeating: "á", count: 3_000_000)
    let back: String = try connect().everyone.value("select $1::text", [large])
    #expect(back == large)
  }

  @Test func aZeroByteIsRefusedAndNotCutOff() throws {
    let everyone = try connect().everyone
    let error = failure { () throws(StoreError) in try everyone.exec("zero", "select $1::text", ["a\0b"]) }
    #expect(error == .data(sqlstate: "22021", message: "zero has a zero byte in a text parameter"))
  }
}
