import Core
import FoundationEssentials
import Store
import TestSupport
import Testing

@testable import Flows
@testable import Peers

/// The outbox: what happened is told, under one id, until n8n has taken it.
@Suite struct DeliverEventTests {
  @Test func whatHappensIsToldOnce() async throws {
    try await Shop.test { shop in
      try shop.useN8N()
      let phone = newPhone()
      try shop.post(message("buenas tardes", from: phone))
      try await shop.work()
      #expect(try await shop.told().count == 2)
      let made = try #require(try await shop.told("lead-created").first)
      #expect(made["path"].text == "/n8n/webhook/lead-created" && made["accepted"].bool == true)
      #expect(made["body"]["tenant_id"].text == shop.tenant.id.text)
      #expect(made["body"]["data"]["lead"]["phone"].text?.contains(phone) == true)
      let heard = try #require(try await shop.told("message-received").first)
      #expect(heard["body"]["data"]["message"]["content"].text == "buenas tardes")
      let conversation = try shop.conversation()
      #expect(heard["body"]["data"]["conversation"]["id"].text == conversation)
      // Signed over exactly what was sent; shown the business's key.
      let (id, time) = (heard["headers"]["webhook-id"].text ?? "", heard["headers"]["webhook-timestamp"].text ?? "")
      let ours = StandardWebhook.signature(
        id: id, time: time, body: heard["body"].value?.bytes ?? [], secret: Secret(Shop.signing))
      #expect(heard["headers"]["webhook-signature"].text == "v1," + Data(ours).base64EncodedString())
      #expect(heard["headers"]["x-n8n-api-key"].text == "•••")
      #expect(try shop.count("outbound_events", "status = 'delivered' and attempts = 1 and lead_id is not null") == 2)
      // The same message delivered again is no news.
      #expect(try await shop.work() == 0)
    }
  }

  @Test func theSameMessageTwiceIsOneEvent() async throws {
    try await Shop.test(delay: 60) { shop in
      try shop.useN8N(["events": ["message-received"]])
      let one = message("hola", from: newPhone())
      for _ in 0..<3 { try shop.post(one) }
      #expect(try shop.count("outbound_events") == 1)
      #expect(try shop.count("jobs", "job_type = 'deliver_event'") == 1)
    }
  }

  @Test func whoHasNoN8NOrHasSwitchedItOffIsToldNothing() async throws {
    try await Shop.test(delay: 60) { shop in
      _ = try shop.says("hola")
      #expect(try shop.count("outbound_events") == 0)
      try shop.useN8N(["is_enabled": false])
      _ = try shop.says("hola")
      #expect(try shop.count("outbound_events") == 0)
      // Switched off while one was on its way: it is kept, and can be told later.
      try shop.useN8N(["is_enabled": true])
      _ = try shop.says("hola")
      try shop.useN8N(["is_enabled": false])
      try await shop.work()
      #expect(try await shop.told().isEmpty)
      #expect(try shop.count("outbound_events", "status = 'dead' and attempts = 0") == 2)
    }
  }

  /// Committed or lost together with what happened; a key is told once; another business's people are not named.
  @Test func emittingIsPartOfTheTransaction() async throws {
    try await Shop.test { shop in
      try shop.useN8N()
      _ = try shop.says("hola")
      let stranger = try Shop(shop.database)
      _ = try stranger.says("hola")
      func emit(_ key: String, lead: String, end: String) throws {
        try shop.run(
          """
          begin; select set_config('app.tenant_id', '\(shop.tenant.id.text)', true);
          select emit_event('appointment-scheduled', '{"lead_id": "\(lead)"}', '\(key)'); \(end)
          """)
      }
      let before = try shop.count("outbound_events")
      try emit("a", lead: shop.lead(), end: "rollback")
      #expect(try shop.count("outbound_events") == before)
      for _ in 0..<2 { try emit("a", lead: shop.lead(), end: "commit") }
      #expect(try shop.count("outbound_events") == before + 1)
      try emit("b", lead: stranger.lead(), end: "commit")
      #expect(try shop.count("outbound_events", "event_key = 'b' and lead_id is null") == 1)
    }
  }

  @Test func whatFailsIsTriedAgainUnderTheSameID() async throws {
    try await Shop.test(delay: 60) { shop in
      try shop.useN8N(["events": ["message-received"]])
      for fault in ["500", "404", "reset"] { try await Sandbox.fail("n8n", fault, match: shop.tenant.id.text) }
      _ = try shop.says("hola")
      for attempt in 1...3 {
        try await shop.work(most: 1)
        #expect(try shop.value("status || attempts", of: "outbound_events") == "pending\(attempt)")
        #expect(try shop.value("error_message is not null", of: "outbound_events") == "true")
        try shop.run("update jobs set scheduled_for = now() where job_type = 'deliver_event'")
      }
      try await shop.work()
      #expect(try shop.value("status || attempts || http_status", of: "outbound_events") == "delivered4200")
      let ids = try await shop.told().compactMap { $0["headers"]["webhook-id"].text }
      let id = try shop.value("id", of: "outbound_events")
      #expect(ids.count == 4 && Set(ids) == [id])
    }
  }

