import Core

/// Words about an appointment that is near, one each. Both go in the branch's time, and never in the night: what is missed,
/// because nobody ran us, is sent late or not at all.
public enum Reminder: String, Sendable, CaseIterable {
  /// The day before (`reminder_24h_sent`): at 9:00 on the branch's wall; who booked after that, 24 hours before.
  case day
  /// Four hours before (`reminder_4h_sent`).
  case hours

  /// Minutes of the branch's day: the morning round of reminders for the next day.
  public static let morning = 9 * 60
  /// Hours before an appointment of which somebody might have to be reminded: its day before begins at 9:00.
  public static let horizonHours = 39.0
  /// Who booked just now needs no reminder yet.
  static let restAfterBooking = 3.0 * 3600
  /// Seconds before an appointment until which its person is expected to say that they come; then people had better call.
  public static let answerSeconds = 2.0 * 3600
  /// An answer in plain words ("sí") counts as one to a reminder so long afterwards, in seconds.
  public static let answerable = 48.0 * 3600

  /// Seconds before the appointment from which on it is due, unless the morning round comes first.
  var opens: Double { self == .day ? 24 * 3600 : 4 * 3600 }
  /// Seconds before the appointment at which it is too late.
  var closes: Double { self == .day ? 12 * 3600 : 2 * 3600 }
  /// Minutes of the branch's day in which it may be said.
  var awake: Range<Int> { self == .day ? 9 * 60..<20 * 60 : 8 * 60..<21 * 60 }

  /// When it is too late.
  public func until(_ start: Instant) -> Instant { start + -closes }
}

/// An appointment as reminding sees it.
public struct ReminderGround: Sendable, Equatable {
  public var start: Instant
  public var booked: Instant
  /// 9:00 on the branch's wall the day before.
  public var morning: Instant
  /// Of the branch's day, now.
  public var minuteOfDay: Int
  public var told: Set<Reminder>

  public init(start: Instant, booked: Instant, morning: Instant, minuteOfDay: Int, told: Set<Reminder> = []) {
    self.start = start
    self.booked = booked
    self.morning = morning
    self.minuteOfDay = minuteOfDay
    self.told = told
  }

  /// After this it must not leave any more, wherever it has waited: it is too late, or night.
  public func until(_ reminder: Reminder, _ now: Instant) -> Instant {
    min(reminder.until(start), end(of: reminder.awake, minuteOfDay: minuteOfDay, now))
  }

  /// What is to be said now; nil: nothing.
  public func due(_ now: Instant) -> Reminder? {
    Reminder.allCases.first { reminder in
      guard !told.contains(reminder), reminder.awake.contains(minuteOfDay), now < reminder.until(start) else {
        return false
      }
      let rested = booked + Reminder.restAfterBooking
      let opens = start + -reminder.opens
      let isInRound = reminder == .day && booked <= morning
      return now >= (isInRound ? morning : max(opens, rested))
    }
  }
}

/// The word that an appointment is booked or moved, right afterwards. Where the assistant did it, its answer says so; whoever
/// else did it, and wherever it came from, nobody has told the person unless that was written down.
public enum BookingConfirmation {
  /// After so many seconds it is old news.
  public static let lastsFor = 6.0 * 3600
  /// Who comes within so many seconds knows.
  static let least = 1800.0

  /// - Parameters:
  ///   - booked: when its time was settled last.
  ///   - told: an answer told it, or a message did, or whoever booked it says that they did (`appointments.told_after`,
  ///     `confirmation_sent`).
  public static func isDue(start: Instant, booked: Instant, told: Bool, _ now: Instant) -> Bool {
    !told && now < booked + lastsFor && now < start + -least
  }

  public static func until(start: Instant, booked: Instant) -> Instant { min(booked + lastsFor, start + -least) }
}
