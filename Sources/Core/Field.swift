/// A place in a JSON text that remembers how one got there, so that a fault can be named:
/// `$.entry[0].changes[0].value.messages[2].id: expected a string`.
///
/// Going to a place that does not exist is no error; asking a missing place for a value is.
public struct Field: Sendable {
  /// What is there; nil if nothing is. An explicit `null` counts as nothing.
  public let value: JSON?
  let way: Way

  indirect enum Way: Sendable {
    case root
    case key(Way, String)
    case index(Way, Int)
  }

  public init(_ root: JSON) { self.init(root, .root) }

  init(_ value: JSON?, _ way: Way) {
    self.value = value == .null ? nil : value
    self.way = way
  }

  public subscript(key: String) -> Field { Field(value?[key], .key(way, key)) }

  public subscript(index: Int) -> Field {
    if case .array(let items)? = value, items.indices.contains(index) { return Field(items[index], .index(way, index)) }
    return Field(nil, .index(way, index))
  }

  public var path: String {
    switch way {
    case .root: "$"
    case .key(let up, let key): Field(nil, up).path + "." + key
    case .index(let up, let i): Field(nil, up).path + "[\(i)]"
    }
  }

  public var exists: Bool { value != nil }

  // MARK: What must be there

  public func string() throws(Refusal) -> String {
    guard case .string(let s)? = value else { throw expected("a string") }
    return s
  }

  public func array() throws(Refusal) -> [Field] {
    guard case .array(let items)? = value else { throw expected("an array") }
    return items.enumerated().map { Field($1, .index(way, $0)) }
  }

  public func object() throws(Refusal) -> JSON.Members {
    guard case .object(let m)? = value else { throw expected("an object") }
    return m
  }

  public func int() throws(Refusal) -> Int64 {
    guard let n = integer else { throw expected("an integer") }
    return n
  }

  // MARK: What may be there

  /// A string, or nil if there is none.
  public var text: String? { if case .string(let s)? = value { s } else { nil } }

  /// A string, or a number as the text it was written in: platforms send the same id as either.
  public var loose: String? {
    switch value {
    case .string(let s): s
    case .number(let n): n
    default: nil
    }
  }

  /// A whole number, written as a number or as a string of digits.
  public var integer: Int64? { loose.flatMap { Int64($0) } }

  public var bool: Bool? { if case .bool(let b)? = value { b } else { nil } }

  /// The items of an array; none if it is not an array.
  public var items: [Field] {
    guard case .array(let items)? = value else { return [] }
    return items.enumerated().map { Field($1, .index(way, $0)) }
  }

  public func expected(_ what: String) -> Refusal {
    .malformed(path: path, fault: "expected \(what)" + (value == nil ? ", found nothing" : ""))
  }
}