  @Test func inTheEndItIsDeadAndAPersonTellsItAgain() async throws {
    try await Shop.test(delay: 60) { shop in
      try shop.useN8N(["events": ["message-received"]])
      try await Sandbox.fail("n8n", "403", match: shop.tenant.id.text, times: 2)
      for _ in 0..<2 {
        _ = try shop.says("hola")
        try shop.run("update jobs set max_attempts = 1 where job_type = 'deliver_event'")
        try await shop.work()
      }
      #expect(try shop.count("outbound_events", "status = 'dead' and http_status = 403") == 2)
      #expect(try shop.value("times", of: "alerts", "kind = 'n8n_undelivered' and severity = 'act'") == "2")
      let scope = shop.database.connection().tenant(shop.tenant.id)
      #expect(try scope.replayEvents(id: nil, limit: 100) == 2)
      #expect(try scope.replayEvents(id: nil, limit: 100) == 0)
      #expect(try shop.count("outbound_events", "status = 'pending'") == 2)
      try shop.hurry()
      try await shop.work()
      #expect(try shop.count("outbound_events", "status = 'delivered'") == 2)
      #expect(try shop.count("alerts", "resolved_at is null") == 0)
      // One that was told may be told once more, by name.
      let id = try #require(UUID(uuidString: try shop.value("max(id::text)", of: "outbound_events") ?? ""))
      #expect(try scope.replayEvents(id: id, limit: 1) == 1)
      try await shop.work()
      #expect(try await shop.told().count == 5)
    }
  }

  /// The worker died between n8n's answer and the note of it: it is told again, and n8n knows it by its id.
  @Test func aJobThatRunsAgainTellsNothingThatWasTold() async throws {
    try await Shop.test(delay: 60) { shop in
      try shop.useN8N(["events": ["message-received"]])
      _ = try shop.says("hola")
      try await shop.work()
      try shop.run(
        "update jobs set status = 'pending', completed_at = null, worker_id = null, result = null where job_type = 'deliver_event'"
      )
      try await shop.work()
      #expect(try await shop.told().count == 1)
      #expect(try shop.job("result ->> 'event'", kind: "deliver_event") == "delivered")
    }
  }

  /// Whatever address a business types, it leads to nothing of ours.
  @Test(arguments: ["http://127.0.0.1:1/x", "http://169.254.169.254/latest", "http://[::1]:1/", "http://localhost:1"])
  func privateAddressesAreNotSpokenTo(_ url: String) async throws {
    try await Shop.test(delay: 60) { shop in
      try shop.useN8N(["events": ["message-received"], "webhook_url": .string(url)])
      _ = try shop.says("hola")
      try await shop.work(["TISTIS_ENV": "production"])
      #expect(try shop.value("status", of: "outbound_events") == "pending")
      let why = try shop.value("error_message", of: "outbound_events") ?? ""
      let host = url.dropFirst("http://".count).prefix { $0 != "/" }
      #expect(why.hasPrefix(host) && why.hasSuffix(" leads to no public address"), "\(why)")
    }
  }

  /// Whoever types the name of a machine of ours is not told where it is; who reads the log is.
  @Test func theAddressOfANameIsNotTold() async throws {
    try await Shop.test(delay: 60) { shop in
      try shop.useN8N(["events": ["message-received"], "webhook_url": "http://localhost:1/x"])
      _ = try shop.says("hola")
      try shop.run("update jobs set max_attempts = 1 where job_type = 'deliver_event'")
      let jobs = try Program(
        "jobs", environment: ["DATABASE_URL": shop.database.dsn(user: "tistis_jobs"), "TISTIS_ENV": "production"],
        arguments: ["--drain", "--kind", "deliver_event"])
      #expect(await eventually { !jobs.isRunning })
      let told = [
        try shop.value("error_message", of: "outbound_events"),
        try shop.value("sentence || details::text", of: "alerts"),
        try shop.job("result::text", kind: "deliver_event"),
      ].compactMap(\.self).joined(separator: "\n")
      #expect(told.contains("localhost:1 leads to no public address"), "\(told)")
      #expect(!told.contains("127.0.0.1") && !told.contains("::1"), "\(told)")
      let log = jobs.said
      #expect(
        log.contains("event_dead") && (log.contains("address=127.0.0.1") || log.contains("address=::1")), "\(log)")
    }
  }

  /// The platform's n8n is spoken to at its own address, with its own key.
  @Test func whoNamedNoAddressUsesThePlatforms() async throws {
    try await Shop.test(delay: 60) { shop in
      try shop.useN8N(["events": ["message-received"], "webhook_url": nil], secrets: false)
      _ = try shop.says("hola")
      try await shop.work()
      #expect(try await shop.told().count == 1)
      #expect(try await shop.told().first?["headers"]["x-n8n-api-key"].exists == true)
      #expect(try await shop.told().first?["headers"]["webhook-signature"].exists == false)
      _ = try shop.says("hola")
      try await shop.work(["N8N_WEBHOOK_URL": ""])
      #expect(try shop.value("error_message", of: "outbound_events", "status = 'dead'") == "N8N_WEBHOOK_URL is not set")
    }
  }

  @Test func eventsAreForgottenWithWhomTheyAreAboutAndWithTime() async throws {
    try await Shop.test(delay: 60) { shop in
      try shop.useN8N()
      _ = try shop.says("hola")
      try await shop.work()
      #expect(try shop.count("outbound_events") == 2)
      let later = Instant.now + 86_400
      let scope = shop.database.connection().tenant(shop.tenant.id)
      try shop.run("update outbound_events set status = 'pending' where event = 'lead-created'")
      _ = try scope.pruneRaw(before: later, limit: 100, wait: true)
      // What nobody has been told yet stays.
      #expect(try shop.value("event", of: "outbound_events") == "lead-created")
      try shop.run("delete from conversations; delete from leads")
      #expect(try shop.count("outbound_events") == 0)
    }
  }
}
