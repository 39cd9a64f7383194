import Core
import FoundationEssentials
import Store
import TestSupport
import Testing

@testable import Flows

/// Booking, however many do it at the same time.
@Suite struct BookingTests {
  @Test func fiveHundredWantTenTimes() async throws {
    try await Agenda.test { agenda in
      try agenda.shop.run(
        """
        insert into leads (tenant_id, id, name) select '\(agenda.shop.tenant.id.text)', ('10000000-0000-0000-0000-' ||
          lpad(n::text, 12, '0'))::uuid, 'p' from generate_series(0, 499) n
        """)
      let day = Instant("2026-03-02T16:00:00Z")!
      let outcomes = try await onThreads(50) { i in
        let scope = agenda.scope(i % 2 == 0 ? "tistis_jobs" : "tistis_api")
        return try (0..<10).map { n in
          let number = String(i * 10 + n)
          let lead = "10000000-0000-0000-0000-" + String(repeating: "0", count: 12 - number.count) + number
          let at = day + Double((i + n) % 10) * 1800
          return try scope.bookAppointment(request: agenda.wish(UUID(uuidString: lead), at.description)).outcome
        }
      }.flatMap { $0 }
      #expect(outcomes.count == 500)
      #expect(outcomes.count { $0 == "booked" } == 10)
      #expect(outcomes.count { $0 == "slot_taken" } == 490)
      #expect(try agenda.shop.count("appointments") == 10)
      #expect(try agenda.shop.database.count("select count(distinct scheduled_at) from appointments") == 10)
      #expect(try agenda.overlaps() == 0)
      #expect(try agenda.times("2026-03-02") == [])
    }
  }

  @Test func fiftyWantTenTables() async throws {
    try await Agenda.test(.init(staff: 0, places: 10, minutes: 90)) { agenda in
      let outcomes = try await onThreads(50) { i in
        // Some want to come a little later: they meet all the same.
        try agenda.book(nil, "2026-03-02T10:\(i % 2 == 0 ? "00" : "30"):00-07:00").outcome
      }
      #expect(outcomes.count { $0 == "booked" } == 10)
      #expect(Set(outcomes) == ["booked", "slot_taken"])
      #expect(try agenda.overlaps() == 0)
    }
  }

  @Test func onePersonIsAtOnePlace() async throws {
    try await Agenda.test(.init(staff: 10)) { agenda in
      let lead = try agenda.person()
      let outcomes = try await onThreads(10) { i in
        try agenda.book(lead, "2026-03-02T10:0\(i):00-07:00", ["duration_minutes": 60]).outcome
      }
      #expect(outcomes.count { $0 == "booked" } == 1)
      #expect(Set(outcomes) == ["booked", "lead_conflict"])
    }
  }

  @Test func oneKeyIsOneAppointment() async throws {
    try await Agenda.test(.init(staff: 3)) { agenda in
      let lead = try agenda.person()
      let rows = try await onThreads(20) { _ in
        try agenda.book(lead, "2026-03-02T10:00:00-07:00", ["key": "tool:toolu_1"])
      }
      #expect(Set(rows.map(\.outcome)) == ["booked"])
      #expect(Set(rows.map(\.appointmentId)).count == 1)
      #expect(try agenda.shop.count("appointments") == 1)
    }
  }

