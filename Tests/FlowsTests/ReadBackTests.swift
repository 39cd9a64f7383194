import Core
import FoundationEssentials
import Rules
import Store
import TestSupport
import Testing

@testable import Flows

/// A message of which no answer came, looked for where the platform can be asked. It is never sent again.
@Suite struct ReadBackTests {
  private static let channels = [ChannelName.instagram, .facebook, .tiktok]

  /// A reply that nobody knows about, and a platform that shows a conversation with these words.
  private func lost(
    _ channel: ChannelName, shows words: String?, status: String = "200 OK", as payload: JSON? = nil,
    content: String = "Cuesta 800",
    _ body: (Account, UUID, LoopbackServer) async throws -> Void
  ) async throws {
    try await Database.cloned { database in
      let account = try Account(channel, database, token: true)
      try account.receive(account.message("hola", from: account.stranger))
      let (message, attempt) = (try account.pending(content), UUID())
      if let payload { try account.run("update messages set payload = '\(payload.text)' where id = '\(message.text)'") }
      try account.begin(message, attempt)
      try account.end(message, attempt, "unknown")
      try account.run("update sends_in_doubt set since = now() - interval '2 minutes'")
      let mine = try account.value("account_id", of: "channel_connections") ?? ""
      let server = LoopbackServer { _ in
        guard let words else { return .send(ok("{}", status: status)) }
        let now = Instant.now
        let form = payload == nil ? #""text":{"body":"\#(words)"}"# : #""template":{"title":"\#(words)"}"#
        let text =
          channel == .tiktok
          ? #"{"code":0,"data":{"messages":[{"message_id":"m.found","timestamp":\#(now.seconds),\#(form),"from_user":{"id":"\#(mine)","role":"business_account"}}]}}"#
          : #"{"data":[{"messages":{"data":[{"id":"m.found","created_time":"\#(now)","from":{"id":"\#(mine)"},"message":"\#(words)"}]}}]}"#
        return .send(ok(text, status: status))
      }
      defer { server.stop() }
      try await body(account, message, server)
    }
  }

  /// What the housekeeping of a run does, and then what is due.
  private func look(_ account: Account, _ server: LoopbackServer) async throws {
    var environment = World.current.environment(of: "jobs")
    environment["DATABASE_URL"] = account.database.dsn(user: "tistis_jobs")
    environment["JOBS_CONNECTIONS"] = "2"
    for name in ["META_GRAPH_URL", "INSTAGRAM_GRAPH_URL", "TIKTOK_URL"] { environment[name] = server.url("/v1") }
    let office = try Office("jobs", settings: try Settings(Office.needs, from: environment))
    await office.tellDoubts()
    await Worker(office, WorkerOptions(most: 1, kind: "read_back", drainOnly: true)).run()
    await office.close()
  }

  @Test(arguments: channels) func thePlatformHasIt(_ channel: ChannelName) async throws {
    try await lost(channel, shows: "Cuesta 800") { account, message, server in
      try await look(account, server)
      #expect(try account.status(message) == "sent")
      #expect(try account.value("external_id", of: "messages", "id = '\(message.text)'") == "m.found")
      #expect(try account.count("sends_in_doubt") == 0)
      try await look(account, server)
      #expect(server.received.count == 1)
      #expect(server.received[0].method == "GET")
      // Its echo, late.
      let address = try account.value("contact_address", of: "conversations") ?? ""
      let person = Alias(
        kind: channel.rawValue, value: try account.value("value", of: "lead_aliases") ?? "", address: address)
      try account.receive(account.echo("Cuesta 800", to: person, id: "m.found"))
      #expect(try account.count("messages") == 2)
      #expect(try account.value("ai_handling", of: "conversations") == "true")
    }
  }

  /// What is kept of choices is our summary of them; the platform shows their words.
  @Test(arguments: channels) func choicesAreFoundByTheirWords(_ channel: ChannelName) async throws {
    let option = OutboundContent.Option(id: "si", title: "Sí")
    let choices: OutboundContent =
      channel == .tiktok ? .buttons(.init(body: "¿Confirma?"), [option]) : .quickReplies("¿Confirma?", [option])
    #expect(choices.summary == "¿Confirma?\n[Sí]")
    try await lost(channel, shows: "¿Confirma?", as: choices.json, content: choices.summary) {
      account, message, server in
      try await look(account, server)
      #expect(try account.status(message) == "sent")
      #expect(try account.value("external_id", of: "messages", "id = '\(message.text)'") == "m.found")
    }
  }

