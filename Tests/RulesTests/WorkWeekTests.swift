import Core
import Testing

@testable import Rules

@Suite struct WorkWeekTests {
  private func week(_ text: String) throws -> [WorkSpan] {
    try WorkSpan.week(Field(try JSON.parse(Array(text.utf8))))
  }

  @Test func whatSomebodyWorks() throws {
    let split = try week(
      #"{"tuesday": [{"open": "16:00", "close": "24:00"}, {"open": "09:00", "close": "14:00"}], "monday": null, "sunday": []}"#
    )
    #expect(
      split == [.init(weekday: 2, opens: 540, closes: 840), .init(weekday: 2, opens: 960, closes: 1440)])
    // One begins when another ends; past midnight, also from Sunday on.
    let night = try week(
      #"{"sunday": [{"open": "22:00", "close": "06:00"}], "monday": [{"open": "06:00", "close": "10:00"}, {"open": "10:00", "close": "12:00"}]}"#
    )
    #expect(night.last == .init(weekday: 7, opens: 1320, closes: 1800))
    #expect(try week("{}").isEmpty)
    #expect(try week(#"{"friday": [{"open": "00:00", "close": "24:00"}]}"#).first?.closes == 1440)
    #expect(try week(#"{"friday": [{"open": "20:00", "close": "08:00"}]}"#).first?.closes == 1920)
  }

  @Test(
    arguments: [
      ("[]", "$"), (#"{"lunes": []}"#, "$.lunes"),
      (#"{"monday": [{"open": "9", "close": "10:00"}]}"#, "$.monday[0].open"),
      (#"{"monday": [{"open": "09:00", "close": "25:00"}]}"#, "$.monday[0].close"),
      (#"{"monday": [{"open": "24:00", "close": "01:00"}]}"#, "$.monday[0].open"),
      (#"{"monday": [{"open": "09:00"}]}"#, "$.monday[0].close"), (#"{"monday": [7]}"#, "$.monday[0].open"),
      (#"{"monday": [{"open": "09:00", "close": "09:00"}]}"#, "$.monday[0].close"),
      (#"{"monday": [{"open": "14:00", "close": "09:00"}]}"#, "$.monday[0].close"),
      (#"{"monday": [{"open": "09:00", "close": "14:00"}, {"open": "13:59", "close": "15:00"}]}"#, "$.monday[1]"),
      (#"{"monday": [{"open": "09:00", "close": "14:00"}, {"open": "09:00", "close": "14:00"}]}"#, "$.monday[1]"),
      (
        #"{"monday": [{"open": "20:00", "close": "02:00"}], "tuesday": [{"open": "01:00", "close": "05:00"}]}"#,
        "$.tuesday[0]"
      ),
      (
        #"{"sunday": [{"open": "20:00", "close": "02:00"}], "monday": [{"open": "01:00", "close": "05:00"}]}"#,
        "$.monday[0]"
      ),
    ])
  func whatNobodyCanWorkIsNamed(_ text: String, _ path: String) throws {
    let refused = #expect(throws: Refusal.self) { try week(text) }
    guard case .malformed(let at, _)? = refused else {
      Issue.record("\(text): \(String(describing: refused))")
      return
    }
    #expect(at == path, "\(text)")
  }
}
