import Core

/// `json` or `jsonb` as its text, parsed only by those who look into it.
public struct JSONText: Sendable, Equatable, ExpressibleByStringLiteral {
  public var text: String

  public init(_ text: String) { self.text = text }
  public init(_ json: JSON) { text = json.text }
  public init(stringLiteral value: String) { text = value }

  /// `.malformed` only if it did not come from Postgres, or exceeds `Limits`.
  public func parse() throws(Refusal) -> JSON { try JSON.parse(Array(text.utf8)) }
}

extension JSONText: SQLValue {
  public var sql: String? { text }
  public static func read(_ text: String?) -> JSONText? { text.map { JSONText($0) } }
}
