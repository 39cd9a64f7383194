import Core
import FoundationEssentials
import Store
import TestSupport
import Testing

@testable import Flows

/// Nine o'clock, by each branch's own clock.
@Suite struct MorningTests {
  /// A business with a branch in each zone, and in each an appointment tomorrow at eleven.
  private func business(_ shop: Shop, _ zones: [String], tomorrow: String) throws {
    let id = shop.tenant.id.text
    for (i, zone) in zones.enumerated() {
      let phone = try shop.says("hola")
      try shop.run(
        """
        insert into branches (tenant_id, name, slug, city, timezone, places) values ('\(id)', '\(zone)', 'b\(i)', 'x', '\(zone)', 9);
        insert into appointments (tenant_id, branch_id, lead_id, scheduled_at, created_at)
          select '\(id)', b.id, c.lead_id, timestamp '\(tomorrow) 11:00' at time zone '\(zone)', timestamptz '2026-01-01'
            from branches b, conversations c where b.slug = 'b\(i)' and c.contact_address = '\(phone)'
        """)
    }
  }

  /// Cron asks at this moment: the zones of which somebody was reminded so far.
  private func reminded(_ shop: Shop, at now: String) async throws -> Set<String> {
    try shop.run("alter database \(shop.database.name) set app.now = '\(now)'")
    let office = try shop.office()
    let job = HeldJob(
      tenant: shop.tenant.id, id: UUID(), work: .routine(.reminders), attempt: 1, maxAttempts: 5, requestID: nil)
    guard case .done = await office.perform(.reminders, job) else { throw Complaint("not done") }
    await office.close()
    return Set(
      try shop.database.column(
        """
        select b.name from appointments a join branches b on b.id = a.branch_id
         where a.reminder_24h_sent and exists (select 1 from messages m
           where m.metadata ->> 'appointment_id' = a.id::text and m.metadata ->> 'prepared' = 'reminder')
        """
      ).compactMap(\.self))
  }

  @Test func eachBranchAtItsOwnNine() async throws {
    try await Shop.test(delay: 60) { shop in
      let (east, middle, west) = ("America/Cancun", "America/Mexico_City", "America/Tijuana")
      // A Wednesday in winter: Tijuana is three hours behind Cancún.
      try business(shop, [east, middle, west], tomorrow: "2026-02-12")
      for (now, expected) in [
        ("2026-02-11T13:50:00Z", []), ("2026-02-11T14:00:00Z", [east]), ("2026-02-11T14:50:00Z", [east]),
        ("2026-02-11T15:00:00Z", [east, middle]), ("2026-02-11T16:50:00Z", [east, middle]),
        ("2026-02-11T17:00:00Z", [east, middle, west]), ("2026-02-11T17:10:00Z", [east, middle, west]),
      ] as [(String, Set<String>)] {
        #expect(try await reminded(shop, at: now) == expected, "\(now)")
      }
      #expect(try shop.count("messages", "metadata ->> 'prepared' = 'reminder'") == 3)
    }
  }

  /// On the days on which the clock is changed nine is nine on the wall: an hour earlier or later for everybody else.
  @Test func theDayTheClockIsChanged() async throws {
    for (tomorrow, nine, before) in [
      // The morning of the Sunday on which it is put forward, and the Saturday before it.
      ("2026-03-09", "2026-03-08T16:00:00Z", "2026-03-08T15:50:00Z"),
      ("2026-03-08", "2026-03-07T17:00:00Z", "2026-03-07T16:50:00Z"),
      // Put back.
      ("2026-11-02", "2026-11-01T17:00:00Z", "2026-11-01T16:50:00Z"),
      ("2026-11-01", "2026-10-31T16:00:00Z", "2026-10-31T15:50:00Z"),
    ] {
      try await Shop.test(delay: 60) { shop in
        try business(shop, ["America/Tijuana"], tomorrow: tomorrow)
        #expect(try await reminded(shop, at: before) == [], "\(tomorrow)")
        #expect(try await reminded(shop, at: nine) == ["America/Tijuana"], "\(tomorrow)")
      }
    }
  }

  @Test(arguments: [
    ("2026-03-09T10:00:00-07:00", "America/Tijuana", 540, "2026-03-08 16:00:00+00"),
    ("2026-03-08T03:00:00-07:00", "America/Tijuana", 540, "2026-03-07 17:00:00+00"),
    // The second half past one of a night, and the first.
    ("2026-11-01T01:30:00-08:00", "America/Tijuana", 540, "2026-10-31 16:00:00+00"),
    ("2026-11-01T01:30:00-07:00", "America/Tijuana", 540, "2026-10-31 16:00:00+00"),
    ("2026-11-02T00:00:00-08:00", "America/Tijuana", 540, "2026-11-01 17:00:00+00"),
    ("2026-03-30T10:00:00+02:00", "Europe/Madrid", 540, "2026-03-29 07:00:00+00"),
    ("2026-10-26T10:00:00+01:00", "Europe/Madrid", 540, "2026-10-25 08:00:00+00"),
    // Half past two is not there that day: the moment an hour after half past one.
    ("2026-03-09T10:00:00-07:00", "America/Tijuana", 150, "2026-03-08 10:30:00+00"),
    ("2026-03-09T10:00:00-06:00", "America/Mexico_City", 540, "2026-03-08 15:00:00+00"),
  ])
  func morningBefore(_ at: String, _ zone: String, _ minute: Int, _ expected: String) throws {
    #expect(
      try Database.world.scalar(
        "select morning_before($1::text::timestamptz, $2::text, $3::text::int) at time zone 'UTC' || '+00'",
        [at, zone, "\(minute)"]) == expected)
  }
}
