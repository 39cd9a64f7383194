import Core
import FoundationEssentials
import Peers
import Store
import TestSupport
import Testing

@testable import Flows

/// Whether what customers write reaches us: by our app, by one list for a page, at our address.
@Suite struct SubscriptionTests {
  /// A business in a database of its own, and accounts that are tested.
  private struct World {
    let shop: Shop
    let page = uniqueDigits("30")
    let instagram = uniqueDigits("1784")

    func connect(_ channel: String, _ columns: [(String, String)], token: String) throws -> UUID {
      let id = UUID()
      let names = columns.map { ", " + $0.0 }.joined()
      let values = columns.map { ", '\($0.1)'" }.joined()
      try shop.run(
        """
        insert into channel_connections (tenant_id, id, channel, status\(names))
          values ('\(shop.tenant.id.text)', '\(id.text)', '\(channel)', 'connected'\(values))
        """)
      try keep(["access_token": .string(token)], channel, id)
      return id
    }

    /// As people enter it.
    func keep(_ fields: JSON, _ channel: String, _ id: UUID) throws {
      let settings = try Settings(
        [.outboundKeys, .inboundKeys], from: TestSupport.World.current.environment(of: "tistis"))
      let database = shop.database.connection()
      let store = SecretStore(
        database, inbound: try Keyring(settings.secret(.inboundKeys)),
        outbound: try Keyring(settings.secret(.outboundKeys)))
      let entered = try ChannelFields(Field(fields), channel: channel, placed: false)
      _ = try database.transaction(tenant: shop.tenant.id) { (scope) throws(StoreError) in
        try store.keep(entered, connection: id, tenant: shop.tenant.id, in: scope)
      }
    }

    func messenger() async throws -> UUID {
      try await Sandbox.tell(
        "PUT", "accounts/\(page)", ["channel": "facebook", "callback": "/nowhere", "statuses": []])
      return try connect("facebook", [("facebook_page_id", page)], token: "test_facebook")
    }

    func instagramOfThePage() async throws -> UUID {
      try await Sandbox.tell(
        "PUT", "accounts/\(instagram)",
        ["channel": "instagram", "callback": "/nowhere", "statuses": [], "page": .string(page)])
      return try connect(
        "instagram", [("instagram_account_id", instagram), ("instagram_page_id", page)], token: "test_instagram")
    }

    func test(_ id: UUID, subscribe: Bool = false, _ settings: [String: String] = [:]) async throws -> Field {
      let job = try shop.database.connection().send(
        .testChannel(id, subscribe: subscribe, requestID: nil), tenant: shop.tenant.id)
      try await shop.work(settings)
      let found = try shop.database.connection().tenant(shop.tenant.id).findJob(id: try #require(job))
      #expect(found?.status == "completed", "\(found?.errorMessage ?? "")")
      return Field((try? found?.result?.parse()) ?? .null)
    }

    func finding(_ result: Field, _ name: String) -> Field {
      result["checks"].items.first { $0["name"].text == name } ?? Field(.null)
    }
  }

  /// The sandbox's, which every token of its is made by.
  private static let ourApp = "900000000000001"

  private func with(_ body: (World) async throws -> Void) async throws {
    try await Shop.test(delay: 60) { shop in try await body(World(shop: shop)) }
  }

  /// What is posted for a page replaces what was posted before: in either order both channels have what they need.
  @Test(arguments: [true, false]) func bothChannelsOfOnePage(_ messengerFirst: Bool) async throws {
    try await with { world in
      let messenger = try await world.messenger()
      let instagram = try await world.instagramOfThePage()
      for id in messengerFirst ? [messenger, instagram] : [instagram, messenger] {
        let result = try await world.test(id, subscribe: true)
        #expect(result["ok"].bool == true, "\(result)")
      }
      for id in [messenger, instagram] {
        let result = try await world.test(id)
        #expect(result["ok"].bool == true, "\(result)")
      }
    }
  }

