import Core
import FoundationEssentials
import Store
import TestSupport
import Testing

@testable import Flows

/// What a person does after trouble, and what trouble must not do behind anybody's back.
@Suite struct MendedTests {
  private func scope(_ shop: Shop) -> Scope { shop.database.connection().tenant(shop.tenant.id) }

  private func conversation(_ shop: Shop) throws -> UUID {
    try #require(UUID(uuidString: try shop.tenant.value("id", of: "conversations") ?? ""))
  }

  /// The platform would refuse it, or the channel is stopped: a person's message does not leave either.
  @Test(arguments: [
    ("update contact_windows set last_inbound_at = now() - interval '25 hours'", "window_closed"),
    ("update channel_connections set status = 'disconnected'", "channel_inactive"),
    ("update tenants set status = 'suspended'", "tenant_inactive"),
  ])
  func staffToo(_ obstacle: String, _ reason: String) async throws {
    try await Shop.test(delay: 60) { shop in
      let phone = newPhone()
      try shop.post(message("hola", from: phone))
      _ = try scope(shop).sendStaffMessage(
        conversationId: try conversation(shop), content: "Le atiendo", staffId: nil, requestId: nil)
      try shop.database.run(obstacle)
      try await shop.work()
      let state = try shop.tenant.value("status || ' ' || error_code", of: "messages", where: "role = 'staff'")
      #expect(state == "withheld " + reason)
      let texts = try await shop.texts(phone)
      #expect(texts.isEmpty)
    }
  }

  /// Jobs were not running for hours: nobody is answered that late.
  @Test func aQuestionThatWaitedTooLong() async throws {
    try await Shop.test { shop in
      let phone = newPhone()
      try shop.post(message("hola", from: phone))
      try shop.database.run(
        "update messages set external_timestamp = now() - interval '2 hours' where role = 'user'")
      try await shop.work()
      let state = try shop.tenant.value("result ->> 'withheld'", of: "jobs", where: "job_type = 'ai_response'")
      #expect(state == "stale")
    }
  }

  /// A send that was given up without the platform ever having had the message leaves when a person says so.
  @Test func aDeadSendIsDrivenAgain() async throws {
    try await Shop.test { shop in
      let phone = newPhone()
      try shop.post(message("limpieza", from: phone))
      try await shop.work(["META_GRAPH_URL": "http://127.0.0.1:1/graph/v25.0"])
      for _ in 0..<8 {
        try shop.hurry()
        try await shop.work(["META_GRAPH_URL": "http://127.0.0.1:1/graph/v25.0"])
      }
      let failed = try shop.tenant.value("status", of: "messages", where: "role = 'assistant'")
      #expect(failed == "failed")
      let dead = try scope(shop).listDeadJobs(limit: 10).map(\.id)
      #expect(dead.count == 1)
      let driven = try scope(shop).redriveJobs(ids: dead)
      #expect(driven == dead)
      try await shop.work()
      let sent = try shop.tenant.value("status", of: "messages", where: "role = 'assistant'")
      #expect(sent == "accepted")
      let texts = try await shop.texts(phone)
      #expect(texts.count == 1)
    }
  }

