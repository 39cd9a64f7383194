import Core
import FoundationEssentials
import Store
import TestSupport
import Testing

@testable import Flows

/// An erasure among those who work on the same person: whoever was there first ends first, and nobody waits in a ring.
@Suite struct ErasureLockTests {
  @Test(arguments: ["select lock_lead('LEAD')", "select prune_raw(now(), 10, false)"])
  func itComesAfterWhoWasThereFirst(_ work: String) async throws {
    try await Shop.test(delay: 60) { shop in
      let phone = try shop.says("hola")
      let lead = try #require(try shop.lead(phone))
      let first = try Holder(shop, work.replacing("LEAD", with: lead.text))
      async let erased = onThreads(1) { _ in try shop.erase(lead) != nil }
      #expect(try await first.isWaitedFor())
      // What they do next: granted at once, although the erasure waits.
      try first.script("select hold_erasures(); select 1 from conversations for update; commit")
      #expect(try await erased == [true])
      #expect(try shop.count("leads") == 0)
    }
  }

  /// Nobody is kept from storing by one who only counts, and what is stored until the erasure begins is erased with the rest.
  @Test func countingWaitsForNobody() async throws {
    try await Shop.test(delay: 60) { shop in
      let phone = try shop.says("hola")
      let lead = try #require(try shop.lead(phone))
      let storing = try Holder(shop, "select hold_erasures()")
      #expect(try shop.erase(lead, reallyDo: false)?["messages"].integer == 1)
      async let erased = onThreads(1) { _ in try shop.erase(lead) != nil }
      #expect(try await storing.isWaitedFor())
      try storing.script(
        """
        insert into webhook_dead_letters (tenant_id, channel, payload, error_message)
          values (current_tenant(), 'whatsapp', '{"from": "\(phone)"}', 'x');
        insert into message_status_history (tenant_id, channel_connection_id, external_id, status, raw)
          values (current_tenant(), '\(shop.tenant.connection.text)', 'wamid.z', 'sent', '{"to": "\(phone)"}');
        insert into lead_aliases (tenant_id, kind, value, lead_id, address)
          values (current_tenant(), 'whatsapp_user_id', 'MX.99887766', '\(lead.text)', 'MX.99887766');
        insert into rate_limits (tenant_id, identifier, window_start) values (current_tenant(), 'MX.99887766', now());
        commit
        """)
      #expect(try await erased == [true])
      let traces = try shop.traces(of: phone) + shop.traces(of: "MX.99887766")
      #expect(traces.isEmpty)
    }
  }

  /// A report comes while its message goes.
  @Test func aReportAboutWhatIsGone() async throws {
    try await Shop.test { shop in
      try shop.run(Shop.anAssistantsMessage(shop.tenant, "accepted"))
      try shop.run("update messages set external_id = 'wamid.x'")
      let erasing = try Holder(shop, "select 1 from conversations for update")
      async let updated = onThreads(1) { _ in
        try GuideClient(shop).row(
          "coalesce(message_id::text, 'none'), updated", "update_message_status($1::uuid, 'wamid.x', 'read')",
          shop.tenant.id.text)
      }
      #expect(try await erasing.isWaitedFor())
      try erasing.script("delete from messages; commit")
      #expect(try await updated == ["none|f"])
      #expect(try shop.count("message_status_history") == 0)
    }
  }
}
