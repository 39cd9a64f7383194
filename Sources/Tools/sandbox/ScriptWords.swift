import Core

/// What a script's placeholders stand for: `{{find_slots.slots.0.words}}`.
struct ScriptWords {
  /// What each tool said last in this conversation, by its name.
  let results: [String: JSON]
  let values: JSON
  /// `2026-11-22`
  let today: String?
  /// The question.
  let said: String

  struct Unknown: Error {
    let name: String
  }

  /// A string that is nothing but one placeholder becomes what that is, whatever its type.
  func filled(_ value: JSON) throws(Unknown) -> JSON {
    switch value {
    case .string(let text):
      if text.hasPrefix("{{"), text.hasSuffix("}}"), !text.dropFirst(2).contains("{{") {
        return try self.value(String(text.dropFirst(2).dropLast(2)))
      }
      return .string(try filled(text))
    case .array(let items):
      var all = [JSON]()
      for item in items { all.append(try filled(item)) }
      return .array(all)
    case .object(let members):
      var all = [JSON.Members.Pair]()
      for pair in members.pairs { all.append(.init(pair.key, try filled(pair.value))) }
      return .object(JSON.Members(all))
    default: return value
    }
  }

  func filled(_ text: String) throws(Unknown) -> String {
    var out = ""
    var rest = Substring(text)
    while let start = rest.firstRange(of: "{{") {
      guard let end = rest[start.upperBound...].firstRange(of: "}}") else { break }
      out += rest[..<start.lowerBound]
      out += try value(String(rest[start.upperBound..<end.lowerBound])).plain
      rest = rest[end.upperBound...]
    }
    return out + rest
  }

  private func value(_ name: String) throws(Unknown) -> JSON {
    if let day = day(name) { return .string(day) }
    if name == "said" { return .string(said) }
    var parts = name.split(separator: ".").map(String.init)[...]
    let first = parts.popFirst() ?? ""
    var value = results[first] ?? values[first]
    for part in parts {
      if case .array(let items)? = value {
        value = Int(part).flatMap { items.indices.contains($0) ? items[$0] : nil }
      } else {
        value = value?[part]
      }
    }
    guard let value, value != .null else { throw Unknown(name: name) }
    return value
  }

  /// `today`, `tomorrow`, `day+3`; `next:1` is the next Monday after today.
  private func day(_ name: String) -> String? {
    guard let today, let start = Instant(today + "T00:00:00Z") else { return nil }
    func after(_ days: Int) -> String { String((start + Double(days) * 86_400).description.prefix(10)) }
    if name == "today" { return after(0) }
    if name == "tomorrow" { return after(1) }
    if name.hasPrefix("day+"), let days = Int(name.dropFirst(4)) { return after(days) }
    guard name.hasPrefix("next:"), let wanted = Int(name.dropFirst(5)), (1...7).contains(wanted) else { return nil }
    // The first of January 1970 was a Thursday.
    let weekday = Int((start.seconds / 86_400 + 3) % 7) + 1
    return after((wanted - weekday + 6) % 7 + 1)
  }
}

/// Whether a result is what a script wants: an object has at least the members, `"*"` is anything that is there, `"~text"` a
/// text that contains the rest.
func fits(_ wanted: JSON, _ found: JSON?) -> Bool {
  switch wanted {
  case .string("*"): found != nil && found != .null
  case .string(let text) where text.hasPrefix("~"): found.map { $0.plain.contains(text.dropFirst()) } ?? false
  case .object(let members): members.pairs.allSatisfy { fits($0.value, found?[$0.key]) }
  case .array(let items):
    if case .array(let others)? = found {
      items.count <= others.count && zip(items, others).allSatisfy { fits($0, $1) }
    } else {
      false
    }
  default: wanted == found ?? .null
  }
}