  /// Whoever is asked for, then whom the person likes, then who has the least to do.
  @Test func whoTakesIt() async throws {
    try await Agenda.test(.init(staff: 3)) { agenda in
      func taker(_ lead: UUID?, _ at: String, _ more: KeyValuePairs<String, JSON?> = [:]) throws -> String? {
        Field(try agenda.book(lead, at, more).detail.parse())["staff_id"].text
      }
      let staff = agenda.staff.map(\.text).sorted()
      let first = try #require(try taker(nil, "2026-03-02T09:00:00-07:00"))
      #expect(try taker(nil, "2026-03-02T09:30:00-07:00") != first)
      let ana = try agenda.person()
      try agenda.shop.run("update leads set preferred_staff_id = '\(first)' where id = '\(ana.text)'")
      #expect(try taker(ana, "2026-03-02T10:00:00-07:00") == first)
      let asked = try #require(staff.last)
      #expect(try taker(nil, "2026-03-02T11:00:00-07:00", ["staff_id": .string(asked)]) == asked)
      #expect(try agenda.book(nil, "2026-03-02T11:00:00-07:00", ["staff_id": .string(asked)]).outcome == "slot_taken")
      // Who does not do it, does not work there, or left.
      try agenda.shop.run("delete from staff_services where staff_id = '\(asked)'")
      let at = "2026-03-02T12:00:00-07:00"
      #expect(try agenda.book(nil, at, ["staff_id": .string(asked)]).outcome == "unknown_staff")
      try agenda.shop.run("update staff set is_active = false where id = '\(first)'")
      #expect(try agenda.book(nil, at, ["staff_id": .string(first)]).outcome == "inactive")
      // Nobody left: it is not everybody's then.
      try agenda.shop.run("update staff set is_active = false")
      #expect(try agenda.book(nil, at).outcome == "outside_hours")
      #expect(try agenda.times("2026-03-03") == [])
      for (change, outcome) in [
        ("services set is_bookable = false", "inactive"), ("branches set is_active = false", "inactive"),
      ] {
        try agenda.shop.run("update \(change)")
        #expect(try agenda.book(nil, at).outcome == outcome)
      }
    }
  }

  /// What was booked by somebody else's transaction that never ended takes nothing.
  @Test func halfABookingIsNone() async throws {
    try await Agenda.test { agenda in
      let before = try agenda.times("2026-03-02")
      let connection = agenda.shop.database.connection(user: "tistis_jobs")
      _ = try? connection.transaction(tenant: agenda.shop.tenant.id) { (scope) throws(StoreError) in
        _ = try scope.bookAppointment(request: agenda.wish(nil, "2026-03-02T10:00:00-07:00"))
        throw .conflict(constraint: "enough")
      }
      #expect(try agenda.shop.count("appointments") == 0)
      #expect(try agenda.times("2026-03-02") == before)
    }
  }

  /// The constraint itself, where nobody asked for room and no lock was taken: two that overlap cannot both be written.
  @Test func theConstraintRefuses() async throws {
    try await Agenda.test(.init(staff: 1, places: 2)) { agenda in
      let (id, staff) = (agenda.shop.tenant.id.text, agenda.staff[0].text)
      try agenda.shop.run(
        """
        create function state_of(p_sql text) returns text language plpgsql as $$
        declare v_constraint text;
        begin
          execute p_sql;
          return 'written';
        exception when others then
          get stacked diagnostics v_constraint = constraint_name;
          return sqlstate || ' ' || v_constraint;
        end $$;
        insert into leads (tenant_id, id, name) select '\(id)', ('20000000-0000-0000-0000-00000000000' || n)::uuid, 'p'
          from generate_series(1, 5) n
        """)
      // As the owner, who stands behind the wall as everybody does.
      let owner = agenda.shop.database.connection(user: "tistis_owner").tenant(agenda.shop.tenant.id)
      func write(_ lead: Int, _ from: String, _ to: String, resource: String, place: Int = 0) throws -> String {
        try owner.one(
          "state", "select state_of($1)",
          [
            "insert into occupied_times (tenant_id, resource_id, place, starts_at, ends_at, lead_id, expires_at) values "
              + "('\(id)', '\(resource)', \(place), '2026-03-02 \(from)-07', '2026-03-02 \(to)-07', "
              + "'20000000-0000-0000-0000-00000000000\(lead)', '2026-03-03 00:00-07')"
          ]
        ) { row throws(StoreError) in try row.get(0) }
      }
      let refused = "23P01 occupied_times_once"
      #expect(try write(1, "10:00", "10:30", resource: staff) == "written")
      #expect(try write(2, "10:29", "10:45", resource: staff) == refused)
      #expect(try write(2, "09:00", "12:00", resource: staff) == refused)
      #expect(try write(2, "10:30", "10:45", resource: staff) == "written")
      #expect(try write(3, "10:00", "10:30", resource: agenda.branch.text, place: 1) == "written")
      #expect(try write(4, "10:00", "10:30", resource: agenda.branch.text, place: 1) == refused)
      #expect(try write(4, "10:00", "10:30", resource: agenda.branch.text, place: 2) == "written")
    }
  }

