import Core
import FoundationEssentials
import Peers
import Rules
import Store
import TestSupport
import Testing

@testable import Flows

/// Whether an account works is found out by a job, kept, and costs no token its secret.
@Suite struct ChannelTestTests {
  private func test(
    _ shop: Shop, subscribe: Bool = false, connection: UUID? = nil, _ settings: [String: String] = [:]
  ) async throws -> Field {
    let id = try shop.database.connection().send(
      .testChannel(connection ?? shop.tenant.connection, subscribe: subscribe, requestID: nil), tenant: shop.tenant.id)
    try await shop.work(settings)
    let job = try shop.database.connection().tenant(shop.tenant.id).findJob(id: try #require(id))
    #expect(job?.status == "completed", "\(job?.errorMessage ?? "")")
    return Field((try? job?.result?.parse()) ?? .null)
  }

  private func setToken(_ token: String, _ shop: Shop, connection: UUID? = nil) throws {
    let settings = try Settings([.outboundKeys, .inboundKeys], from: World.current.environment(of: "tistis"))
    let store = SecretStore(
      shop.database.connection(), inbound: try Keyring(settings.secret(.inboundKeys)),
      outbound: try Keyring(settings.secret(.outboundKeys)))
    try store.setOutbound(
      Secret(token), kind: "access_token", connection: connection ?? shop.tenant.connection, tenant: shop.tenant.id)
  }

  private func states(_ result: Field) -> [String] {
    result["checks"].items.map { "\($0["name"].text ?? "") \($0["state"].text ?? "")" }
  }

  private func join(_ shop: Shop) async throws -> String {
    let business = uniqueDigits("8")
    try shop.join(business)
    try await Sandbox.tell(
      "PUT", "numbers/\(shop.tenant.phoneNumberID)",
      ["callback": .string(World.current.url + "/nowhere"), "waba_id": .string(business), "statuses": []])
    return business
  }

  @Test func aGoodOne() async throws {
    try await Shop.test(delay: 60) { shop in
      _ = try await join(shop)
      let result = try await test(shop)
      #expect(result["ok"].bool == true, "\(result)")
      #expect(states(result) == ["token ok", "account ok", "subscription ok"])
      let kept = try shop.value("test_result ->> 'ok'", of: "channel_connections")
      #expect(kept == "true")
    }
  }

  /// the token, what is found, the word of the cure
  @Test(arguments: [
    ("test_revoked_secret", ["token failed", "account failed", "subscription failed"]),
    ("test_narrow_secret", ["token failed", "account ok", "subscription ok"]),
  ])
  func aBadToken(_ token: String, _ expected: [String]) async throws {
    try await Shop.test(delay: 60) { shop in
      _ = try await join(shop)
      try setToken(token, shop)
      let result = try await test(shop)
      #expect(result["ok"].bool == false && states(result) == expected, "\(result)")
      #expect(result["checks"][0]["cure"].text?.contains("token") == true)
      let all = try shop.database.column(
        "select to_jsonb(c)::text from channel_connections c union all select to_jsonb(j)::text from jobs j")
      #expect(!all.contains { $0?.contains("_secret") == true })
      // It looks, and stops nothing.
      let status = try shop.value("status", of: "channel_connections")
      #expect(status == "connected")
    }
  }

  @Test func subscribedWhenAsked() async throws {
    try await Shop.test(delay: 60) { shop in
      let business = try await join(shop)
      let answer = try await Web.send(
        "DELETE", World.current.sandbox + "/graph/v25.0/\(business)/subscribed_apps",
        headers: [("Authorization", "Bearer test_token")])
      #expect(answer.status == 200)
      let before = try await test(shop)
      #expect(states(before).last == "subscription failed")
      let after = try await test(shop, subscribe: true)
      #expect(states(after) == ["token ok", "account ok", "override ok", "subscribe ok", "subscription ok"])
    }
  }

  /// A business with an address of its own at WhatsApp keeps it, and is told where that leads.
  @Test(arguments: [true, false]) func anAddressOfItsOwn(_ isOurs: Bool) async throws {
    try await Shop.test(delay: 60) { shop in
      let business = try await join(shop)
      let server = LoopbackServer { request in
        .send(ok(request.target.split(separator: "hub.challenge=").last.map { String($0.prefix { $0 != "&" }) } ?? ""))
      }
      defer { server.stop() }
      let path = webhookPath("whatsapp", slug: shop.tenant.slug)
      let url = server.url(isOurs ? path : "/theirs")
      let graph = World.current.sandbox + "/graph/v25.0/\(business)/subscribed_apps"
      func call(_ method: String, _ body: JSON?) async throws -> HTTPResponse {
        try await Web.send(
          method, graph, headers: [("Authorization", "Bearer test_token"), ("Content-Type", "application/json")],
          body: body?.bytes ?? [])
      }
      let wish: JSON = ["override_callback_uri": .string(url), "verify_token": "v"]
      #expect(try await call("POST", wish).status == 200)
      let result = try await test(shop, subscribe: true, ["TISTIS_PUBLIC_URL": server.url("")])
      #expect(
        states(result)
          == ["token ok", "account ok", "override ok", "subscribe ok", "subscription \(isOurs ? "ok" : "failed")"],
        "\(result)")
      #expect(result["checks"][2]["sentence"].text?.contains(url) == true)
      #expect(result["checks"][4]["sentence"].text?.contains(url) == !isOurs)
      func kept() async throws -> String? {
        Field(try JSON.parse(try await call("GET", nil).body))["data"][0]["override_callback_uri"].text
      }
      #expect(try await kept() == url, "it was not taken back")
      // As Graph does: without a body the app's address counts again, and an address that does not answer is refused.
      #expect(try await call("POST", nil).status == 200)
      #expect(try await kept() == nil)
      let dead: JSON = ["override_callback_uri": .string(World.current.url + "/nowhere"), "verify_token": "v"]
      #expect(try await call("POST", dead).status == 400)
    }
  }

