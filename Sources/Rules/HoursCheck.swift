import Core

/// What is wrong with opening hours as a business writes them (`openingHours` names their shapes), and where.
public func openingHoursFault(_ field: Field) -> (path: String, fault: String)? {
  guard case .object(let members)? = field.value else { return (field.path, "expected an object") }
  if field["days"].exists {
    let days = field["days"]
    guard case .array? = days.value, days.items.allSatisfy({ (0...7).contains($0.integer ?? -1) }) else {
      return (days.path, "expected a list of days, 1 Monday to 7 Sunday")
    }
    return spanFault(field, "start", "end")
  }
  for pair in members.pairs {
    let day = field[pair.key]
    guard weekdayKeys.contains(pair.key) else { return (day.path, "expected days' names, monday to sunday") }
    switch pair.value {
    case .null: continue
    case .array:
      for span in day.items { if let fault = spanFault(span, "open", "close") { return fault } }
    case .object(let span) where span["closed"] != nil && span["open"] == nil: continue
    case .object: if let fault = spanFault(day, "open", "close") { return fault }
    default: return (day.path, "expected {open, close}, or a list of such, or null")
    }
  }
  return nil
}

private func spanFault(_ field: Field, _ from: String, _ to: String) -> (path: String, fault: String)? {
  for (name, latest) in [(from, "23:59"), (to, "24:00")] {
    guard let text = field[name].text, isTime(text), text <= latest else {
      return (field[name].path, "expected a time such as 09:00")
    }
  }
  return nil
}

/// `HH:MM`.
func isTime(_ text: String) -> Bool {
  let parts = text.split(separator: ":", omittingEmptySubsequences: false)
  guard parts.count == 2, parts.allSatisfy({ $0.utf8.count == 2 && $0.utf8.allSatisfy { (48...57).contains($0) } })
  else {
    return false
  }
  return (Int(parts[0]) ?? 99) <= 24 && (Int(parts[1]) ?? 99) < 60
}
