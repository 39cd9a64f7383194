import Core
import Testing

@testable import Rules

/// When somebody is reminded. Times are a branch's own clock's, whose zone has no offset here: what a zone does is asked of
/// Postgres.
@Suite struct ReminderTests {
  private static func at(_ text: String) -> Instant { Instant("2027-02-\(text):00Z") ?? Instant(microseconds: 0) }

  struct Case: Sendable, CustomTestStringConvertible {
    let name: String
    var start = "10T18:00"
    var booked = "01T12:00"
    let now: String
    var told: Set<Reminder> = []
    let due: Reminder?
    var testDescription: String { name }
  }

  static let cases = [
    Case(name: "before the morning round", now: "09T08:59", due: nil),
    Case(name: "in the morning round, 33 hours before", now: "09T09:00", due: .day),
    Case(name: "told", now: "09T09:10", told: [.day], due: nil),
    Case(name: "late in the day", now: "09T19:59", due: .day),
    Case(name: "not in the evening", now: "09T20:00", due: nil),
    Case(name: "too late for the day before", now: "10T09:00", due: nil),
    Case(name: "not two days before", start: "11T07:00", now: "09T12:00", due: nil),
    Case(name: "early tomorrow", start: "10T08:00", now: "09T12:00", due: .day),
    Case(name: "twelve hours before is too late", start: "10T07:00", now: "09T19:00", due: nil),
    Case(name: "just not", start: "10T07:00", now: "09T18:59", due: .day),
    Case(name: "booked after the round: 24 hours before", booked: "09T10:00", now: "09T17:59", due: nil),
    Case(name: "booked after the round, due", booked: "09T10:00", now: "09T18:00", due: .day),
    Case(name: "booked just now", booked: "09T17:30", now: "09T18:00", due: nil),
    Case(name: "booked at the last moment", booked: "10T11:00", now: "10T13:59", due: nil),
    Case(name: "and a while ago", booked: "10T11:00", now: "10T14:00", due: .hours),
    Case(name: "four hours before", now: "10T14:00", told: [.day], due: .hours),
    Case(name: "not five", now: "10T13:59", told: [.day], due: nil),
    Case(name: "two hours before is too late", now: "10T16:00", told: [.day], due: nil),
    Case(name: "four hours before in the night, said at eight", start: "10T11:00", now: "10T08:00", due: .hours),
    Case(name: "not before eight", start: "10T11:00", now: "10T07:59", due: nil),
    Case(name: "first thing in the morning: only the day before", start: "10T09:30", now: "10T08:00", due: nil),
    Case(name: "at midnight, the morning before is the same day's", start: "11T00:00", now: "10T09:00", due: .day),
    Case(name: "after it began", now: "10T18:01", due: nil),
    Case(name: "both told", now: "10T14:10", told: [.day, .hours], due: nil),
  ]

  private func ground(_ c: Case) -> (ReminderGround, Instant) {
    let (start, now) = (Self.at(c.start), Self.at(c.now))
    return (ground(start, booked: Self.at(c.booked), now: now, told: c.told), now)
  }

  private func ground(_ start: Instant, booked: Instant, now: Instant, told: Set<Reminder> = []) -> ReminderGround {
    let day: Int64 = 86_400_000_000
    let midnight = Instant(microseconds: start.microseconds / day * day)
    return ReminderGround(
      start: start, booked: booked, morning: midnight + Double(Reminder.morning * 60 - 86_400),
      minuteOfDay: Int(now.microseconds % day / 60_000_000), told: told)
  }

  @Test(arguments: cases) func isDue(_ c: Case) {
    let (ground, now) = ground(c)
    #expect(ground.due(now) == c.due)
  }

  /// Whatever the time of the appointment, and if somebody looks every ten minutes: the day before is said once between 9:00
  /// and 20:00, at least twelve hours before; four hours before at most once; and nothing after its end.
  @Test(arguments: 0..<96) func everyTimeOfTheDay(_ quarter: Int) {
    let start = Self.at("10T00:00") + Double(quarter * 900)
    var told = Set<Reminder>()
    var said = [Reminder: Instant]()
    for step in 0..<(40 * 6) {
      let now = start + (Double(step * 600) - 40 * 3600)
      let ground = ground(start, booked: Self.at("01T12:00"), now: now, told: told)
      guard let reminder = ground.due(now) else { continue }
      #expect(said[reminder] == nil && now < reminder.until(start) && reminder.awake.contains(ground.minuteOfDay))
      said[reminder] = now
      told.insert(reminder)
    }
    #expect(said[.day] != nil)
    // After ten in the morning and until midnight there are four hours of day before it.
    if (41...95).contains(quarter) { #expect(said[.hours] != nil) }
    if let day = said[.day], let hours = said[.hours] { #expect(day < hours) }
  }

  /// What waits does not leave at night.
  @Test(
    arguments: [
      (Reminder.day, "10T18:00", "09T09:00", "09T20:00"), (.day, "10T07:30", "09T12:00", "09T19:30"),
      (.hours, "10T18:00", "10T14:00", "10T16:00"), (.hours, "10T23:30", "10T19:30", "10T21:00"),
    ])
  func until(_ reminder: Reminder, _ start: String, _ now: String, _ until: String) {
    let ground = ground(Self.at(start), booked: Self.at("01T12:00"), now: Self.at(now))
    #expect(ground.until(reminder, Self.at(now)) == Self.at(until))
  }

  /// Not run for a day: what was due then is not said now.
  @Test func afterAnOutage() {
    let start = Self.at("10T18:00")
    let now = Self.at("10T10:00")
    #expect(ground(start, booked: Self.at("01T12:00"), now: now).due(now) == nil)
  }

  @Test func theWordThatItIsBooked() {
    let (start, booked) = (Self.at("10T18:00"), Self.at("09T12:00"))
    // By whom it was booked does not matter: n8n books as the assistant does, and tells nobody.
    func due(told: Bool = false, start: Instant = start, after: Double) -> Bool {
      BookingConfirmation.isDue(start: start, booked: booked, told: told, booked + after)
    }
    #expect(due(after: 1))
    #expect(due(after: 6 * 3600 - 1))
    #expect(!due(after: 6 * 3600))
    #expect(!due(told: true, after: 1))
    #expect(due(start: booked + 1801, after: 0) && !due(start: booked + 1800, after: 0))
    #expect(BookingConfirmation.until(start: start, booked: booked) == booked + 6 * 3600)
    #expect(BookingConfirmation.until(start: booked + 3600, booked: booked) == booked + 1800)
  }
}
