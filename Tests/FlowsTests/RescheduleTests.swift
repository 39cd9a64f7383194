import Core
import FoundationEssentials
import Store
import TestSupport
import Testing

@testable import Flows

/// What becomes of appointments.
@Suite struct RescheduleTests {
  private let at = "2026-03-02T10:00:00-07:00"

  @Test func theOldOneSaysSo() async throws {
    try await Agenda.test(.init(minutes: 60)) { agenda in
      let (ana, eva) = (try agenda.person(), try agenda.person("Eva"))
      let old = try agenda.booked(ana, at, ["notes": "con frenos"])
      let request: JSON = [
        "key": "r1", "appointment_id": .string(old), "lead_id": .string(ana.text),
        // It is its own obstacle no longer.
        "scheduled_at": "2026-03-02T10:30:00-07:00",
      ]
      #expect(
        try agenda.change("reschedule", request.with("lead_id", .string(eva.text))).outcome == "unknown_appointment")
      let moved = try agenda.change("reschedule", request)
      let new = try #require(moved.detail["appointment_id"].text)
      #expect(moved.outcome == "rescheduled" && moved.detail["local_time"].text == "10:30")
      #expect(try agenda.change("reschedule", request).detail["appointment_id"].text == new)
      #expect(
        try agenda.shop.value("status || ' ' || rescheduled_to_id", of: "appointments", "id = '\(old)'")
          == "rescheduled \(new)")
      #expect(
        try agenda.shop.value("notes || ' ' || rescheduled_from_id", of: "appointments", "id = '\(new)'")
          == "con frenos \(old)")
      #expect(try agenda.times("2026-03-02") == ["09:00", "09:30", "11:30", "12:00", "12:30", "13:00"])
      let late = try agenda.change("reschedule", request.with("key", "r2"))
      #expect(late.outcome == "frozen" && late.detail["rescheduled_to_id"].text == new)
      try agenda.book(eva, "2026-03-02T12:00:00-07:00")
      let taken = try agenda.change(
        "reschedule", ["appointment_id": .string(new), "scheduled_at": "2026-03-02T12:30:00-07:00"])
      #expect(taken.outcome == "slot_taken")
      #expect(try agenda.shop.value("status", of: "appointments", "id = '\(new)'") == "scheduled")
    }
  }

  /// Ten want to move to one time: one does, the others keep theirs.
  @Test func manyMoveToOneTime() async throws {
    try await Agenda.test { agenda in
      let ids = try (0..<9).map { i in
        try agenda.booked(nil, (Instant("2026-03-02T16:00:00Z")! + Double(i) * 1800).description)
      }
      let outcomes = try await onThreads(9) { i in
        try agenda.change(
          "reschedule", ["appointment_id": .string(ids[i]), "scheduled_at": "2026-03-02T13:30:00-07:00"]
        ).outcome
      }
      #expect(outcomes.count { $0 == "rescheduled" } == 1 && outcomes.count { $0 == "slot_taken" } == 8)
      #expect(try agenda.shop.count("appointments", "status = 'scheduled'") == 9)
      #expect(try agenda.overlaps() == 0)
    }
  }

  @Test func cancelledOnceAndFree() async throws {
    try await Agenda.test { agenda in
      let ana = try agenda.person()
      let id = try agenda.booked(ana, at)
      let request: JSON = ["appointment_id": .string(id), "lead_id": .string(ana.text), "reason": " enferma "]
      for _ in 0..<2 { #expect(try agenda.change("cancel", request).outcome == "cancelled") }
      #expect(try agenda.shop.value("cancellation_reason", of: "appointments") == "enferma")
      #expect(try agenda.times("2026-03-02").contains("10:00"))
      let confirm = JSONText(["appointment_id": .string(id)])
      let scope = agenda.scope()
      #expect(
        try scope.one("confirm", "select outcome from confirm_appointment($1::jsonb)", [confirm.text]) {
          row throws(StoreError) in try row.get(0) as String
        } == "frozen")
      // Not by plain SQL either; but it may be put back.
      let guide = try GuideClient(agenda.shop)
      #expect(try guide.refusedWrite("update appointments set status = 'confirmed'") == "P0002")
      try guide.write("update appointments set status = 'scheduled'")
      #expect(try agenda.times("2026-03-02").contains("10:00") == false)
      // Unless somebody else has come.
      try guide.write("update appointments set status = 'cancelled'")
      try agenda.book(nil, at)
      #expect(
        try guide.refusedWrite("update appointments set status = 'scheduled' where lead_id is not null") == "23505")
    }
  }

  @Test func confirmedTwiceIsConfirmed() async throws {
    try await Agenda.test { agenda in
      let ana = try agenda.person()
      let id = try agenda.booked(ana, at)
      let scope = agenda.scope()
      func confirm(_ lead: UUID) throws -> String {
        let request: JSON = ["appointment_id": .string(id), "lead_id": .string(lead.text)]
        return try scope.one("confirm", "select outcome from confirm_appointment($1::jsonb)", [JSONText(request).text])
        {
          row throws(StoreError) in try row.get(0)
        }
      }
      #expect(try confirm(try agenda.person("Eva")) == "unknown_appointment")
      for _ in 0..<2 { #expect(try confirm(ana) == "confirmed") }
      #expect(
        try agenda.shop.value("status || ' ' || confirmation_status", of: "appointments") == "confirmed confirmed")
      try agenda.shop.run("alter database \(agenda.shop.database.name) set app.now = '2026-03-03T00:00:00Z'")
      let later = agenda.scope()
      #expect(
        try later.one(
          "confirm", "select outcome from confirm_appointment($1::jsonb)",
          [JSONText(["appointment_id": .string(id)]).text]
        ) {
          row throws(StoreError) in try row.get(0) as String
        } == "in_past")
    }
  }

  /// Who leaves leaves the appointment to people; who is put away comes no more.
  @Test func staffAndPeopleWhoGo() async throws {
    try await Agenda.test { agenda in
      let ana = try agenda.person()
      try agenda.book(ana, at)
      let staff = agenda.staff[0].text
      try agenda.shop.run("delete from staff where id = '\(staff)'")
      #expect(try agenda.shop.value("status", of: "appointments", "staff_id is null") == "scheduled")
      #expect(try agenda.shop.count("occupied_times") == 0)
      let guide = try GuideClient(agenda.shop)
      #expect(try guide.row("appointments_cancelled", "soft_delete_lead($1::uuid)", ana.text) == "1")
      try agenda.shop.run("delete from tenants where id = '\(agenda.shop.tenant.id.text)'")
      #expect(try agenda.shop.count("appointments") == 0)
    }
  }

  @Test func whatTheGuideAsks() async throws {
    try await Agenda.test { agenda in
      let (ana, staff, branch) = (try agenda.person(), agenda.staff[0].text, agenda.branch.text)
      let id = try agenda.booked(ana, at)
      let guide = try GuideClient(agenda.shop)
      func valid(_ at: String, _ lead: UUID?, _ staff: String?, except: String? = nil, skip: String = "false") throws
        -> String
      {
        try guide.row(
          "is_valid, error_code",
          "validate_appointment_booking($1::uuid, $2::uuid, $3::uuid, $4::timestamptz, 30, $5::uuid, $6::boolean)",
          staff, lead?.text, branch, at, except, skip)
      }
      let eva = try agenda.person("Eva")
      #expect(try valid("2026-03-02T11:00:00-07:00", ana, staff) == "t")
      #expect(try valid(at, eva, staff) == "f|STAFF_CONFLICT")
      #expect(try valid(at, ana, staff) == "f|PATIENT_CONFLICT")
      #expect(try valid(at, ana, staff, except: id) == "t")
      #expect(try valid("2026-03-02T20:00:00-07:00", eva, staff) == "f|OUTSIDE_HOURS")
      #expect(try valid("2026-03-02T20:00:00-07:00", eva, staff, skip: "true") == "t")
      #expect(try valid("2026-03-02T11:00:00-07:00", UUID(), staff) == "f|NOT_BOOKABLE")
      func available(_ at: String, _ minutes: String = "30") throws -> String {
        try guide.row(
          "is_available, reason, available_from, available_until",
          "check_staff_availability($1::uuid, $2::uuid, $3::timestamptz, $4::int)", staff, branch, at, minutes)
      }
      let hours = "2026-03-02 16:00:00+00|2026-03-02 21:00:00+00"
      #expect(try available("2026-03-02T11:00:00-07:00") == "t|" + hours)
      #expect(try available(at) == "f|slot_taken|" + hours)
      #expect(try available("2026-03-02T13:45:00-07:00") == "f|outside_hours|" + hours)
      #expect(try available("2026-03-04T11:00:00-07:00") == "f|outside_hours")
    }
  }
}

extension JSON {
  /// With another value of a member.
  func with(_ name: String, _ value: JSON) -> JSON {
    guard case .object(var members) = self else { return self }
    members[name] = value
    return .object(members)
  }
}
