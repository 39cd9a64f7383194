import Core
import FoundationEssentials

/// What an array can be of: `[UInt8]` is `bytea`, of every other element it is Postgres' own array, of one dimension
/// and without nulls.
public protocol SQLElement {
  static func text(of array: [Self]) -> String
  static func array(_ text: String) -> [Self]?
}

extension Array: SQLValue where Element: SQLElement {
  public var sql: String? { Element.text(of: self) }
  public static func read(_ text: String?) -> [Element]? { text.flatMap { Element.array($0) } }
}

extension UInt8: SQLElement {
  public static func text(of array: [UInt8]) -> String { "\\x" + hex(array) }
  public static func array(_ text: String) -> [UInt8]? {
    guard text.hasPrefix("\\x") else { return nil }
    return bytes(hex: text.dropFirst(2))
  }
}

extension String: SQLElement {}
extension Int64: SQLElement {}
extension Int32: SQLElement {}
extension UUID: SQLElement {}
extension Instant: SQLElement {}

extension SQLElement where Self: SQLValue {
  public static func text(of array: [Self]) -> String {
    // Quoted throughout, so that an empty text, a comma or the word NULL stay what they are.
    "{" + array.map { quote($0.sql ?? "") }.joined(separator: ",") + "}"
  }

  public static func array(_ text: String) -> [Self]? {
    guard let items = arrayItems(text) else { return nil }
    var out: [Self] = []
    out.reserveCapacity(items.count)
    for item in items {
      guard let value = Self.read(item) else { return nil }
      out.append(value)
    }
    return out
  }
}

private func quote(_ text: String) -> String {
  var out: [UInt8] = [UInt8(ascii: "\"")]
  for c in text.utf8 {
    if c == UInt8(ascii: "\"") || c == UInt8(ascii: "\\") { out.append(UInt8(ascii: "\\")) }
    out.append(c)
  }
  out.append(UInt8(ascii: "\""))
  return String(decoding: out, as: UTF8.self)
}

/// The items of `{a,"b, c",d}`; nil for what is not an array of one dimension, or has a null in it.
func arrayItems(_ text: String) -> [String]? {
  var rest = Array(text.utf8)[...]
  guard rest.popFirst() == UInt8(ascii: "{"), rest.popLast() == UInt8(ascii: "}") else { return nil }
  var items: [String] = []
  if rest.isEmpty { return items }
  while true {
    guard let item = arrayItem(&rest) else { return nil }
    items.append(item)
    guard let separator = rest.popFirst() else { return items }
    guard separator == UInt8(ascii: ",") else { return nil }
  }
}

private func arrayItem(_ rest: inout ArraySlice<UInt8>) -> String? {
  if rest.first != UInt8(ascii: "\"") {
    let bare = rest.prefix { $0 != UInt8(ascii: ",") }
    rest = rest.dropFirst(bare.count)
    let text = String(decoding: bare, as: UTF8.self)
    let plain = !bare.isEmpty && !bare.contains { $0 == UInt8(ascii: "{") || $0 == UInt8(ascii: "\"") }
    return plain && text.uppercased() != "NULL" ? text : nil
  }
  rest.removeFirst()
  var out: [UInt8] = []
  while let c = rest.popFirst() {
    switch c {
    case UInt8(ascii: "\""): return String(decoding: out, as: UTF8.self)
    case UInt8(ascii: "\\"):
      guard let escaped = rest.popFirst() else { return nil }
      out.append(escaped)
    default: out.append(c)
    }
  }
  return nil
}
