/// A JSON value. Numbers keep the text they arrived in, so that 64-bit ids and decimals stay exact;
/// objects keep their order, so that what we write can be compared as text and cached as a prompt.
public enum JSON: Sendable, Equatable {
  case null
  case bool(Bool)
  case number(String)
  case string(String)
  case array([JSON])
  case object(Members)

  /// The members of an object in the order written. Of a repeated key the last one counts.
  public struct Members: Sendable, Equatable {
    public var pairs: [Pair]
    public struct Pair: Sendable, Equatable {
      public var key: String
      public var value: JSON
      public init(_ key: String, _ value: JSON) {
        self.key = key
        self.value = value
      }
    }
    public init(_ pairs: [Pair] = []) { self.pairs = pairs }

    public subscript(key: String) -> JSON? {
      get { pairs.last { $0.key == key }?.value }
      set {
        pairs.removeAll { $0.key == key }
        if let newValue { pairs.append(Pair(key, newValue)) }
      }
    }
    public static func == (a: Members, b: Members) -> Bool {
      a.pairs.count == b.pairs.count && a.pairs.allSatisfy { b[$0.key] == $0.value }
    }
  }

  public static func number(_ n: some BinaryInteger) -> JSON { .number(String(n)) }

  /// An object without the members whose value is nil: `.object(["type": "text", "context": maybe])`.
  public static func object(_ members: KeyValuePairs<String, JSON?>) -> JSON {
    .object(Members(members.compactMap { pair in pair.value.map { Members.Pair(pair.key, $0) } }))
  }

  public subscript(key: String) -> JSON? {
    if case .object(let m) = self { m[key] } else { nil }
  }
}

extension JSON: ExpressibleByStringLiteral, ExpressibleByIntegerLiteral, ExpressibleByBooleanLiteral,
  ExpressibleByArrayLiteral, ExpressibleByDictionaryLiteral, ExpressibleByNilLiteral
{
  public init(stringLiteral value: String) { self = .string(value) }
  public init(integerLiteral value: Int) { self = .number(String(value)) }
  public init(booleanLiteral value: Bool) { self = .bool(value) }
  public init(arrayLiteral elements: JSON...) { self = .array(elements) }
  public init(dictionaryLiteral elements: (String, JSON)...) {
    self = .object(Members(elements.map { Members.Pair($0.0, $0.1) }))
  }
  public init(nilLiteral: ()) { self = .null }
}
