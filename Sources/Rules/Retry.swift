/// When to try again what did not work.

/// Seconds until the next try after `attempt` failures (1 is the first): `base` growing by `growth` each time, never
/// more than `cap`, of which the upper half is spread by `jitter` (0…1, drawn by the caller), so that many that failed
/// together do not come back together.
public func backoff(
  attempt: Int, base: Double = 1, cap: Double = 300, growth: Double = 2, jitter: Double
) -> Double {
  var delay = min(max(base, 0), cap)
  var left = max(attempt, 1) - 1
  // Ends at the cap, so that attempt 10,000 costs nothing and overflows nothing.
  while left > 0, delay > 0, delay < cap, growth > 1 {
    delay = min(delay * growth, cap)
    left -= 1
  }
  return delay / 2 + delay / 2 * min(max(jitter, 0), 1)
}

/// The same, but never before the moment that the peer asked for (`Retry-After`, seconds). What it asks is believed up
/// to `askedCap` only: a peer must not park our work for a week.
public func retryDelay(
  asked: Double?, attempt: Int, base: Double = 1, cap: Double = 300, growth: Double = 2, askedCap: Double = 3600,
  jitter: Double
) -> Double {
  let own = backoff(attempt: attempt, base: base, cap: cap, growth: growth, jitter: jitter)
  guard let asked, asked.isFinite, asked > 0 else { return own }
  return max(own, min(asked, askedCap))
}
