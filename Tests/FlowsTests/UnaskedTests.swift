import Core
import FoundationEssentials
import Rules
import Store
import TestSupport
import Testing

@testable import Flows

/// Who fell silent where nothing may be said any more: cold when the attempts would have been over, and never asked.
@Suite struct UnaskedTests {
  struct Case: Sendable, CustomTestStringConvertible {
    let name: String
    var channel = ChannelName.facebook
    var hours = 193
    var sql = ""
    let isCold: Bool
    var testDescription: String { name }
  }

  private static func template(_ status: String, _ language: String = "es_MX") -> String {
    """
    insert into message_templates (tenant_id, business_account_id, name, language, status)
      values ('$tenant', '1', 'seguimiento', '\(language)', '\(status)')
    """
  }

  static let cases = [
    Case(name: "Messenger", isCold: true), Case(name: "Instagram", channel: .instagram, isCold: true),
    Case(name: "TikTok", channel: .tiktok, isCold: true),
    Case(name: "before the attempts would be over", hours: 190, isCold: false),
    Case(name: "long ago", hours: 400, isCold: false),
    Case(name: "WhatsApp without a template", channel: .whatsapp, isCold: true),
    Case(name: "whose template is refused", channel: .whatsapp, sql: template("REJECTED"), isCold: true),
    Case(
      name: "whose template is in another language", channel: .whatsapp, sql: template("APPROVED", "fr"), isCold: true),
    Case(name: "who could be asked", channel: .whatsapp, sql: template("APPROVED", "es"), isCold: false),
    Case(name: "whose window is open", sql: "update contact_windows set last_inbound_at = now()", isCold: false),
    Case(name: "hot", sql: "update leads set score = 90", isCold: false),
    Case(name: "has become a customer", sql: "update leads set status = 'converted'", isCold: false),
    Case(name: "escalated", sql: "update leads set escalated_to_human = true", isCold: false),
    Case(name: "people talk to them", sql: "update conversations set ai_handling = false", isCold: false),
    Case(
      name: "said stop",
      sql:
        "insert into contact_consents (tenant_id, lead_id, channel, scope, state, source, said_at) select tenant_id, id, 'facebook', 'marketing', 'stopped', 'keyword', now() from leads",
      isCold: false),
    Case(
      name: "has an appointment",
      sql:
        "insert into branches (tenant_id, name, slug, city) values ('$tenant', 'Centro', 'centro', 'Nogales'); insert into appointments (tenant_id, branch_id, lead_id, scheduled_at) select b.tenant_id, b.id, l.id, now() + interval '1 day' from branches b join leads l using (tenant_id); update leads set status = 'contacted'",
      isCold: false),
    Case(
      name: "said no lately",
      sql:
        "insert into follow_ups (tenant_id, lead_id, silent_since, ended, last_at) select tenant_id, id, now() - interval '40 days', 'declined', now() - interval '20 days' from leads",
      isCold: false),
    Case(
      name: "given up before, and silent anew",
      sql:
        "insert into follow_ups (tenant_id, lead_id, silent_since, attempts, ended, last_at) select tenant_id, id, now() - interval '40 days', 3, 'cold', now() - interval '30 days' from leads",
      isCold: true),
    Case(
      name: "switched off",
      sql: "insert into ai_tenant_context (tenant_id, follow_ups_enabled) values ('$tenant', false)", isCold: false),
  ]

  private func run(_ account: Account) async throws {
    var environment = World.current.environment(of: "jobs")
    environment["DATABASE_URL"] = account.database.dsn(user: "tistis_jobs")
    let office = try Office("jobs", settings: try Settings(Office.needs, from: environment))
    let job = HeldJob(
      tenant: account.tenant, id: UUID(), work: .routine(.followups), attempt: 1, maxAttempts: 5, requestID: nil)
    _ = await office.perform(.followups, job)
    await office.close()
  }

  private func silent(_ account: Account, hours: Int) throws {
    try account.receive(account.message("¿Cuánto cuesta?", from: account.stranger))
    let answer = try account.pending()
    let ago = "now() - interval '\(hours) hours'"
    try account.database.run(
      """
      update messages set status = 'delivered' where id = '\(answer.text)';
      update conversations set last_message_at = \(ago), last_inbound_at = \(ago) - interval '1 minute';
      update contact_windows set last_inbound_at = \(ago);
      update leads set score = 50;
      """)
  }

  @Test(arguments: cases) func isCold(_ example: Case) async throws {
    try await Account.test(example.channel) { account in
      try silent(account, hours: example.hours)
      if !example.sql.isEmpty {
        try account.database.run(example.sql.replacing("$tenant", with: account.tenant.text))
      }
      let before = try account.database.scalar("select score from leads")
      for _ in 0..<2 { try await run(account) }
      let after = try account.database.scalar("select score from leads")
      #expect(example.isCold ? after == "25" : after == before)
      let written = try account.database.scalar(
        "select count(*) from lead_score_history where change_source = 'time_decay'")
      #expect(written == (example.isCold ? "1" : "0"))
      #expect(try account.database.scalar("select count(*) from messages where metadata ? 'follow_up'") == "0")
      if example.isCold {
        let ended = try account.database.scalar("select ended || ' ' || attempts from follow_ups")
        #expect(ended == "cold 0")
      }
    }
  }

  @Test func manyAtOnceAreOne() async throws {
    try await Account.test(.facebook) { account in
      try silent(account, hours: 200)
      try await withThrowingTaskGroup(of: Void.self) { group in
        for _ in 0..<4 { group.addTask { try await run(account) } }
        try await group.waitForAll()
      }
      #expect(
        try account.database.scalar("select count(*) from lead_score_history where change_source = 'time_decay'") == "1"
      )
    }
  }
}
