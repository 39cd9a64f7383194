import Core
import FoundationEssentials
import Store
import TestSupport
import Testing

@testable import Flows

/// Who fell silent is asked three times, then is cold; who must be left alone is left alone.
@Suite struct FollowUpTests {
  /// Somebody asked and was answered; then so many hours passed.
  private func silent(_ clinic: Clinic, hours: Int = 50) async throws -> String {
    let phone = try clinic.shop.says("¿Cuánto cuesta una limpieza?")
    try clinic.shop.hurry()
    try await clinic.shop.work()
    try pass(clinic, hours)
    return phone
  }

  private func pass(_ clinic: Clinic, _ hours: Int) throws {
    let ago = "- interval '\(hours) hours'"
    try clinic.shop.run(
      """
      update conversations set last_message_at = last_message_at \(ago), last_inbound_at = last_inbound_at \(ago);
      update contact_windows set last_inbound_at = last_inbound_at \(ago);
      update follow_ups set silent_since = silent_since \(ago), last_at = last_at \(ago);
      """)
  }

  private func asked(_ clinic: Clinic) throws -> Int {
    try clinic.shop.count("messages", "metadata ->> 'prepared' = 'follow_up'")
  }

  @Test func threeTimesThenCold() async throws {
    try await Clinic.test { clinic in
      let phone = try await silent(clinic, hours: 47)
      try await clinic.run(.followups)
      #expect(try asked(clinic) == 0)
      try pass(clinic, 1)
      for attempt in 1...3 {
        try await clinic.run(.followups)
        try await clinic.run(.followups)
        #expect(try asked(clinic) == attempt)
        try pass(clinic, 49)
      }
      let sent = try await Sandbox.requests("whatsapp", match: phone, kind: "template")
      #expect(sent.count == 3)
      #expect(sent.allSatisfy { $0["body"]["template"]["name"].text == "seguimiento" })
      #expect(try clinic.shop.value("classification", of: "leads") == "warm")
      try await clinic.run(.followups)
      try await clinic.run(.followups)
      #expect(try asked(clinic) == 3)
      #expect(try clinic.shop.value("classification || ' ' || score", of: "leads") == "cold 25")
      #expect(try clinic.shop.count("lead_score_history", "change_source = 'time_decay'") == 1)
      #expect(try clinic.shop.value("ended || ' ' || attempts", of: "follow_ups") == "cold 3")
      // Who comes back begins anew.
      try clinic.shop.post(message("Perdón, ¿y los sábados?", from: phone))
      try clinic.shop.hurry()
      try await clinic.shop.work()
      try pass(clinic, 50)
      try await clinic.run(.followups)
      #expect(try asked(clinic) == 4)
      #expect(try clinic.shop.value("coalesce(ended, '-') || ' ' || attempts", of: "follow_ups") == "- 1")
    }
  }

  /// Nobody knows whether it left, or it is known that it did not: it counts, and the next is two days after it, also if the
  /// conversation says nothing of it.
  @Test(arguments: [("reset", "unknown", "cold"), ("code:131026", "failed", "unsent")])
  func anAttemptCountsWhateverCameOfIt(_ fault: String, _ status: String, _ end: String) async throws {
    try await Clinic.test { clinic in
      let phone = try await silent(clinic)
      for attempt in 1...3 {
        try await Sandbox.fail("whatsapp", fault, match: phone)
        let before = try #require(try clinic.shop.value("last_message_at", of: "conversations"))
        try await clinic.run(.followups)
        try clinic.shop.run("update conversations set last_message_at = '\(before)'")
        #expect(try clinic.shop.count("messages", "metadata ? 'follow_up' and status = '\(status)'") == attempt)
        for hours in [4, 43] {
          try pass(clinic, hours)
          try await clinic.run(.followups)
          #expect(try asked(clinic) == attempt)
        }
        try pass(clinic, 2)
      }
      try await clinic.run(.followups)
      #expect(try asked(clinic) == 3)
      #expect(try clinic.shop.value("ended || ' ' || attempts", of: "follow_ups") == "\(end) 3")
    }
  }

