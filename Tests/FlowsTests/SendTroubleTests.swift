import Core
import FoundationEssentials
import Store
import TestSupport
import Testing

@testable import Flows

/// A message leaves at most once.
@Suite struct SendTroubleTests {
  private let question = "¿Cuánto cuesta la limpieza?"

  /// Refused for now: waits, and goes when it may.
  @Test(arguments: [("429", 0.0), ("500", 0), ("code:131056", 1), ("429", 9)])
  func isTriedAgain(_ fault: String, _ atLeast: Double) async throws {
    try await Shop.test { shop in
      let phone = newPhone()
      let extra: [(String, JSON)] = atLeast == 9 ? [("retry_after", 9)] : []
      try await Sandbox.fail("whatsapp", fault, match: phone, extra: extra)
      try shop.post(message(question, from: phone))
      try await shop.work(most: 1)
      #expect(try shop.reply("status") == "pending")
      #expect(try send(shop, "status || ' ' || attempts") == "pending 1")
      let wait = Double(try send(shop, "extract(epoch from scheduled_for - updated_at)") ?? "") ?? -1
      #expect(wait > atLeast - 1.5 && wait < atLeast + 1.5, "\(wait)")
      #expect(try await shop.texts(phone).isEmpty)
      try shop.hurry()
      try await shop.work()
      #expect(try shop.reply("status || coalesce(error_code, '')") == "accepted")
      #expect(try await shop.texts(phone).count == 1)
      #expect(try await shop.asked(shop.tenant.slug) == 1, "the answer is thought of once")
    }
  }

  /// An app that has "Require App Secret" on refuses everything: nothing is burnt, and people are told what to do.
  @Test func aProofThatIsWantedStopsTheChannel() async throws {
    try await Shop.test { shop in
      let phone = newPhone()
      try await Sandbox.fail("whatsapp", "wants_proof", match: phone)
      try shop.post(message(question, from: phone))
      try await shop.work()
      #expect(try shop.reply("status || ' ' || error_code") == "pending 100")
      #expect(try send(shop, "status || ' ' || max_attempts - attempts") == "pending 6")
      #expect(try shop.value("status || ' ' || stopped_code", of: "channel_connections") == "error 100")
      let alert = try shop.value("severity || ' ' || sentence", of: "alerts", "resolved_at is null")
      #expect(alert?.hasPrefix("act ") == true && alert?.contains("Require App Secret off") == true, "\(alert ?? "")")
      let scope = shop.database.connection().tenant(shop.tenant.id)
      #expect(try scope.resumeChannel(connectionId: shop.tenant.connection) != nil)
      try await shop.work()
      #expect(try await shop.texts(phone).count == 1)
    }
  }

  @Test func credentialsThatFailStopTheChannel() async throws {
    try await Shop.test { shop in
      let phone = newPhone()
      try await Sandbox.fail("whatsapp", "401", match: phone)
      try shop.post(message(question, from: phone))
      try await shop.work()
      // A Graph error proves that it was not taken: it waits like all the others.
      #expect(try shop.reply("status || ' ' || error_code") == "pending 190")
      #expect(try send(shop, "status") == "pending")
      #expect(try shop.value("status || ' ' || error_count", of: "channel_connections") == "error 1")
      #expect(try shop.value("last_error_message <> ''", of: "channel_connections") == "true")
      let other = try shop.says(question)
      try await shop.work()
      #expect(try await shop.texts(other).isEmpty)
      #expect(try shop.count("messages", "role = 'assistant'") == 1)
    }
  }

  @Test func aTokenThatIsMissingStopsTheChannelToo() async throws {
    try await Shop.test(token: false) { shop in
      _ = try shop.says(question)
      try await shop.work()
      #expect(try shop.reply("status || ' ' || error_code") == "pending no_token")
      #expect(try shop.value("sentence like '%--token-file%'", of: "alerts") == "true")
      #expect(try shop.value("status", of: "channel_connections") == "error")
    }
  }

  @Test(arguments: ["code:131026", "closed_window", "400"]) func whatIsRefusedIsNotRepeated(_ fault: String)
    async throws
  {
    try await Shop.test { shop in
      let phone = newPhone()
      try await Sandbox.fail("whatsapp", fault, match: phone)
      try shop.post(message(question, from: phone))
      try await shop.work()
      #expect(try shop.reply("status") == "failed")
      #expect(try send(shop, "status") == "dead")
      #expect(try shop.value("status", of: "channel_connections") == "connected")
      try shop.hurry()
      #expect(try await shop.work() == 0)
    }
  }

