import Core
import FoundationEssentials
import Store
import TestSupport
import Testing

@testable import Flows

/// What an answer reads does not grow with the conversation.
@Suite struct LongTalkTests {
  /// Rows of messages that one look at a conversation touches, and what it saw.
  private func look(_ shop: Shop) throws -> (touched: Int, found: ConversationToAnswerRow) {
    let id = try #require(UUID(uuidString: shop.value("id", of: "conversations") ?? ""))
    let job = try #require(UUID(uuidString: shop.job("id") ?? ""))
    let session = shop.database.connection(user: "tistis_jobs")
    return try session.transaction(tenant: shop.tenant.id) { (scope) throws(StoreError) in
      guard
        let found = try scope.conversationToAnswer(
          jobId: job, policy: gatePolicy(.whatsapp), lastMessages: 20, conversationId: id)
      else { throw .shape("no conversation") }
      let touched: [Int64] = try scope.many(
        "touched",
        """
        select pg_stat_get_xact_tuples_returned(c.oid) + pg_stat_get_xact_tuples_fetched(c.oid)
            + (select coalesce(sum(pg_stat_get_xact_tuples_returned(i.indexrelid)), 0) from pg_index i
                where i.indrelid = c.oid)::bigint
          from pg_class c where c.oid = 'public.messages'::regclass
        """, []
      ) { row throws(StoreError) in try row.get(0) }
      return (Int(touched.first ?? -1), found)
    }
  }

  @Test func oneOfTwentyThousandMessages() async throws {
    try await Shop.test(delay: 60) { shop in
      try shop.run(
        """
        insert into ai_tenant_context (tenant_id, auto_escalate_after_messages, out_of_hours_enabled)
          values ('\(shop.tenant.id.text)', 5, true)
        """)
      let phone = try shop.says("hola")
      let few = try look(shop).touched
      try shop.run(
        """
        alter table messages disable trigger user;
        insert into messages (tenant_id, id, conversation_id, channel_connection_id, role, content, channel, status, created_at)
          select m.tenant_id, overlay(uuid_v7()::text placing left(uuid_v7_floor(t.at)::text, 13) from 1)::uuid,
              m.conversation_id, m.channel_connection_id, case when i % 2 = 0 then 'user' else 'assistant' end, 'n' || i,
              m.channel, case when i % 2 = 0 then 'received' else 'read' end, t.at
            from messages m, generate_series(1, 20000) i
            cross join lateral (select now() - interval '2 days' - interval '1 minute' * i as at) t;
        alter table messages enable trigger user;
        analyze messages;
        """)
      try shop.post(message("¿sigue ahí?", from: phone))
      let (touched, found) = try look(shop)
      #expect(few > 0 && touched < 1000, "\(few), then \(touched)")
      #expect(found.said.count == 20 && found.said.last?.content == "¿sigue ahí?")
      #expect(found.said.first?.content == "n18" && found.standing.messages == 2)
    }
  }

  /// History may come after what is said now, and more of it than is shown.
  @Test func whatHistoryBringsHidesNothing() async throws {
    try await Shop.test(delay: 60) { shop in
      _ = try shop.says("hola")
      try shop.run(
        """
        insert into messages (tenant_id, conversation_id, channel_connection_id, role, content, channel, status, historical,
            external_timestamp)
          select m.tenant_id, m.conversation_id, m.channel_connection_id, 'user', 'h' || i, m.channel, 'received', true,
              now() - interval '1 hour' * i
            from messages m, generate_series(1, 300) i
        """)
      let said = try look(shop).found.said
      #expect(said.count == 20 && said.last?.content == "hola")
      #expect(said.dropLast().allSatisfy { $0.content.hasPrefix("h") })
    }
  }
}