  /// The answer of `begin_reply` is lost after its commit: asking again names the same message and the same job, and it
  /// is still ours to send. Under another attempt's name nobody sends it again.
  @Test func theSameReplyStoredTwice() async throws {
    try await Shop.test(delay: 60) { shop in
      try shop.post(message("hola", from: newPhone()))
      let (conversation, job, worker) = (try conversation(shop), UUID(), UUID())
      let question = try #require(
        UUID(uuidString: try shop.tenant.value("last_question_id", of: "conversations") ?? ""))
      let (attempt, usage) = (UUID(), usage(conversation))
      func store(_ worker: UUID, _ attempt: UUID) throws -> BeginReplyRow? {
        try scope(shop).beginReply(
          conversationId: conversation, parts: ["uno", "dos"], answers: question, jobId: job, workerId: worker,
          metadata: "{}", requestId: nil, usage: usage, attempt: attempt, policy: gatePolicy(.whatsapp), turn: nil)
      }
      func store(_ worker: UUID) throws -> BeginReplyRow? { try store(worker, attempt) }
      let first = try store(worker)
      #expect(first?.sendJobId != nil)
      #expect(first?.verdict == "go")
      let again = try store(worker)
      #expect(again == first)
      // Another worker is told that it is not his.
      let other = try store(UUID())
      #expect(other == nil)
      let messages = try shop.tenant.count("messages", where: "role = 'assistant'")
      #expect(messages == 2)
      let costs = try shop.tenant.count("ai_usage_logs")
      #expect(costs == 1)
      let late = try store(worker, UUID())
      #expect(late?.verdict == "unknown")
    }
  }

  /// While something else is on its way to the person, a reply is stored and waits for its turn.
  @Test func aReplyBehindAnother() async throws {
    try await Shop.test(delay: 60) { shop in
      try shop.post(message("hola", from: newPhone()))
      let conversation = try conversation(shop)
      let question = try #require(
        UUID(uuidString: try shop.tenant.value("last_question_id", of: "conversations") ?? ""))
      func reply() throws -> BeginReplyRow? {
        try scope(shop).beginReply(
          conversationId: conversation, parts: ["uno"], answers: question, jobId: UUID(), workerId: UUID(),
          metadata: "{}", requestId: nil, usage: usage(conversation), attempt: UUID(), policy: gatePolicy(.whatsapp),
          turn: nil)
      }
      let first = try reply()
      #expect(first?.verdict == "go")
      let second = try reply()
      #expect(second?.verdict == "later")
      #expect(second?.sendJobId == nil)
      let waiting = try shop.tenant.count("messages", where: "role = 'assistant' and status = 'pending'")
      #expect(waiting == 1)
    }
  }

  /// What a call cost, as `record_usage` reads it.
  private func usage(_ conversation: UUID) -> JSONText {
    let row: JSON = [
      "id": .string(UUID().text), "conversation_id": .string(conversation.text), "job_id": .string(UUID().text),
      "ai_model": "claude", "prompt_tokens": 1, "cache_write_tokens": 0, "cache_read_tokens": 0,
      "completion_tokens": 1, "cost_usd": "0.001", "response_time_ms": 1, "stop_reason": "endTurn",
      "was_successful": true,
    ]
    return JSONText(row.text)
  }

  /// Asking again under the same name, because the answer was lost, is no second attempt; another name is.
  @Test func theSameAttemptTwice() async throws {
    try await Shop.test(delay: 60) { shop in
      try shop.post(message("hola", from: newPhone()))
      let id = try #require(
        try scope(shop).sendStaffMessage(
          conversationId: try conversation(shop), content: "Le atiendo", staffId: nil, requestId: nil))
      let mine = UUID()
      for _ in 0..<2 {
        let verdict = try scope(shop).beginSend(messageId: id, attempt: mine, policy: gatePolicy(.whatsapp)).verdict
        #expect(verdict == "go")
      }
      let other = try scope(shop).beginSend(messageId: id, attempt: UUID(), policy: gatePolicy(.whatsapp)).verdict
      #expect(other == "unknown")
    }
  }

  /// Staff and assistant at the same conversation at once wait for each other in one order.
  @Test func nobodyWaitsCrosswise() async throws {
    try await Shop.test(delay: 60) { shop in
      try shop.post(message("hola", from: newPhone()))
      let conversation = try conversation(shop)
      let question = try #require(
        UUID(uuidString: try shop.tenant.value("last_question_id", of: "conversations") ?? ""))
      _ = try await onThreads(4) { thread in
        for i in 0..<60 {
          if thread % 2 == 0 {
            _ = try scope(shop).sendStaffMessage(
              conversationId: conversation, content: "\(thread) \(i)", staffId: nil, requestId: nil)
          } else {
            _ = try scope(shop).beginReply(
              conversationId: conversation, parts: ["r"], answers: question, jobId: UUID(), workerId: UUID(),
              metadata: "{}", requestId: nil, usage: usage(conversation), attempt: UUID(),
              policy: gatePolicy(.whatsapp), turn: nil)
          }
        }
      }
      let deadlocks = try shop.database.count(
        "select deadlocks from pg_stat_database where datname = current_database()")
      #expect(deadlocks == 0)
    }
  }
}
