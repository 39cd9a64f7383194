import Core
import FoundationEssentials
import TestSupport
import Testing

@testable import Flows

/// What a webhook's program writes down of its accounts.
@Suite struct HearingTests {
  @Test func whenThePlatformSpokeLast() async throws {
    try await Shop.test { shop in
      let app = try shop.app()
      #expect(try shop.value("last_webhook_at", of: "channel_connections") == nil)
      // No message at all.
      try shop.post(statuses: [status("delivered", of: "wamid.x")], app: app)
      #expect(try shop.count("channel_connections", "last_webhook_at > now() - interval '1 minute'") == 1)
      #expect(try shop.count("channel_connections", "last_message_at is null") == 1)
      // At most once a minute, of whatever process.
      let first = try shop.value("last_webhook_at", of: "channel_connections")
      try shop.post(message("hola", from: newPhone()), app: app)
      try shop.post(message("hola", from: newPhone()))
      #expect(try shop.value("last_webhook_at", of: "channel_connections") == first)
      try shop.run("update channel_connections set last_webhook_at = now() - interval '61 seconds'")
      try shop.post(message("hola", from: newPhone()))
      #expect(try shop.count("channel_connections", "last_webhook_at > now() - interval '1 minute'") == 1)
      #expect(try shop.count("channel_connections", "signature_failures = 0") == 1)
    }
  }

  @Test func whatNobodysSecretSigned() async throws {
    try await Shop.test { shop in
      let app = try shop.app()
      let body = shop.tenant.payload([message("hola", from: newPhone())])
      let forged = shop.request(body, signature: "sha256=" + String(repeating: "0", count: 64))
      let began = Instant.now
      for _ in 0..<5 {
        let refusal = try shop.refusal(app, forged)
        #expect(refusal?.status == 403)
      }
      let told = try shop.value("signature_failures", of: "channel_connections")
      // One at once, the others with the next second's; on a machine that is slow that has come already.
      #expect(told == "1" || Instant.now - began >= ChannelHearing.seconds.failures, "\(told ?? "")")
      try await Task.sleep(for: .seconds(ChannelHearing.seconds.failures + 0.05))
      _ = try shop.refusal(app, forged)
      #expect(try shop.value("signature_failures", of: "channel_connections") == "6")
      #expect(
        try shop.count("channel_connections", "last_signature_failure_at is not null and last_webhook_at is null") == 1)
      let other = try shop.database.count("select count(*) from channel_connections where signature_failures > 6")
      #expect(other == 0)
    }
  }

  /// By the second and by the minute, of each apart.
  @Test func seldom() {
    var hearing = ChannelHearing()
    let (one, other, now) = (UUID(), UUID(), Instant(seconds: 1000))
    #expect(hearing.due([one], now) == [one])
    #expect(hearing.due([one, other], now + 59) == [other])
    #expect(hearing.due([one, other], now + 60) == [one])
    #expect(hearing.failed(one, now) == 1)
    #expect(hearing.failed(one, now + 0.5) == nil)
    #expect(hearing.failed(other, now + 0.9) == nil)
    #expect(hearing.failed(one, now + 1) == 2)
    #expect(hearing.failed(other, now + 2.5) == 2)
  }
}
