import Core
import Rules
import Testing

@Suite struct InputSchemaTests {
  private static let schema = #"""
    {"type": "object", "additionalProperties": false, "required": ["slots"], "description": "x", "properties": {
      "slots": {"type": "array", "minItems": 1, "maxItems": 2, "items": {"type": "object", "required": ["at"],
        "properties": {"at": {"type": "string", "format": "date-time"}, "n": {"type": ["integer", "null"]}}}},
      "day": {"type": "string", "format": "date"}, "id": {"type": "string", "format": "uuid"},
      "part": {"type": "string", "enum": ["morning", "evening"]}, "name": {"type": "string", "minLength": 1, "maxLength": 3},
      "sure": {"type": "number", "minimum": 0, "maximum": 1}, "now": {"type": "boolean"}, "any": {}}}
    """#

  private func check(_ input: String) throws -> String {
    let schema = try JSON.parse(Array(Self.schema.utf8))
    switch InputSchema.check(try JSON.parse(Array(input.utf8)), by: schema) {
    case .success(let clean): return clean.text
    case .failure(let faults): return faults.sentences.joined(separator: "\n")
    }
  }

  @Test(
    arguments: [
      (
        #"{"slots":[{"at":"2026-02-03T10:00:00-06:00","n":null,"more":1}]}"#,
        #"{"slots":[{"at":"2026-02-03T10:00:00-06:00","more":1}]}"#
      ),
      (
        #"{"slots":[{"at":"2026-02-03T10:00:00Z"}],"day":null,"sure":0.5,"now":false,"any":[1]}"#,
        #"{"slots":[{"at":"2026-02-03T10:00:00Z"}],"sure":0.5,"now":false,"any":[1]}"#
      ),
      (#"{"slots":[{"at":"2026-02-03T10:00:00Z","n":7}],"name":"ñé😀"}"#, nil),
    ] as [(String, String?)])
  func fits(_ input: String, _ clean: String?) throws {
    #expect(try check(input) == clean ?? input)
  }

  @Test(arguments: [
    ("null", "$: expected an object"), ("[]", "$: expected an object"), ("{}", "$.slots: is missing"),
    (#"{"slots":null}"#, "$.slots: expected an array"), (#"{"slots":[]}"#, "$.slots: expected at least 1"),
    (#"{"slots":[1,2,3]}"#, "$.slots: expected at most 2"), (#"{"slots":[1]}"#, "$.slots[0]: expected an object"),
    (#"{"slots":[{}]}"#, "$.slots[0].at: is missing"),
    (#"{"slots":[{"at":"2026-02-03T10:00"}]}"#, "$.slots[0].at: expected a time such as"),
    (#"{"slots":[{"at":"2026-02-30T10:00:00Z"}]}"#, "$.slots[0].at: expected a time such as"),
    (#"{"slots":[{"at":"2026-02-03T10:00:00Z","n":1.5}]}"#, "$.slots[0].n: expected a whole number or null"),
    (#"{"day":"2026-02-29"}"#, "$.day: expected a date such as"), (#"{"day":"mañana"}"#, "$.day: expected a date"),
    (#"{"id":"a0000000-0000-0000-0000-00000000000g"}"#, "$.id: expected an id"),
    (#"{"part":"noon"}"#, #"$.part: expected one of "morning", "evening""#),
    (#"{"name":""}"#, "$.name: expected at least 1 characters"),
    (#"{"name":"Juan"}"#, "$.name: expected at most 3 characters"), (#"{"name":3}"#, "$.name: expected text"),
    (#"{"sure":1.1}"#, "$.sure: expected at most 1"), (#"{"sure":-1}"#, "$.sure: expected at least 0"),
    (#"{"sure":1e999}"#, "$.sure: expected a smaller number"), (#"{"now":"yes"}"#, "$.now: expected true or false"),
    (#"{"lead_id":"1"}"#, "$.lead_id: there is no such member"),
  ])
  func fits(not input: String, because why: String) throws {
    #expect(try check(input).contains(why))
  }

  @Test func whatIsLargeOrDeepIsRefused() throws {
    let large = #"{"slots":[{"at":""# + String(repeating: "x", count: 20_000) + #""}]}"#
    #expect(try check(large) == "$: longer than \(InputSchema.largest) bytes")
    var (deep, schema) = (JSON.number(1), JSON.object([:]))
    for _ in 0..<40 { (deep, schema) = ([deep], ["type": "array", "items": schema]) }
    guard case .failure(let faults) = InputSchema.check(deep, by: schema) else {
      Issue.record("40 levels were taken")
      return
    }
    #expect(faults.sentences.first?.hasSuffix("nested too deeply") == true)
  }

  @Test func wordsThatNobodyHeeds() throws {
    let schema = #"{"type":"object","properties":{"a":{"type":"string","pattern":"x"},"b":{"items":{"oneOf":[]}}}}"#
    #expect(
      InputSchema.unheeded(try JSON.parse(Array(schema.utf8))) == [
        "$.properties.a.pattern", "$.properties.b.items.oneOf",
      ])
  }
}
