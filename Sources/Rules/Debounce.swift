import Core

/// People write in bursts. We answer once the burst is over.
public struct Debounce: Sendable, Equatable {
  /// Seconds of silence to wait for after a conversation's first message, and after a later one.
  public var first: Double
  public var subsequent: Double
  /// Seconds after which a burst is answered although it goes on.
  public var cap: Double

  public static let quiet: Double = 2
  public static let longest: Double = 20

  /// `first` and `subsequent` are a connection's own delays (0…1800 and 0…300 s); nil: the default.
  public init(first: Double? = nil, subsequent: Double? = nil, cap: Double = Self.longest) {
    self.first = min(max(first ?? Self.quiet, 0), 1800)
    self.subsequent = min(max(subsequent ?? Self.quiet, 0), 300)
    self.cap = max(cap, 0)
  }

  /// Seconds of silence that end the burst.
  public func delay(isFirst: Bool) -> Double { isFirst ? first : subsequent }

  /// Seconds after the burst's beginning at which it is answered at the latest. A shop that asks for a longer delay than
  /// the cap gets its delay.
  public func limit(isFirst: Bool) -> Double { max(cap, delay(isFirst: isFirst)) }

  /// When to answer a burst that began at `began` and whose last message came at `last`.
  public func due(began: Instant, last: Instant, isFirst: Bool) -> Instant {
    min(last + delay(isFirst: isFirst), began + limit(isFirst: isFirst))
  }
}
