import Core
import FoundationEssentials
import Store
import TestSupport
import Testing

@testable import Flows

/// What happens to a person is told to the business's n8n by what happens, once each.
@Suite struct EventCauseTests {
  private static let names: [JSON] = [
    "lead-score-changed", "lead-hot", "conversation-escalated", "appointment-scheduled", "appointment-cancelled",
    "appointment-reminder",
  ]

  private func told(_ clinic: Clinic) throws -> [String] {
    try clinic.shop.database.column("select event from outbound_events order by id").compactMap { $0 }
  }

  @Test func eachCauseIsToldOnce() async throws {
    try await Clinic.test { clinic in
      let shop = clinic.shop
      try shop.useN8N(["events": .array(Self.names)])
      _ = try shop.says("hola")
      let (lead, talk) = (try shop.lead(), try shop.conversation())
      let score: JSON = ["action": "update_lead_score", "lead_id": .string(lead), "score": 90, "reason": "x"]
      for _ in 0..<2 { #expect(try shop.tell(score).status == 200) }
      #expect(try told(clinic) == ["lead-score-changed", "lead-hot"])
      let scope = shop.database.connection(user: "tistis_api").tenant(shop.tenant.id)
      let at = Instant.now + 3 * 86_400
      let wish: JSON = [
        "key": "k", "lead_id": .string(lead), "branch_id": .string(clinic.branch.text), "anytime": true,
        "scheduled_at": .string(at.description), "booking_source": "manual",
      ]
      let booked = try scope.bookAppointment(request: JSONText(wish))
      _ = try scope.bookAppointment(request: JSONText(wish))
      let appointment = try #require(booked.appointmentId)
      let over: JSON = ["lead_id": .string(lead), "appointment_id": .string(appointment.text)]
      for _ in 0..<2 { _ = try scope.cancelAppointment(request: JSONText(over)) }
      let id = try #require(UUID(uuidString: talk))
      for _ in 0..<2 {
        _ = try shop.database.connection(user: "tistis_jobs").tenant(shop.tenant.id).escalateConversation(
          conversationId: id, reason: "x")
      }
      #expect(
        try told(clinic).dropFirst(2)
          == ["appointment-scheduled", "appointment-cancelled", "conversation-escalated"])
    }
  }

  /// Who is given another time is reminded again, and n8n hears of both.
  @Test func aReminderOfAnotherTimeIsAnother() async throws {
    try await Clinic.test { clinic in
      let shop = clinic.shop
      try shop.useN8N(["events": ["appointment-reminder"]])
      let phone = try shop.says("hola")
      let id = try clinic.appointment(of: phone, inHours: 20)
      for _ in 0..<2 { try await clinic.run(.reminders) }
      #expect(try told(clinic) == ["appointment-reminder"])
      try shop.run("update appointments set scheduled_at = scheduled_at + interval '1 hour' where id = '\(id.text)'")
      try shop.run("update appointments set moved_at = now() - interval '1 day' where id = '\(id.text)'")
      for _ in 0..<2 { try await clinic.run(.reminders) }
      #expect(try told(clinic) == ["appointment-reminder", "appointment-reminder"])
    }
  }
}
