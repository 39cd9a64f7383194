import Core

/// Opening hours of a week in words: `lunes a viernes 09:00–14:00 y 16:00–19:00; sábado 09:00–14:00; domingo cerrado`; nil
/// if the field says nothing. Shapes: `{start, end, days: [1…7]}` (0 also is Sunday), and by day's name
/// `{monday: {open, close}, tuesday: [{open, close}, {open, close}], sunday: null or []}`.
public func openingHours(_ field: Field) -> String? {
  guard case .object? = field.value else { return nil }
  let days = field["days"].exists ? byNumber(field) : byName(field)
  guard days.contains(where: { $0 != nil }) else { return nil }
  return weekText(days)
}

/// What a model is told is Spanish, whatever it is to speak.
private let names = Phrases.spanish.weekdays
let weekdayKeys = ["monday", "tuesday", "wednesday", "thursday", "friday", "saturday", "sunday"]
private let closed = "cerrado"

private func byNumber(_ field: Field) -> [String?] {
  guard let open = field["start"].line, let close = field["end"].line else { return [] }
  let numbers = Set(field["days"].items.compactMap(\.integer).map { $0 == 0 ? 7 : $0 })
  guard !numbers.isEmpty else { return [] }
  return (1...7).map { numbers.contains($0) ? span(open, close) : closed }
}

private func byName(_ field: Field) -> [String?] {
  weekdayKeys.map { key in
    let day = field[key]
    guard case .object(let week)? = field.value, week[key] != nil else { return nil }
    if day["closed"].bool == true || day["is_open"].bool == false || day["enabled"].bool == false { return closed }
    let halves = if case .array? = day.value { day.items } else { [day] }
    let spans = halves.compactMap { half in
      half["open"].line.flatMap { open in half["close"].line.map { span(open, $0) } }
    }
    return spans.isEmpty ? closed : spans.joined(separator: " y ")
  }
}

/// `09:00:00` is shown as `09:00`.
private func span(_ open: String, _ close: String) -> String {
  func short(_ time: String) -> String {
    time.utf8.count == 8 && time.hasSuffix(":00") ? String(time.dropLast(3)) : time
  }
  return short(open) + "–" + short(close)
}

private func weekText(_ days: [String?]) -> String {
  var runs = [(from: Int, to: Int, text: String)]()
  for (i, day) in days.enumerated() {
    guard let day else { continue }
    if let last = runs.last, last.to == i - 1, last.text == day {
      runs[runs.count - 1].to = i
    } else {
      runs.append((i, i, day))
    }
  }
  return runs.map { run in
    let joint = run.to == run.from + 1 ? " y " : " a "
    return (run.from == run.to ? names[run.from] : names[run.from] + joint + names[run.to]) + " " + run.text
  }.joined(separator: "; ")
}
