import Core
import FoundationEssentials
import Rules
import Store
import TestSupport
import Testing

@testable import Flows

/// A template that is not approved does not leave; people are told why and what to do, and it goes once it is.
@Suite struct TemplateBlockTests {
  private static let name = "recordatorio_cita"

  private func open(_ shop: Shop) throws -> [String?] {
    try shop.database.column(
      "select sentence from alerts where resolved_at is null and kind = 'template recordatorio_cita es_MX'")
  }

  private func closeWindows(_ shop: Shop) throws {
    try shop.run("update contact_windows set last_inbound_at = now() - interval '3 days'")
  }

  /// language and status of what the platform has; what is said of `es_MX`, nil: nothing
  @Test(
    arguments: [
      ([], "tistis templates sync"), ([("es_MX", "UNKNOWN")], "tistis templates sync"),
      ([("es_MX", "PENDING")], "is PENDING: wait"), ([("es_MX", "IN_APPEAL")], "is IN_APPEAL: wait"),
      ([("es_MX", "PAUSED")], "is PAUSED: it is sent again once"), ([("es_MX", "REJECTED")], "is REJECTED: correct it"),
      ([("es_MX", "DISABLED")], "is DISABLED: correct it"), ([("es_MX", "DELETED")], "is gone: make it again"),
      ([("es", "APPROVED")], "it is in es: use that language"),
      ([("es", "APPROVED"), ("es_MX", "REJECTED")], "it is in es: use that language"),
      ([("es", "PENDING")], "tistis templates sync"),
      ([("es_MX", "APPROVED")], nil), ([("es_MX", "approved"), ("es", "PAUSED")], nil), ([("es_MX", "FLAGGED")], nil),
    ] as [([(String, String)], String?)])
  func whatToDo(_ known: [(String, String)], _ expected: String?) async throws {
    try await Shop.test { shop in
      let other = try Tenant.make(in: shop.database)
      // What others have does not help.
      try other.templates(Self.name)
      for (language, status) in known { try shop.tenant.templates(Self.name, language: language, status: status) }
      let use = OutboundContent.Template(name: Self.name, language: "es_MX")
      let trouble = try shop.database.connection().tenant(shop.tenant.id).templateTrouble(
        [.template(use), .text("x")], connectionId: shop.tenant.connection)
      #expect((trouble == nil) == (expected == nil) && trouble?.contains(expected ?? "") != false, "\(trouble ?? "")")
    }
  }

  /// A reminder for which the template is needed waits for it: nothing is stored, nobody is taken for told.
  @Test func remindersWait() async throws {
    try await Clinic.test { clinic in
      let shop = clinic.shop
      // Of this account nothing was heard.
      try shop.join()
      let appointment = try clinic.appointment(of: try shop.says("hola"), inHours: 3.5)
      try closeWindows(shop)
      for _ in 0..<2 { try await clinic.run(.reminders) }
      #expect(try clinic.appointment("reminder_4h_sent", appointment) == "false")
      #expect(try shop.count("messages", "metadata ? 'prepared'") == 0)
      let unheard = try open(shop)
      #expect(unheard.count == 1 && unheard[0]?.contains("tistis templates create") == true, "\(unheard)")
      try shop.post(fixtures: ["template_paused"])
      try await clinic.run(.reminders)
      #expect(try open(shop).first??.contains("is PAUSED") == true)
      #expect(try clinic.result(.reminders)?.contains(#""unreachable": 1"#) == true)
      try shop.post(fixtures: ["template_reinstated"])
      #expect(try open(shop).isEmpty)
      try await clinic.run(.reminders)
      #expect(try clinic.appointment("reminder_4h_sent", appointment) == "true")
      #expect(try shop.count("messages", "metadata ->> 'prepared' = 'reminder' and status = 'accepted'") == 1)
    }
  }

