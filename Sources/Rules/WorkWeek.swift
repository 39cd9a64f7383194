import Core

/// A stretch of somebody's week at a branch, by its clock.
public struct WorkSpan: Sendable, Equatable {
  /// 1 Monday … 7 Sunday: the day on which it begins.
  public var weekday: Int
  /// Minutes since that day's midnight.
  public var opens: Int
  /// Likewise; more than 1440: it ends the day after.
  public var closes: Int

  /// What goes past midnight is no longer than this, in minutes; longer is taken for a mistake.
  static let longestNight = 12 * 60
  private static let day = 1440

  public init(weekday: Int, opens: Int, closes: Int) {
    self.weekday = weekday
    self.opens = opens
    self.closes = closes
  }

  /// A week as `{"monday": [{"open": "09:00", "close": "14:00"}, …], …}`; a day that is not named, null or empty is free.
  /// Refuses what is no day, no time or the wrong way round, and what overlaps, also over midnight and from Sunday on.
  public static func week(_ field: Field) throws(Refusal) -> [WorkSpan] {
    guard case .object(let members)? = field.value else {
      throw .malformed(path: field.path, fault: "expected an object")
    }
    var found: [(span: WorkSpan, path: String)] = []
    for pair in members.pairs {
      let day = field[pair.key]
      guard let weekday = weekdayKeys.firstIndex(of: pair.key) else {
        throw .malformed(path: day.path, fault: "expected days' names, monday to sunday")
      }
      for item in day.items { found.append((try span(item, weekday + 1), item.path)) }
    }
    found.sort { $0.span.start < $1.span.start }
    for (i, later) in found.enumerated() {
      let earlier = found[i == 0 ? found.count - 1 : i - 1]
      let end = earlier.span.end - (i == 0 ? 7 * day : 0)
      guard end <= later.span.start else {
        throw .malformed(path: later.path, fault: "begins before \(earlier.path) ends")
      }
    }
    return found.map(\.span)
  }

  private static func span(_ field: Field, _ weekday: Int) throws(Refusal) -> WorkSpan {
    let opens = try minutes(field["open"], "23:59")
    let closes = try minutes(field["close"], "24:00")
    guard opens != closes else {
      throw .malformed(path: field["close"].path, fault: "is when it begins; a whole day is 00:00 to 24:00")
    }
    let span = WorkSpan(weekday: weekday, opens: opens, closes: closes > opens ? closes : closes + day)
    guard closes > opens || span.closes - span.opens <= longestNight else {
      throw .malformed(
        path: field["close"].path, fault: "is before it begins; past midnight are at most \(longestNight / 60) hours")
    }
    return span
  }

  private static func minutes(_ field: Field, _ latest: String) throws(Refusal) -> Int {
    guard let text = field.text, isTime(text), text <= latest else {
      throw .malformed(path: field.path, fault: "expected a time such as 09:00")
    }
    return (Int(text.prefix(2)) ?? 0) * 60 + (Int(text.suffix(2)) ?? 0)
  }

  /// Minutes since Monday's midnight.
  private var start: Int { (weekday - 1) * Self.day + opens }
  private var end: Int { (weekday - 1) * Self.day + closes }
}
