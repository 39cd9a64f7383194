import Core

#if canImport(Glibc)
  import Glibc
#endif

/// When a call has to be over, on a clock that nobody sets.
struct Limit {
  /// Seconds the call was given; nil: as long as it takes.
  let seconds: Double?
  private let end: Double

  init(seconds: Double?) {
    self.seconds = seconds
    end = Self.clock() + (seconds ?? 0)
  }

  /// Seconds left, never negative; nil: no limit.
  var remaining: Double? { seconds == nil ? nil : max(0, end - Self.clock()) }

  /// For messages: `0.3 s`.
  var text: String { "\(((seconds ?? 0) * 10).rounded() / 10) s" }

  static func clock() -> Double {
    var t = timespec()
    clock_gettime(CLOCK_MONOTONIC, &t)
    return Double(t.tv_sec) + Double(t.tv_nsec) / 1e9
  }
}

/// Waits until the socket can be read or, if `writing`, written. False when the time is over.
/// A signal does not end it: a request under way is finished before a program leaves.
func ready(_ socket: Int32, reading: Bool = true, writing: Bool = false, within limit: Limit) -> Bool {
  let events = (reading ? POLLIN : 0) | (writing ? POLLOUT : 0)
  while true {
    var entry = pollfd(fd: socket, events: Int16(events), revents: 0)
    let left = limit.remaining
    // Rounded up, so that the last millisecond is slept and not spun.
    let found = poll(&entry, 1, left.map { Int32(min($0 * 1000 + 0.999, 86_400_000)) } ?? -1)
    if found > 0 { return true }
    if found == 0, let left = limit.remaining, left <= 0 { return false }
    if found < 0, errno != EINTR { return true }
  }
}
