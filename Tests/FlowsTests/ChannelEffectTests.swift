import Core
import FoundationEssentials
import Peers
import Rules
import Store
import TestSupport
import Testing

@testable import Flows

/// What each payload of `Tests/PeersTests/Fixtures` leaves in the database, of the platforms that came after WhatsApp.
@Suite struct ChannelEffectTests {
  /// Everything is kept, nothing twice, and nobody is answered who does not wait for it.
  @Test(arguments: [ChannelName.instagram, .facebook, .tiktok])
  func everyPayloadTwice(_ name: ChannelName) async throws {
    let channel = try #require(Channel.named(name.rawValue))
    let folder = World.root + "/Tests/PeersTests/Fixtures/" + name.rawValue
    try await Database.cloned { database in
      try database.run("alter database \(database.name) set app.now = '\(WhatsAppEffectTests.now)'")
      let (look, session) = (database.connection(), database.connection(user: "tistis_webhook_" + name.rawValue))
      let files = try FileManager.default.contentsOfDirectory(atPath: folder)
        .filter { $0.hasSuffix(".json") && !$0.hasPrefix("refused_") }.sorted()
      #expect(files.count > 30)
      for file in files {
        let body = Array((readFile(folder + "/" + file) ?? "").utf8)
        let events = try channel.read(Field(JSON.parse(body)))
        let account = try Account(name, database)
        let batch = JSONText(.array(events.map { $0.row(connection: account.connection) }))
        let policy = JSONText(receivePolicy(delaySeconds: 60))
        _ = try session.tenant(account.tenant).receiveEvents(events: batch, policy: policy, requestId: "r")
        let once = try everyRow(of: account.tenant, look)
        _ = try session.tenant(account.tenant).receiveEvents(events: batch, policy: policy, requestId: "r")
        let twice = try everyRow(of: account.tenant, look)
        #expect(twice == once, "\(file): a second post changed something")
        let said = Set(events.filter { [.message, .echo].contains($0.kind) }.map(\.externalID))
        #expect(try account.count("messages") == said.count, "\(file)")
        let notices = Set(
          events.filter { ![.message, .echo, .status].contains($0.kind) }.map { "\($0.kind) \($0.externalID)" })
        #expect(try account.count("channel_events") == notices.count, "\(file)")
        if !events.contains(where: \.wantsAnswer) {
          #expect(try account.count("jobs", "job_type = 'ai_response'") == 0, "\(file)")
        }
      }
    }
  }
}