  /// Somebody subscribed the page to less: Messenger lacks the echoes, Instagram nothing.
  @Test func eachDemandsWhatItNeeds() async throws {
    try await with { world in
      let messenger = try await world.messenger()
      let instagram = try await world.instagramOfThePage()
      try await Sandbox.tell(
        "PUT", "subscriptions/\(world.page)", ["fields": ["messages", "messaging_postbacks"]])
      let one = world.finding(try await world.test(messenger), "subscription")
      #expect(one["state"].text == "failed" && one["sentence"].text?.contains("message_echoes") == true, "\(one)")
      #expect(try await world.test(instagram)["ok"].bool == true)
      try await Sandbox.tell("PUT", "subscriptions/\(world.page)", ["fields": ["messages", "message_echoes"]])
      let two = world.finding(try await world.test(instagram), "subscription")
      #expect(two["state"].text == "failed" && two["sentence"].text?.contains("messaging_postbacks") == true, "\(two)")
    }
  }

  /// Another vendor's app has the account: what people write reaches that one.
  @Test func onlySomebodyElsesApp() async throws {
    try await with { world in
      let messenger = try await world.messenger()
      let path = "subscriptions/\(world.page)"
      try await Sandbox.tell("PUT", path, ["subscribed": false, "others": ["4711"]])
      let alien = try await world.test(messenger)
      let finding = world.finding(alien, "subscription")
      #expect(alien["ok"].bool == false && finding["state"].text == "failed", "\(alien)")
      #expect(
        finding["sentence"].text?.contains("Another") == true && finding["cure"].text?.contains("subscribe") == true)
      let both = try await world.test(messenger, subscribe: true)
      #expect(both["ok"].bool == true)
      #expect(world.finding(both, "subscription")["sentence"].text?.contains("somebody else's") == true)
    }
  }

  @Test func onlySomebodyElsesAppOnWhatsApp() async throws {
    try await with { world in
      let shop = world.shop
      let business = uniqueDigits("8")
      try shop.join(business)
      try await Sandbox.tell(
        "PUT", "numbers/\(shop.tenant.phoneNumberID)",
        ["callback": "/nowhere", "waba_id": .string(business), "statuses": []])
      try await Sandbox.tell("PUT", "subscriptions/\(business)", ["subscribed": false, "others": ["4711"]])
      let alien = try await world.test(shop.tenant.connection)
      #expect(world.finding(alien, "subscription")["state"].text == "failed", "\(alien)")
      try await Sandbox.tell("PUT", "subscriptions/\(business)", ["subscribed": true])
      #expect(try await world.test(shop.tenant.connection)["ok"].bool == true)
    }
  }

