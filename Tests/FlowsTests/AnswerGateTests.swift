import Core
import FoundationEssentials
import Peers
import Store
import Synchronization
import TestSupport
import Testing

@testable import Flows

#if canImport(Glibc)
  import Glibc
#endif

/// What keeps a reply from leaving, before Claude is asked and after.
enum Obstacle: String, CaseIterable, Sendable {
  case echo, escalated, resolved, window, suspended, disconnected, tenantOff, channelOff, conversationOff

  var reason: String {
    switch self {
    case .echo: "human_took_over"
    case .escalated: "escalated"
    case .resolved: "conversation_closed"
    case .window: "window_closed"
    case .suspended: "tenant_inactive"
    case .disconnected: "channel_inactive"
    case .tenantOff, .channelOff, .conversationOff: "assistant_off"
    }
  }

  func arise(_ shop: Shop, _ phone: String) throws {
    let id = shop.tenant.id.text
    switch self {
    case .echo: try shop.post(shop.tenant.echo("yo le atiendo", to: phone))
    case .escalated: try shop.run("update conversations set status = 'escalated' where tenant_id = '\(id)'")
    case .resolved: try shop.run("update conversations set status = 'resolved' where tenant_id = '\(id)'")
    case .window:
      try shop.run(
        "update contact_windows set last_inbound_at = now() - interval '24 hours 1 second' where tenant_id = '\(id)'")
    case .suspended: try shop.run("update tenants set status = 'suspended' where id = '\(id)'")
    case .disconnected: try shop.run("update channel_connections set status = 'error' where tenant_id = '\(id)'")
    case .tenantOff: try shop.run("insert into ai_tenant_context (tenant_id, ai_enabled) values ('\(id)', false)")
    case .channelOff: try shop.run("update channel_connections set ai_enabled = false where tenant_id = '\(id)'")
    case .conversationOff: try shop.run("update conversations set ai_handling = false where tenant_id = '\(id)'")
    }
  }
}

/// Between somebody who writes and a send.
private final class Meeting: Sendable {
  let stored = Mutex(false)
  let verdict = Mutex<String?>(nil)
}

@Suite struct AnswerGateTests {
  @Test func whatIsKnownBeforeIsNotAsked() async throws {
    try await Database.cloned { database in
      let tag = unique("g")
      var cases = [(Obstacle, Shop, String)]()
      for obstacle in Obstacle.allCases {
        let shop = try Shop(database)
        let phone = try shop.says("¿Cuánto cuesta la limpieza? \(tag)")
        try obstacle.arise(shop, phone)
        cases.append((obstacle, shop, phone))
      }
      try await cases[0].1.work()
      #expect(try await cases[0].1.asked(tag) == 0)
      for (obstacle, shop, phone) in cases {
        // A stopped channel may be mended while the question is still fresh: it waits.
        let waits = obstacle == .disconnected
        let state = try shop.job("status || ' ' || coalesce(result ->> 'withheld', error_message)")
        #expect(state == (waits ? "pending " : "completed ") + obstacle.reason, "\(obstacle)")
        #expect(try await shop.texts(phone).isEmpty, "\(obstacle)")
        #expect(try shop.count("messages", "role = 'assistant'") == 0)
      }
    }
  }

  /// It happens while Claude thinks: the gate that counts is the one in the transaction that sends.
  @Test func whatHappensMeanwhileIsNotOverlooked() async throws {
    try await Database.cloned { database in
      let tag = unique("g")
      var cases = [(Obstacle, Shop, String)]()
      for obstacle in Obstacle.allCases {
        let shop = try Shop(database)
        cases.append((obstacle, shop, try shop.says("¿Cuánto cuesta la limpieza? \(tag)")))
      }
      let one = cases[0].1
      try await Sandbox.hold("anthropic", match: tag, times: cases.count)
      async let work = one.work()
      #expect(try await eventually { try await one.asked(tag) == cases.count })
      for (obstacle, shop, phone) in cases { try obstacle.arise(shop, phone) }
      try await Sandbox.letGo(tag)
      _ = try await work
      for (obstacle, shop, phone) in cases {
        // What is to leave by a stopped channel waits until somebody has mended it.
        let waits = obstacle == .disconnected
        let state = try shop.reply("status || coalesce(' ' || error_code, '')")
        #expect(state == (waits ? "pending" : "withheld \(obstacle.reason)"), "\(obstacle)")
        #expect(try await shop.texts(phone).isEmpty, "\(obstacle)")
        #expect(try shop.count("jobs", "status = 'completed'") == (waits ? 1 : 2))
      }
    }
  }

