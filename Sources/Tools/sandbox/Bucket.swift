import Core

/// A limit of speed: so many at once, then one each interval (GCRA: what was sent at once is paid back in time).
struct Bucket: Sendable {
  /// When the next would be due if all were sent evenly.
  private var due = Instant(microseconds: 0)

  /// Takes a place, or says that there is none. `interval` in seconds.
  mutating func take(interval: Double, burst: Int, now: Instant) -> Bool {
    let from = max(due, now)
    guard from - now <= interval * Double(burst - 1) + 0.001 else { return false }
    due = from + interval
    return true
  }
}
