import Core
import FoundationEssentials
import Store
import TestSupport
import Testing

@testable import Flows

/// A report of failure is judged by the same table as an answer, and never makes us send again.
@Suite struct ReportEffectTests {
  private func failed(_ code: Int, of id: String, at: Instant = .now) -> JSON {
    [
      "id": .string(id), "status": "failed", "timestamp": .string(String(at.seconds)),
      "errors": [["code": .number(code), "title": "words"]],
    ]
  }

  /// A business that has answered somebody; the answer's id at the platform.
  private func answered(_ body: (Shop, String) async throws -> Void) async throws {
    try await Shop.test { shop in
      _ = try shop.says("¿Cuánto cuesta la limpieza?")
      try await shop.work()
      try await body(shop, try #require(try shop.reply("external_id")))
    }
  }

  @Test func whatStopsStopsAndNothingIsSentAgain() async throws {
    try await answered { shop, id in
      for _ in 0..<2 { try shop.post(statuses: [failed(131042, of: id)]) }
      #expect(try shop.reply("status || ' ' || error_code") == "failed 131042")
      #expect(try shop.value("status || ' ' || stopped_code", of: "channel_connections") == "error 131042")
      #expect(try shop.value("kind || ' ' || times", of: "alerts") == "channel_stopped 1", "told twice is one report")
      #expect(try shop.value("sentence like '%payment method%'", of: "alerts") == "true")
      try shop.hurry()
      #expect(try await shop.work() == 0)
      #expect(try shop.count("jobs", "status = 'pending'") == 0)
    }
  }

  /// Reports are repeated for days: what was true then need not be true now.
  @Test func oldNewsStopsNothing() async throws {
    try await answered { shop, id in
      try shop.post(statuses: [failed(190, of: id, at: .now + -7200)])
      #expect(try shop.reply("status") == "failed")
      #expect(try shop.value("status", of: "channel_connections") == "connected")
      #expect(try shop.count("alerts") == 0)
    }
  }

  @Test func tooFastAndDispleased() async throws {
    try await answered { shop, id in
      try shop.post(statuses: [failed(131056, of: id)])
      #expect(try shop.value("strikes", of: "send_pace", "contact <> ''") == "1")
      try shop.post(statuses: [failed(131048, of: "wamid.of.another.tool")])
      #expect(try shop.value("blocked_until > now() + interval '3 hours'", of: "send_pace", "contact = ''") == "true")
      #expect(try shop.value("kind", of: "alerts") == "sending_paused")
      #expect(try shop.value("status", of: "channel_connections") == "connected")
    }
  }

  /// An account's limit is everybody's who belongs to it; a number's is its own.
  @Test(arguments: [(80007, 2), (4, 2), (130429, 1)]) func whoseLimitItIs(_ code: Int, _ resting: Int) async throws {
    try await answered { shop, id in
      try shop.run(
        """
        update channel_connections set whatsapp_business_account_id = 'waba';
        insert into channel_connections (tenant_id, channel, account_number, status, whatsapp_phone_number_id,
            whatsapp_business_account_id)
          values ('\(shop.tenant.id.text)', 'whatsapp', 2, 'connected', '\(uniqueDigits("7"))', 'waba');
        """)
      try shop.post(statuses: [failed(code, of: id)])
      #expect(try shop.count("send_pace", "contact = '' and blocked_until > now()") == resting)
    }
  }

  @Test func marketing() async throws {
    try await answered { shop, id in
      let rest = "extract(epoch from not_before - now()) / 3600"
      try shop.post(statuses: [failed(131049, of: id)])
      #expect(try shop.value("state", of: "contact_consents") == "allowed")
      #expect(abs(Double(try shop.value(rest, of: "contact_consents") ?? "")! - 24) < 0.1)
      // It did not help: longer.
      try shop.post(statuses: [failed(131049, of: "wamid.x")])
      #expect(abs(Double(try shop.value(rest, of: "contact_consents") ?? "")! - 24) < 0.1, "not one of ours: nobody's")
      try shop.run("delete from message_status_history")
      try shop.post(statuses: [failed(131049, of: id)])
      #expect(abs(Double(try shop.value(rest, of: "contact_consents") ?? "")! - 72) < 0.1)
      try shop.run("delete from message_status_history")
      try shop.post(statuses: [failed(131050, of: id)])
      #expect(try shop.value("state || ' ' || source", of: "contact_consents") == "stopped error")
      // An older word of the platform's does not take back a newer one of the person's.
      try shop.run("delete from message_status_history")
      try shop.run("update contact_consents set state = 'allowed', source = 'keyword', said_at = now()")
      try shop.post(statuses: [failed(131050, of: id, at: .now + -60)])
      #expect(try shop.value("state || ' ' || source", of: "contact_consents") == "allowed keyword")
    }
  }

  @Test(arguments: [(132015, "PAUSED"), (132016, "DISABLED")]) func aBlockedTemplate(_ code: Int, _ status: String)
    async throws
  {
    try await answered { shop, id in
      try shop.run(
        """
        update channel_connections set whatsapp_business_account_id = 'waba';
        update messages set payload = '{"kind": "template", "name": "promo", "language": "es_MX"}' where role = 'assistant'
        """)
      try shop.post(statuses: [failed(code, of: id)])
      let row = try shop.value(
        "business_account_id || ' ' || name || ' ' || language || ' ' || status", of: "message_templates")
      #expect(row == "waba promo es_MX \(status)")
      #expect(try shop.value("kind || ' ' || severity", of: "alerts") == "template promo es_MX watch")
      // What was approved since is not blocked again by a report that was under way for days.
      try shop.run("update message_templates set status = 'APPROVED', status_at = now() + interval '1 minute'")
      try shop.post(statuses: [failed(code, of: id + "-other")])
      #expect(try shop.value("status", of: "message_templates") == "APPROVED")
    }
  }
}