  @Test func whoWritesAgainMeanwhileGetsOneAnswer() async throws {
    try await Shop.test { shop in
      let (tag, newer) = (unique("g"), unique("n"))
      let phone = try shop.says("¿Cuánto cuesta la limpieza? \(tag)")
      try await Sandbox.hold("anthropic", match: tag)
      async let work = shop.work()
      #expect(try await eventually { try await shop.asked(tag) == 1 })
      try shop.post(message("[[echo:la nueva \(newer)]]", from: phone))
      try await Sandbox.letGo(tag)
      _ = try await work
      #expect(try await shop.texts(phone) == ["la nueva \(newer)"])
      #expect(
        try shop.database.column(
          "select status || coalesce(' ' || error_code, '') from messages where role = 'assistant' order by id")
          == ["withheld newer_inbound", "accepted"])
      #expect(try await shop.asked(newer) == 1)
    }
  }

  /// What is too old to be answered by itself is no newer question: nobody would answer it.
  @Test func anOldMessageThatArrivesMeanwhileStopsNothing() async throws {
    try await Shop.test { shop in
      let tag = unique("g")
      let phone = try shop.says("¿Cuánto cuesta la limpieza? \(tag)")
      try await Sandbox.hold("anthropic", match: tag)
      async let work = shop.work()
      #expect(try await eventually { try await shop.asked(tag) == 1 })
      try shop.post(Tenant.text("de ayer", from: phone, at: .now + -7200))
      try await Sandbox.letGo(tag)
      _ = try await work
      #expect(try shop.reply("status") == "accepted")
      #expect(try await shop.texts(phone).count == 1)
    }
  }

  /// The window is counted by the platform's clock; SQL's own can be set.
  @Test func theWindowByTheClock() async throws {
    try await Shop.test { shop in
      _ = try shop.says("hola")
      let (conversation, question) = (
        try shop.value("id", of: "conversations") ?? "", try shop.value("id", of: "messages") ?? ""
      )
      func gate(after hours: Int) throws -> String? {
        try shop.database.scalar(
          """
          select reply_gate('\(conversation)', '\(question)', '{"window_hours": 24}') from
            (select set_config('app.tenant_id', '\(shop.tenant.id.text)', false),
              set_config('app.now', (now() + interval '\(hours) hours')::text, false)) s
          """)
      }
      #expect(try gate(after: 23) == nil)
      #expect(try gate(after: 25) == "window_closed")
    }
  }

  /// Who is just being stored counts: the send waits for it and asks the gate afterwards.
  @Test(arguments: [true, false]) func whoIsJustWritingWins(_ human: Bool) async throws {
    try await Shop.test { shop in
      let phone = try shop.says("¿Cuánto cuesta la limpieza?")
      try await shop.work(["META_GRAPH_URL": "http://127.0.0.1:1/v25.0"], most: 1)
      let id = UUID(uuidString: try shop.reply("id") ?? "") ?? UUID()
      let body =
        human ? shop.tenant.echo("yo le atiendo", to: phone) : shop.tenant.payload([message("otra", from: phone)])
      let events = try Channel.whatsapp.read(Field(try JSON.parse(body))).map {
        $0.row(connection: shop.tenant.connection)
      }
      let meeting = Meeting()
      async let writing: Void = onThread {
        let webhook = shop.database.connection(user: "tistis_webhook_whatsapp")
        try webhook.transaction(tenant: shop.tenant.id) { (scope) throws(StoreError) in
          _ = try scope.receiveEvents(
            events: JSONText(JSON.array(events)), policy: JSONText(receivePolicy(delaySeconds: 0)), requestId: "r")
          meeting.stored.withLock { $0 = true }
          usleep(300_000)
          #expect(meeting.verdict.withLock { $0 } == nil, "the send did not wait")
        }
      }
      #expect(await eventually { meeting.stored.withLock { $0 } })
      async let sending: Void = onThread {
        let ready = try shop.database.connection(user: "tistis_jobs").tenant(shop.tenant.id).beginSend(
          messageId: id, attempt: UUID(), policy: gatePolicy(.whatsapp))
        meeting.verdict.withLock { $0 = ready.verdict + " " + (ready.reason ?? "") }
      }
      _ = try await (writing, sending)
      #expect(meeting.verdict.withLock { $0 } == "withheld " + (human ? "human_took_over" : "newer_inbound"))
    }
  }

  /// However the two meet, every reply has left or is withheld, and after the human there is silence.
  @Test func aHumanEndsTheBotsTurn() async throws {
    try await Database.cloned { database in
      let tag = unique("h")
      let shop = try Shop(database)
      let phones = (0..<30).map { _ in newPhone() }
      try shop.post(shop.tenant.payload(phones.map { message("[[echo:bot \(tag)]]", from: $0) }))
      async let work = shop.work()
      async let humans: [Instant] = onThreads(3) { i in
        let app = try shop.app()
        for phone in phones.indices where phone % 3 == i {
          try shop.post(shop.tenant.echo("yo", to: phones[phone]), app)
        }
        return .now
      }
      _ = try await (work, humans)
      #expect(try shop.count("messages", "role = 'assistant' and status not in ('accepted', 'withheld')") == 0)
      // And nothing of what comes next is answered.
      try shop.post(shop.tenant.payload(phones.map { message("otra \(tag)", from: $0) }))
      // They are scored ten seconds later; nothing else is asked for.
      #expect(try shop.count("jobs", "status in ('pending', 'processing') and job_type <> 'score_lead'") == 0)
    }
  }
}
