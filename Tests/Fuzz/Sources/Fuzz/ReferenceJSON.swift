import Core

/// A second reader of RFC 8259, written for being obviously right: slow, recursive, one byte at a time. What it refuses
/// and what it reads, `JSON.parse` must refuse and read.
struct ReferenceJSON {
  private enum Refused: Error {
    case wrong
    /// The text ends inside a string.
    case cut
  }
  private let bytes: [UInt8]
  private var at = 0
  private let depth: Int
  private let nodes: Int
  private var open = 0
  private var count = 0

  static func parse(_ bytes: [UInt8], depth: Int, nodes: Int) -> JSON? {
    var reader = ReferenceJSON(bytes: bytes, depth: depth, nodes: nodes)
    // Not `? value : nil`: that nil would be JSON's null.
    guard let value = try? reader.value(), reader.peek() == nil || reader.isCutString() else { return nil }
    return value
  }

  /// yajl does not notice what follows a value if it is a string that does not end.
  private mutating func isCutString() -> Bool {
    do { _ = try quoted() } catch .cut { return true } catch {}
    return false
  }

  private init(bytes: [UInt8], depth: Int, nodes: Int) {
    self.bytes = bytes
    self.depth = depth
    self.nodes = nodes
  }

  /// The next byte that is not white space. yajl takes vertical tabs and form feeds (0x0B, 0x0C) for white space too,
  /// which harms nobody: what we pass on is written anew.
  private mutating func peek() -> UInt8? {
    while at < bytes.count, bytes[at] == 0x20 || (0x09...0x0D).contains(bytes[at]) { at += 1 }
    return at < bytes.count ? bytes[at] : nil
  }

  private mutating func value() throws(Refused) -> JSON {
    let value: JSON
    switch peek() {
    case UInt8(ascii: "{"): value = try object()
    case UInt8(ascii: "["): value = try array()
    case UInt8(ascii: "\""): value = .string(try string())
    case UInt8(ascii: "t"): value = try word("true", .bool(true))
    case UInt8(ascii: "f"): value = try word("false", .bool(false))
    case UInt8(ascii: "n"): value = try word("null", .null)
    default: value = try number()
    }
    count += 1
    guard count <= nodes else { throw .wrong }
    return value
  }

  private mutating func word(_ text: String, _ value: JSON) throws(Refused) -> JSON {
    for c in text.utf8 { try take(c) }
    return value
  }

  private mutating func take(_ c: UInt8) throws(Refused) {
    guard at < bytes.count, bytes[at] == c else { throw .wrong }
    at += 1
  }

  private mutating func enter() throws(Refused) {
    open += 1
    guard open <= depth else { throw .wrong }
    at += 1
  }

  private mutating func array() throws(Refused) -> JSON {
    try enter()
    defer { open -= 1 }
    var items = [JSON]()
    if peek() == UInt8(ascii: "]") {
      at += 1
      return .array(items)
    }
    while true {
      items.append(try value())
      if peek() == UInt8(ascii: "]") { break }
      try take(UInt8(ascii: ","))
    }
    at += 1
    return .array(items)
  }

  private mutating func object() throws(Refused) -> JSON {
    try enter()
    defer { open -= 1 }
    var pairs = [JSON.Members.Pair]()
    if peek() == UInt8(ascii: "}") {
      at += 1
      return .object(.init(pairs))
    }
    while true {
      guard peek() == UInt8(ascii: "\"") else { throw .wrong }
      let key = try string()
      _ = peek()
      try take(UInt8(ascii: ":"))
      pairs.append(.init(key, try value()))
      if peek() == UInt8(ascii: "}") { break }
      try take(UInt8(ascii: ","))
    }
    at += 1
    return .object(.init(pairs))
  }

  private mutating func number() throws(Refused) -> JSON {
    let start = at
    if at < bytes.count, bytes[at] == UInt8(ascii: "-") { at += 1 }
    if at < bytes.count, bytes[at] == UInt8(ascii: "0") { at += 1 } else { try digits() }
    if at < bytes.count, bytes[at] == UInt8(ascii: ".") {
      at += 1
      try digits()
    }
    if at < bytes.count, bytes[at] | 0x20 == UInt8(ascii: "e") {
      at += 1
      if at < bytes.count, [UInt8(ascii: "+"), UInt8(ascii: "-")].contains(bytes[at]) { at += 1 }
      try digits()
    }
    return .number(String(decoding: bytes[start..<at], as: UTF8.self))
  }

  private mutating func digits() throws(Refused) {
    let start = at
    while at < bytes.count, (UInt8(ascii: "0")...UInt8(ascii: "9")).contains(bytes[at]) { at += 1 }
    guard at > start else { throw .wrong }
  }

  private mutating func string() throws(Refused) -> String {
    guard let text = String(validating: try quoted(), as: UTF8.self) else { throw .wrong }
    return text
  }

  /// U+0000 and halves of surrogate pairs become U+FFFD, as `JSON.parse` promises.
  private mutating func quoted() throws(Refused) -> [UInt8] {
    try take(UInt8(ascii: "\""))
    var out = [UInt8]()
    while true {
      guard at < bytes.count else { throw .cut }
      guard bytes[at] >= 0x20 else { throw .wrong }
      let c = bytes[at]
      at += 1
      if c == UInt8(ascii: "\"") { break }
      if c != UInt8(ascii: "\\") {
        out.append(c)
      } else {
        out += String(try escaped()).utf8
      }
    }
    return out
  }

  private mutating func escaped() throws(Refused) -> Unicode.Scalar {
    guard at < bytes.count else { throw .wrong }
    let c = bytes[at]
    at += 1
    switch c {
    case UInt8(ascii: "\""), UInt8(ascii: "\\"), UInt8(ascii: "/"): return Unicode.Scalar(c)
    case UInt8(ascii: "b"): return "\u{8}"
    case UInt8(ascii: "f"): return "\u{c}"
    case UInt8(ascii: "n"): return "\n"
    case UInt8(ascii: "r"): return "\r"
    case UInt8(ascii: "t"): return "\t"
    case UInt8(ascii: "u"): return try unicode()
    default: throw .wrong
    }
  }

  private mutating func unicode() throws(Refused) -> Unicode.Scalar {
    let first = try unit()
    let second = at
    if (0xD800..<0xDC00).contains(first), at + 1 < bytes.count, bytes[at] == UInt8(ascii: "\\"),
      bytes[at + 1] == UInt8(ascii: "u")
    {
      at += 2
      if let low = try? unit(), (0xDC00..<0xE000).contains(low) {
        return Unicode.Scalar(0x10000 + (first - 0xD800) << 10 + (low - 0xDC00)) ?? "\u{FFFD}"
      }
      at = second
    }
    return first == 0 ? "\u{FFFD}" : Unicode.Scalar(first) ?? "\u{FFFD}"
  }

  private mutating func unit() throws(Refused) -> UInt32 {
    guard at + 4 <= bytes.count, let digits = String(validating: bytes[at..<(at + 4)], as: UTF8.self),
      digits.allSatisfy(\.isHexDigit), let unit = UInt32(digits, radix: 16)
    else { throw .wrong }
    at += 4
    return unit
  }
}
