import Core
import FoundationEssentials
import Peers
import Rules
import Store
import TestSupport
import Testing

@testable import Flows

/// What could not be stored is parked with its body, and driven again has the effect that it would have had.
@Suite struct ReplayTests {
  /// With what JSON, and JSON inside a string, write differently.
  private static let words = #"¿A qué "hora"? \ñ/"#

  @Test(arguments: ChannelName.allCases) func parkedMendedReplayed(_ name: ChannelName) async throws {
    try await Database.cloned { database in
      let (account, other) = (try Account(name, database), try Account(name, database))
      let channel = try #require(Channel.named(name.rawValue))
      let platform = try #require(Platform(rawValue: name.rawValue))
      let look = database.connection()
      let webhook = database.connection(user: "tistis_webhook_" + name.rawValue).tenant(account.tenant)
      let policy = JSONText(receivePolicy(delaySeconds: 60, asksNames: channel.profile != nil))
      let number = try #require(try account.value("account_id", of: "channel_connections"))
      func event(_ text: String, _ id: String) throws -> JSON {
        let body = platform.text(text, from: uniqueDigits("61"), to: number, id: id)
        let events = try channel.read(Field(JSON.parse(body)))
        #expect(events.count == 1)
        return try #require(events.first).row(connection: account.connection)
      }
      let id = unique("m_")
      let culprit = try event(Self.words, id)
      try account.run("alter table messages add constraint refused check (content not like '¿A qué %')")
      let stored = try webhook.receiveEventsSingly(
        channel: name.rawValue, slug: "x",
        events: [try event("antes", unique("m_")).text, culprit.text, try event("después", unique("m_")).text],
        policy: policy, requestId: "r")
      #expect(stored.messages == 2 && stored.parked == 1)

      let (mine, theirs) = (look.tenant(account.tenant), look.tenant(other.tenant))
      let listed = try mine.listDeadLetters(limit: 10)
      #expect(listed.map(\.channel) == [name.rawValue] && listed.first?.errorMessage.contains("refused") == true)
      let letter = try #require(listed.first?.id)
      let body = try mine.findDeadLetter(id: letter).map { Field(try $0.payload.parse()) }
      #expect(body?["content"].text == Self.words && body?["external_id"].text == id)

      // Another business's hands find nothing.
      #expect(try theirs.listDeadLetters(limit: 10).isEmpty && theirs.findDeadLetter(id: letter) == nil)
      #expect(try theirs.replay(deadLetter: letter) == nil)
      #expect(try account.value("status || retry_count", of: "webhook_dead_letters") == "pending0")

      // The fault is still there.
      #expect(try mine.replay(deadLetter: letter) == "pending")
      #expect(try account.value("status || retry_count", of: "webhook_dead_letters") == "pending1")
      #expect(try account.count("messages") == 2)

      try account.run("alter table messages drop constraint refused")
      let jobs = channel.profile == nil ? 0 : 3
      #expect(try mine.replay(deadLetter: letter) == "completed")
      #expect(try account.value("content", of: "messages", "external_id = '\(id)'") == Self.words)
      #expect(try account.count("jobs", "job_type = 'ai_response' and status = 'pending'") == 3)
      #expect(try account.count("jobs", "job_type = 'fetch_profile'") == jobs)
      #expect(try account.count("leads") == 3 && account.count("conversations") == 3)
      #expect(try account.count("conversations", "last_question_id is not null and contact_address <> ''") == 3)

      // Twice, and delivered once more by the platform: nothing.
      let before = try everyRow(of: account.tenant, look)
      #expect(try mine.replay(deadLetter: letter) == nil)
      _ = try webhook.receiveEvents(events: JSONText(.array([culprit])), policy: policy, requestId: "r")
      #expect(try everyRow(of: account.tenant, look) == before)
      #expect(try other.count("messages") + other.count("leads") + other.count("webhook_dead_letters") == 0)
    }
  }
}
