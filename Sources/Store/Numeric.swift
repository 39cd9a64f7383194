/// `numeric`: money and measures, exact, kept as the text it is written in. `1.0` and `1.00` are not equal here.
public struct Numeric: Sendable, Equatable, ExpressibleByStringLiteral, ExpressibleByIntegerLiteral {
  public var text: String

  public init(_ text: String) { self.text = text }
  public init(stringLiteral value: String) { text = value }
  public init(integerLiteral value: Int64) { text = String(value) }
}

extension Numeric: CustomStringConvertible {
  public var description: String { text }
}

extension Numeric: SQLValue {
  public var sql: String? { text }
  public static func read(_ text: String?) -> Numeric? { text.map { Numeric($0) } }
}
