import Core
import FoundationEssentials
import Peers
import Store
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

  /// Messages that are being stored refer to the account, and hold its key until they are: nobody is left out by that.
  @Test func whileMessagesAreStored() async throws {
    try await Shop.test { shop in
      let storing = try Holder(
        shop, "select 1 from channel_connections where tenant_id = '\(shop.tenant.id.text)' for key share")
      let app = try shop.app()
      try shop.post(statuses: [status("delivered", of: "wamid.x")], app: app)
      #expect(try shop.count("channel_connections", "last_webhook_at > now() - interval '1 minute'") == 1)
      let body = shop.tenant.payload([message("hola", from: newPhone())])
      _ = try shop.refusal(app, shop.request(body, signature: "sha256=" + String(repeating: "0", count: 64)))
      #expect(try shop.value("signature_failures", of: "channel_connections") == "1")
      try storing.script("commit")
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

  /// The webhook that all tenants share has no account to write it down at: it is the installation's.
  @Test func whatNoneOfThePlatformsSecretsSigned() async throws {
    try await Shop.test { shop in
      let app = try shop.app()
      let body = shop.tenant.payload([message("hola", from: newPhone())])
      func post(_ app: App, _ signature: String) throws -> Int {
        do throws(Refusal) {
          return try app.receiveShared(.whatsapp, shop.request(body, signature: signature)).status
        } catch { return error.status }
      }
      func open() throws -> [ListPlatformAlertsRow] {
        try shop.database.connection().everyone.listPlatformAlerts(all: false, limit: 10)
      }
      // A tenant's own secret is none of the platform's.
      let began = Instant.now
      for _ in 0..<5 { #expect(try post(app, shop.tenant.signature(body)) == 403) }
      #expect(try open().map(\.kind) == ["signatures_whatsapp"])
      let told = try open()[0].sentence
      // As above: one at once, the others with the next second's.
      #expect(
        told.hasPrefix("1 posts to /api/webhook/whatsapp were refused")
          || Instant.now - began >= ChannelHearing.seconds.failures, "\(told)")
      try await Task.sleep(for: .seconds(ChannelHearing.seconds.failures + 0.05))
      #expect(try post(app, "") == 403)
      #expect(try open()[0].sentence.hasPrefix("6 posts"))
      // A genuine one shows that it was somebody else, unless it came just before.
      let genuine = Platform.whatsapp.signature(body, Platform.whatsapp.sharedSecret)
      #expect(try post(app, genuine) == 200)
      #expect(try open().count == 1)
      try shop.run("update platform_alerts set last_seen = now() - interval '61 seconds'")
      #expect(try post(app, genuine) == 200)
      #expect(try open().count == 1, "asked once a minute a process")
      #expect(try post(try shop.app(), genuine) == 200)
      #expect(try open().isEmpty)
      // The next is another alert.
      #expect(try post(try shop.app(), "sha256=00") == 403)
      #expect(try open().map { $0.sentence.prefix(8) } == ["1 posts "])
    }
  }

  @Test func manyProcessesCountTogether() async throws {
    try await Database.cloned { database in
      try await withThrowingTaskGroup(of: Void.self) { group in
        for n in 0..<8 {
          group.addTask {
            try await onThread {
              let role = n % 2 == 0 ? "tistis_webhook_instagram" : "tistis_webhook_tiktok"
              try database.connection(user: role).everyone.sharedWebhookRefused(channel: "tiktok", count: 5)
            }
          }
        }
        try await group.waitForAll()
      }
      let scope = database.connection().everyone
      #expect(try scope.listPlatformAlerts(all: true, limit: 10).map { $0.sentence.prefix(9) } == ["40 posts "])
      // Nothing can be written there but that, whoever asks.
      try database.connection(user: "tistis_webhook_tiktok").everyone.sharedWebhookRefused(channel: "x'", count: 5)
      try scope.sharedWebhookRefused(channel: "tiktok", count: Int32.max)
      #expect(try scope.listPlatformAlerts(all: true, limit: 10).count == 1)
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
    #expect(hearing.failed(nil, now + 3) == nil)
    #expect(hearing.failed(nil, now + 4) == 2)
    #expect(hearing.dueShared(now) && !hearing.dueShared(now + 59) && hearing.dueShared(now + 60))
  }
}
