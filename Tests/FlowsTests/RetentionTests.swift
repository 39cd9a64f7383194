import Core
import FoundationEssentials
import Peers
import Store
import TestSupport
import Testing

@testable import Flows

/// What platforms sent is forgotten after its time; what was said, and the ids by which it is recognised, stay.
@Suite struct RetentionTests {
  private static let kinds = ["messages", "message_status_history", "channel_events"]

  /// Makes everything that arrived as old as that: ids tell when.
  private func age(_ shop: Shop, days: Double) throws {
    for table in Self.kinds {
      try shop.run(
        """
        update \(table) set id = (left(uuid_v7_floor(now() - interval '\(days) days')::text, 24) || right(id::text, 12))::uuid
          where tenant_id = '\(shop.tenant.id.text)';
        """)
    }
    try shop.run("update retention_marks set checked_at = null")
  }

  private func raw(_ shop: Shop) throws -> [Int] { try Self.kinds.map { try shop.count($0, "raw is not null") } }

  private func forget(_ shop: Shop, _ changes: [String: String] = [:]) async throws {
    let office = try shop.office(changes)
    await office.forget()
    await office.close()
  }

  /// A message, a report and a reaction; posted again whenever it is called.
  private func deliver(_ shop: Shop, _ phone: String) throws {
    try shop.post(
      message("hola", from: phone, id: "wamid.m" + phone),
      .object([
        "from": .string(phone), "id": .string("wamid.r" + phone), "timestamp": .string(String(Instant.now.seconds)),
        "type": "reaction", "reaction": ["message_id": "wamid.x", "emoji": "👍"],
      ]), statuses: [status("read", of: "wamid.x", to: phone)])
  }

  @Test func afterItsTimeAndNotBefore() async throws {
    try await Shop.test(delay: 60) { shop in
      let phone = newPhone()
      try deliver(shop, phone)
      try shop.run(
        """
        insert into webhook_dead_letters (tenant_id, channel, payload, error_message, status, created_at, resolved_at)
          select '\(shop.tenant.id.text)', 'whatsapp', jsonb_build_object('n', s), 'x', s, now() - interval '40 days',
              case when s <> 'pending' then now() - interval '31 days' end
            from unnest(array['pending', 'completed', 'dismissed']) s
        """)
      #expect(try raw(shop) == [1, 1, 1])
      try age(shop, days: 29.9)
      try await forget(shop)
      #expect(try raw(shop) == [1, 1, 1])
      #expect(try shop.database.column("select status from webhook_dead_letters") == ["pending"])
      try age(shop, days: 30.1)
      try await forget(shop, ["RAW_RETENTION_DAYS": "0"])
      #expect(try raw(shop) == [1, 1, 1])
      try await forget(shop)
      #expect(try raw(shop) == [0, 0, 0])
      #expect(try shop.value("content", of: "messages") == "hola")
      // Delivered once more it is known, and stays forgotten.
      let rows = try Self.kinds.map { try shop.count($0) }
      try deliver(shop, phone)
      #expect(try Self.kinds.map { try shop.count($0) } == rows)
      #expect(try raw(shop) == [0, 0, 0])
      #expect(try shop.value("message_count", of: "conversations") == "1")
    }
  }

  /// How the assistant came to its answers is kept as long as what came in.
  @Test func theStepsOfTheAssistant() async throws {
    try await Shop.test { shop in
      _ = try shop.says("[[echo:hola]]")
      try await shop.work()
      #expect(try shop.count("ai_steps") == 1)
      func age(_ days: Double) throws {
        try shop.run("update retention_marks set checked_at = null")
        try shop.run(
          "update ai_steps set id = (left(uuid_v7_floor(now() - interval '\(days) days')::text, 24) || right(id::text, 12))::uuid"
        )
      }
      try age(29.9)
      try await forget(shop)
      #expect(try shop.count("ai_steps") == 1)
      try age(30.1)
      let owner = shop.database.connection(user: "tistis_owner").tenant(shop.tenant.id)
      #expect(try owner.forgettable(before: .now + -30 * 86_400).steps == 1)
      try await forget(shop)
      #expect(try shop.count("ai_steps") == 0)
      // What it cost is still known.
      #expect(try shop.count("ai_usage_logs") == 1)
    }
  }

