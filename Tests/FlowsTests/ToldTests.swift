import Core
import FoundationEssentials
import Store
import TestSupport
import Testing

@testable import Flows

/// Who has told a person of their appointment: an answer of the assistant's, we, or nobody yet.
@Suite struct ToldTests {
  /// In so many days, at the hour.
  private static func at(inDays days: Double) -> String {
    Instant(microseconds: (Instant.now + days * 86_400).seconds / 3600 * 3_600_000_000).description
  }

  private func confirmations(_ clinic: Clinic, _ state: String = "true") throws -> Int {
    try clinic.shop.count("messages", "metadata ->> 'prepared' = 'appointment_confirmation' and \(state)")
  }

  private func later(_ clinic: Clinic) async throws {
    try clinic.shop.hurry()
    try await clinic.shop.work()
  }

  /// Claude books while it answers this person; returns the appointment.
  private func asks(_ clinic: Clinic, _ phone: String, inDays days: Double) async throws -> String {
    try clinic.shop.post(
      message(#"[[tool:book_appointment {"starts_at": "\#(Self.at(inDays: days))"}]]"#, from: phone))
    try await later(clinic)
    return try #require(
      try clinic.shop.value(
        "id", of: "appointments", "id = (select id from appointments order by created_at desc, id desc limit 1)"))
  }

  @Test func theAnswerThatBookedItTells() async throws {
    try await Clinic.test { clinic in
      let phone = newPhone()
      let id = try await asks(clinic, phone, inDays: 2)
      #expect(try clinic.shop.value("told_after is not null", of: "appointments", "id = '\(id)'") == "true")
      // It is looked whether it did, a while later.
      #expect(
        try clinic.shop.count(
          "jobs",
          "job_type = 'confirm_booking' and status = 'pending' and scheduled_for > now() + interval '10 minutes'")
          == 1)
      try await later(clinic)
      #expect(try clinic.shop.count("jobs", "job_type = 'confirm_booking' and status = 'completed'") == 1)
      #expect(try confirmations(clinic) == 0)
      // The desk moves what the assistant booked: that, no answer has told.
      let desk = clinic.shop.database.connection(user: "tistis_api").tenant(clinic.shop.tenant.id)
      let moved = try desk.rescheduleAppointment(
        request: JSONText(["appointment_id": .string(id), "scheduled_at": .string(Self.at(inDays: 3))]))
      #expect(moved.outcome == "rescheduled")
      for _ in 0..<2 { try await later(clinic) }
      #expect(try confirmations(clinic) == 1)
      // And the assistant what the desk booked.
      try clinic.shop.post(
        message(#"[[tool:reschedule_appointment {"starts_at": "\#(Self.at(inDays: 4))"}]]"#, from: phone))
      for _ in 0..<3 { try await later(clinic) }
      #expect(try clinic.shop.count("appointments") == 3)
      #expect(try confirmations(clinic) == 1)
    }
  }

  /// It booked, and then nothing that says so has left: a worker died, people took over, the answer was held back.
  @Test(arguments: ["withheld", "failed", "erased", "last word"]) func whoseAnswerNeverLeft(_ how: String) async throws
  {
    try await Clinic.test { clinic in
      let id = try await asks(clinic, newPhone(), inDays: 2)
      switch how {
      case "erased": try clinic.shop.run("delete from messages where role = 'assistant'")
      case "last word":
        try clinic.shop.run("update messages set metadata = '{\"last_word\": true}' where role = 'assistant'")
      default: try clinic.shop.run("update messages set status = '\(how)' where role = 'assistant'")
      }
      for _ in 0..<2 { try await later(clinic) }
      #expect(try confirmations(clinic) == 1)
      #expect(
        try clinic.shop.value("confirmation_sent || ' ' || confirmation_status", of: "appointments", "id = '\(id)'")
          == "true pending")
    }
  }

  /// The person wrote again before it was said: the answer to that says it.
  @Test func toldByTheNextAnswer() async throws {
    try await Clinic.test { clinic in
      let phone = newPhone()
      _ = try await asks(clinic, phone, inDays: 2)
      try clinic.shop.run("update messages set status = 'withheld' where role = 'assistant'")
      // `asks` leaves the look for later: before it comes, Claude is asked again.
      try clinic.shop.run(
        "update jobs set scheduled_for = now() + interval '1 hour' where job_type = 'confirm_booking'")
      try clinic.shop.post(message("[[echo:Ya quedó]]", from: phone))
      try clinic.shop.run("update jobs set scheduled_for = now() where job_type = 'ai_response' and status = 'pending'")
      try await clinic.shop.work()
      for _ in 0..<2 { try await later(clinic) }
      #expect(try confirmations(clinic) == 0)
    }
  }

  /// Six workers with the same errand, one of which may have died after it was stored.
  @Test func onceHoweverManyTell() async throws {
    try await Clinic.test { clinic in
      let shop = clinic.shop
      let phone = try shop.says("hola")
      let id = try clinic.appointment(of: phone, inHours: 48, bookedDaysAgo: 0)
      let tenant = shop.tenant.id
      let outcomes = await withTaskGroup(of: Outcome.self) { group in
        for _ in 0..<6 {
          group.addTask {
            guard let office = try? shop.office() else { return .bury(why: "no office") }
            let job = HeldJob(
              tenant: tenant, id: UUID(), work: .confirmBooking(appointment: id), attempt: 1, maxAttempts: 5,
              requestID: nil)
            let outcome = await office.confirmBooking(id, job)
            await office.close()
            return outcome
          }
        }
        return await group.reduce(into: [Outcome]()) { $0.append($1) }
      }
      #expect(outcomes.count { $0 == .done(["told": "told"]) } == 1)
      #expect(outcomes.count { $0 == .done(["told": "nothing"]) } == 5)
      #expect(try confirmations(clinic) == 1)
    }
  }

  /// n8n's booking, to somebody whose window is closed: by the template; to nobody after their stop, nor by a late job.
  @Test func inTheFormThatTheWindowAllows() async throws {
    try await Clinic.test { clinic in
      let shop = clinic.shop
      let (open, closed, late) = (try shop.says("hola"), try shop.says("hola"), try shop.says("hola"))
      try shop.run(
        "update contact_windows w set last_inbound_at = now() - interval '3 days' from conversations c "
          + "where c.lead_id = w.lead_id and c.contact_address = '\(closed)'")
      let n8n = shop.database.connection(user: "tistis_webhook").tenant(shop.tenant.id)
      for (i, phone) in [open, closed, late].enumerated() {
        let lead = try #require(try shop.value("lead_id", of: "conversations", "contact_address = '\(phone)'"))
        let wish: JSON = [
          "key": .string("n8n:\(i)"), "lead_id": .string(lead), "branch_id": .string(clinic.branch.text),
          "scheduled_at": .string(Self.at(inDays: 2)), "booking_source": "ai_chat", "on_grid": true,
        ]
        #expect(try n8n.bookByN8N(request: JSONText(wish), onlyBranch: nil).outcome == "booked")
      }
      try shop.run(
        "update appointments a set created_at = now() - interval '7 hours' from conversations c "
          + "where c.lead_id = a.lead_id and c.contact_address = '\(late)'")
      try await shop.work()
      #expect(try await Sandbox.requests("whatsapp", match: open, kind: "interactive").count == 1)
      let template = try await Sandbox.requests("whatsapp", match: closed, kind: "template")
      #expect(template.count == 1 && template.first?["body"]["template"]["name"].text == "cita_confirmada")
      #expect(try await Sandbox.requests("whatsapp", match: late, kind: "interactive").isEmpty)
      #expect(try confirmations(clinic) == 2)
    }
  }
}
