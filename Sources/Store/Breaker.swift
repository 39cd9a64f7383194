import Core

/// A server that hangs must cost one caller its time limit, not every caller. After one has waited in vain the others
/// are told at once, and now and then one is sent ahead to see, with a shorter limit.
struct Breaker {
  /// Seconds in which nobody is sent.
  static let openSeconds = 1.0
  /// The limit of who is sent to see.
  static let probeSeconds = 1.0
  /// A wait shorter than this says that the caller was in a hurry, not that the server hangs.
  static let tellingSeconds = 0.5

  private var openUntil: Instant?

  /// Whether the last one to try found the server hanging.
  var tripped: Bool { openUntil != nil }

  func refuses(_ now: Instant) -> Bool { openUntil.map { now < $0 } ?? false }

  mutating func hung(after seconds: Double?, _ now: Instant) {
    guard seconds ?? .infinity >= Self.tellingSeconds || tripped else { return }
    openUntil = now + Self.openSeconds
  }

  mutating func answered() { openUntil = nil }
}
