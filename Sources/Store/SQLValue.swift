import Core
import FoundationEssentials

/// A type that goes to Postgres as a parameter and comes back as a cell, both as text.
public protocol SQLValue {
  /// As Postgres reads it; nil is null.
  var sql: String? { get }
  /// From what Postgres wrote; nil if it is not of this type, or null.
  static func read(_ text: String?) -> Self?
}

extension String: SQLValue {
  public var sql: String? { self }
  public static func read(_ text: String?) -> String? { text }
}

extension Int64: SQLValue {
  public var sql: String? { String(self) }
  public static func read(_ text: String?) -> Int64? { text.flatMap { Int64($0) } }
}

extension Int32: SQLValue {
  public var sql: String? { String(self) }
  public static func read(_ text: String?) -> Int32? { text.flatMap { Int32($0) } }
}

extension Int16: SQLValue {
  public var sql: String? { String(self) }
  public static func read(_ text: String?) -> Int16? { text.flatMap { Int16($0) } }
}

extension Bool: SQLValue {
  public var sql: String? { self ? "t" : "f" }
  public static func read(_ text: String?) -> Bool? { text == "t" ? true : text == "f" ? false : nil }
}

extension Double: SQLValue {
  public var sql: String? { String(self) }
  public static func read(_ text: String?) -> Double? { text.flatMap { Double($0) } }
}

extension UUID: SQLValue {
  /// In lower case, as Postgres writes it.
  public var sql: String? { uuidString.lowercased() }
  public static func read(_ text: String?) -> UUID? { text.flatMap { UUID(uuidString: $0) } }
}

/// `timestamptz`. Postgres' `infinity` and years before Christ are no `Instant`.
extension Instant: SQLValue {
  public var sql: String? { description }
  public static func read(_ text: String?) -> Instant? { text.flatMap { Instant($0) } }
}

extension Optional: SQLValue where Wrapped: SQLValue {
  public var sql: String? { flatMap(\.sql) }
  public static func read(_ text: String?) -> Wrapped?? {
    guard let text else { return .some(nil) }
    return Wrapped.read(text).map { .some($0) }
  }
}
