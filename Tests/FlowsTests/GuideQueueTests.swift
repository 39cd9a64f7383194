import Core
import FoundationEssentials
import Rules
import Store
import TestSupport
import Testing

@testable import Flows

/// The queue for somebody else's worker, limits and dead letters, by the guide's names.
@Suite struct GuideQueueTests {
  private static let claim = "select id from claim_next_job()"

  /// Jobs of the tenant, named by their `unique_key`.
  private func enqueue(_ shop: Shop, _ jobs: JSON...) throws {
    let session = shop.database.connection(user: "tistis_jobs")
    _ = try session.tenant(shop.tenant.id).enqueue(jobs)
  }

  @Test func eachIsClaimedOnce() async throws {
    try await Shop.test { shop in
      let other = try Shop(shop.database)
      for i in 0..<5 { try enqueue(shop, job("j\(i)")) }
      try enqueue(other, job("theirs"))
      let claimed = try await onThreads(20) { _ in try GuideClient(shop).ask(Self.claim).joined() }
      let ids = claimed.filter { $0 != "null" }
      #expect(ids.count == 5 && Set(ids).count == 5)
      #expect(try other.value("status", of: "jobs") == "pending")
      #expect(try shop.count("jobs", "status = 'processing' and attempts = 1 and worker_id is not null") == 5)
      // One worker for each claim, and none for those that found nothing.
      #expect(try shop.database.count("select count(*) from workers where kind = 'external'") == 5)
      let complete = "select complete_job($1::uuid, '{\"ok\": true}')"
      let done = try await onThreads(20) { _ in try GuideClient(shop).ask(complete, [ids[0]]).joined() }
      #expect(done.count { $0 == "true" } == 1)
      #expect(try shop.value("result", of: "jobs", "status = 'completed'") == #"{"ok": true}"#)
    }
  }

  @Test func lanesAreKeptAndSendsStayOurs() async throws {
    try await Shop.test { shop in
      let client = try GuideClient(shop)
      try enqueue(
        shop, job("a", kind: "ai_response", lane: "l"), job("b", lane: "l"), job("s", kind: "send_whatsapp"),
        job("m", kind: "fetch_media"), job("r", kind: "remove_media"), job("n", kind: "noop"))
      let name = "select payload ->> 'name' from claim_next_job()"
      #expect(try client.ask(name) == ["a"])
      #expect(try client.ask(name) == ["null"])
      let id = try #require(try shop.value("id", of: "jobs", "status = 'processing'"))
      #expect(try client.ask("select complete_job($1::uuid)", [id]) == ["true"])
      #expect(try client.ask(name) == ["b"])
      #expect(try client.ask(name) == ["null"])
      #expect(try shop.database.count("select count(*) from workers") == 2)
    }
  }

  /// What this build does itself is none of theirs, but for answers; and what it calls so it knows again.
  @Test func ourKindsAreKnown() throws {
    let id = UUID()
    let ours: [Work] = [
      .answer(conversation: id, channel: .tiktok), .fetchMedia(media: id), .nothing,
      .removeMedia(media: id, key: "k"), .readBack(message: id), .refreshToken(connection: id), .uploadMedia(media: id),
      .markRead(message: id), .fetchProfile(conversation: id), .fetchTokenKeys,
      .syncTemplates(connection: id, create: true),
      .testChannel(connection: id, subscribe: true), .routine(.reminders), .confirmBooking(appointment: id),
      .scoreLead(conversation: id), .deliverEvent(event: id),
      .handOver(conversation: id, channel: .tiktok, answer: id),
    ]
    #expect(Set(ours.map(\.name)) == Set(Work.Kind.allCases.map(\.rawValue)))
    let all: JSON = [
      "conversation_id": .string(id.text), "message_id": .string(id.text), "media_id": .string(id.text),
      "channel_connection_id": .string(id.text), "event_id": .string(id.text), "appointment_id": .string(id.text),
      "job_id": .string(id.text), "channel": "tiktok", "storage_key": "k", "create": true, "subscribe": true,
      "routine": "reminders",
    ]
    for work in ours + ChannelName.allCases.map({ .send(message: id, channel: $0) }) {
      #expect(try Database.world.scalar("select is_own_kind($1)", [work.name]) == "true", "\(work.name)")
      #expect(Work(work.name, payload: JSONText(all)) == work)
      let bare = Work(work.name, payload: JSONText([:]))
      if case .unknown(_, let fault) = bare {
        #expect(fault.hasPrefix("payload."), "\(fault)")
      } else {
        #expect(bare == work)
      }
    }
    #expect(Work("sendgrid", payload: JSONText(all)) == .unknown(kind: "sendgrid", fault: "no such kind of job"))
    #expect(try Database.world.scalar("select is_own_kind('sendgrid')") == "false")
  }

