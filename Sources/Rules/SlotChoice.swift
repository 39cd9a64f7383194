import Core

/// A free time as the clock on the branch's wall shows it.
public struct OfferedSlot: Sendable, Equatable {
  public var at: Instant
  /// `2026-02-03`
  public var date: String
  /// `10:00`
  public var time: String
  /// 1 Monday … 7 Sunday.
  public var weekday: Int
  public var branch: String

  public init(at: Instant, date: String, time: String, weekday: Int, branch: String) {
    self.at = at
    self.date = date
    self.time = time
    self.weekday = weekday
    self.branch = branch
  }

  /// `martes 3 de febrero, 10:00`
  public func words(in phrases: Phrases) -> String {
    phrases.dayAndTime(date: date, time: time, weekday: weekday)
  }
}

/// Parts of a day as people ask for them; the late afternoon is both.
public enum PartOfDay: String, Sendable, CaseIterable {
  case morning, afternoon, evening

  public func contains(_ time: String) -> Bool {
    switch self {
    case .morning: time < "12:00"
    case .afternoon: time >= "12:00" && time < "19:00"
    case .evening: time >= "18:00"
    }
  }
}

/// A choice of times that a person can take in: of the first three days, the same number of each, spread over the day.
/// `slots` in the order of time; so is the answer.
public func spread(_ slots: [OfferedSlot], most: Int) -> [OfferedSlot] {
  var days: [[OfferedSlot]] = []
  for slot in slots {
    if days.last?.first?.date == slot.date {
      days[days.count - 1].append(slot)
    } else if days.count == 3 {
      break
    } else {
      days.append([slot])
    }
  }
  var taken = days.map { _ in 0 }
  // One more of each day in turn, so that what a short day leaves is another's.
  while taken.reduce(0, +) < most,
    let next = days.indices.filter({ taken[$0] < days[$0].count }).min(by: { taken[$0] < taken[$1] })
  {
    taken[next] += 1
  }
  return zip(days, taken).flatMap { day, count in (0..<count).map { day[$0 * day.count / count] } }
}

/// The times nearest to one that could not be had, in the order of time.
public func nearest(_ slots: [OfferedSlot], to at: Instant, most: Int) -> [OfferedSlot] {
  slots.sorted { abs($0.at - at) < abs($1.at - at) }.prefix(most).sorted { $0.at < $1.at }
}

/// When somebody wants to come: a moment, or what a clock will show where they come to.
public enum WishedTime: Sendable, Equatable {
  case moment(Instant)
  /// `2026-02-03T10:00`
  case clock(String)

  /// RFC 3339; without an offset it is the branch's clock. nil: no time, or a day that no calendar has.
  public init?(_ text: String) {
    guard isDay(text.prefix(10)) else { return nil }
    if let moment = Instant(text) {
      self = .moment(moment)
    } else if Instant(text + "Z") != nil {
      self = .clock(text)
    } else {
      return nil
    }
  }
}

/// Is it a day of the calendar, `2026-02-03`? 30 February is none.
public func isDay(_ text: some StringProtocol) -> Bool {
  guard text.utf8.count == 10, let midnight = Instant(text + "T00:00:00Z") else { return false }
  return midnight.description.hasPrefix(text) && !text.hasPrefix("0000")
}