  @Test func whoIsNotScoredGrowsNotCold() async throws {
    try await Clinic.test { clinic in
      try clinic.shop.run(
        "insert into ai_tenant_context (tenant_id, enable_scoring) values ('\(clinic.shop.tenant.id.text)', false)")
      _ = try await silent(clinic)
      try await clinic.run(.followups)
      try clinic.shop.run("update follow_ups set attempts = 3")
      try pass(clinic, 49)
      try await clinic.run(.followups)
      #expect(try clinic.shop.value("ended", of: "follow_ups") == "cold")
      #expect(try clinic.shop.value("classification || ' ' || score", of: "leads") == "warm 50")
      #expect(try clinic.shop.count("lead_score_history") == 0)
    }
  }

  struct Hours: Sendable, CustomTestStringConvertible {
    let name: String
    /// nil: there is no branch.
    var branch: String?
    /// nil: it has no settings.
    var business: String?
    /// In Hermosillo, where it is Wednesday on the 4th.
    let at: String
    let isOpen: Bool
    var testDescription: String { name }
  }

  static let hours = [
    Hours(
      name: "the business's", business: #"{"start": "08:00", "end": "12:00", "days": [3]}"#, at: "04 11:59",
      isOpen: true),
    Hours(
      name: "not after them", business: #"{"start": "08:00", "end": "12:00", "days": [3]}"#, at: "04 12:00",
      isOpen: false),
    Hours(
      name: "not on its other days", business: #"{"start": "08:00", "end": "12:00", "days": [3]}"#, at: "05 11:00",
      isOpen: false),
    Hours(
      name: "not in its pause",
      business: #"{"wednesday": [{"open": "09:00", "close": "13:00"}, {"open": "16:00", "close": "20:00"}]}"#,
      at: "04 14:00",
      isOpen: false),
    Hours(name: "ours on a weekday", at: "04 10:00", isOpen: true),
    Hours(name: "ours in the evening", at: "04 18:00", isOpen: false),
    Hours(name: "ours on a Sunday", at: "08 10:00", isOpen: false),
    Hours(name: "hours that say nothing", business: "{}", at: "04 10:00", isOpen: true),
    Hours(name: "hours that are none", business: #""always""#, at: "08 10:00", isOpen: false),
    Hours(
      name: "a branch that has said nothing", branch: "{}",
      business: #"{"start": "08:00", "end": "12:00", "days": [7]}"#,
      at: "08 10:00", isOpen: true),
    Hours(name: "such a branch of such a business", branch: "{}", at: "04 10:00", isOpen: true),
    Hours(
      name: "the branch's before the business's", branch: #"{"sunday": {"open": "10:00", "close": "11:00"}}"#,
      business: #"{"start": "08:00", "end": "12:00", "days": [3]}"#, at: "04 10:00", isOpen: false),
  ]

  @Test(arguments: hours) func whenItIsOpen(_ hours: Hours) async throws {
    try await Clinic.test { clinic in
      _ = try await silent(clinic)
      let now = "2026-03-\(hours.at)-07"
      let tenant = clinic.shop.tenant.id.text
      try clinic.shop.run(
        """
        update tenants set settings = settings || '{"timezone": "America/Hermosillo"}';
        update conversations set last_message_at = timestamptz '\(now)' - interval '50 hours',
          last_inbound_at = timestamptz '\(now)' - interval '51 hours';
        """)
      if let branch = hours.branch {
        try clinic.shop.run("update branches set timezone = 'America/Hermosillo', operating_hours = '\(branch)'")
      } else {
        try clinic.shop.run("update branches set is_active = false, timezone = 'Asia/Tokyo'")
      }
      if let business = hours.business {
        try clinic.shop.run(
          "insert into ai_tenant_context (tenant_id, business_hours) values ('\(tenant)', '\(business)')")
      }
      func near() throws -> FollowUpsNearRow? {
        let session = clinic.shop.database.connection(user: "tistis_jobs")
        try session.script("select set_config('app.now', '\(now)', false)")
        return try session.tenant(clinic.shop.tenant.id).followUpsNear(
          rule: Office.followUpRule, after: UUID(uuid: (0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0)), limit: 10
        ).first
      }
      let row = try #require(try near())
      #expect((row.openUntil != nil) == hours.isOpen)
      #expect(
        Int(row.localMinute)
          == Int(hours.at.dropFirst(3).prefix(2)).map { $0 * 60 + (hours.at.hasSuffix("59") ? 59 : 0) })
      // A closing of the whole business.
      try clinic.shop.run(
        """
        insert into times_off (tenant_id, starts_at, ends_at)
          values ('\(tenant)', timestamptz '\(now)' - interval '1 hour', timestamptz '\(now)' + interval '1 hour')
        """)
      #expect(try #require(try near()).openUntil == nil)
    }
  }

  /// Who was with people once and is the assistant's again is asked like everybody.
  @Test func afterPeopleGaveThemBack() async throws {
    try await Clinic.test { clinic in
      let phone = try await silent(clinic, hours: 1)
      let shop = clinic.shop
      let id = try #require(UUID(uuidString: shop.value("id", of: "conversations") ?? ""))
      let escalated = try shop.database.connection(user: "tistis_jobs").tenant(shop.tenant.id).escalateConversation(
        conversationId: id, reason: "x")
      let back = try shop.database.connection(user: "tistis_api").tenant(shop.tenant.id).handBackConversation(
        conversationId: id)
      #expect(escalated && back)
      try shop.post(message("¿Y un blanqueamiento?", from: phone))
      try shop.hurry()
      try await shop.work()
      try pass(clinic, 50)
      try await clinic.run(.followups)
      #expect(try asked(clinic) == 1)
    }
  }

  @Test func manyAtOnceAreOne() async throws {
    try await Clinic.test { clinic in
      _ = try await silent(clinic)
      let shop = clinic.shop
      let tenant = shop.tenant.id
      try await withThrowingTaskGroup(of: Void.self) { group in
        for _ in 0..<6 {
          group.addTask {
            let office = try shop.office()
            let job = HeldJob(
              tenant: tenant, id: UUID(), work: .routine(.followups), attempt: 1, maxAttempts: 5, requestID: nil)
            _ = await office.perform(.followups, job)
            await office.close()
          }
        }
        try await group.waitForAll()
      }
      #expect(try asked(clinic) == 1)
    }
  }

  struct Spoilt: Sendable, CustomTestStringConvertible {
    let name: String
    let sql: String
    var testDescription: String { name }
  }

  static let spoilt = [
    Spoilt(
      name: "asked for longer than a week ago",
      sql:
        "update conversations set last_message_at = now() - interval '8 days', last_inbound_at = now() - interval '9 days'"
    ),
    Spoilt(name: "people talk to them", sql: "update conversations set ai_handling = false"),
    Spoilt(name: "people had the last word", sql: "update conversations set last_human_at = last_message_at"),
    Spoilt(name: "with people", sql: "update conversations set status = 'escalated', ai_handling = false"),
    Spoilt(name: "resolved", sql: "update conversations set status = 'resolved'"),
    Spoilt(
      name: "said stop",
      sql:
        "insert into contact_consents (tenant_id, lead_id, channel, scope, state, source, said_at) select tenant_id, id, 'whatsapp', 'marketing', 'stopped', 'keyword', now() from leads"
    ),
    Spoilt(
      name: "said stop elsewhere",
      sql:
        "insert into contact_consents (tenant_id, lead_id, channel, scope, state, source, said_at) select tenant_id, id, 'instagram', 'marketing', 'stopped', 'keyword', now() from leads"
    ),
    Spoilt(name: "was never answered", sql: "update messages set status = 'withheld' where role = 'assistant'"),
    Spoilt(name: "had the last word", sql: "update conversations set last_inbound_at = last_message_at"),
    Spoilt(name: "has become a customer", sql: "update leads set status = 'converted'"),
    Spoilt(name: "deleted", sql: "update leads set deleted_at = now()"),
    Spoilt(name: "another app has it", sql: "update conversations set thread_owner = 'x'"),
    Spoilt(name: "the assistant is off", sql: "update channel_connections set ai_enabled = false"),
    Spoilt(
      name: "switched off",
      sql: "insert into ai_tenant_context (tenant_id, follow_ups_enabled) values ('$tenant', false)"),
    Spoilt(
      name: "no template",
      sql:
        "insert into message_templates (tenant_id, business_account_id, name, language, status) values ('$tenant', '1', 'seguimiento', 'es_MX', 'PAUSED') on conflict (tenant_id, business_account_id, name, language) do update set status = excluded.status"
    ),
    Spoilt(
      name: "closed today",
      sql:
        "insert into times_off (tenant_id, starts_at, ends_at) values ('$tenant', now() - interval '1 hour', now() + interval '1 hour')"
    ),
    Spoilt(name: "closed", sql: "update branches set operating_hours = '{\"monday\": []}'"),
  ]

  @Test(arguments: spoilt) func notWho(_ spoilt: Spoilt) async throws {
    try await Clinic.test { clinic in
      _ = try await silent(clinic)
      try clinic.shop.run(spoilt.sql.replacing("$tenant", with: clinic.shop.tenant.id.text))
      try await clinic.run(.followups)
      #expect(try asked(clinic) == 0)
    }
  }

  @Test func notAtNight() async throws {
    try await Clinic.test { clinic in
      _ = try await silent(clinic)
      // Eleven hours away from where it is noon.
      try clinic.shop.run(
        "update branches set timezone = (select name from pg_timezone_names where name like 'Etc/GMT%'"
          + " and extract(hour from now() at time zone name) between 0 and 7 order by name limit 1)")
      try await clinic.run(.followups)
      #expect(try asked(clinic) == 0)
    }
  }

  @Test func notWhoHasAnAppointment() async throws {
    try await Clinic.test { clinic in
      let phone = try await silent(clinic)
      _ = try clinic.appointment(of: phone, inHours: 40)
      try clinic.shop.run("update leads set status = 'contacted'")
      try await clinic.run(.followups)
      #expect(try asked(clinic) == 0)
    }
  }

  /// What waits to leave does not, once they have written or people are at it.
  @Test func overtaken() async throws {
    try await Clinic.test { clinic in
      let phone = try await silent(clinic)
      try clinic.shop.run("update send_pace set blocked_until = now() + interval '1 hour'")
      try await clinic.run(.followups)
      #expect(try clinic.shop.count("messages", "metadata ? 'follow_up' and status = 'pending'") == 1)
      try clinic.shop.post(message("Ya me decidí", from: phone))
      try clinic.shop.hurry()
      try await clinic.shop.work()
      #expect(
        try clinic.shop.value("status || ' ' || error_code", of: "messages", "metadata ? 'follow_up'")
          == "withheld newer_inbound")
    }
  }

