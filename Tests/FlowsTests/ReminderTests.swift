import Core
import FoundationEssentials
import Store
import TestSupport
import Testing

@testable import Flows

/// Reminders: who is reminded, once, however often and by however many it is asked for.
@Suite struct ReminderTests {
  private func reminders(_ clinic: Clinic) throws -> Int {
    try clinic.shop.count("messages", "metadata ->> 'prepared' = 'reminder'")
  }

  @Test func eachOnceInTheFormThatTheWindowAllows() async throws {
    try await Clinic.test { clinic in
      let shop = clinic.shop
      let (near, tomorrow) = (try shop.says("hola"), try shop.says("hola"))
      let soon = try clinic.appointment(of: near, inHours: 3.5)
      let next = try clinic.appointment(of: tomorrow, inHours: 20)
      let far = try clinic.appointment(of: tomorrow, inHours: 40)
      let past = try clinic.appointment(of: near, inHours: 1)
      try shop.run(
        "update contact_windows w set last_inbound_at = now() - interval '3 days' from conversations c "
          + "where c.lead_id = w.lead_id and c.contact_address = '\(tomorrow)'")
      try await clinic.run(.reminders)
      try await clinic.run(.reminders)
      #expect(try reminders(clinic) == 2)
      let flags = "reminder_24h_sent || ' ' || reminder_4h_sent || ' ' || confirmation_status"
      #expect(try clinic.appointment(flags, soon) == "false true pending")
      #expect(try clinic.appointment(flags, next) == "true false pending")
      for other in [far, past] { #expect(try clinic.appointment(flags, other) == "false false not_required") }
      let open = try await Sandbox.requests("whatsapp", match: near, kind: "interactive")
      let closed = try await Sandbox.requests("whatsapp", match: tomorrow, kind: "template")
      #expect(open.count == 1 && closed.count == 1)
      #expect(closed.first?["body"]["template"]["name"].text == "recordatorio_cita")
      // In the branch's time.
      let time = try shop.value(
        "to_char(scheduled_at at time zone '\(Clinic.zone)', 'HH24:MI')", of: "appointments", "id = '\(next.text)'")
      #expect(closed.first?["body"].value?.text.contains(time ?? "?") == true)
      #expect(closed.first?["body"].value?.text.contains("confirmar_cita:\(next.text)") == true)
      #expect(try clinic.result(.reminders)?.contains(#""reminded": 0"#) == true)
    }
  }

  @Test func manyAtOnceAreOne() async throws {
    try await Clinic.test { clinic in
      let shop = clinic.shop
      for _ in 0..<5 { _ = try clinic.appointment(of: try shop.says("hola"), inHours: 3.5) }
      let tenant = shop.tenant.id
      await withTaskGroup(of: Outcome.self) { group in
        for _ in 0..<6 {
          group.addTask {
            guard let office = try? shop.office() else { return .bury(why: "no office") }
            let job = HeldJob(
              tenant: tenant, id: UUID(), work: .routine(.reminders), attempt: 1, maxAttempts: 5, requestID: nil)
            let outcome = await office.perform(.reminders, job)
            await office.close()
            return outcome
          }
        }
        for await outcome in group {
          guard case .done = outcome else {
            Issue.record("\(outcome)")
            return
          }
        }
      }
      #expect(try reminders(clinic) == 5)
      #expect(try shop.count("appointments", "reminder_4h_sent") == 5)
    }
  }

  /// What cannot be written down is not sent, and holds nobody else up; the next run does it.
  @Test func allOrNothing() async throws {
    try await Clinic.test { clinic in
      let shop = clinic.shop
      let (bad, good) = (try shop.says("hola"), try shop.says("hola"))
      let first = try clinic.appointment(of: bad, inHours: 3)
      let second = try clinic.appointment(of: good, inHours: 3.5)
      try shop.run(
        """
        create function refuse() returns trigger language plpgsql as $$ begin raise exception 'no'; end $$;
        create trigger refuse before update of reminder_4h_sent on appointments for each row
          when (old.id = '\(first.text)') execute function refuse();
        """)
      try await clinic.run(.reminders)
      #expect(try clinic.appointment("reminder_4h_sent", first) == "false")
      #expect(try clinic.appointment("reminder_4h_sent", second) == "true")
      #expect(try reminders(clinic) == 1)
      try shop.run("drop trigger refuse on appointments")
      try await clinic.run(.reminders)
      #expect(try clinic.appointment("reminder_4h_sent", first) == "true")
      #expect(try reminders(clinic) == 2)
    }
  }

  struct Spoilt: Sendable, CustomTestStringConvertible {
    let name: String
    let sql: String
    var testDescription: String { name }
  }

  static let spoilt = [
    Spoilt(name: "cancelled", sql: "update appointments set status = 'cancelled'"),
    Spoilt(
      name: "switched off",
      sql: "insert into ai_tenant_context (tenant_id, reminders_enabled) values ('$tenant', false)"),
    Spoilt(name: "told already", sql: "update appointments set reminder_4h_sent = true"),
    Spoilt(name: "person deleted", sql: "update leads set deleted_at = now()"),
    Spoilt(name: "nobody's", sql: "update appointments set lead_id = null"),
    Spoilt(name: "channel disconnected", sql: "update channel_connections set status = 'disconnected'"),
    Spoilt(name: "business gone", sql: "update tenants set status = 'suspended'"),
  ]

  @Test(arguments: spoilt) func notWho(_ spoilt: Spoilt) async throws {
    try await Clinic.test { clinic in
      _ = try clinic.appointment(of: try clinic.shop.says("hola"), inHours: 3.5)
      try clinic.shop.run(spoilt.sql.replacing("$tenant", with: clinic.shop.tenant.id.text))
      try await clinic.run(.reminders)
      #expect(try reminders(clinic) == 0)
    }
  }

  /// What waited too long to leave, or whose appointment is over by then, does not leave.
  @Test func notTooLate() async throws {
    try await Clinic.test { clinic in
      let shop = clinic.shop
      let (late, gone, well) = (try shop.says("hola"), try shop.says("hola"), try shop.says("hola"))
      let first = try clinic.appointment(of: late, inHours: 3.5)
      let second = try clinic.appointment(of: gone, inHours: 3.5)
      _ = try clinic.appointment(of: well, inHours: 3.5)
      try shop.run("update channel_connections set status = 'error'")
      try await clinic.run(.reminders)
      #expect(try shop.count("messages", "status = 'pending' and metadata ? 'not_after'") == 3)
      try shop.run(
        """
        update messages set metadata = metadata || '{"not_after": "2026-01-01T00:00:00Z"}'
          where metadata ->> 'appointment_id' = '\(first.text)';
        update appointments set status = 'cancelled' where id = '\(second.text)';
        update channel_connections set status = 'connected';
        """)
      try shop.hurry()
      try await shop.work()
      func fate(_ phone: String) throws -> String? {
        try shop.value(
          "m.status || coalesce(' ' || m.error_code, '')",
          of: "(select m.*, c.contact_address from messages m join conversations c using (tenant_id)"
            + " where c.id = m.conversation_id and m.role = 'staff') m", "contact_address = '\(phone)'")
      }
      #expect(try fate(late) == "withheld too_late")
      #expect(try fate(gone) == "withheld appointment_over")
      #expect(try fate(well) == "accepted")
    }
  }

  /// Moved to another time it is another one; a person who is told in the branch's own words.
  @Test func movedAndInOwnWords() async throws {
    try await Clinic.test { clinic in
      let shop = clinic.shop
      let phone = try shop.says("hola")
      let id = try clinic.appointment(of: phone, inHours: 3)
      let scope = shop.database.connection().tenant(shop.tenant.id)
      try scope.setRoutine(
        reminders: nil, followUps: nil, confirmationText: nil, reminderText: "Le toca {{servicio}} a las {{hora}}.",
        followUpText: nil)
      try await clinic.run(.reminders)
      #expect(try clinic.said(phone)?.hasPrefix("Le toca Limpieza dental a las ") == true)
      try shop.run(
        "update appointments set scheduled_at = scheduled_at + interval '30 minutes' where id = '\(id.text)'")
      // What no platform would take is said in ours.
      try scope.setRoutine(
        reminders: nil, followUps: nil, confirmationText: nil, reminderText: String(repeating: "x", count: 5000),
        followUpText: nil)
      try await clinic.run(.reminders)
      #expect(try reminders(clinic) == 2)
      #expect(try clinic.said(phone)?.contains("le recordamos su cita") == true)
    }
  }

  @Test func theWordThatItIsBooked() async throws {
    try await Clinic.test { clinic in
      let shop = clinic.shop
      let phone = try shop.says("hola")
      // It is not the source that decides: n8n books as `ai_chat`, and tells nobody.
      func book(_ key: String, inDays days: Int, source: String, told: Bool = false) throws -> UUID? {
        let outcome = try shop.database.scalar(
          """
          with t as materialized (select set_config('app.tenant_id', '\(shop.tenant.id.text)', false))
          select b.appointment_id from t, book_appointment(jsonb_build_object('key', '\(key)', 'branch_id', '\(clinic.branch.text)',
            'lead_id', (select lead_id from conversations where contact_address = '\(phone)'), 'booking_source', '\(source)',
            'scheduled_at', date_trunc('hour', now()) + interval '\(days) days', 'confirmation_sent', \(told))) b
          """)
        return outcome.flatMap { UUID(uuidString: $0) }
      }
      let ours = try #require(try book("a", inDays: 2, source: "manual"))
      // Asked again it is the same booking.
      #expect(try book("a", inDays: 2, source: "manual") == ours)
      let chat = try #require(try book("b", inDays: 3, source: "ai_chat"))
      let told = try #require(try book("c", inDays: 4, source: "manual", told: true))
      try await shop.work()
      #expect(try shop.count("messages", "metadata ->> 'prepared' = 'appointment_confirmation'") == 2)
      let flags = "confirmation_sent || ' ' || confirmation_status"
      for one in [ours, chat] { #expect(try clinic.appointment(flags, one) == "true pending") }
      #expect(try clinic.appointment(flags, told) == "true not_required")
      // Another business's job about it does nothing.
      let other = try Tenant.make(in: shop.database)
      let office = try shop.office()
      let job = HeldJob(
        tenant: other.id, id: UUID(), work: .confirmBooking(appointment: told), attempt: 1, maxAttempts: 5,
        requestID: nil)
      #expect(await office.confirmBooking(told, job) == .done(["told": "nothing"]))
      await office.close()
      try await clinic.run(.reminders)
      #expect(try reminders(clinic) == 0)
    }
  }
}
