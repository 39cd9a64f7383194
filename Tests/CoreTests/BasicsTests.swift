import Testing

@testable import Core

@Suite struct InstantTests {
  @Test(arguments: [
    ("2026-11-22T10:00:00Z", 1_795_341_600_000_000), ("2026-11-22 10:00:00.5+00", 1_795_341_600_500_000),
    ("2026-11-22 10:00:00+00", 1_795_341_600_000_000), ("2026-11-22 03:00:00-07", 1_795_341_600_000_000),
    ("2026-11-22 15:30:00.000001+05:30", 1_795_341_600_000_001),
    ("2026-11-22T10:00:00.123456789Z", 1_795_341_600_123_456),
    ("2026-11-22t10:00z", 1_795_341_600_000_000), ("1970-01-01 00:00:00+00", 0), ("1969-12-31T23:59:59.999999Z", -1),
    ("2000-02-29T00:00:00Z", 951_782_400_000_000), ("1900-03-01T00:00:00Z", -2_203_891_200_000_000),
    ("2026-11-22T10:00:00+0000", 1_795_341_600_000_000),
  ])
  func reads(_ text: String, _ microseconds: Int64) { #expect(Instant(text)?.microseconds == microseconds) }

  @Test(arguments: [
    "", "now", "2026-11-22", "2026-11-22T10", "2026-13-22T10:00:00Z", "2026-11-22T24:00:00Z", "2026-11-22T10:00:00",
    "2026-11-22T10:00:00Zx", "2026-11-22T10:00:00+", "2026-00-01T00:00:00Z", "2026-1-2T10:00:00Z", "infinity",
    "２０26-11-22T10:00:00Z",
  ])
  func refuses(_ text: String) { #expect(Instant(text) == nil) }

  @Test(
    arguments: [0, 1, -1, 999_999, -62_135_596_800_000_000, 1_795_341_600_123_456, 253_402_300_799_999_999, -1_000_001]
      as [Int64])
  func roundTrip(_ microseconds: Int64) {
    let instant = Instant(microseconds: microseconds)
    #expect(Instant(instant.description) == instant)
  }

  @Test func textAndArithmetic() {
    let t = Instant(seconds: 1_795_341_600)
    #expect(t.description == "2026-11-22T10:00:00.000000Z")
    #expect((t + 0.25).microseconds == 1_795_341_600_250_000)
    #expect((t + 2) - t == 2 && t < t + 0.001)
    #expect(Instant(microseconds: -1).seconds == -1 && Instant(microseconds: 1_999_999).seconds == 1)
  }
}

@Suite struct TextTests {
  @Test func hexBothWays() {
    #expect(hex([0, 1, 0xAB, 0xFF]) == "0001abff")
    #expect(bytes(hex: "0001abFF") == [0, 1, 0xAB, 0xFF])
    #expect(bytes(hex: "") == [])
    for bad in ["0", "0g", "0x00", " 00", "é0", "00 "] { #expect(bytes(hex: bad) == nil) }
  }

  @Test(arguments: [
    ("a+b%20c", "a b c"), ("%C3%B1", "ñ"), ("100%", "100%"), ("%4", "%4"), ("%zz", "%zz"), ("%41%", "A%"),
    ("%ff", "\u{FFFD}"),
    ("%00", "\u{0}"), ("", ""), ("%2541", "%41"), ("%e2%82%AC", "€"),
  ])
  func percent(_ text: String, _ expected: String) { #expect(percentDecoded(text) == expected) }

  @Test func parameters() {
    let request = Request(
      "GET", "/x", query: "hub.mode=subscribe&&a=1&a=2&empty=&bare&b=x=y&c%2Ed=%26&hub.challenge=115+8")
    for (name, value) in [
      ("hub.mode", "subscribe"), ("a", "1"), ("empty", ""), ("bare", ""), ("b", "x=y"), ("c.d", "&"),
      ("hub.challenge", "115 8"),
    ] { #expect(request.parameter(name) == value) }
    #expect(request.parameter("missing") == nil && request.parameter("") == nil)
    #expect(Request("GET", "/").parameter("a") == nil)
  }

  @Test(arguments: [
    ("plain-word_1.2:/%", "plain-word_1.2:/%"), ("", "\"\""), ("two words", "\"two words\""), ("a=b", "\"a=b\""),
    ("say \"hi\"", #""say \"hi\"""#), ("a\\b", #""a\\b""#), ("line\nbreak\r\t", #""line\nbreak\r\t""#),
    ("\u{1b}[31m", #""\u{1b}[31m""#), ("\u{0}", #""\u{0}""#), ("ñandú", "\"ñandú\""), ("\u{202e}x", #""\u{202e}x""#),
    ("x\r\n<3>forged", #""x\r\n<3>forged""#),
  ])
  func logValues(_ text: String, _ expected: String) { #expect(Log.value(text) == expected) }
}

@Suite struct RefusalTests {
  @Test(
    arguments: [
      (
        .malformed(path: "$.a", fault: "expected a string"), 400,
        #"{"error":"$.a: expected a string","code":"malformed","path":"$.a","request_id":"r1"}"#
      ),
      (.unsigned("no signature"), 403, #"{"error":"no signature","code":"unsigned","request_id":"r1"}"#),
      (.forbidden("not yours"), 403, #"{"error":"not yours","code":"forbidden","request_id":"r1"}"#),
      (.unknown("no such tenant"), 404, #"{"error":"no such tenant","code":"unknown","request_id":"r1"}"#),
      (
        .wrongMethod(allowed: ["GET", "POST"]), 405,
        #"{"error":"use GET or POST","code":"wrong_method","request_id":"r1"}"#
      ),
      (.tooLarge(limit: 9), 413, #"{"error":"the body is larger than 9 bytes","code":"too_large","request_id":"r1"}"#),
      (.unconfigured("no secret"), 503, #"{"error":"no secret","code":"unconfigured","request_id":"r1"}"#),
      (.busy("no database", after: 3), 503, #"{"error":"no database","code":"busy","request_id":"r1"}"#),
    ] as [(Refusal, Int, String)])
  func response(_ refusal: Refusal, _ status: Int, _ body: String) {
    let response = refusal.response(requestID: "r1")
    #expect(response.status == status)
    #expect(String(decoding: response.body, as: UTF8.self) == body)
    #expect(response.headers.first?.1 == "application/json; charset=utf-8")
  }

  @Test func headersAndPriority() {
    func value(_ refusal: Refusal, _ name: String) -> String? {
      refusal.response(requestID: "").headers.first { $0.0 == name }?.1
    }
    #expect(value(.wrongMethod(allowed: ["GET", "POST"]), "Allow") == "GET, POST")
    #expect(value(.busy("", after: 3), "Retry-After") == "3")
    #expect(value(.unconfigured(""), "Retry-After") == "60")
    #expect(value(.unknown(""), "Retry-After") == nil)
    #expect(Refusal.unconfigured("").priority == .error && Refusal.unsigned("").priority == .warning)
  }
}
