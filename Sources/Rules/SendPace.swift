/// How fast messages leave, and how long they rest when a platform says that it was too fast.
public struct SendPace: Sendable, Equatable {
  /// Seconds from one message of an account to its next. No burst: that many more would fall into some second.
  public var numberSeconds: Double
  /// Seconds from one message to a person to the next to the same.
  public var pairSeconds: Double
  /// Messages that a person may get at once; they are paid back by waiting.
  public var pairBurst: Int

  /// No faster than the platforms say that they take (November 2026); where they say it vaguely, with room to spare.
  public static func of(_ channel: ChannelName) -> SendPace {
    switch channel {
    // About ten a minute to one person, 45 of them at once (Cloud API).
    case .whatsapp: SendPace(numberSeconds: 1 / 80, pairSeconds: 6, pairBurst: 45)
    // 300 texts a second of a page or Instagram account, ten with sound or film; to one person nothing is said.
    case .instagram, .facebook: SendPace(numberSeconds: 1 / 40, pairSeconds: 6, pairBurst: 45)
    // Said to be about 600 calls a minute of an app; to one person ten in a window, which is the stricter limit.
    case .tiktok: SendPace(numberSeconds: 1 / 10, pairSeconds: 6, pairBurst: 10)
    }
  }

  /// A message is tried so many times in all, if its own trouble does not say fewer.
  public static let tries = 6
  /// Too fast to one person: 1, 4, 16 … seconds.
  public static let pairRest = (first: 1.0, growth: 4.0, cap: 256.0)
  /// Too fast for all: the code's own seconds, then twice as long each time.
  public static let sharedRest = (growth: 2.0, cap: 300.0)
  /// What a platform asks for is believed up to here.
  public static let longestRest = 3600.0
  /// Marketing that the platform did not deliver, to spare the person: a day, then three.
  public static let spareSeconds = (first: 86_400.0, again: 259_200.0)

  /// Seconds that an account rests after an answer that told its usage; nil: it need not. From 80 % on its messages
  /// keep a distance that grows to five seconds; at 100 % nothing leaves until the platform's own time is over.
  public static func rest(_ usage: SendUsage) -> Double? {
    if let regain = usage.regainSeconds, regain > 0 { return min(regain, longestRest) }
    if usage.percent >= 100 { return 60 }
    return usage.percent >= 80 ? Double(usage.percent - 79) / 4 : nil
  }
}
