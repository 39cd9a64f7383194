import Testing

@testable import Core

@Suite struct JSONTests {
  func parse(_ text: String) throws(Refusal) -> JSON { try JSON.parse(Array(text.utf8)) }

  func fault(_ bytes: [UInt8], depth: Int = Limits.jsonDepth, nodes: Int = Limits.jsonNodes) -> String? {
    do throws(Refusal) {
      _ = try JSON.parse(bytes, depth: depth, nodes: nodes)
      return nil
    } catch {
      guard case .malformed("$", let fault) = error else { return "\(error)" }
      return fault
    }
  }

  @Test(arguments: [
    "null", "true", "false", "0", "-0", "1e5", "-1.5E-10", "\"\"", "[]", "{}", "[[],{}]",
    #"{"a":1,"b":[true,null,"x"],"c":{"d":{}}}"#, #"["a\"b\\c\n\r\t\u0001"]"#, "[\"ñandú 🦷 漢\"]",
    "12345678901234567890123", "9007199254740993", "18446744073709551616", "0.1000000000000000055511151231257827",
    "1.10", "100000000000000000000.01", #"{"a":1,"a":2}"#,
  ])
  func roundTrip(_ text: String) throws {
    #expect(try parse(text).text == text)
    #expect(try parse(" \n\t\(text)\r\n ").text == text)
    #expect(try parse(text).bytes == Array(text.utf8))
  }