  /// A file, and a template of Meta's, come without words: nobody is asked, and a person is told as of all in doubt.
  @Test(arguments: [ChannelName.facebook, .tiktok]) func aFileIsNotLookedFor(_ channel: ChannelName) async throws {
    let file: JSON = ["kind": "media", "type": "image", "id": "123"]
    try await lost(channel, shows: "[imagen]", as: file, content: "[imagen]") { account, message, server in
      try await look(account, server)
      #expect(server.received.isEmpty)
      #expect(try account.value("status", of: "jobs", "job_type = 'read_back'") == "completed")
      #expect(try account.status(message) == "unknown")
    }
  }

  /// Twice looked for and not there: it stays in doubt, a person is told, and nothing is sent.
  @Test(arguments: channels) func thePlatformHasItNot(_ channel: ChannelName) async throws {
    try await lost(channel, shows: "otra cosa") { account, message, server in
      try await look(account, server)
      try await look(account, server)
      #expect(server.received.count == 1, "the second look comes later")
      try account.run("update sends_in_doubt set since = now() - interval '4 minutes'")
      try await look(account, server)
      try await look(account, server)
      #expect(server.received.count == 2)
      #expect(try account.status(message) == "unknown")
      try account.run("update sends_in_doubt set since = now() - interval '6 minutes'")
      try await look(account, server)
      #expect(server.received.count == 2)
      #expect(try account.value("kind || ' ' || severity", of: "alerts") == "sends_unknown act")
      #expect(try account.count("jobs", "job_type like 'send%'") == 0)
    }
  }

  /// Somebody else's words under that id are not ours.
  @Test func whatIsAnothersIsNotTaken() async throws {
    try await lost(.facebook, shows: "Cuesta 800") { account, message, server in
      try account.run(
        """
        insert into messages (tenant_id, conversation_id, channel_connection_id, role, content, channel, status, external_id)
          select tenant_id, id, channel_connection_id, 'assistant', 'Cuesta 800', channel, 'sent', 'm.found' from conversations
        """)
      try await look(account, server)
      #expect(try account.status(message) == "unknown")
    }
  }

  /// A platform that is down for long, and a channel that is stopped meanwhile: nobody has looked, so it is looked for again.
  @Test func nobodyCouldLook() async throws {
    try await lost(.facebook, shows: nil, status: "500 Internal Server Error") { account, message, server in
      for _ in 0..<5 {
        try await look(account, server)
        try account.run("update jobs set scheduled_for = now() - interval '1 second' where status = 'pending'")
      }
      #expect(server.received.count == 5)
      #expect(try account.value("status", of: "jobs", "job_type = 'read_back'") == "pending")
      try account.run("update channel_connections set status = 'error'")
      try await look(account, server)
      #expect(server.received.count == 5)
      #expect(try account.value("status", of: "jobs", "job_type = 'read_back'") == "pending")
      // A day later nobody asks any more.
      try account.run("update jobs set scheduled_for = now() - interval '1 second' where status = 'pending'")
      try account.run("update messages set attempted_at = attempted_at - interval '25 hours'")
      try await look(account, server)
      #expect(try account.value("status", of: "jobs", "job_type = 'read_back'") == "completed")
      #expect(try account.status(message) == "unknown")
    }
    try await lost(.facebook, shows: "Cuesta 800") { account, message, server in
      try account.run("update channel_connections set status = 'error'")
      try await look(account, server)
      #expect(server.received.isEmpty)
      try account.run("update channel_connections set status = 'connected'")
      try account.run("update jobs set scheduled_for = now() - interval '1 second' where status = 'pending'")
      try await look(account, server)
      #expect(try account.status(message) == "sent")
    }
  }

  /// What the platform does not tell now, it is asked again; WhatsApp cannot be asked.
  @Test func itIsAskedAgain() async throws {
    try await lost(.facebook, shows: nil, status: "500 Internal Server Error") { account, message, server in
      try await look(account, server)
      #expect(try account.value("status || ' ' || attempts", of: "jobs", "job_type = 'read_back'") == "pending 1")
      #expect(try account.status(message) == "unknown")
    }
    try await lost(.whatsapp, shows: "Cuesta 800") { account, _, server in
      try await look(account, server)
      #expect(server.received.isEmpty)
      #expect(try account.count("jobs", "job_type = 'read_back'") == 0)
    }
  }
}
