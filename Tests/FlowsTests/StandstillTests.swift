import Core
import FoundationEssentials
import Store
import TestSupport
import Testing

@testable import Flows

/// What stands still holds up nothing that may go on, and ends when it has become pointless.
@Suite struct StandstillTests {
  /// A message of staff with its job, in the only conversation.
  private func say(_ shop: Shop, _ text: String, payload: String = "null") throws {
    try shop.run(
      """
      do $$ declare m messages; begin
        insert into messages (tenant_id, conversation_id, channel_connection_id, role, content, status, payload)
          select tenant_id, id, channel_connection_id, 'staff', '\(text)', 'pending', \(payload) from conversations
          returning * into m;
        perform set_config('app.tenant_id', m.tenant_id::text, true);
        perform enqueue_jobs(jsonb_build_array(jsonb_build_object('job_type', 'send_whatsapp',
          'lane', 'send:' || m.conversation_id, 'max_attempts', 6, 'payload', jsonb_build_object('message_id', m.id,
            'channel_connection_id', m.channel_connection_id))));
      end $$
      """)
  }

  private func state(_ shop: Shop, _ text: String) throws -> String? {
    try shop.value("status", of: "messages", "role = 'staff' and content = '\(text)'")
  }

  /// A question does not wait for ever for a channel that nobody mends.
  @Test(arguments: [false, true]) func aStoppedChannelsQuestionsGrowStale(_ stale: Bool) async throws {
    try await Shop.test { shop in
      _ = try shop.says("¿Cuánto cuesta?")
      try shop.run("update channel_connections set status = 'error', stopped_at = now()")
      if stale { try shop.run("update messages set external_timestamp = now() - interval '2 hours'") }
      try await shop.work(most: 1)
      #expect(try shop.job("status") == (stale ? "completed" : "pending"))
      #expect(try shop.job("result ->> 'withheld'") == (stale ? "stale" : nil))
    }
  }

  /// What the business begins of itself rests; answers to people do not.
  @Test func aRestingTemplateLetsAnswersPass() async throws {
    try await Shop.test(delay: 60) { shop in
      let phone = try shop.says("hola")
      try shop.tenant.templates("oferta")
      try shop.run(
        """
        do $$ begin
          perform set_config('app.tenant_id', '\(shop.tenant.id.text)', true);
          perform hold_sends('\(shop.tenant.connection.text)', '', 3600, true, '131064');
        end $$
        """)
      try say(
        shop, "oferta",
        payload: #"'{"kind": "template", "name": "oferta", "language": "es_MX", "category": "utility"}'::jsonb"#)
      try say(shop, "con gusto")
      try await shop.work()
      #expect(try state(shop, "oferta") == "pending")
      #expect(try state(shop, "con gusto") == "accepted")
      #expect(try await shop.texts(phone) == ["con gusto"])
    }
  }

  /// Whoever mended the token has not yet answered those who waited in vain.
  @Test func resumingLeavesOtherAlertsOpen() async throws {
    try await Shop.test { shop in
      try shop.run(
        """
        update channel_connections set status = 'error', stopped_code = 'account_restricted', stopped_at = now();
        insert into alerts (tenant_id, channel_connection_id, kind, dedup_key, severity, sentence)
          select tenant_id, id, k, k, 'act', 'x' from channel_connections,
            unnest(array['stale_messages', 'channel_stopped', 'account_restricted', 'template promo es_MX']) k
            where tenant_id = '\(shop.tenant.id.text)';
        """)
      _ = try shop.database.connection().tenant(shop.tenant.id).resumeChannel(connectionId: shop.tenant.connection)
      let open = try shop.value("string_agg(kind, ',' order by kind)", of: "alerts", "resolved_at is null")
      #expect(open == "stale_messages,template promo es_MX")
    }
  }

  /// A processor that was started with the wrong keys stops nobody's channel.
  @Test func keysThatOpenNothingStopNothing() async throws {
    try await Shop.test(delay: 60) { shop in
      let phone = try shop.says("hola")
      try say(shop, "con gusto")
      try await shop.work(["OUTBOUND_KEYS": "other:" + String(repeating: "7", count: 64)])
      #expect(try state(shop, "con gusto") == "pending")
      #expect(try shop.value("status", of: "channel_connections") == "connected")
      #expect(try shop.count("alerts") == 0)
      try shop.hurry()
      try await shop.work()
      #expect(try await shop.texts(phone).contains("con gusto"))
    }
  }
}
