import Core
import Rules
import Testing

/// Which of many free times are offered.
@Suite struct SlotChoiceTests {
  /// Half hours of a day in March 2026, UTC.
  private func day(_ day: Int, from first: Int = 9, _ count: Int) -> [OfferedSlot] {
    let date = "2026-03-" + (day < 10 ? "0" : "") + String(day)
    return (0..<count).map { i in
      let minutes = first * 60 + i * 30
      let time = (minutes < 600 ? "0" : "") + "\(minutes / 60):" + (minutes % 60 == 0 ? "00" : "30")
      return OfferedSlot(at: Instant(date + "T" + time + ":00Z")!, date: date, time: time, weekday: 1, branch: "b")
    }
  }

  private func said(_ slots: [OfferedSlot]) -> [String] { slots.map { $0.date.suffix(2) + " " + $0.time } }

  @Test func spreadOverThreeDays() {
    let slots = day(2, 10) + day(3, 10) + day(4, 10) + day(5, 10)
    #expect(said(spread(slots, most: 6)) == ["02 09:00", "02 11:30", "03 09:00", "03 11:30", "04 09:00", "04 11:30"])
    #expect(
      said(spread(day(2, 2) + day(3, 10), most: 6)) == [
        "02 09:00", "02 09:30", "03 09:00", "03 10:00", "03 11:30", "03 12:30",
      ])
    #expect(said(spread(day(2, 3), most: 6)) == ["02 09:00", "02 09:30", "02 10:00"])
    #expect(spread([], most: 6).isEmpty && spread(slots, most: 0).isEmpty)
  }

  /// Whatever is free: in order, none twice, no more than wanted, as many as there are.
  @Test func alwaysAChoice() {
    var random = SystemRandomNumberGenerator()
    for _ in 0..<500 {
      let slots = (1...Int.random(in: 1...6, using: &random)).flatMap {
        day($0, Int.random(in: 0...20, using: &random))
      }
      let most = Int.random(in: 1...12, using: &random)
      let chosen = spread(slots, most: most)
      let days = Set(slots.map(\.date)).sorted().prefix(3)
      #expect(chosen.count == min(most, slots.count { days.contains($0.date) }))
      #expect(chosen.allSatisfy(slots.contains) && zip(chosen, chosen.dropFirst()).allSatisfy { $0.at < $1.at })
    }
  }

  @Test func nearestFirst() {
    let slots = day(2, 10)
    #expect(said(nearest(slots, to: slots[4].at, most: 3)) == ["02 10:30", "02 11:00", "02 11:30"])
    #expect(nearest([], to: slots[0].at, most: 3).isEmpty)
  }

  @Test(arguments: [
    ("11:59", [PartOfDay.morning]), ("12:00", [.afternoon]), ("18:00", [.afternoon, .evening]), ("19:00", [.evening]),
    ("00:00", [.morning]),
  ]) func partsOfADay(_ time: String, _ parts: [PartOfDay]) {
    #expect(PartOfDay.allCases.filter { $0.contains(time) } == parts)
  }

  @Test func words() {
    #expect(day(2, 1)[0].words(in: .spanish) == "lunes 2 de marzo, 09:00")
    #expect(day(2, from: 16, 1)[0].words(in: .english) == "Monday, 2 March at 4:00 pm")
  }

  @Test(arguments: [
    ("2026-02-03T10:00:00-07:00", "moment"), ("2026-02-03T10:00Z", "moment"), ("2026-02-03T10:00", "clock"),
    ("2026-02-03 10:00:00", "clock"), ("2026-02-30T10:00:00Z", "nil"), ("2026-02-03", "nil"), ("10:00", "nil"),
    ("mañana", "nil"), ("", "nil"), ("12026-02-03T10:00Z", "nil"), ("2026-02-03T25:00", "nil"),
    ("0000-02-03T10:00", "nil"),
    ("2024-02-29T10:00Z", "moment"),
  ]) func wishedTimes(_ text: String, _ kind: String) {
    switch WishedTime(text) {
    case .moment: #expect(kind == "moment", "\(text)")
    case .clock: #expect(kind == "clock", "\(text)")
    case nil: #expect(kind == "nil", "\(text)")
    }
  }
}