  @Test(arguments: [
    (#""\/\b\f\u0041\u00e9\u20ac\ud83e\uddb7""#, "/\u{8}\u{c}Aé€🦷"),
    (#""a\u0000b""#, "a\u{FFFD}b"), (#""\ud800""#, "\u{FFFD}"), (#""\uDFFFx""#, "\u{FFFD}x"),
    (#""\ud800\ud83e\uddb7""#, "\u{FFFD}🦷"), (#""\ud83e\u0041""#, "\u{FFFD}A"),
    (#""\udc00\ud800""#, "\u{FFFD}\u{FFFD}"),
    (#""\ud83e\n""#, "\u{FFFD}\n"), (#""\\u0000""#, #"\u0000"#), (#""\\\u0000""#, "\\\u{FFFD}"),
    (#""\ufffd\uffff""#, "\u{FFFD}\u{FFFF}"),
  ])
  func escapes(_ text: String, _ value: String) throws {
    #expect(try parse(text) == .string(value))
    #expect(try parse("{\(text):1}") == .object(.init([.init(value, 1)])))
  }

  @Test func lastOfARepeatedKeyCounts() throws {
    let value = try parse(#"{"a":1,"b":2,"a":3}"#)
    #expect(value["a"] == 3)
    guard case .object(let members) = value else { return #expect(Bool(false)) }
    #expect(members.pairs.map(\.key) == ["a", "b", "a"])
  }

  @Test(arguments: [
    ("", "empty body"), (" \r\n", "empty body"),
    ("{", "not JSON at byte 1: premature EOF"), ("[1,", "not JSON at byte 3: premature EOF"),
    ("\"abc", "not JSON at byte 4: premature EOF"), ("nul", "not JSON at byte 3: invalid string in json text"),
    ("[1] x", "not JSON at byte 5: trailing garbage"),
  ])
  func faults(_ text: String, _ expected: String) { #expect(fault(Array(text.utf8)) == expected) }

  @Test(arguments: [
    "[1,]", "{\"a\":1,}", "{a:1}", "{\"a\" 1}", "{1:2}", "[1 2]", "]", "}", "[}", "{]", "01", "+1", "1.", ".5", "1e",
    "-", "0x1", "NaN",
    "Infinity", "'a'", "\"\\x\"", "\"\\u12g4\"", "\"\\u12\"", "\"a\nb\"", "\"\u{1}\"", "/* c */ 1", "1 // c",
    "\u{FEFF}1", "truefalse",
    "True", "nulll", "hello", "object=page&entry=1", "<xml/>", "\u{0}", "1\u{0}", "[\"a\",\u{0}]", "\\u0000",
    "{\"a\":}", "[,1]", "1 2",
  ])
  func refusedInOneCleanLine(_ text: String) throws {
    let sentence = try #require(fault(Array(text.utf8)))
    #expect(sentence.hasPrefix("not JSON at byte "))
    #expect(!sentence.contains("\n") && sentence.utf8.count < 120)
  }

  /// Bytes that are no UTF-8, in a value, in a key, beside an escape, and outside of strings.
  @Test(
    arguments: [
      [0xFF], [0xC3], [0xC0, 0x80], [0xE0, 0x80, 0x80], [0xED, 0xA0, 0x80], [0xF0, 0x80, 0x80, 0x80],
      [0xF4, 0x90, 0x80, 0x80],
      [0xF8, 0x88, 0x80, 0x80, 0x80], [0x80], [0xE2, 0x82], [0xC3, 0x28],
    ] as [[UInt8]])
  func invalidUTF8(_ bad: [UInt8]) throws {
    let q = UInt8(ascii: "\"")
    for text in [
      [q] + bad + [q], Array("{\"k".utf8) + bad + Array("\":1}".utf8), Array("[\"\\n".utf8) + bad + [q, 0x5D],
    ] {
      #expect(try #require(fault(text)).hasSuffix("a string is not valid UTF-8"))
    }
    #expect(try #require(fault(bad)).hasPrefix("not JSON at byte "))
  }

  @Test func depth() {
    func nested(_ n: Int) -> [UInt8] {
      Array(String(repeating: "[", count: n).utf8) + Array(String(repeating: "]", count: n).utf8)
    }
    #expect(fault(nested(Limits.jsonDepth)) == nil)
    #expect(fault(nested(Limits.jsonDepth + 1)) == "nested deeper than 64 levels")
    #expect(fault(Array(String(repeating: "{\"a\":", count: 300_000).utf8)) == "nested deeper than 64 levels")
    #expect(fault(Array("[[[]]]".utf8), depth: 2) == "nested deeper than 2 levels")
  }

  @Test func nodes() {
    #expect(fault(Array("[1,2,3]".utf8), nodes: 4) == nil)
    #expect(fault(Array("[1,2,3]".utf8), nodes: 3) == "more than 3 values")
    let many = [UInt8]("[".utf8) + Array(String(repeating: "0,", count: 500_000).utf8) + Array("0]".utf8)
    #expect(fault(many) == "more than 400000 values")
  }

  @Test func everyTruncationIsRefused() throws {
    let text = Array(#"{"entry":[{"id":"1","n":-1.5e3,"t":true,"s":"ñ\u00e9\ud83e\uddb7\u0000"}],"x":null}"#.utf8)
    _ = try JSON.parse(text)
    for n in 0..<text.count { #expect(fault(Array(text[..<n])) != nil) }
  }

  /// Every byte of a body replaced by every kind of byte: an answer or a refusal, never the end of the process.
  @Test func damageIsSurvived() {
    let text = Array(#"{"a":["\u0000\ud800\ud83e\uddb7",1.5,null]}"#.utf8)
    for i in text.indices {
      for b in stride(from: UInt8(0), through: 255, by: 1) {
        var damaged = text
        damaged[i] = b
        _ = fault(damaged)
        if b == 255 { break }
      }
    }
  }

  @Test func aMegabyteOfJunk() {
    var state: UInt64 = 42
    let junk = (0..<1_000_000).map { _ -> UInt8 in
      state = state &* 6_364_136_223_846_793_005 &+ 1_442_695_040_888_963_407
      return UInt8(truncatingIfNeeded: state >> 33)
    }
    #expect(fault(junk) != nil)
    #expect(fault([UInt8](repeating: 0, count: 1_000_000)) != nil)
    #expect(
      fault(Array(("\"" + String(repeating: "x", count: 1_000_000)).utf8)) == "not JSON at byte 1000001: premature EOF")
    #expect(fault(Array(String(repeating: "\\", count: 1_000_001).utf8)) != nil)
  }

  /// Would take minutes if anything looked back.
  @Test func hostileShapesAreLinear() throws {
    let start = ContinuousClock.now
    let keys = "{" + (0..<100_000).map { "\"k\($0)\":\($0)" }.joined(separator: ",") + "}"
    guard case .object(let members) = try parse(keys) else { return #expect(Bool(false)) }
    #expect(members.pairs.count == 100_000)
    let nul = try parse("\"" + String(repeating: "\\u0000", count: 200_000) + "\"")
    #expect(nul == .string(String(repeating: "\u{FFFD}", count: 200_000)))
    #expect(try parse(String(repeating: "9", count: 1_000_000)).text.utf8.count == 1_000_000)
    #expect(ContinuousClock.now - start < .seconds(10))
  }

  @Test func pathsOfFaults() throws {
    let root = Field(
      try parse(#"{"entry":[{"changes":[{"value":{"messages":[{"id":"a"},{"id":7,"n":"12","t":null}]}}]}]}"#))
    let messages = root["entry"][0]["changes"][0]["value"]["messages"]
    let path = "$.entry[0].changes[0].value.messages"
    #expect(throws: Refusal.malformed(path: path + "[1].id", fault: "expected a string")) {
      try messages[1]["id"].string()
    }
    #expect(throws: Refusal.malformed(path: path + "[2].id", fault: "expected a string, found nothing")) {
      try messages[2]["id"].string()
    }
    #expect(throws: Refusal.malformed(path: path + "[1].t", fault: "expected an integer, found nothing")) {
      try messages[1]["t"].int()
    }
    #expect(throws: Refusal.malformed(path: path, fault: "expected an object")) { try messages.object() }
    #expect(throws: Refusal.malformed(path: "$.entry[0].id", fault: "expected an array, found nothing")) {
      try root["entry"][0]["id"].array()
    }
    #expect(try messages.array().map(\.path) == [path + "[0]", path + "[1]"])
    #expect(try messages[1]["n"].int() == 12 && messages[1]["id"].loose == "7")
    #expect(messages[-1].exists == false && messages["x"][3]["y"].text == nil && root.items.isEmpty)
  }
}