  /// The answer is lost. Whether the platform has the message we cannot know, so it is never sent again.
  @Test(arguments: [("reset", true), ("reset", false), ("malformed", true), ("timeout", true)])
  func aLostAnswerIsUnknown(_ fault: String, _ taken: Bool) async throws {
    try await Shop.test { shop in
      let phone = newPhone()
      try await Sandbox.fail(
        "whatsapp", fault, match: phone, extra: [("after_accept", .bool(taken)), ("delay_ms", 300)])
      try shop.post(message(question, from: phone))
      try await shop.work()
      #expect(try shop.reply("status") == "unknown")
      #expect(try send(shop, "status || ' ' || (result ->> 'state')") == "completed unknown")
      try shop.hurry()
      #expect(try await shop.work() == 0)
      #expect(try await shop.texts(phone).count == (taken ? 1 : 0))
      #expect(try await Sandbox.requests("whatsapp", match: phone, kind: "text").count == 1)
      // A report settles it by our own id.
      let id = try shop.reply("id")
      try shop.post(statuses: [status("delivered", of: "wamid.late", opaque: id)])
      #expect(try shop.reply("status || ' ' || external_id") == "delivered wamid.late")
    }
  }

  /// libcurl would send a request again by itself if a kept connection ends under it.
  @Test func aKeptConnectionThatEndsIsNoReasonToRepeat() async throws {
    try await Shop.test { shop in
      let phone = newPhone()
      let office = try shop.office()
      try shop.post(message(question, from: phone))
      await Worker(office, WorkerOptions(drainOnly: true)).run()
      #expect(try await shop.texts(phone).count == 1)
      try await Sandbox.fail("whatsapp", "reset", match: phone, extra: [("after_accept", true)])
      try shop.post(message("¿Y los sábados?", from: phone))
      await Worker(office, WorkerOptions(drainOnly: true)).run()
      await office.close()
      #expect(try await shop.texts(phone).count == 2)
      #expect(try await Sandbox.requests("whatsapp", match: phone, kind: "text").count == 2)
      #expect(try shop.count("messages", "role = 'assistant' and status = 'unknown'") == 1)
    }
  }

  @Test func whatProvablyNeverLeftIsTriedAgain() async throws {
    try await Shop.test { shop in
      let phone = try shop.says(question)
      try await shop.work(["META_GRAPH_URL": "http://127.0.0.1:1/v25.0"], most: 1)
      #expect(try shop.reply("status") == "pending")
      #expect(try send(shop, "status") == "pending")
      try shop.hurry()
      try await shop.work()
      #expect(try shop.reply("status") == "accepted")
      #expect(try await shop.texts(phone).count == 1)
    }
  }

  /// A retry goes through the gate again.
  @Test func whatWaitedTooLongIsWithheld() async throws {
    try await Shop.test { shop in
      let phone = try shop.says(question)
      try await shop.work(["META_GRAPH_URL": "http://127.0.0.1:1/v25.0"], most: 1)
      try Obstacle.window.arise(shop, phone)
      try shop.hurry()
      try await shop.work()
      #expect(try shop.reply("status || ' ' || error_code") == "withheld window_closed")
      #expect(try await shop.texts(phone).isEmpty)
    }
  }

  @Test func theLastAttemptFailsTheMessage() async throws {
    try await Shop.test { shop in
      _ = try shop.says(question)
      try await shop.work(["META_GRAPH_URL": "http://127.0.0.1:1/v25.0"], most: 1)
      try shop.run("update jobs set max_attempts = 2 where job_type = 'send_whatsapp'")
      try shop.hurry()
      try await shop.work(["META_GRAPH_URL": "http://127.0.0.1:1/v25.0"])
      #expect(try shop.reply("status || ' ' || error_code") == "failed unreachable")
      #expect(try send(shop, "status") == "dead")
    }
  }

  @Test func aWorkerThatDiedWhileSendingLeavesAnUnknown() async throws {
    try await Shop.test { shop in
      let phone = try shop.says(question)
      try await shop.work(["META_GRAPH_URL": "http://127.0.0.1:1/v25.0"], most: 1)
      try shop.run("update messages set status = 'sending' where role = 'assistant'")
      try shop.hurry()
      try await shop.work()
      #expect(try shop.reply("status") == "unknown")
      #expect(try send(shop, "status") == "completed")
      #expect(try await shop.texts(phone).isEmpty)
    }
  }

  /// Accepted, and refused by a report.
  @Test func aReportOfFailureIsKept() async throws {
    try await Shop.test { shop in
      _ = try shop.says(question)
      try await shop.work()
      let id = try shop.reply("external_id") ?? ""
      try shop.post(statuses: [status("failed", of: id)])
      #expect(try shop.reply("status || ' ' || error_code") == "failed 131026")
    }
  }

  private func send(_ shop: Shop, _ column: String) throws -> String? { try shop.job(column, kind: "send_whatsapp") }
}