  @Test func failuresAreTriedAgainAndThenDead() async throws {
    try await Shop.test { shop in
      let client = try GuideClient(shop)
      try enqueue(shop, job("x", most: 2))
      let fail = "select complete_job($1::uuid, null, 'the model said no')"
      var id = try client.ask(Self.claim)[0]
      _ = try client.ask("select cache_job_ai_response($1::uuid, 'hola', '{\"tokens\": 3}')", [id])
      #expect(try client.ask(fail, [id]) == ["true"])
      #expect(try shop.job("status || ' ' || error_message", kind: "test") == "pending the model said no")
      #expect(try shop.job("scheduled_for - updated_at", kind: "test") == "00:00:02")
      try shop.run("update jobs set scheduled_for = now() + interval '1 hour'")
      #expect(try client.ask(Self.claim) == ["null"])
      try shop.hurry()
      id = try client.ask(Self.claim)[0]
      #expect(try client.ask("select cached_result ->> 'response' from job_queue") == ["hola"])
      #expect(try client.ask(fail, [id]) == ["true"])
      #expect(try shop.job("status", kind: "test") == "dead")
      #expect(try client.ask(fail, [id]) == ["false"])
      #expect(try client.refused("select cache_job_ai_response($1::uuid, 'x')", [id]) == "P0002")
    }
  }

  /// Its five minutes are over: the job is another's, and what it says then changes nothing.
  @Test func whoIsLateHasLostIt() async throws {
    try await Shop.test { shop in
      let client = try GuideClient(shop)
      try enqueue(shop, job("x"))
      let id = try client.ask(Self.claim)[0]
      let session = shop.database.connection(user: "tistis_jobs")
      #expect(try session.everyone.recoverJobs(leaseSeconds: 20) == 0)
      try shop.run("update workers set last_seen = now() - interval '21 seconds'")
      #expect(try session.everyone.recoverJobs(leaseSeconds: 20) == 1)
      #expect(try client.ask("select complete_job($1::uuid)", [id]) == ["false"])
      // Ours has it now.
      let worker = UUID()
      _ = try session.everyone.workerHeartbeat(workerId: worker, name: "ours", kind: nil, leaseSeconds: 20)
      #expect(try session.everyone.claimJobs(workerId: worker, limit: 1, kind: nil, id: nil, since: nil).count == 1)
      #expect(try client.ask("select complete_job($1::uuid)", [id]) == ["false"])
      #expect(try shop.job("status", kind: "test") == "processing")
    }
  }

