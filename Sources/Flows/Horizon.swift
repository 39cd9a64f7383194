import Core

/// Since when a worker has to look for jobs: nothing that may be claimed became ready before.
///
/// While somebody holds a snapshot open, the entries of finished jobs stay in the queue's indexes; a search that begins
/// at the horizon does not pass them (`next_job_due`). The horizon lags a second behind the clock, so a transaction that
/// takes longer from a job's stamp to its commit puts a job behind it. Wider searches, now and then, meet those; a
/// worker that leaves when nothing is due looks at everything before it does.
struct Horizon {
  /// nil: look at everything.
  private(set) var since: Instant?
  private var moved = Instant(seconds: 0)
  private var widened = Instant(seconds: 0)
  private var opened = Instant(seconds: 0)

  /// Seconds after which a busy worker moves it.
  static let pace = 1.0
  /// Every so many seconds a search begins so many seconds further back.
  static let wide = (every: 10.0, back: 60.0)
  /// Every so many seconds a search has no horizon.
  static let openEvery = 300.0

  func isOld(_ now: Instant = .now) -> Bool { now - moved >= Self.pace }

  /// Where the next look begins; nil: at the very beginning.
  func next(_ now: Instant = .now) -> Instant? {
    if now - opened >= Self.openEvery { return nil }
    return now - widened >= Self.wide.every ? since.map { $0 + -Self.wide.back } : since
  }

  /// A look that began then has told since when the next one has to look. One that failed has told nothing: it is made
  /// again.
  mutating func found(since: Instant, lookedAt now: Instant = .now) {
    if now - opened >= Self.openEvery {
      (opened, widened) = (now, now)
    } else if now - widened >= Self.wide.every {
      widened = now
    }
    self.since = since
    moved = now
  }
}
