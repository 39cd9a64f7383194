import Core
import FoundationEssentials
import Store
import TestSupport
import Testing

@testable import Flows

/// An appointment that the desk gives another time in place: to be confirmed anew, reminded of anew, and told.
@Suite struct MovedTests {
  private static let state =
    "status || ' ' || confirmation_status || ' ' || confirmation_sent || ' ' || reminder_24h_sent "
    + "|| ' ' || reminder_4h_sent"

  private func change(_ clinic: Clinic, _ id: UUID, _ change: JSON) throws -> String {
    try clinic.shop.database.connection(user: "tistis_api").tenant(clinic.shop.tenant.id)
      .updateAppointment(id: id, onlyBranch: nil, change: JSONText(change)).outcome
  }

  /// Of somebody who was told, reminded of it and said that they come.
  private func settled(_ clinic: Clinic, _ phone: String, inHours hours: Double) throws -> UUID {
    let id = try clinic.appointment(of: phone, inHours: hours)
    try clinic.shop.run(
      """
      update appointments set status = 'confirmed', confirmation_status = 'confirmed', confirmation_sent = true,
        reminder_24h_sent = true, reminder_4h_sent = true where id = '\(id.text)'
      """)
    return id
  }

  private func moment(_ clinic: Clinic, _ id: UUID, _ after: String) throws -> String {
    try #require(
      try clinic.appointment(
        "to_char((scheduled_at + interval '\(after)') at time zone 'UTC', 'YYYY-MM-DD\"T\"HH24:MI:SS.US\"Z\"')", id))
  }

  private func confirmations(_ clinic: Clinic, _ state: String = "true") throws -> Int {
    try clinic.shop.count("messages", "metadata ->> 'prepared' = 'appointment_confirmation' and \(state)")
  }

  @Test func anotherTimeIsAnotherAppointment() async throws {
    try await Clinic.test { clinic in
      let phone = try clinic.shop.says("hola")
      // Booked five days ago: it is when it was moved that counts.
      let id = try settled(clinic, phone, inHours: 20)
      // The same time, and what is none of the person's business, change nothing of it.
      #expect(try change(clinic, id, ["scheduled_at": .string(moment(clinic, id, "0")), "notes": "x"]) == "updated")
      #expect(try change(clinic, id, ["duration_minutes": 45]) == "updated")
      #expect(try clinic.appointment(Self.state, id) == "confirmed confirmed true true true")
      #expect(try clinic.shop.count("jobs", "job_type = 'confirm_booking'") == 0)
      #expect(try change(clinic, id, ["scheduled_at": .string(moment(clinic, id, "2 hours"))]) == "updated")
      #expect(try clinic.appointment(Self.state, id) == "scheduled not_required false false false")
      try await clinic.shop.work()
      #expect(try confirmations(clinic) == 1)
      let time = try clinic.appointment("to_char(scheduled_at at time zone '\(Clinic.zone)', 'HH24:MI')", id)
      #expect(try clinic.said(phone)?.contains(time ?? "?") == true)
      #expect(try clinic.appointment(Self.state, id) == "scheduled pending true false false")
      // Who was told just now is not reminded in the same breath; later they are, though they had been of the other time.
      try await clinic.run(.reminders)
      #expect(try clinic.shop.count("messages", "metadata ->> 'prepared' = 'reminder'") == 0)
      try clinic.shop.run("update appointments set moved_at = now() - interval '1 day'")
      for _ in 0..<2 { try await clinic.run(.reminders) }
      #expect(try clinic.shop.count("messages", "metadata ->> 'prepared' = 'reminder'") == 1)
    }
  }

  /// Whoever wrote it.
  @Test func alsoByPlainSQL() async throws {
    try await Clinic.test { clinic in
      let id = try settled(clinic, try clinic.shop.says("hola"), inHours: 3)
      try clinic.shop.run("update appointments set scheduled_at = scheduled_at, notes = 'x'")
      #expect(try clinic.appointment(Self.state, id) == "confirmed confirmed true true true")
      try clinic.shop.run("update appointments set scheduled_at = scheduled_at + interval '30 minutes'")
      #expect(try clinic.appointment(Self.state, id) == "scheduled not_required false false false")
      try await clinic.run(.reminders)
      #expect(try clinic.appointment(Self.state, id) == "scheduled pending false false true")
    }
  }

  @Test func whoWasToldByTheDesk() async throws {
    try await Clinic.test { clinic in
      let id = try settled(clinic, try clinic.shop.says("hola"), inHours: 30)
      let move: JSON = [
        "scheduled_at": .string(try moment(clinic, id, "1 hour")), "confirmation_sent": true, "status": "confirmed",
      ]
      #expect(try change(clinic, id, move) == "updated")
      #expect(try clinic.appointment(Self.state, id) == "confirmed confirmed true false false")
      try await clinic.shop.work()
      #expect(try confirmations(clinic) == 0)
      // Cancelled and put back, nobody has told them.
      #expect(try change(clinic, id, ["status": "cancelled"]) == "updated")
      #expect(try change(clinic, id, ["status": "scheduled"]) == "updated")
      #expect(try clinic.appointment(Self.state, id) == "scheduled not_required false false false")
      try await clinic.shop.work()
      #expect(try confirmations(clinic) == 1)
    }
  }

  /// Both hold; the person is told of the time that stands.
  @Test func twoAtOnce() async throws {
    try await Clinic.test { clinic in
      let phone = try clinic.shop.says("hola")
      let id = try settled(clinic, phone, inHours: 30)
      let times = [try moment(clinic, id, "1 hour"), try moment(clinic, id, "2 hours")]
      let outcomes = try await onThreads(6) { i in
        try change(clinic, id, ["scheduled_at": .string(times[i % 2])])
      }
      #expect(Set(outcomes) == ["updated"])
      try await clinic.shop.work()
      #expect(try confirmations(clinic) == 1)
      #expect(
        try confirmations(
          clinic, "(metadata ->> 'appointment_at')::timestamptz = (select scheduled_at from appointments)") == 1)
      let time = try clinic.appointment("to_char(scheduled_at at time zone '\(Clinic.zone)', 'HH24:MI')", id)
      #expect(try clinic.said(phone)?.contains(time ?? "?") == true)
    }
  }

  /// Words about the old time that have waited do not leave any more.
  @Test func theOldTimeIsNotTold() async throws {
    try await Clinic.test { clinic in
      let shop = clinic.shop
      let id = try clinic.appointment(of: try shop.says("hola"), inHours: 3.5)
      try shop.run("update channel_connections set status = 'error'")
      try await clinic.run(.reminders)
      #expect(try change(clinic, id, ["scheduled_at": .string(moment(clinic, id, "1 day"))]) == "updated")
      try await shop.work()
      #expect(try shop.count("messages", "status = 'pending' and metadata ? 'appointment_at'") == 2)
      try shop.run("update channel_connections set status = 'connected'")
      try shop.hurry()
      try await shop.work()
      #expect(
        try shop.count("messages", "metadata ->> 'prepared' = 'reminder' and error_code = 'appointment_over'") == 1)
      #expect(try confirmations(clinic, "status = 'accepted'") == 1)
    }
  }

  @Test func anothersAppointmentIsUnknown() async throws {
    try await Clinic.test { clinic in
      let id = try settled(clinic, try clinic.shop.says("hola"), inHours: 30)
      let other = try Tenant.make(in: clinic.shop.database)
      let scope = clinic.shop.database.connection(user: "tistis_api").tenant(other.id)
      let change = JSONText(["scheduled_at": .string(try moment(clinic, id, "1 hour"))])
      #expect(try scope.updateAppointment(id: id, onlyBranch: nil, change: change).outcome == "unknown_appointment")
      #expect(try clinic.appointment(Self.state, id) == "confirmed confirmed true true true")
    }
  }
}