  @Test func strangersGetNothing() async throws {
    try await Shop.test { shop in
      let other = try Shop(shop.database)
      let (client, them) = (try GuideClient(shop), try GuideClient(other))
      try enqueue(other, job("theirs"))
      #expect(try client.ask(Self.claim) == ["null"])
      let theirs = try them.ask(Self.claim)[0]
      #expect(try client.ask("select complete_job($1::uuid)", [theirs]) == ["false"])
      #expect(try client.ask("select complete_job(null)") == ["false"])
      #expect(try client.refused("select cache_job_ai_response($1::uuid, 'x')", [theirs]) == "P0002")
      let validate = "validate_channel_connection_for_job($1::uuid, $2::uuid)"
      #expect(
        try client.row("is_valid, error_reason", validate, theirs, shop.tenant.connection.text) == "f|job_not_found")
      client.tenant = nil
      #expect(try client.refused(Self.claim) == "42501")
      #expect(try client.refused("select complete_job($1::uuid)", [theirs]) == "42501")
      #expect(try other.value("status", of: "jobs") == "processing")
    }
  }

  @Test func aConnectionIsValidated() async throws {
    try await Shop.test { shop in
      let client = try GuideClient(shop)
      try shop.post(message("hola", from: newPhone()))
      let (id, ours) = (try shop.job("id"), shop.tenant.connection.text)
      func ask(_ connection: String) throws -> String {
        try client.row(
          "is_valid, connection_status, error_reason", "validate_channel_connection_for_job($1::uuid, $2::uuid)", id,
          connection)
      }
      #expect(try ask(ours) == "t|connected")
      #expect(try ask(UUID().text) == "f|connection_not_found")
      try shop.run("update channel_connections set status = 'error' where id = '\(ours)'")
      #expect(try ask(ours) == "f|error|connection_error")
      try shop.run("update tenants set status = 'suspended' where id = '\(client.id)'")
      #expect(try ask(ours) == "f|error|tenant_suspended")
    }
  }

  @Test func limits() async throws {
    try await Shop.test { shop in
      let taken = try await onThreads(20) { _ in
        try GuideClient(shop).ask("select check_rate_limit('n8n', 5, 3600) ->> 'success'").joined()
      }
      #expect(taken.count { $0 == "true" } == 5)
      let client = try GuideClient(shop)
      let state =
        "select concat_ws('|', r ->> 'count', r ->> 'remaining', r ->> 'limit') from check_rate_limit('n8n', 5, 3600) r"
      #expect(try client.ask(state) == ["5|0|5"])
      // Another's count is another's; a window that is over begins anew.
      #expect(try GuideClient(try Shop(shop.database)).ask(state) == ["1|4|5"])
      try shop.run("update rate_limits set window_start = now() - interval '1 hour'")
      #expect(try client.ask(state) == ["1|4|5"])
      for junk in ["'', 1", "null, 1", "'x', 0", "'x', 1, 0", "'x', 1, null"] {
        #expect(try client.refused("select check_rate_limit(\(junk))") == "22023", "\(junk)")
      }

      try shop.run("update channel_connections set throughput_per_second = 1")
      try shop.run(
        """
        insert into channel_rate_limits (tenant_id, channel_connection_id, window_start, message_count)
          select tenant_id, id, date_trunc('minute', now()) + make_interval(mins => m), 55 from channel_connections,
              generate_series(0, 1) m where id = '\(shop.tenant.connection.text)'
        """)
      let check = "check_rate_limit($1::uuid, 'whatsapp'::varchar)"
      let sends = try await onThreads(20) { _ in
        try GuideClient(shop).row("allowed, limit_count", check, shop.tenant.connection.text)
      }
      #expect(sends.count { $0 == "t|60" } >= 5 && sends.count { $0 == "f|60" } >= 10)
      #expect(try client.row("allowed, current_count, limit_count", check, UUID().text) == "f|0|0")
      try shop.run(
        """
        delete from channel_rate_limits;
        insert into send_pace (tenant_id, channel_connection_id, contact, blocked_until)
          values ('\(client.id)', '\(shop.tenant.connection.text)', '', now() + interval '1000 seconds')
        """)
      let rest = try client.row("allowed, current_count, retry_after_seconds > 90", check, shop.tenant.connection.text)
      #expect(rest == "f|0|t")
    }
  }

  @Test func deadLetters() async throws {
    try await Shop.test { shop in
      let client = try GuideClient(shop)
      let park = "select enqueue_dead_letter('whatsapp', $1, '{\"a\": 1}', 'no such thing', 'line 1', '{\"h\": 2}')"
      let ids = try await onThreads(20) { _ in try GuideClient(shop).ask(park, [shop.tenant.slug]).joined() }
      #expect(Set(ids).count == 1)
      let due = "select id from get_pending_dead_letters()"
      #expect(try client.ask(due) == [])
      try shop.run("update webhook_dead_letters set next_retry_at = now()")
      #expect(try client.ask(due) == [ids[0]])
      #expect(try client.ask("select id from get_pending_dead_letters('tiktok')") == [])
      #expect(try client.ask("select id from get_pending_dead_letters(null, -1)") == [])
      #expect(try client.refused(park, ["somebody-else"]) == "42501")
      #expect(try client.refused("select enqueue_dead_letter(null)") == "22023")
      // Nothing but a channel is enough.
      #expect(try client.ask("select enqueue_dead_letter('tiktok') is not null") == ["true"])
      #expect(try GuideClient(try Shop(shop.database)).ask("select id from webhook_dead_letters") == [])
    }
  }
}
