#if canImport(Glibc)
  import Glibc
#endif

/// A point in time, in microseconds since 1970-01-01T00:00:00Z: what Postgres' `timestamptz` can hold, exactly.
public struct Instant: Sendable, Hashable, Comparable {
  public var microseconds: Int64

  public init(microseconds: Int64) { self.microseconds = microseconds }
  public init(seconds: Int64) { microseconds = seconds * 1_000_000 }

  /// The machine's clock. `Rules` never call this: there `now` is an argument.
  public static var now: Instant {
    var t = timespec()
    clock_gettime(CLOCK_REALTIME, &t)
    return Instant(microseconds: Int64(t.tv_sec) * 1_000_000 + Int64(t.tv_nsec) / 1000)
  }

  public var seconds: Int64 { microseconds >= 0 ? microseconds / 1_000_000 : (microseconds - 999_999) / 1_000_000 }

  public static func < (a: Instant, b: Instant) -> Bool { a.microseconds < b.microseconds }
  public static func + (a: Instant, seconds: Double) -> Instant {
    Instant(microseconds: a.microseconds + Int64(seconds * 1_000_000))
  }
  /// Seconds from `b` to `a`.
  public static func - (a: Instant, b: Instant) -> Double { Double(a.microseconds - b.microseconds) / 1_000_000 }
}

extension Instant: CustomStringConvertible {
  /// RFC 3339 in UTC with microseconds, as Postgres reads it: `2026-11-22T10:00:00.000000Z`.
  public var description: String {
    let day = microseconds.floorDivided(by: 86_400_000_000)
    var rest = microseconds - day * 86_400_000_000
    let (y, m, d) = Self.civil(day)
    let micro = rest % 1_000_000
    rest /= 1_000_000
    return pad(y, 4) + "-" + pad(Int64(m), 2) + "-" + pad(Int64(d), 2) + "T" + pad(rest / 3600, 2) + ":"
      + pad(rest / 60 % 60, 2) + ":" + pad(rest % 60, 2) + "." + pad(micro, 6) + "Z"
  }

  /// Reads RFC 3339 and Postgres' ISO output (`2026-11-22 10:00:00.5+00`); nil if it is neither.
  public init?(_ text: some StringProtocol) {
    var s = Scanner(text.utf8)
    guard let y = s.number(4), s.skip("-"), let mo = s.number(2), s.skip("-"), let d = s.number(2),
      s.skip("T") || s.skip(" ") || s.skip("t"),
      let h = s.number(2), s.skip(":"), let mi = s.number(2),
      (1...12).contains(mo), (1...31).contains(d), h < 24, mi < 60
    else { return nil }
    var sec: Int64 = 0
    var micro: Int64 = 0
    if s.skip(":") {
      guard let v = s.number(2), v <= 60 else { return nil }
      sec = v
      if s.skip(".") { micro = s.fraction() }
    }
    var offset: Int64 = 0
    if !s.skip("Z"), !s.skip("z") {
      let sign: Int64 = s.skip("+") ? 1 : s.skip("-") ? -1 : 0
      guard sign != 0, let oh = s.number(2) else { return nil }
      offset = oh * 3600
      if s.skip(":") {
        guard let om = s.number(2) else { return nil }
        offset += om * 60
      } else if let om = s.number(2) {
        offset += om * 60
      }
      offset *= sign
    }
    guard s.atEnd else { return nil }
    let days = Self.days(y, mo, d)
    microseconds = (days * 86_400 + h * 3600 + mi * 60 + sec - offset) * 1_000_000 + micro
  }

  /// Days since 1970-01-01 of a date in the proleptic Gregorian calendar (Howard Hinnant's `days_from_civil`).
  static func days(_ y: Int64, _ m: Int64, _ d: Int64) -> Int64 {
    let y = m <= 2 ? y - 1 : y
    let era = y.floorDivided(by: 400)
    let yoe = y - era * 400
    let doy = (153 * (m + (m > 2 ? -3 : 9)) + 2) / 5 + d - 1
    let doe = yoe * 365 + yoe / 4 - yoe / 100 + doy
    return era * 146_097 + doe - 719_468
  }

  static func civil(_ day: Int64) -> (Int64, Int64, Int64) {
    let z = day + 719_468
    let era = z.floorDivided(by: 146_097)
    let doe = z - era * 146_097
    let yoe = (doe - doe / 1460 + doe / 36_524 - doe / 146_096) / 365
    let doy = doe - (365 * yoe + yoe / 4 - yoe / 100)
    let mp = (5 * doy + 2) / 153
    let m = mp < 10 ? mp + 3 : mp - 9
    return (yoe + era * 400 + (m <= 2 ? 1 : 0), m, doy - (153 * mp + 2) / 5 + 1)
  }
}

private struct Scanner {
  var rest: [UInt8].SubSequence
  init(_ utf8: some Sequence<UInt8>) { rest = Array(utf8)[...] }
  var atEnd: Bool { rest.isEmpty }
  mutating func skip(_ c: Unicode.Scalar) -> Bool {
    guard rest.first == UInt8(ascii: c) else { return false }
    rest.removeFirst()
    return true
  }
  mutating func number(_ digits: Int) -> Int64? {
    let head = rest.prefix(digits)
    guard head.count == digits, head.allSatisfy({ $0 >= 48 && $0 <= 57 }) else { return nil }
    rest = rest.dropFirst(digits)
    return head.reduce(0) { $0 * 10 + Int64($1 - 48) }
  }
  /// Digits after the point, cut to microseconds.
  mutating func fraction() -> Int64 {
    var value: Int64 = 0
    var digits = 0
    while let c = rest.first, c >= 48, c <= 57 {
      if digits < 6 {
        value = value * 10 + Int64(c - 48)
        digits += 1
      }
      rest.removeFirst()
    }
    while digits < 6 {
      value *= 10
      digits += 1
    }
    return value
  }
}

private func pad(_ n: Int64, _ width: Int) -> String {
  let s = String(n)
  return s.count >= width ? s : String(repeating: "0", count: width - s.count) + s
}

extension Int64 {
  fileprivate func floorDivided(by d: Int64) -> Int64 { self >= 0 ? self / d : (self - d + 1) / d }
}
