import TestSupport
import Testing

/// Whether a business is open, as SQL reckons it from what the business wrote.
@Suite struct HoursTests {
  private static let split = """
    {"monday": [{"open": "09:00", "close": "14:00"}, {"open": "16:00", "close": "19:00"}], "tuesday": [], "sunday": null,
      "friday": {"open": "20:00", "close": "02:00"}, "saturday": [{"open": "00:00", "close": "24:00"}]}
    """
  private static let week = #"{"start": "09:00", "end": "18:00", "days": [1, 2, 3, 4, 5]}"#

  /// 2026-02-02 is a Monday.
  @Test(
    arguments: [
      (split, "2026-02-02 08:59", "f 2026-02-02 09:00"), (split, "2026-02-02 09:00", "t"),
      (split, "2026-02-02 14:00", "f 2026-02-02 16:00"), (split, "2026-02-02 18:59:59", "t"),
      (split, "2026-02-02 19:00", "f 2026-02-06 20:00"), (split, "2026-02-06 19:59", "f 2026-02-06 20:00"),
      // Past midnight it is still Friday's evening.
      (split, "2026-02-06 23:59", "t"), (split, "2026-02-07 01:59", "t"), (split, "2026-02-07 23:59", "t"),
      (split, "2026-02-08 00:00", "f 2026-02-09 09:00"), (week, "2026-02-06 18:00", "f 2026-02-09 09:00"),
      (week, "2026-02-08 12:00", "f 2026-02-09 09:00"), (week, "2026-02-09 09:00", "t"),
      (#"{"start": "10:00", "end": "12:00", "days": [0]}"#, "2026-02-08 11:00", "t"),
      (#"{"monday": {"open": "09:00", "close": "18:00", "closed": true}}"#, "2026-02-02 10:00", "f"),
      (#"{"monday": {"open": "nine", "close": "18:00"}}"#, "2026-02-02 10:00", "f"),
      (#"{"monday": "9-18"}"#, "2026-02-02 10:00", "f"), ("{}", "2026-02-02 10:00", ""), ("[]", "2026-02-02 10:00", ""),
    ])
  func state(_ hours: String, _ at: String, _ expected: String) throws {
    let found = try Database.world.scalar(
      """
      select concat_ws(' ', s.is_open, to_char(s.next_open, 'YYYY-MM-DD HH24:MI'))
        from opening_state($1::text::jsonb, $2::text::timestamp at time zone 'America/Tijuana', 'America/Tijuana', '{}') s
      """, [hours, at])
    #expect(found == expected)
  }

  private static let always = #"{"start": "00:00", "end": "24:00", "days": [1, 2, 3, 4, 5, 6, 7]}"#

  /// A holiday, a closing, a vacation: what the hours say does not hold then.
  @Test(
    arguments: [
      (week, "2026-02-02 12:00", "2026-02-02 00:00", "2026-02-03 00:00", "f 2026-02-03 09:00"),
      // From three in the afternoon on; before it nothing is different.
      (week, "2026-02-02 14:59", "2026-02-02 15:00", "2026-02-04 00:00", "t"),
      (week, "2026-02-02 15:00", "2026-02-02 15:00", "2026-02-04 00:00", "f 2026-02-04 09:00"),
      // It opens in the middle of its hours again.
      (week, "2026-02-02 08:00", "2026-02-02 07:00", "2026-02-02 11:30", "f 2026-02-02 11:30"),
      (always, "2026-02-02 12:00", "2026-02-02 00:00", "2026-02-05 10:00", "f 2026-02-05 10:00"),
      // Three weeks; and longer than anybody looks ahead.
      (week, "2026-02-02 12:00", "2026-02-02 00:00", "2026-02-23 00:00", "f 2026-02-23 09:00"),
      (week, "2026-02-02 12:00", "2026-02-02 00:00", "2027-02-02 00:00", "f"),
      (split, "2026-02-02 20:00", "2026-02-06 00:00", "2026-02-07 00:00", "f 2026-02-07 00:00"),
      ("{}", "2026-02-02 12:00", "2026-02-02 00:00", "2026-02-03 00:00", ""),
    ])
  func closed(_ hours: String, _ at: String, _ from: String, _ to: String, _ expected: String) throws {
    let found = try Database.world.scalar(
      """
      select concat_ws(' ', s.is_open, to_char(s.next_open, 'YYYY-MM-DD HH24:MI'))
        from opening_state($1::text::jsonb, $2::text::timestamp at time zone 'America/Tijuana', 'America/Tijuana',
          tstzmultirange(tstzrange($3::text::timestamp at time zone 'America/Tijuana',
            $4::text::timestamp at time zone 'America/Tijuana'))) s
      """, [hours, at, from, to])
    #expect(found == expected)
  }
}