  /// What waits to leave does not, once they come anyway or have said stop.
  @Test(arguments: [true, false]) func needlessMeanwhile(_ books: Bool) async throws {
    try await Clinic.test { clinic in
      let phone = try await silent(clinic)
      try clinic.shop.run("update send_pace set blocked_until = now() + interval '1 hour'")
      try await clinic.run(.followups)
      #expect(try clinic.shop.count("messages", "metadata ? 'follow_up' and status = 'pending'") == 1)
      if books {
        _ = try clinic.appointment(of: phone, inHours: 40)
      } else {
        try clinic.shop.run(
          """
          insert into contact_consents (tenant_id, lead_id, channel, scope, state, source, said_at)
            select tenant_id, id, 'instagram', 'all', 'stopped', 'staff', now() from leads
          """)
      }
      try clinic.shop.hurry()
      try await clinic.shop.work()
      #expect(
        try clinic.shop.value("status || ' ' || error_code", of: "messages", "metadata ? 'follow_up'")
          == (books ? "withheld too_late" : "withheld opted_out"))
    }
  }

  @Test func noThankYou() async throws {
    try await Clinic.test { clinic in
      let phone = try await silent(clinic)
      try await clinic.run(.followups)
      let before = try clinic.shop.count("ai_usage_logs")
      try clinic.presses("seguimiento_no", "Ya no, gracias", from: phone)
      try clinic.shop.hurry()
      try await clinic.shop.work()
      #expect(try clinic.said(phone)?.hasPrefix("Gracias por avisarnos") == true)
      #expect(try clinic.shop.count("ai_usage_logs") == before)
      #expect(try clinic.shop.value("ended", of: "follow_ups") == "declined")
      try pass(clinic, 60)
      try await clinic.run(.followups)
      #expect(try asked(clinic) == 1)
    }
  }
}