  /// Where nobody could say whether there is one, nothing is posted.
  @Test func anAddressThatCouldNotBeAskedFor() async throws {
    try await Shop.test(delay: 60) { shop in
      let business = try await join(shop)
      try await Sandbox.fail(
        "whatsapp", "500", match: business, times: 2, extra: [("kind", "subscribed_apps")])
      let result = try await test(shop, subscribe: true)
      #expect(
        states(result)
          == ["token ok", "account ok", "override unknown", "subscribe unknown", "subscription unknown"])
      let posts = try await Sandbox.requests("whatsapp", match: business).filter { $0["method"].text == "POST" }
      #expect(posts.isEmpty)
    }
  }

  /// What it lacks is said, not guessed; and a platform that does not answer is no broken account.
  @Test func whatCannotBeKnown() async throws {
    try await Shop.test(token: false, delay: 60) { shop in
      let bare = try await test(shop)
      #expect(states(bare) == ["token failed"])
      try setToken("test_token", shop)
      let unnamed = try await test(shop)
      #expect(states(unnamed).last == "subscription unknown")
      let id = try shop.database.connection().send(
        .testChannel(UUID(), subscribe: false, requestID: nil), tenant: shop.tenant.id)
      try await shop.work()
      let job = try shop.database.connection().tenant(shop.tenant.id).findJob(id: try #require(id))
      #expect(job?.status == "completed" && job?.result?.text.contains("no such channel") == true)
    }
  }

  /// channel, columns, what is asked of a good one
  @Test(arguments: [
    ("facebook", "facebook_page_id", ["token ok", "account ok", "subscribe ok", "subscription ok"]),
    ("instagram", "instagram_account_id", ["token ok", "account ok", "subscribe ok", "subscription ok"]),
    // Nobody has said under which address we are to be reached.
    ("tiktok", "tiktok_open_id", ["token ok", "subscription unknown", "images unknown"]),
  ])
  func theOthers(_ channel: String, _ column: String, _ expected: [String]) async throws {
    try await Shop.test(delay: 60) { shop in
      let id = UUID()
      let account =
        ["facebook": "300000000000001", "instagram": "17841400000000001", "tiktok": "dev_esva_open_id"][channel] ?? ""
      let page = channel == "instagram" ? ", instagram_page_id" : ""
      let pageID = channel == "instagram" ? ", '300000000000001'" : ""
      try shop.run("delete from channel_connections where channel = '\(channel)'")
      try shop.run(
        """
        insert into channel_connections (tenant_id, id, channel, status, \(column)\(page))
          values ('\(shop.tenant.id.text)', '\(id.text)', '\(channel)', 'connected', '\(account)'\(pageID))
        """)
      try setToken("dev_\(channel)_token", shop, connection: id)
      let result = try await test(shop, subscribe: true, connection: id)
      #expect(states(result) == expected, "\(result)")
      #expect(result["ok"].bool == (channel != "tiktok"))
    }
  }
}