  /// What room is asked of does not see, the constraint does: the same is said as of a time that is taken, and nothing is
  /// changed. (A row of three days, which no function writes: nobody looks back further than two.)
  @Test func whatTheConstraintRefusesIsTaken() async throws {
    try await Agenda.test { agenda in
      let (id, staff) = (agenda.shop.tenant.id.text, agenda.staff[0].text)
      let (ana, eva) = (try agenda.person(), try agenda.person("Eva"))
      let mine = try agenda.booked(ana, "2026-03-09T10:00:00-07:00")
      try agenda.shop.run(
        """
        insert into occupied_times (tenant_id, resource_id, place, starts_at, ends_at, lead_id, expires_at)
          values ('\(id)', '\(staff)', 0, '2026-02-28 00:00-07', '2026-03-03 20:00-07', '\(eva.text)', '2026-04-01')
        """)
      let at = "2026-03-03T10:00:00-07:00"
      #expect(try agenda.book(ana, at).outcome == "slot_taken")
      let moved = try agenda.change("reschedule", ["appointment_id": .string(mine), "scheduled_at": .string(at)])
      #expect(moved.outcome == "slot_taken")
      let changed = try agenda.scope("tistis_api").updateAppointment(
        id: try #require(UUID(uuidString: mine)), onlyBranch: nil, change: JSONText(["scheduled_at": .string(at)]))
      #expect(changed.outcome == "slot_taken")
      #expect(
        try agenda.shop.count("appointments", "status = 'scheduled' and scheduled_at = '2026-03-09 10:00-07'") == 1)
      #expect(try agenda.shop.count("appointments") == 1)
    }
  }

  /// Moved onto the time that is kept for the same person.
  @Test func theirOwnHoldIsNoObstacle() async throws {
    try await Agenda.test { agenda in
      let ana = try agenda.person()
      let mine = try agenda.booked(ana, "2026-03-02T10:00:00-07:00")
      let at = "2026-03-02T12:00:00-07:00"
      #expect(try agenda.scope().holdSlot(request: agenda.wish(ana, at)).outcome == "held")
      let changed = try agenda.scope("tistis_api").updateAppointment(
        id: try #require(UUID(uuidString: mine)), onlyBranch: nil, change: JSONText(["scheduled_at": .string(at)]))
      #expect(changed.outcome == "updated")
      #expect(try agenda.shop.count("occupied_times") == 1)
    }
  }

  @Test func thePersonIsFurtherThen() async throws {
    try await Agenda.test { agenda in
      let ana = try agenda.person()
      try agenda.book(ana, "2026-03-02T10:00:00-07:00")
      #expect(try agenda.shop.value("status", of: "leads") == "appointment_scheduled")
      let eva = try agenda.person("Eva")
      try agenda.shop.run("update leads set status = 'converted' where id = '\(eva.text)'")
      try agenda.book(eva, "2026-03-02T11:00:00-07:00")
      #expect(try agenda.shop.value("status", of: "leads", "id = '\(eva.text)'") == "converted")
      #expect(try agenda.book(UUID(), "2026-03-02T12:00:00-07:00").outcome == "unknown_lead")
    }
  }

  /// Two people who turn out to be one keep both appointments, also at one time: people sort it out.
  @Test func whoIsOnePersonAfterAll() async throws {
    try await Agenda.test(.init(staff: 2)) { agenda in
      let (ana, again) = (try agenda.person(), try agenda.person())
      let first = try agenda.booked(ana, "2026-03-02T10:00:00-07:00")
      let second = try agenda.booked(again, "2026-03-02T10:00:00-07:00")
      let scope = agenda.shop.database.connection().tenant(agenda.shop.tenant.id)
      try scope.exec("merge", "select merge_leads($1::uuid, $2::uuid, 'test')", [ana.text, again.text])
      #expect(try agenda.shop.count("appointments", "lead_id = '\(ana.text)' and status = 'scheduled'") == 2)
      // Under the name that is no longer used it is theirs all the same.
      let gone = try agenda.change("cancel", ["appointment_id": .string(first), "lead_id": .string(again.text)])
      #expect(gone.outcome == "cancelled")
      #expect(try agenda.book(again, "2026-03-02T10:15:00-07:00").outcome == "lead_conflict")
      #expect(try agenda.change("cancel", ["appointment_id": .string(second)]).outcome == "cancelled")
      #expect(try agenda.shop.count("occupied_times") == 0)
    }
  }
}
