import Core

/// The part of JSON Schema that the inputs of our tools are described in. Models are told the schema and mostly keep to it;
/// what they do not keep to is told them in words they can act upon.
///
///     type (one, or several), properties, required, additionalProperties: false, items, minItems, maxItems, enum,
///     minLength, maxLength (Unicode scalars), minimum, maximum, format: date | date-time | uuid; title, description and
///     default mean nothing here
public enum InputSchema {
  /// Words of a schema that are heeded, or that only explain.
  static let words: Set<String> = [
    "type", "properties", "required", "additionalProperties", "items", "minItems", "maxItems", "enum", "minLength",
    "maxLength", "minimum", "maximum", "format", "title", "description", "default",
  ]
  /// Faults told of at once.
  static let most = 5
  /// Deeper than any schema of ours.
  static let deepest = 16
  /// Bytes of an input as text.
  public static let largest = 16_384

  /// The input as its tool may read it: members that are null and may be missing are left out. Or what is wrong with it,
  /// each with its place: `$.slots[2].starts_at: expected a time such as 2026-02-03T10:00:00-06:00`.
  public static func check(_ input: JSON, by schema: JSON) -> Result<JSON, InputFaults> {
    guard input.bytes.count <= largest else { return .failure(InputFaults(["$: longer than \(largest) bytes"])) }
    var faults: [String] = []
    let clean = clean(input, schema, "$", 0, &faults)
    return faults.isEmpty ? .success(clean) : .failure(InputFaults(Array(faults.prefix(most))))
  }

  /// Words of a schema that nobody would heed, each with its place: a tool must have none.
  public static func unheeded(_ schema: JSON, at path: String = "$") -> [String] {
    guard case .object(let members) = schema else { return [path + ": no object"] }
    var found = members.pairs.filter { !words.contains($0.key) }.map { path + "." + $0.key }
    if case .object(let properties)? = members["properties"] {
      for pair in properties.pairs { found += unheeded(pair.value, at: path + ".properties." + pair.key) }
    }
    if let items = members["items"] { found += unheeded(items, at: path + ".items") }
    return found
  }
}

public struct InputFaults: Error, Sendable, Equatable {
  public let sentences: [String]
  init(_ sentences: [String]) { self.sentences = sentences }
}

extension InputSchema {
  private static func clean(
    _ value: JSON, _ schema: JSON, _ path: String, _ depth: Int, _ faults: inout [String]
  ) -> JSON {
    let rules = Field(schema)
    func fault(_ what: String) { faults.append(path + ": " + what) }
    guard depth < deepest else {
      fault("nested too deeply")
      return value
    }
    let types = rules["type"].text.map { [$0] } ?? rules["type"].items.compactMap(\.text)
    guard types.isEmpty || types.contains(where: { fits(value, $0) }) else {
      fault("expected " + types.map(name).joined(separator: " or "))
      return value
    }
    if case .array(let words)? = rules["enum"].value, !words.contains(value) {
      fault("expected one of " + words.map(\.text).joined(separator: ", "))
    }
    switch value {
    case .string(let text): if let what = wrong(text, rules) { fault(what) }
    case .number(let text): if let what = wrong(number: text, rules) { fault(what) }
    case .array(let items): return array(items, rules, path, depth, &faults)
    case .object(let members): return object(members, rules, path, depth, &faults)
    case .null, .bool: break
    }
    return value
  }

  private static func wrong(_ text: String, _ rules: Field) -> String? {
    let length = text.unicodeScalars.count
    if let least = rules["minLength"].integer, length < least { return "expected at least \(least) characters" }
    if let most = rules["maxLength"].integer, length > most { return "expected at most \(most) characters" }
    switch rules["format"].text {
    case "date": return isDate(text[...]) ? nil : "expected a date such as 2026-02-03"
    case "date-time":
      // Without an offset nobody knows which moment is meant.
      return Instant(text) != nil && isDate(text.prefix(10))
        ? nil : "expected a time such as 2026-02-03T10:00:00-06:00, with its offset"
    case "uuid": return isUUID(text) ? nil : "expected an id as it was told"
    default: return nil
    }
  }

  private static func wrong(number text: String, _ rules: Field) -> String? {
    guard text.utf8.count <= 40, let number = Double(text), number.isFinite else { return "expected a smaller number" }
    if let least = rules["minimum"].loose.flatMap({ Double($0) }), number < least {
      return "expected at least \(least)"
    }
    if let most = rules["maximum"].loose.flatMap({ Double($0) }), number > most { return "expected at most \(most)" }
    return nil
  }

  private static func array(
    _ items: [JSON], _ rules: Field, _ path: String, _ depth: Int, _ faults: inout [String]
  ) -> JSON {
    if let least = rules["minItems"].integer, items.count < least {
      faults.append("\(path): expected at least \(least)")
    }
    if let most = rules["maxItems"].integer, items.count > most {
      faults.append("\(path): expected at most \(most)")
      return .array(items)
    }
    guard let schema = rules["items"].value else { return .array(items) }
    return .array(
      items.enumerated().map { i, item in clean(item, schema, "\(path)[\(i)]", depth + 1, &faults) })
  }

  private static func object(
    _ members: JSON.Members, _ rules: Field, _ path: String, _ depth: Int, _ faults: inout [String]
  ) -> JSON {
    let required = Set(rules["required"].items.compactMap(\.text))
    let properties = rules["properties"].value
    let isClosed = rules["additionalProperties"].bool == false
    for name in required.sorted() where members[name] == nil { faults.append("\(path).\(name): is missing") }
    var kept = JSON.Members()
    for pair in members.pairs {
      guard let schema = properties?[pair.key] else {
        if isClosed { faults.append("\(path).\(clipped(pair.key, 40)): there is no such member") }
        if !isClosed { kept[pair.key] = pair.value }
        continue
      }
      if pair.value == .null, !required.contains(pair.key) { continue }
      kept[pair.key] = clean(pair.value, schema, "\(path).\(pair.key)", depth + 1, &faults)
    }
    return .object(kept)
  }

  private static func fits(_ value: JSON, _ type: String) -> Bool {
    switch (type, value) {
    case ("string", .string), ("boolean", .bool), ("array", .array), ("object", .object), ("null", .null),
      ("number", .number):
      true
    case ("integer", .number(let text)): Int64(text) != nil
    default: false
    }
  }

  private static func name(_ type: String) -> String {
    switch type {
    case "string": "text"
    case "integer": "a whole number"
    case "number": "a number"
    case "boolean": "true or false"
    case "array": "an array"
    case "object": "an object"
    default: type
    }
  }

  /// Of a day that there is: the 30th of February would be read as one of March.
  private static func isDate(_ text: Substring) -> Bool {
    text.utf8.count == 10 && Instant(text + "T00:00:00Z")?.description.hasPrefix(text) == true
  }

  private static func isUUID(_ text: String) -> Bool {
    let groups = text.split(separator: "-", omittingEmptySubsequences: false)
    return groups.map(\.utf8.count) == [8, 4, 4, 4, 12] && groups.allSatisfy { $0.allSatisfy(\.isHexDigit) }
  }
}