  /// Instagram by its own login: whose token, which permissions. token, whose, is it all right, the states
  @Test(arguments: [
    ("test_ig_login", true, true, ["token ok", "permissions ok", "account ok", "subscription ok"]),
    ("test_ig_narrow", true, false, ["token ok", "permissions failed", "account ok", "subscription ok"]),
    ("test_ig_login", false, false, ["token failed", "permissions ok", "account ok", "subscription ok"]),
    (
      "test_ig_expired", true, false, ["token failed", "permissions unknown", "account failed", "subscription failed"]
    ),
  ])
  func instagramsOwnLogin(_ word: String, _ isTheirs: Bool, _ good: Bool, _ expected: [String]) async throws {
    try await with { world in
      let token = unique(word)
      let owner = isTheirs ? world.instagram : uniqueDigits("1784")
      for (id, secret) in [(world.instagram, isTheirs ? token : unique("test_other")), (owner, token)] {
        try await Sandbox.tell(
          "PUT", "accounts/\(id)",
          ["channel": "instagram", "callback": "/nowhere", "statuses": [], "access_token": .string(secret)])
      }
      let id = try world.connect(
        "instagram", [("instagram_account_id", world.instagram), ("login", "instagram"), ("meta_app_id", Self.ourApp)],
        token: token)
      let result = try await world.test(id)
      let states = result["checks"].items.map { "\($0["name"].text ?? "") \($0["state"].text ?? "")" }
      #expect(states == expected && result["ok"].bool == good, "\(result)")
      if !isTheirs { #expect(world.finding(result, "token")["sentence"].text?.contains(owner) == true) }
    }
  }

  /// Its token does not tell which app made it: as long as nobody has, an app that is subscribed may be anybody's. What is
  /// entered as ours, what is found, and how the whole is
  @Test func whoseAppOfItsOwnLogin() async throws {
    try await with { world in
      let token = unique("test_ig_login")
      try await Sandbox.tell(
        "PUT", "accounts/\(world.instagram)",
        ["channel": "instagram", "callback": "/nowhere", "statuses": [], "access_token": .string(token)])
      let id = try world.connect(
        "instagram", [("instagram_account_id", world.instagram), ("login", "instagram")], token: token)
      func look(_ app: String?, subscribe: Bool = false) async throws -> (state: String?, ok: Bool?, cure: String) {
        let fields: JSON = .object(["meta_app_id": app.map { .string($0) } ?? .null])
        let columns = try ChannelFields(Field(fields), channel: "instagram", placed: false).columns
        let isChanged = try world.shop.database.connection().tenant(world.shop.tenant.id).changeChannel(
          connectionId: id, fields: JSONText(columns))
        #expect(isChanged)
        let result = try await world.test(id, subscribe: subscribe)
        let found = world.finding(result, "subscription")
        return (found["state"].text, result["ok"].bool, found["cure"].text ?? "")
      }
      let unsaid = try await look(nil)
      #expect(unsaid.state == "unknown" && unsaid.ok == false && unsaid.cure.contains("meta_app_id"), "\(unsaid)")
      #expect(try world.shop.count("channel_connections", "id = '\(id.text)' and test_result ->> 'ok' = 'true'") == 0)
      let ours = try await look(Self.ourApp)
      #expect(ours.state == "ok" && ours.ok == true, "\(ours)")
      let another = try await look(uniqueDigits("4"))
      #expect(another.state == "failed" && another.ok == false, "\(another)")
      // Whoever is subscribed by this very token is its app.
      let now = try await look(nil, subscribe: true)
      #expect(now.state == "ok" && now.ok == true, "\(now)")
    }
  }

  /// Meta refuses to subscribe an account: the cure speaks of permissions where Meta does, of the way in where it is wrong.
  @Test(arguments: [
    (nil, "Instagram's own login"), ("code:200", "permission"), ("code:10", "permission"),
    ("code:190", "new page token"),
    ("500", "wait a little"),
  ]) func refusedToSubscribe(_ fault: String?, _ cure: String) async throws {
    try await with { world in
      // It is the page's; the channel says otherwise.
      try await Sandbox.tell(
        "PUT", "accounts/\(world.instagram)",
        ["channel": "instagram", "callback": "/nowhere", "statuses": [], "page": .string(world.page)])
      let id = try world.connect(
        "instagram", [("instagram_account_id", world.instagram), ("login", "instagram")], token: "test_instagram")
      if let fault {
        try await Sandbox.fail(
          "instagram", fault, match: world.instagram, times: 2, extra: [("kind", "subscribed_apps")])
      }
      let found = world.finding(try await world.test(id, subscribe: true), "subscribe")
      let said = found["cure"].text ?? ""
      #expect(found["state"].text == "failed" && said.contains(cure), "\(found)")
      #expect(said.contains("permission") == (cure == "permission") && said.hasSuffix("\"subscribe\": true"), "\(said)")
    }
  }

  /// All is right and nothing has ever come: that is what an app without Advanced Access looks like.
  @Test func nothingHasEverCome() async throws {
    try await with { world in
      let messenger = try await world.messenger()
      let silent = world.finding(try await world.test(messenger), "subscription")
      #expect(silent["state"].text == "ok" && silent["cure"].text?.contains("Advanced Access") == true, "\(silent)")
      try world.shop.run("update channel_connections set last_webhook_at = now()")
      let heard = world.finding(try await world.test(messenger), "subscription")
      #expect(heard["state"].text == "ok" && !heard["cure"].exists, "\(heard)")
      // Where the permission is missing, that is the cause.
      try world.shop.run("update channel_connections set last_webhook_at = null")
      try world.keep(["access_token": "test_narrow"], "facebook", messenger)
      #expect(!world.finding(try await world.test(messenger), "subscription")["cure"].exists)
    }
  }

  // MARK: TikTok

  private func tiktok(_ world: World, _ columns: [(String, String)] = []) async throws -> UUID {
    let open = unique("open_")
    try await Sandbox.tell("PUT", "accounts/\(open)", ["channel": "tiktok", "callback": "/nowhere", "statuses": []])
    let id = try world.connect("tiktok", [("tiktok_open_id", open)] + columns, token: "test_tiktok")
    return id
  }

  private func app(_ key: String, _ secret: String = "test_app_secret") -> [String: String] {
    ["TISTIS_PUBLIC_URL": "http://127.0.0.1:1", "TIKTOK_CLIENT_KEY": key, "TIKTOK_CLIENT_SECRET": secret]
  }

  @Test func whereTikTokDelivers() async throws {
    try await with { world in
      let (id, settings) = (try await tiktok(world), app(unique("key")))
      let none = world.finding(try await world.test(id, settings), "subscription")
      #expect(none["state"].text == "failed" && none["cure"].text?.contains("subscribe") == true, "\(none)")
      let made = try await world.test(id, subscribe: true, settings)
      #expect(world.finding(made, "subscribe")["state"].text == "ok" && made["ok"].bool == true, "\(made)")
      #expect(try await world.test(id, settings)["ok"].bool == true)
      // Somebody takes it away.
      let elsewhere: JSON = [
        "app_id": .string(settings["TIKTOK_CLIENT_KEY"] ?? ""), "secret": "x", "event_type": "DIRECT_MESSAGE",
        "callback_url": "https://elsewhere.example/hook",
      ]
      let url = TestSupport.World.current.sandbox + "/tiktok/v1.3/business/webhook/update/"
      #expect(try await Web.send("POST", url, body: elsewhere.bytes).status == 200)
      let gone = world.finding(try await world.test(id, settings), "subscription")
      #expect(gone["state"].text == "failed" && gone["sentence"].text?.contains("elsewhere.example") == true, "\(gone)")
    }
  }

  /// The account's own app delivers to the business's own address, proved by the secret that people entered.
  @Test func anAppOfItsOwn() async throws {
    try await with { world in
      let key = unique("own")
      let (id, settings) = (try await tiktok(world, [("tiktok_client_key", key)]), app(unique("key")))
      let bare = world.finding(try await world.test(id, settings), "subscription")
      #expect(bare["state"].text == "unknown" && bare["cure"].text?.contains("client_secret") == true, "\(bare)")
      try world.keep(["client_secret": "test_own_secret"], "tiktok", id)
      let made = try await world.test(id, subscribe: true, settings)
      #expect(made["ok"].bool == true, "\(made)")
      let address = "http://127.0.0.1:1/api/webhook/tiktok/" + world.shop.tenant.slug
      #expect(world.finding(made, "subscribe")["sentence"].text?.contains(address) == true)
      let all = try world.shop.database.column("select to_jsonb(j)::text from jobs j")
      #expect(!all.contains { $0?.contains("test_own_secret") == true })
    }
  }

  /// What is missing is said, and is never in order: settings, state, a word of the sentence
  @Test(
    arguments: [
      (["TIKTOK_CLIENT_KEY": ""], "unknown", "key or secret"),
      (["TIKTOK_CLIENT_SECRET": ""], "unknown", "key or secret"),
      (["TISTIS_PUBLIC_URL": ""], "unknown", "TISTIS_PUBLIC_URL"),
      (["TIKTOK_CLIENT_SECRET": "test_revoked"], "failed", "does not tell"),
    ] as [([String: String], String, String)])
  func whatTikTokCannotBeAsked(_ change: [String: String], _ state: String, _ word: String) async throws {
    try await with { world in
      let id = try await tiktok(world)
      let result = try await world.test(id, subscribe: true, app(unique("key")).merging(change) { $1 })
      let finding = world.finding(result, "subscription")
      #expect(result["ok"].bool == false && finding["state"].text == state, "\(result)")
      #expect(finding["sentence"].text?.contains(word) == true && finding["cure"].exists, "\(finding)")
    }
  }

  /// Known of a conversation only; an account without one is not held to be broken.
  @Test func whetherImagesMayBeSent() async throws {
    try await with { world in
      let (id, settings) = (try await tiktok(world), app(unique("key")))
      let early = try await world.test(id, subscribe: true, settings)
      #expect(early["ok"].bool == true && world.finding(early, "images")["state"].text == "unknown", "\(early)")
      let open = try world.shop.value("tiktok_open_id", of: "channel_connections", "id = '\(id.text)'") ?? ""
      try await Sandbox.tell(
        "PUT", "windows/\(open)/\(unique("p"))", ["open": true, "conversation": .string(unique("c+/") + "==")])
      let late = world.finding(try await world.test(id, settings), "images")
      #expect(late["state"].text == "ok", "\(late)")
    }
  }
}
