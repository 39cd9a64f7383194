import Core
import FoundationEssentials
import TestSupport
import Testing

/// The same twice, and another's name: nothing doubles, nothing crosses.
@Suite struct IsolationTests {
  @Test(arguments: Platform.allCases) func theSamePostTwentyTimesAtOnce(_ platform: Platform) async throws {
    let tenant = try Tenant.make(on: platform)
    try await Sandbox.register(tenant)
    let body = platform.text("¿Cuánto cuesta la limpieza?", from: uniqueDigits("521"), to: tenant.account)
    try await withThrowingTaskGroup(of: Int.self) { group in
      for _ in 0..<20 { group.addTask { try await Web.deliver(body, to: tenant).status } }
      for try await status in group { #expect(status == 200) }
    }
    #expect(try tenant.count("messages", where: "role = 'user'") == 1)
    #expect(try tenant.count("leads") == 1)
    #expect(try tenant.count("conversations") == 1)
    #expect(try await eventually { try tenant.count("messages", where: "role = 'assistant' and status = 'read'") == 1 })
    let sent = try await Sandbox.requests(platform.rawValue, match: tenant.page ?? tenant.account, kind: "text")
    #expect(sent.count == 1)
  }

  @Test func theOtherTenantsSignatureSlugAndNumber() async throws {
    let (mine, other) = (try Tenant.make(delay: Tenant.never), try Tenant.make(delay: Tenant.never))
    let body = mine.payload([Tenant.text("hola")])
    // Another's signature on my URL, and mine on another's.
    #expect(try await Web.deliver(body, to: mine, signature: other.signature(body)).status == 403)
    #expect(try await Web.deliver(body, to: other, signature: mine.signature(body)).status == 403)
    // Genuinely mine, but it names another's number: taken and dropped, since delivering it again would not help.
    let crossing = mine.payload([Tenant.text("hola")], phoneNumberID: other.phoneNumberID)
    #expect(try await Web.deliver(crossing, to: mine).status == 200)
    for tenant in [mine, other] {
      #expect(try tenant.count("messages") == 0)
      #expect(try tenant.count("leads") == 0)
      #expect(try tenant.count("jobs") == 0)
    }
  }

  @Test func anothersStatusChangesNothing() async throws {
    let (mine, other) = (try Tenant.make(), try Tenant.make())
    try await Sandbox.register(mine, statuses: [])
    #expect(try await Web.deliver(mine.payload([Tenant.text("limpieza")]), to: mine).status == 200)
    #expect(
      try await eventually { try mine.count("messages", where: "role = 'assistant' and status = 'accepted'") == 1 })
    let id = try #require(try mine.value("external_id", of: "messages", where: "role = 'assistant'"))
    let opaque = try #require(try mine.value("id", of: "messages", where: "role = 'assistant'"))
    let report: JSON = [
      "id": .string(id), "status": "read", "timestamp": "1769091010", "recipient_id": "5216311112222",
      "biz_opaque_callback_data": .string(opaque),
    ]
    #expect(try await Web.deliver(other.payload([], statuses: [report]), to: other).status == 200)
    #expect(try mine.value("status", of: "messages", where: "role = 'assistant'") == "accepted")
    #expect(try await Web.deliver(mine.payload([], statuses: [report]), to: mine).status == 200)
    #expect(try mine.value("status", of: "messages", where: "role = 'assistant'") == "read")
  }

  @Test(arguments: Platform.metas) func theHandshake(_ platform: Platform) async throws {
    let tenant = try Tenant.make(on: platform)
    func ask(_ query: String) async throws -> HTTPResponse {
      try await Web.send("GET", World.current.url + tenant.path + "?" + query)
    }
    let right = try await ask("hub.mode=subscribe&hub.challenge=1158201444&hub.verify_token=\(tenant.verifyToken)")
    #expect(right.status == 200)
    #expect(right.body == Array("1158201444".utf8))
    #expect(right.headers["content-type"]?.hasPrefix("text/plain") == true)
    #expect(try await ask("hub.mode=subscribe&hub.challenge=1&hub.verify_token=guess").status == 403)
    #expect(try await ask("hub.mode=subscribe&hub.challenge=1&hub.verify_token=dev_verify_token").status == 403)
    #expect(try await ask("hub.mode=unsubscribe&hub.challenge=1&hub.verify_token=\(tenant.verifyToken)").status == 403)
    #expect(try await ask("hub.mode=subscribe").status == 400)
    #expect(try await ask("").status == 400)
    let without = try Tenant.make(on: platform, secrets: false)
    let none = try await Web.send(
      "GET", World.current.url + without.path + "?hub.mode=subscribe&hub.challenge=1&hub.verify_token=x")
    #expect(none.status == 503)
  }

  /// TikTok's has no mode, and needs no token: only one that was sent must be ours.
  @Test func tiktoksHandshake() async throws {
    let tenant = try Tenant.make(on: .tiktok)
    func ask(_ query: String) async throws -> HTTPResponse {
      try await Web.send("GET", World.current.url + tenant.path + "?" + query)
    }
    for query in ["challenge=1158201444", "challenge=1158201444&verify_token=\(tenant.verifyToken)"] {
      let right = try await ask(query)
      #expect(right.status == 200)
      #expect(right.body == Array("1158201444".utf8))
      #expect(right.headers["content-type"]?.hasPrefix("text/plain") == true)
    }
    #expect(try await ask("challenge=1&verify_token=guess").status == 403)
    #expect(try await ask("challenge=1&verify_token=dev_verify_token").status == 403)
    #expect(try await ask("hub.mode=subscribe&hub.challenge=1&hub.verify_token=\(tenant.verifyToken)").status == 400)
    #expect(try await ask("").status == 400)
  }
}