  @Test func nobodyElses() async throws {
    try await Shop.test(delay: 60) { shop in
      let other = try Shop(shop.database, delay: 60)
      for each in [shop, other] {
        try deliver(each, newPhone())
        try age(each, days: 40)
      }
      let before = try other.rows()
      let scope = shop.database.connection(user: "tistis_owner").tenant(shop.tenant.id)
      let moment = Instant.now + -30 * 86_400
      let expected = try scope.forgettable(before: moment)
      #expect(expected.total == 3)
      #expect(try raw(shop) == [1, 1, 1])
      #expect(try scope.forget(before: moment) == expected)
      #expect(try raw(shop) == [0, 0, 0])
      #expect(try other.rows() == before)
    }
  }

  /// 5,000 messages in batches of 1,000: several at once, one of them taken back half-way.
  @Test func severalAtOnceAndOneThatIsKilled() async throws {
    try await Shop.test(delay: 60) { shop in
      _ = try shop.says("hola")
      try shop.run(
        """
        insert into messages (tenant_id, conversation_id, channel_connection_id, role, content, status, raw)
          select tenant_id, conversation_id, channel_connection_id, 'user', 'x', 'received', '{}'
            from messages, generate_series(1, 4999)
        """)
      try age(shop, days: 40)
      let moment = Instant.now + -30 * 86_400
      let session = shop.database.connection(user: "tistis_jobs")
      try? session.transaction(tenant: shop.tenant.id) { (scope) throws(StoreError) in
        _ = try scope.pruneRaw(before: moment, limit: 1000, wait: false)
        throw .unavailable("killed")
      }
      #expect(try shop.count("messages", "raw is not null") == 5000)
      #expect(try session.tenant(shop.tenant.id).forget(before: moment, batches: 2).messages == 2000)
      let found = try await onThreads(4) { _ in
        let session = shop.database.connection(user: "tistis_jobs")
        return try (0..<20).map { _ in try session.tenant(shop.tenant.id).forget(before: moment, batches: 1).messages }
      }
      #expect(found.flatMap(\.self).reduce(0, +) == 3000)
      #expect(try shop.count("messages", "raw is not null") == 0)
    }
  }

  /// `tistis prune` says that it is done when it is done, also where `jobs` has begun.
  @Test func whoWaitsForTheOther() async throws {
    try await Shop.test(delay: 60) { shop in
      for _ in 0..<3 { try deliver(shop, newPhone()) }
      try age(shop, days: 40)
      let moment = Instant.now + -30 * 86_400
      let jobs = shop.database.connection(user: "tistis_jobs").tenant(shop.tenant.id)
      #expect(try jobs.forget(before: moment + -30 * 86_400).total == 0)
      let worker = try Holder(shop, "select prune_raw(now() - interval '30 days', 1, false)")
      #expect(try jobs.forget(before: moment).total == 0)
      async let told = onThreads(1) { _ in
        try shop.database.connection(user: "tistis_owner").tenant(shop.tenant.id).forget(before: moment, waiting: true)
      }
      #expect(try await worker.isWaitedFor())
      try worker.script("commit")
      #expect(try await told.map(\.total) == [4])
      #expect(try raw(shop) == [0, 0, 0])
    }
  }

  /// In whichever order they come: nothing of it is left anywhere.
  @Test func whatItsWriterDeletedIsGoneAtOnce() async throws {
    try await Shop.test(delay: 60) { shop in
      for order in [[0, 1, 2], [1, 0, 2], [2, 1, 0], [0, 2, 1]] {
        let (phone, word, id) = (newPhone(), unique("secreto"), unique("wamid."))
        let items = [
          message("uno \(word)", from: phone, id: id), edit(id, "dos \(word)", from: phone), revoke(id, from: phone),
        ]
        for i in order + order { try shop.post(items[i]) }
        let traces = try shop.traces(of: word)
        #expect(traces.isEmpty, "\(order)")
        #expect(try shop.count("messages", "external_id = '\(id)' and deleted_at is not null") == 1)
      }
    }
  }
}