  /// In the language that the platform has approved, the business's before Spanish, with its gaps filled in that language.
  @Test(
    arguments: [
      ("en", [("es_MX", "APPROVED"), ("en_US", "APPROVED")], "en_US", "Limpieza dental Tuesday, 2 February 4:00 pm"),
      ("en-GB", [("en", "APPROVED"), ("en_US", "PAUSED")], "en", "Limpieza dental Tuesday, 2 February 4:00 pm"),
      ("en", [("es_MX", "approved"), ("en_US", "PENDING")], "es_MX", "Limpieza dental martes 2 de febrero 16:00"),
      ("es", [("es", "APPROVED"), ("en_US", "APPROVED")], "es", "Limpieza dental martes 2 de febrero 16:00"),
      ("en", [("en_US", "PENDING")], "en_US", nil), ("es", [("en_US", "APPROVED")], "es_MX", nil),
    ] as [(String, [(String, String)], String, String?)])
  func language(_ business: String, _ known: [(String, String)], _ expected: String, _ gaps: String?) async throws {
    try await Clinic.test { clinic in
      let shop = clinic.shop
      try shop.run(
        "insert into ai_tenant_context (tenant_id, default_language) values ('\(shop.tenant.id.text)', '\(business)')")
      let id = try clinic.appointment(of: try shop.says("hola"), inHours: 40)
      try shop.run(
        """
        update branches set timezone = 'America/Hermosillo';
        update appointments set scheduled_at = '2027-02-02 16:00:00-07';
        delete from message_templates;
        """)
      for (language, status) in known { try shop.tenant.templates(Self.name, language: language, status: status) }
      try closeWindows(shop)
      let conversation = try #require(UUID(uuidString: try shop.value("id", of: "conversations") ?? ""))
      let outcome = try shop.database.connection().tenant(shop.tenant.id).sendPrepared(
        .reminder(.ours(id)), conversation: conversation, onlyBranch: nil, requestId: nil)
      guard let gaps else {
        guard case .templateBlocked(let blocked, _) = outcome else {
          Issue.record("\(outcome)")
          return
        }
        #expect(blocked.template.language == expected)
        return
      }
      #expect(try shop.value("payload ->> 'language'", of: "messages", "metadata ? 'prepared'") == expected)
      let filled =
        "concat_ws(' ', payload #>> '{body,1,text}', payload #>> '{body,3,text}', payload #>> '{body,4,text}')"
      #expect(try shop.value(filled, of: "messages", "metadata ? 'prepared'") == gaps)
    }
  }

  /// The word that an appointment is booked goes between two attempts of its job.
  @Test func theConfirmationWaits() async throws {
    try await Clinic.test { clinic in
      let shop = clinic.shop
      try shop.tenant.templates("cita_confirmada", status: "PENDING")
      let appointment = try clinic.appointment(of: try shop.says("hola"), inHours: 40, bookedDaysAgo: 0.001)
      try closeWindows(shop)
      try shop.run("set app.tenant_id = '\(shop.tenant.id.text)'; select ask_confirmation('\(appointment.text)')")
      try await shop.work()
      #expect(try shop.job("status", kind: "confirm_booking") == "pending")
      #expect(try shop.count("alerts", "kind = 'template cita_confirmada es_MX' and resolved_at is null") == 1)
      try shop.tenant.templates("cita_confirmada")
      for _ in 0..<2 {
        try shop.hurry()
        try await shop.work()
      }
      #expect(try shop.job("status", kind: "confirm_booking") == "completed")
      #expect(try clinic.appointment("confirmation_sent", appointment) == "true")
      #expect(
        try shop.count("messages", "metadata ->> 'prepared' = 'appointment_confirmation' and status = 'accepted'") == 1)
    }
  }

  /// It was approved when the message was stored, and paused before it left.
  @Test func pausedOnTheWay() async throws {
    try await Clinic.test { clinic in
      let shop = clinic.shop
      _ = try clinic.appointment(of: try shop.says("hola"), inHours: 3.5)
      try closeWindows(shop)
      try shop.run("update channel_connections set status = 'error'")
      try await clinic.run(.reminders)
      #expect(try shop.count("messages", "metadata ? 'prepared' and status = 'pending'") == 1)
      try shop.tenant.templates(Self.name, status: "PAUSED")
      try shop.run("update channel_connections set status = 'connected'")
      try shop.hurry()
      try await shop.work()
      #expect(
        try shop.value("status || ' ' || error_code", of: "messages", "metadata ? 'prepared'")
          == "withheld template_blocked")
      #expect(try open(shop).count == 1)
    }
  }

  /// Who fell silent is not asked by it, which is no attempt; somebody is told.
  @Test func followUpsWait() async throws {
    try await Clinic.test { clinic in
      let shop = clinic.shop
      let phone = try shop.says("¿Cuánto cuesta la limpieza?")
      try shop.hurry()
      try await shop.work()
      let ago = "- interval '50 hours'"
      try shop.run(
        """
        update conversations set last_message_at = last_message_at \(ago), last_inbound_at = last_inbound_at \(ago);
        update contact_windows set last_inbound_at = last_inbound_at \(ago);
        """)
      try shop.tenant.templates("seguimiento", status: "REJECTED")
      try await clinic.run(.followups)
      #expect(try shop.count("follow_ups") == 0 && shop.count("messages", "metadata ? 'prepared'") == 0)
      #expect(try shop.count("alerts", "kind = 'template seguimiento es_MX' and resolved_at is null") == 1)
      try shop.tenant.templates("seguimiento")
      try await clinic.run(.followups)
      #expect(try await Sandbox.requests("whatsapp", match: phone, kind: "template").count == 1)
    }
  }
}
