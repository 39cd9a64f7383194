/// People write in bursts. We answer once the burst is over: `enqueue_jobs` pushes the answer back with each message, up to
/// the cap.
public struct Debounce: Sendable, Equatable {
  /// Seconds of silence to wait for after a conversation's first message, and after a later one.
  public var first: Double
  public var subsequent: Double
  /// Seconds after which a burst is answered although it goes on; a shop that asks for a longer delay gets its delay.
  public var cap: Double

  public static let quiet: Double = 2
  public static let longest: Double = 20

  /// `first` and `subsequent` are a connection's own delays (0…1800 and 0…300 s); nil: the default.
  public init(first: Double? = nil, subsequent: Double? = nil, cap: Double = Self.longest) {
    self.first = min(max(first ?? Self.quiet, 0), 1800)
    self.subsequent = min(max(subsequent ?? Self.quiet, 0), 300)
    self.cap = max(cap, 0)
  }
}
