import Core
import FoundationEssentials
import Store
import TestSupport
import Testing

@testable import Flows

/// What is free, by the branch's clock.
@Suite struct SlotTests {
  struct Day: Sendable, CustomTestStringConvertible {
    var name: String
    var zone: String
    var hours: String
    var minutes: Int
    var step: Int
    /// Of the search; the clock of the database stands a day before.
    var from: String
    var to: String
    var slots: [String]
    var testDescription: String { name }
  }

  /// A day's length is the clock's affair: an hour that is left out is not there, one that comes twice is there twice.
  @Test(arguments: [
    Day(
      name: "the hour that New York leaves out", zone: "America/New_York",
      hours: #"{"sunday": {"open": "01:00", "close": "04:00"}}"#, minutes: 60, step: 30, from: "2026-03-08T05:00:00Z",
      to: "2026-03-09T04:00:00Z",
      slots: ["2026-03-08T01:00:00-05:00", "2026-03-08T01:30:00-05:00", "2026-03-08T03:00:00-04:00"]),
    Day(
      name: "the hour that Tijuana has twice", zone: "America/Tijuana",
      hours: #"{"sunday": [{"open": "00:30", "close": "02:30"}]}"#, minutes: 60, step: 60, from: "2026-11-01T07:00:00Z",
      to: "2026-11-02T08:00:00Z",
      slots: ["2026-11-01T00:30:00-07:00", "2026-11-01T01:30:00-07:00", "2026-11-01T01:30:00-08:00"]),
    Day(
      name: "Tijuana in spring", zone: "America/Tijuana",
      hours: #"{"sunday": [{"open": "01:00", "close": "04:00"}]}"#, minutes: 60, step: 60, from: "2026-03-08T08:00:00Z",
      to: "2026-03-09T07:00:00Z", slots: ["2026-03-08T01:00:00-08:00", "2026-03-08T03:00:00-07:00"]),
    Day(
      name: "hours that lie within the gap", zone: "America/New_York",
      hours: #"{"sunday": [{"open": "02:10", "close": "02:50"}]}"#, minutes: 30, step: 30, from: "2026-03-08T05:00:00Z",
      to: "2026-03-09T04:00:00Z", slots: ["2026-03-08T03:10:00-04:00"]),
    Day(
      name: "hours that end before they begin, for the gap", zone: "America/New_York",
      hours: #"{"sunday": [{"open": "02:30", "close": "03:00"}, {"open": "12:00", "close": "12:30"}]}"#, minutes: 30,
      step: 30, from: "2026-03-08T05:00:00Z", to: "2026-03-09T04:00:00Z", slots: ["2026-03-08T12:00:00-04:00"]),
    Day(
      name: "Mexico City has kept its clock since 2022", zone: "America/Mexico_City",
      hours: #"{"sunday": {"open": "01:00", "close": "04:00"}}"#, minutes: 60, step: 60, from: "2026-04-05T06:00:00Z",
      to: "2026-04-06T06:00:00Z",
      slots: ["2026-04-05T01:00:00-06:00", "2026-04-05T02:00:00-06:00", "2026-04-05T03:00:00-06:00"]),
    Day(
      name: "open past midnight", zone: "America/Mexico_City",
      hours: #"{"friday": [{"open": "22:00", "close": "02:00"}]}"#, minutes: 60, step: 60, from: "2026-03-06T06:00:00Z",
      to: "2026-03-08T06:00:00Z",
      slots: [
        "2026-03-06T22:00:00-06:00", "2026-03-06T23:00:00-06:00", "2026-03-07T00:00:00-06:00",
        "2026-03-07T01:00:00-06:00",
      ]),
    Day(
      name: "an evening written as two days", zone: "America/Mexico_City",
      hours:
        #"{"friday": [{"open": "22:00", "close": "24:00"}], "saturday": [{"open": "00:00", "close": "02:00"}]}"#,
      minutes: 90, step: 60, from: "2026-03-07T05:30:00Z", to: "2026-03-08T06:00:00Z",
      slots: ["2026-03-07T00:00:00-06:00"]),
    Day(
      name: "across midnight", zone: "America/Mexico_City",
      hours: #"{"friday": [{"open": "22:00", "close": "00:00"}], "saturday": [{"open": "00:00", "close": "01:00"}]}"#,
      minutes: 90, step: 60, from: "2026-03-06T06:00:00Z", to: "2026-03-08T06:00:00Z",
      slots: ["2026-03-06T22:00:00-06:00", "2026-03-06T23:00:00-06:00"]),
    Day(
      name: "the business's hours by numbers of days; 0 is Sunday too", zone: "America/Mexico_City",
      hours: #"{"start": "10:00", "end": "11:00", "days": [0, 5]}"#, minutes: 60, step: 60,
      from: "2026-03-06T06:00:00Z",
      to: "2026-03-09T06:00:00Z", slots: ["2026-03-06T10:00:00-06:00", "2026-03-08T10:00:00-06:00"]),
    Day(
      name: "junk is passed over", zone: "America/Mexico_City",
      hours:
        #"{"friday": [{"open": "nueve", "close": "9pm"}, 7, null, {"open": "10:00"}, {"open": "25:00", "close": "26:00"}, {"open": "16:00", "close": "17:00"}], "saturday": "cerrado", "sunday": {"open": "09:00", "close": "18:00", "closed": true}}"#,
      minutes: 60, step: 60, from: "2026-03-06T06:00:00Z", to: "2026-03-09T06:00:00Z",
      slots: ["2026-03-06T16:00:00-06:00"]),
  ])
  func byTheClock(_ day: Day) async throws {
    let now = Instant(day.from)! + -86_400
    let plan = Agenda.Plan(
      zone: day.zone, hours: day.hours, now: now.description, minutes: day.minutes, step: day.step)
    try await Agenda.test(plan) { agenda in
      #expect(try agenda.free(day.from, day.to) == day.slots)
      // What is offered can be booked, and nothing else at its edges.
      for slot in day.slots {
        let row = try agenda.book(nil, slot, ["on_grid": true])
        #expect(["booked", "slot_taken"].contains(row.outcome), "\(slot): \(row.outcome)")
        if row.outcome == "booked" { #expect(try agenda.free(day.from, day.to).contains(slot) == false) }
      }
      #expect(try agenda.shop.count("appointments") > 0)
      #expect(try agenda.overlaps() == 0)
    }
  }

  /// Who books by themselves begin when a slot does, the desk when it likes; what is offered is on the grid, also where days
  /// without an end follow each other and none is a multiple of it.
  @Test(arguments: ["America/Hermosillo", "America/Tijuana"]) func theGrid(_ zone: String) async throws {
    let always = #"{"start": "00:00", "end": "24:00", "days": [1, 2, 3, 4, 5, 6, 7]}"#
    let plan = Agenda.Plan(zone: zone, hours: always, now: "2026-03-05T14:00:00Z", staff: 2, minutes: 50, step: 50)
    try await Agenda.test(plan) { agenda in
      // Over the night in which Tijuana's clock is put forward.
      let slots = try agenda.free("2026-03-07T20:00:00Z", "2026-03-10T08:00:00Z")
      #expect(slots.count > 60)
      let scope = agenda.scope()
      func room(_ at: Instant, grid: Bool) throws -> String? {
        try scope.one(
          "room",
          "select outcome from find_room(null, $1::uuid, $2::uuid, null, $3::timestamptz, null, null, false, $4::boolean)",
          [agenda.branch.text, agenda.service.text, at.description, "\(grid)"]
        ) { row throws(StoreError) in try row.get(0) }
      }
      for slot in slots {
        let at = try #require(Instant(slot))
        #expect(try room(at, grid: true) == nil, "\(slot)")
        #expect(try room(at + 420, grid: true) == "off_grid" && room(at + 420, grid: false) == nil, "\(slot)")
      }
    }
  }

  @Test func whatIsTakenWithItsBuffers() async throws {
    try await Agenda.test(.init(buffers: (before: 10, after: 20))) { agenda in
      try agenda.book(try agenda.person(), "2026-03-02T11:00:00-07:00")
      // 10:50 to 11:50 are taken; whoever comes needs ten minutes before and twenty after.
      let morning = try agenda.times("2026-03-02")
      #expect(morning == ["09:00", "09:30", "10:00", "12:00", "12:30", "13:00", "13:30"])
      #expect(try agenda.book(try agenda.person(), "2026-03-02T10:30:00-07:00").outcome == "slot_taken")
      // Nothing is in the way of the other day, nor without the service's buffers.
      #expect(try agenda.times("2026-03-03").count == 10)
    }
  }

  @Test func hoursOfStaffTimeOffAndClosings() async throws {
    try await Agenda.test(.init(staff: 2)) { agenda in
      let (id, one, two) = (agenda.shop.tenant.id.text, agenda.staff[0].text, agenda.staff[1].text)
      let branch = agenda.branch.text
      try agenda.shop.run(
        """
        insert into staff_hours (tenant_id, staff_id, branch_id, weekday, opens, closes) values
          ('\(id)', '\(one)', '\(branch)', 1, '08:00', '10:00'), ('\(id)', '\(one)', '\(branch)', 1, '13:00', '18:00');
        insert into times_off (tenant_id, staff_id, starts_at, ends_at) values
          ('\(id)', '\(two)', '2026-03-02 07:00-07', '2026-03-02 12:40-07');
        """)
      #expect(try agenda.times("2026-03-02", staff: agenda.staff[0]) == ["09:00", "09:30", "13:00", "13:30"])
      #expect(try agenda.times("2026-03-02", staff: agenda.staff[1]) == ["13:00", "13:30"])
      #expect(try agenda.times("2026-03-02") == ["09:00", "09:30", "13:00", "13:30"])
      // On days of which her hours say nothing she is not there.
      #expect(try agenda.times("2026-03-03", staff: agenda.staff[0]) == [])
      // Whoever is not asked for by name is given who is there.
      let row = try agenda.book(nil, "2026-03-02T09:00:00-07:00")
      #expect(try agenda.shop.value("staff_id", of: "appointments") == one, "\(row.outcome)")
      #expect(try agenda.book(nil, "2026-03-02T11:00:00-07:00").outcome == "outside_hours")
      try agenda.shop.run(
        """
        insert into times_off (tenant_id, branch_id, starts_at, ends_at, reason)
          values ('\(id)', '\(branch)', '2026-03-03 00:00-07', '2026-03-04 00:00-07', 'asueto');
        insert into times_off (tenant_id, starts_at, ends_at) values ('\(id)', '2026-03-09 00:00-07', '2026-03-10 00:00-07')
        """)
      #expect(try agenda.times("2026-03-03") == [])
      #expect(try agenda.times("2026-03-09") == [])
      #expect(try agenda.times("2026-03-10").count == 10)
    }
  }

  @Test func noticeAndHorizon() async throws {
    try await Agenda.test(.init(now: "2026-03-02T16:10:00Z")) { agenda in
      #expect(try agenda.times("2026-03-02").first == "09:30")
      try agenda.shop.run("update branches set booking_notice_minutes = 60, advance_booking_days = 7")
      #expect(try agenda.times("2026-03-02").first == "10:30")
      #expect(try agenda.times("2026-03-09").count == 10)
      #expect(try agenda.times("2026-03-10") == [])
      let ana = try agenda.person()
      for (at, outcome) in [
        ("2026-03-02T09:00:00-07:00", "in_past"), ("2026-03-02T10:00:00-07:00", "too_soon"),
        ("2026-03-10T10:00:00-07:00", "too_far"), ("2026-03-04T10:00:00-07:00", "outside_hours"),
        ("2026-03-03T08:59:00-07:00", "outside_hours"), ("2026-03-03T13:31:00-07:00", "outside_hours"),
      ] {
        #expect(try agenda.book(ana, at).outcome == outcome, "\(at)")
        #expect(try agenda.book(ana, at, ["anytime": true, "key": .string(at)]).outcome == "booked", "\(at)")
      }
      #expect(try agenda.free("2026-03-03T00:00:00Z", "2026-03-02T00:00:00Z") == [])
      #expect(try agenda.free("2026-03-03T00:00:00Z", "9999-01-01T00:00:00Z", limit: 3).count == 3)
    }
  }

  /// What needs no staff takes one of the branch's places, each by itself.
  @Test func places() async throws {
    try await Agenda.test(.init(staff: 0, places: 2, minutes: 60, step: 60)) { agenda in
      try agenda.book(nil, "2026-03-02T09:00:00-07:00")
      #expect(try agenda.times("2026-03-02").first == "09:00")
      try agenda.book(nil, "2026-03-02T09:00:00-07:00")
      #expect(try agenda.times("2026-03-02").first == "10:00")
      #expect(try agenda.book(nil, "2026-03-02T09:00:00-07:00").outcome == "slot_taken")
      #expect(try agenda.shop.database.column("select place from occupied_times order by 1") == ["1", "2"])
    }
  }

  @Test func aHoldKeepsATimeUntilItExpires() async throws {
    try await Agenda.test { agenda in
      let (ana, eva, at) = (try agenda.person(), try agenda.person("Eva"), "2026-03-02T09:00:00-07:00")
      #expect(try agenda.scope().holdSlot(request: agenda.wish(ana, at)).outcome == "held")
      #expect(try agenda.times("2026-03-02").first == "09:30")
      #expect(try agenda.book(eva, at).outcome == "slot_taken")
      #expect(try agenda.scope().holdSlot(request: agenda.wish(eva, at)).outcome == "slot_taken")
      // Hers is no obstacle to her, and is gone when she has booked.
      #expect(try agenda.book(ana, at).outcome == "booked")
      #expect(try agenda.shop.count("occupied_times") == 1)
      // A person keeps one time.
      for later in ["2026-03-02T10:00:00-07:00", "2026-03-02T11:00:00-07:00"] {
        #expect(try agenda.scope().holdSlot(request: agenda.wish(eva, later)).outcome == "held")
      }
      #expect(try agenda.shop.count("occupied_times", "lead_id is not null") == 1)
      #expect(try agenda.times("2026-03-02").contains("10:00"))
      try agenda.shop.run("alter database \(agenda.shop.database.name) set app.now = '2026-03-02T14:11:00Z'")
      #expect(try agenda.times("2026-03-02").contains("11:00"))
      #expect(try agenda.book(ana, "2026-03-02T11:00:00-07:00").outcome == "booked")
      #expect(try agenda.shop.count("occupied_times", "lead_id is not null") == 0)
    }
  }

  @Test func whatIsAnothersIsNotThere() async throws {
    try await Agenda.test { agenda in
      let other = try Shop(agenda.shop.database)
      let foreign = other.database.connection(user: "tistis_jobs").tenant(other.tenant.id)
      let (since, until) = (Instant("2026-03-02T00:00:00Z")!, Instant("2026-03-09T00:00:00Z")!)
      #expect(
        try foreign.freeSlots(
          branchId: agenda.branch, serviceId: nil, staffId: nil, since: since, until: until, limit: 10
        ).isEmpty)
      let lead = try agenda.person()
      #expect(
        try foreign.bookAppointment(request: agenda.wish(lead, "2026-03-02T09:00:00-07:00")).outcome == "unknown_lead")
      #expect(
        try foreign.bookAppointment(request: agenda.wish(nil, "2026-03-02T09:00:00-07:00")).outcome == "unknown_branch")
      let id = try agenda.booked(lead, "2026-03-02T09:00:00-07:00", ["key": "k"])
      for request: JSON in [["appointment_id": .string(id)], ["appointment_id": .string(UUID().text)]] {
        #expect(try foreign.cancelAppointment(request: JSONText(request)).outcome == "unknown_appointment")
      }
      // A key is each business's own.
      #expect(
        try foreign.bookAppointment(request: agenda.wish(nil, "2026-03-02T09:00:00-07:00", ["key": "k"])).outcome
          == "unknown_branch")
    }
  }
}
