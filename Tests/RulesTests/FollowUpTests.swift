import Core
import Testing

@testable import Rules

@Suite struct FollowUpTests {
  private static let said = Instant(microseconds: 1_800_000_000_000_000)

  struct Case: Sendable, CustomTestStringConvertible {
    let name: String
    let hours: Double
    /// Hours since the last attempt.
    var asked: Double?
    var done = 0
    var open = true
    var minute = 12 * 60
    var canAsk = true
    let step: FollowUp.Step
    var testDescription: String { name }
  }

  static let cases = [
    Case(name: "a moment before two days", hours: 47.99, step: .nothing),
    Case(name: "after two days", hours: 48, step: .ask(attempt: 1)),
    Case(name: "two days after the first", hours: 48, done: 1, step: .ask(attempt: 2)),
    Case(name: "the third", hours: 60, done: 2, step: .ask(attempt: 3)),
    Case(name: "not a fourth: cold", hours: 48, done: 3, step: .giveUp),
    Case(name: "but not at once", hours: 47, done: 3, step: .nothing),
    Case(name: "cold at night too", hours: 48, done: 3, open: false, minute: 120, step: .giveUp),
    Case(name: "closed", hours: 50, open: false, step: .nothing),
    Case(name: "open at night", hours: 50, minute: 23 * 60, step: .nothing),
    Case(name: "an attempt that is not known to have left", hours: 52, asked: 4, done: 1, step: .nothing),
    Case(name: "two days after such a one", hours: 100, asked: 48, done: 1, step: .ask(attempt: 2)),
    Case(name: "the third after two such", hours: 150, asked: 49, done: 2, step: .ask(attempt: 3)),
    Case(name: "three such", hours: 200, asked: 48, done: 3, step: .giveUp),
    Case(name: "forgotten after such a one", hours: 250, asked: 145, done: 2, step: .nothing),
    Case(name: "one that waited before it left", hours: 47, asked: 50, done: 1, step: .nothing),
    Case(name: "before nine", hours: 50, minute: 9 * 60 - 1, step: .nothing),
    Case(name: "after a weekend", hours: 110, step: .ask(attempt: 1)),
    Case(name: "forgotten", hours: 144, step: .nothing),
    Case(name: "forgotten after the second", hours: 200, done: 2, step: .nothing),
    Case(
      name: "who cannot be asked, a moment before the attempts would be over", hours: 191.9, canAsk: false,
      step: .nothing),
    Case(name: "who cannot be asked", hours: 192, open: false, minute: 120, canAsk: false, step: .giveUp),
    Case(name: "cannot be asked any more", hours: 300, asked: 143, done: 1, canAsk: false, step: .nothing),
    Case(name: "after the first", hours: 300, asked: 144, done: 1, canAsk: false, step: .giveUp),
    Case(name: "after the third", hours: 300, asked: 48, done: 3, canAsk: false, step: .giveUp),
    Case(name: "could never be asked, long ago", hours: 336, canAsk: false, step: .nothing),
    Case(name: "a clock that went back", hours: -1, step: .nothing),
  ]

  @Test(arguments: cases) func step(_ c: Case) {
    let step = FollowUp.step(
      lastSaid: Self.said, lastAsked: c.asked.map { Self.said + (c.hours - $0) * 3600 }, attempts: c.done,
      isOpen: c.open, minuteOfDay: c.minute, canAsk: c.canAsk, Self.said + c.hours * 3600)
    #expect(step == c.step)
  }

  /// What waits may leave until it is old, they close, or it is late.
  @Test(arguments: [(9.0, 60.0, 4.0), (9, 2, 2), (18, 60, 2), (18.5, 1, 1)])
  func until(_ hour: Double, _ openFor: Double, _ leaves: Double) {
    let now = Self.said
    let until = FollowUp.until(openUntil: now + openFor * 3600, minuteOfDay: Int(hour * 60), now)
    #expect(until == now + leaves * 3600)
  }

  /// If somebody looks every four hours: three words, at least two days apart, then cold, and nothing more; also if none of
  /// them is known to have left.
  @Test(arguments: [0.0, 3.5, 11, 17, 23.9], [true, false]) func overTime(_ begins: Double, _ leaves: Bool) {
    var last = Self.said
    var lastAsked: Instant?
    var asked = [Double]()
    var isCold = false
    for step in 0..<200 {
      let hour = begins + Double(step * 4)
      let now = Self.said + hour * 3600
      let minute = Int(hour * 60) % 1440
      switch isCold
        ? .nothing
        : FollowUp.step(
          lastSaid: last, lastAsked: lastAsked, attempts: asked.count, isOpen: true, minuteOfDay: minute, now)
      {
      case .ask(let attempt):
        asked.append(hour)
        if leaves { last = now }
        lastAsked = now
        #expect(attempt == asked.count && FollowUp.awake.contains(minute))
      case .giveUp: isCold = true
      case .nothing: break
      }
    }
    #expect(asked.count == 3 && isCold)
    #expect(zip(asked, asked.dropFirst()).allSatisfy { $1 - $0 >= 48 })
  }
}
