import Core
import FoundationEssentials
import Rules
import Store
import TestSupport
import Testing

@testable import Flows

/// "Delivered until then", "read until then".
@Suite struct WatermarkTests {
  private static let channels = [ChannelName.instagram, .facebook, .tiktok]

  private func states(_ account: Account) throws -> [String?] {
    try account.database.column("select status from messages where role <> 'user' order by id")
  }

  @Test(arguments: channels) func everythingUpToThen(_ channel: ChannelName) async throws {
    try await Account.test(channel) { account in
      let person = account.stranger
      try account.receive(account.message("hola", from: person))
      for text in ["a", "b"] { try account.sent(text) }
      let between = Instant.now
      try account.sent("c")
      try account.receive(account.watermark("delivered", between, to: person))
      #expect(try states(account) == ["delivered", "delivered", "accepted"])
      try account.receive(account.watermark("read", between, to: person))
      #expect(try states(account) == ["read", "read", "accepted"])
      // Twice, and an older one late.
      try account.receive(
        account.watermark("read", between, to: person), account.watermark("delivered", between, to: person))
      try account.receive(account.watermark("read", between + -3600, to: person))
      #expect(try states(account) == ["read", "read", "accepted"])
      #expect(try account.count("message_status_history", "message_id is not null") == 4)
      try account.receive(account.watermark("read", .now, to: person))
      #expect(try states(account) == ["read", "read", "read"])
      #expect(try account.count("messages", "role = 'assistant' and delivered_at is not null") == 3)
      #expect(try account.count("messages", "role = 'user' and status <> 'received'") == 0)
    }
  }

  /// It overtakes the answer to our own send, which learns of it.
  @Test(arguments: channels) func itOvertakesTheAnswer(_ channel: ChannelName) async throws {
    try await Account.test(channel) { account in
      let person = account.stranger
      try account.receive(account.message("hola", from: person))
      let (early, late) = (try account.pending("a"), try account.pending("b"))
      let (one, other) = (UUID(), UUID())
      try account.begin(early, one)
      let seen = Instant.now
      try account.begin(late, other)
      try account.receive(account.watermark("delivered", seen, to: person))
      try account.receive(account.watermark("read", seen, to: person))
      #expect(try states(account) == ["sending", "sending"])
      #expect(try account.end(early, one, id: "m.a") == "read")
      #expect(try account.end(late, other, id: "m.b") == "accepted")
      #expect(try account.count("message_status_history", "message_id is not null") == 2)
    }
  }

  /// Also where the answer never comes and the echo tells.
  @Test func itOvertakesTheEcho() async throws {
    try await Account.test(.facebook) { account in
      let person = account.stranger
      try account.receive(account.message("hola", from: person))
      let (message, attempt) = (try account.pending(), UUID())
      try account.begin(message, attempt)
      try account.end(message, attempt, "unknown")
      try account.receive(account.watermark("delivered", .now, to: person))
      #expect(try account.status(message) == "unknown", "it may be about what was sent before")
      try account.receive(account.echo("x", to: person, origin: EchoOrigin(opaque: message.text)))
      #expect(try account.status(message) == "delivered")
    }
  }

  /// Of the same moment, of several people in one POST, and of somebody whom nobody knows.
  @Test func itIsOnePersons() async throws {
    try await Account.test(.facebook) { account in
      let people = (0..<3).map { _ in account.stranger }
      for person in people {
        try account.receive(account.message("hola", from: person))
        try account.sent()
      }
      let now = Instant.now
      try account.receive(
        account.watermark("read", now, to: people[0]), account.watermark("read", now, to: people[2]),
        account.watermark("read", now, to: account.stranger))
      #expect(try states(account) == ["read", "accepted", "read"])
      #expect(try account.count("leads") == 3)
    }
  }

  /// What failed did not arrive, and what still waits was not sent.
  @Test func whatItSaysNothingOf() async throws {
    try await Account.test(.facebook) { account in
      let person = account.stranger
      try account.receive(account.message("hola", from: person))
      let (failed, attempt) = (try account.pending(), UUID())
      try account.begin(failed, attempt)
      try account.end(failed, attempt, "failed")
      let waiting = try account.pending()
      try account.receive(account.watermark("read", .now, to: person))
      #expect(try account.status(failed) == "failed")
      #expect(try account.status(waiting) == "pending")
    }
  }

  /// Those of two people in two POSTs, crosswise with what the people write: nobody waits in a ring.
  @Test func everybodyAtOnce() async throws {
    try await Account.test(.facebook) { account in
      let people = (0..<2).map { _ in account.stranger }
      for person in people {
        try account.receive(account.message("hola", from: person))
        try account.sent()
      }
      _ = try await onThreads(2) { thread in
        let session = account.database.connection(user: "tistis_webhook_facebook")
        for _ in 0..<40 {
          try account.receive(
            account.message("otra", from: people[thread]),
            account.watermark("delivered", .now, to: people[1 - thread]), session: session)
        }
      }
      #expect(try states(account) == ["delivered", "delivered"])
      #expect(try account.count("messages", "role = 'user'") == 82)
    }
  }
}
