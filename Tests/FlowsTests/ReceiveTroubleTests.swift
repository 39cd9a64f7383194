import Core
import FoundationEssentials
import Peers
import TestSupport
import Testing

@testable import Flows

/// What Postgres will not take harms nobody but itself.
@Suite struct ReceiveTroubleTests {
  /// Posts a bad item between two good ones; it must be parked and they stored, once each.
  private func park(_ culprit: JSON, _ sentence: String) async throws {
    try await Shop.test { shop in
      let body = shop.tenant.payload([
        message("antes", from: newPhone()), culprit, message("después", from: newPhone()),
      ])
      let app = try shop.app()
      try shop.post(body, app)
      #expect(try shop.database.column("select content from messages order by id") == ["antes", "después"])
      #expect(try shop.count("jobs") == 2)
      let letter = try shop.value("concat_ws(' ', channel, tenant_slug, error_message)", of: "webhook_dead_letters")
      #expect(letter?.hasPrefix("whatsapp \(shop.tenant.slug) ") == true)
      #expect(letter?.contains(sentence) == true, "\(letter ?? "nothing parked")")
      #expect(try shop.count("webhook_dead_letters", "payload::text like '%wamid.bad%'") == 1)
    }
  }

  @Test func aYearThatPostgresHasNot() async throws {
    var bad = Tenant.text("¿cuándo?", from: newPhone(), id: "wamid.bad")
    if case .object(var members) = bad {
      members["timestamp"] = "0000-01-01T00:00:00Z"
      bad = .object(members)
    }
    try await park(bad, "22008")
  }

  @Test func aNumberWithTooMuchAroundIt() async throws {
    let number = newPhone() + String(repeating: "-", count: 40)
    try await park(Tenant.text("hola", from: number, id: "wamid.bad"), "22001")
  }

  /// jsonb holds numbers of at most 131,072 digits before the point: the whole batch cannot even be read as jsonb. Posted
  /// twice, it is parked as one letter and stored once; TikTok posts one event at a time.
  @Test(arguments: Platform.allCases) func aNumberThatJSONBHasNot(_ platform: Platform) async throws {
    try await Database.cloned { database in
      let shop = try Shop(on: platform, database)
      let (app, account) = (try shop.app(), shop.tenant.account)
      let bodies = try ["antes", "hola", "después"].map { words in
        let id = words == "hola" ? "bad.id" : nil
        let text = platform.text(words, from: newPhone(), to: account, id: id)
        let body = try JSON.parse(text)
        return words == "hola" ? spoilt(platform, body) : body
      }
      for _ in 0..<2 {
        if platform == .tiktok {
          for body in bodies { try shop.post(body.bytes, app) }
        } else {
          try shop.post(joined(bodies), app)
        }
      }
      #expect(try database.column("select content from messages order by id") == ["antes", "después"])
      #expect(try shop.count("jobs", "job_type = 'ai_response'") == 2)
      #expect(
        try shop.value("channel || ' ' || tenant_slug", of: "webhook_dead_letters") == "\(platform) \(shop.tenant.slug)"
      )
      #expect(
        try shop.count("webhook_dead_letters", "error_message like '%22003%' and payload::text like '%bad.id%'") == 1)
    }
  }

  /// The same body with a number in its item that Postgres cannot hold.
  private func spoilt(_ platform: Platform, _ body: JSON) -> JSON {
    let item = platform == .whatsapp ? #""type":"text""# : platform == .tiktok ? #""event":"# : #""timestamp":"#
    let text = body.text.replacing(item, with: #""size":1e999999,"# + item)
    return (try? JSON.parse(Array(text.utf8))) ?? .null
  }

  /// One POST with the entries of several.
  private func joined(_ bodies: [JSON]) -> [UInt8] {
    let entries = bodies.flatMap { Field($0)["entry"].items.compactMap(\.value) }
    return (["object": bodies[0]["object"] ?? .null, "entry": .array(entries)] as JSON).bytes
  }

  /// Longer than a row of an index may be, although not too long in characters.
  @Test func anIdThatNoIndexTakes() async throws {
    var dice = Dice(5)
    func marks(_ n: Int) -> String {
      String(
        String.UnicodeScalarView((0..<n).map { _ in Unicode.Scalar(UInt32(0x20000 + dice.roll(40_000))) ?? "x" }))
    }
    let id = "wamid.bad" + marks(500)
    let reply: JSON = [
      "id": .string(id), "status": "sent", "timestamp": .string(String(Instant.now.seconds)),
      "recipient_type": "group", "recipient_id": "g", "recipient_participant_id": .string(marks(200)),
    ]
    try await Shop.test { shop in
      try shop.post(message("antes", from: newPhone()), statuses: [reply, status("read", of: "wamid.good")])
      #expect(try shop.count("messages") == 1)
      #expect(try shop.value("external_id", of: "message_status_history") == "wamid.good")
      #expect(try shop.count("webhook_dead_letters", "error_message like '54000%'") == 1)
    }
  }

  @Test func aZeroByteBecomesAMark() async throws {
    try await Shop.test { shop in
      let body = String(decoding: shop.tenant.payload([message("a#b", from: newPhone())]), as: UTF8.self)
      for (i, escape) in [#"\u0000"#, #"\ud800"#].enumerated() {
        let bytes = Array(
          body.replacing("a#b", with: "a\(escape)b").replacing("wamid.", with: "wamid.\(i)").utf8)
        try shop.post(bytes)
      }
      #expect(try shop.count("messages", "content = 'a' || chr(65533) || 'b'") == 2)
      #expect(try shop.count("webhook_dead_letters") == 0)
    }
  }

  /// Another tool on the same number attaches its own data to what it sends.
  @Test func reportsAboutWhatOthersSent() async throws {
    try await Shop.test { shop in
      try shop.run(Shop.anAssistantsMessage(shop.tenant, "sending"))
      try shop.post(statuses: [
        status("sent", of: "wamid.1", opaque: "campaign-7", to: newPhone()),
        status("read", of: "wamid.2", opaque: String(repeating: "-", count: 36), to: newPhone()),
        status("sent", of: "wamid.3", opaque: UUID().text, to: newPhone()),
        status("mystery", of: "wamid.4", to: newPhone()),
      ])
      #expect(try shop.count("message_status_history") == 4)
      #expect(try shop.count("webhook_dead_letters") == 0)
      #expect(try shop.count("leads") == 1, "who was only written to by others is no lead")
      #expect(try shop.count("lead_aliases") == 0)
    }
  }

  @Test(arguments: Platform.allCases) func withoutADatabaseItAsksToBeToldAgain(_ platform: Platform) async throws {
    try await Database.cloned { database in
      let shop = try Shop(on: platform, database)
      let body = platform.text("hola", from: newPhone(), to: shop.tenant.account)
      let dead = try shop.app(["DATABASE_URL": "host=/nowhere dbname=tistis user=nobody"])
      let refusal = try shop.refusal(dead, shop.request(body))
      guard case .busy? = refusal else {
        Issue.record("\(String(describing: refusal))")
        return
      }
      // One whose session dies under it connects again by itself.
      let app = try shop.app()
      try shop.post(body, app)
      try shop.run(
        """
        select pg_terminate_backend(pid, 5000) from pg_stat_activity
         where usename = 'tistis_webhook_\(platform)' and datname = current_database()
        """
      )
      try shop.post(body, app)
      #expect(try shop.count("messages") == 1)
    }
  }
}
