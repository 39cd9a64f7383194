import Core
import FoundationEssentials
import TestSupport
import Testing

/// The stand-ins of Messenger, Instagram and TikTok refuse what those refuse, and give to read what those give.
@Suite struct SandboxChannelTests {
  /// An account of the sandbox's that nobody is told of.
  private struct Account {
    let platform: Platform
    let id: String
    let person = uniqueDigits("61")
    /// TikTok's conversation with that person; its ids have a + in them.
    var conversation: String { "c+\(person)/==" }

    init(_ platform: Platform, _ settings: JSON.Members.Pair...) async throws {
      self.platform = platform
      id = uniqueDigits("88")
      var body = JSON.Members([
        .init("channel", .string(platform.rawValue)), .init("callback", "/nobody"), .init("statuses", []),
      ])
      for pair in settings { body[pair.key] = pair.value }
      try await Sandbox.tell("PUT", "accounts/\(id)", .object(body))
    }

    /// `200`, TikTok's code, or the code and subcode that it was refused with.
    func says(_ message: JSON, token: String = "test_token") async throws -> String {
      let isTikTok = platform == .tiktok
      var body = JSON.Members(
        isTikTok
          ? [
            .init("business_id", .string(id)), .init("recipient_type", "CONVERSATION"),
            .init("recipient", .string(conversation)),
          ] : [.init("recipient", ["id": .string(person)])])
      if case .object(let more) = message { for pair in more.pairs { body[pair.key] = pair.value } }
      let base = platform == .instagram ? "/instagram/v25.0/\(id)/messages" : "/graph/v25.0/\(id)/messages"
      let answer = try await call(
        "POST", isTikTok ? "/tiktok/v1.3/business/message/send/" : base, .object(body), token: token)
      if isTikTok { return answer["code"].loose ?? "?" }
      guard answer["error"].exists else { return answer["recipient_id"].text == person ? "200" : "?" }
      return [answer["error"]["code"].loose, answer["error"]["error_subcode"].loose].compactMap(\.self)
        .joined(separator: " ")
    }

    func text(human: Bool = false) async throws -> String {
      if platform == .tiktok { return try await says(["message_type": "TEXT", "text": ["body": "hola"]]) }
      let message: JSON = ["text": "hola"]
      return try await says(
        human ? ["messaging_type": "MESSAGE_TAG", "tag": "HUMAN_AGENT", "message": message] : ["message": message])
    }

    func window(_ body: JSON) async throws {
      guard case .object(var members) = body else { return }
      members["conversation"] = .string(conversation)
      try await Sandbox.tell("PUT", "windows/\(id)/\(person)", .object(members))
    }

    @discardableResult
    func call(_ method: String, _ path: String, _ body: JSON? = nil, token: String = "test_token") async throws -> Field
    {
      let answer = try await Web.send(
        method, World.current.sandbox + path,
        headers: [("Authorization", "Bearer " + token), ("Access-Token", token)], body: body?.bytes ?? [])
      return Field(try JSON.parse(answer.body))
    }
  }

  /// `x*20` is twenty x, `["*", 3, item]` three items.
  private static func written(_ value: JSON) -> JSON {
    switch value {
    case .string(let text):
      guard let match = text.wholeMatch(of: /(.)\*(\d+)/), let count = Int(match.2) else { return value }
      return .string(String(repeating: String(match.1), count: count))
    case .array(let items):
      guard items.count == 3, items[0] == "*", case .number(let count) = items[1] else {
        return .array(items.map(written))
      }
      return .array(Array(repeating: written(items[2]), count: Int(count) ?? 0))
    case .object(let members): return .object(JSON.Members(members.pairs.map { .init($0.key, written($0.value)) }))
    default: return value
    }
  }

  /// What is wrong with a message whatever the world is like, and what is right.
  @Test(arguments: Platform.echoing) func forms(_ platform: Platform) async throws {
    let text = readFile(World.root + "/Tests/EndToEnd/Fixtures/sandbox-channel-forms.tsv") ?? ""
    let rows = text.split(separator: "\n").map { $0.split(separator: "\t").map(String.init) }
      .filter { $0[0] == platform.rawValue }
    #expect(rows.count > 20)
    let account = try await Account(platform)
    for row in rows {
      let said = try await account.says(Self.written(try JSON.parse(Array(row[2].utf8))))
      #expect(said == row[1], "\(row[2].prefix(300))")
    }
  }

  // MARK: Windows

  @Test(arguments: [(Platform.facebook, "100 2018001", "10 2018278"), (.instagram, "100 2534014", "10 2534022")])
  func theWindow(_ platform: Platform, _ stranger: String, _ closed: String) async throws {
    let account = try await Account(platform, .init("strict", true))
    #expect(try await account.text() == stranger)
    try await account.window(["age": 60])
    #expect(try await account.text() == "200")
    try await account.window(["age": 86_500])
    #expect(try await account.text() == closed)
    // A person may still type for a week.
    #expect(try await account.text(human: true) == "200")
    try await account.window(["age": 605_000])
    #expect(try await account.text(human: true) == closed)
    // Off by default.
    #expect(try await Account(platform).text() == "200")
  }

  @Test func tikToksTenInTwoDays() async throws {
    let account = try await Account(.tiktok, .init("strict", true))
    #expect(try await account.text() == "40002")
    try await account.window(["age": 172_000])
    for _ in 0..<10 { #expect(try await account.text() == "0") }
    #expect(try await account.text() == "40002")
    // "Typing…" is no message.
    #expect(try await account.says(["message_type": "SENDER_ACTION", "sender_action": "TYPING"]) == "0")
    // Another message of the person's allows ten more.
    try await Sandbox.tell(
      "POST", "inbound/\(account.id)",
      ["from": .string(account.person), "conversation": .string(account.conversation), "text": "¿sí?"])
    #expect(try await account.text() == "0")
    try await account.window(["age": 173_000])
    #expect(try await account.text() == "40002")
    #expect(try await Account(.tiktok).text() == "0")
  }

  // MARK: Tokens

  @Test(arguments: [(Platform.facebook, "190 463"), (.instagram, "190 463"), (.tiktok, "40105")])
  func tokens(_ platform: Platform, _ expired: String) async throws {
    #expect(try await Account(platform, .init("token", "expired")).text() == expired)
    let account = try await Account(platform)
    let message: JSON =
      platform == .tiktok ? ["message_type": "TEXT", "text": ["body": "x"]] : ["message": ["text": "x"]]
    #expect(try await account.says(message, token: "test_expired") == expired)
    #expect(try await account.says(message, token: "stolen") == expired.replacing(" 463", with: ""))
    let inspected = try await account.call("GET", "/graph/v25.0/debug_token?input_token=test_revoked")["data"]
    #expect(inspected["is_valid"].bool == false && inspected["error"]["subcode"].integer == 460)
    #expect(
      try await account.call("GET", "/graph/v25.0/debug_token?input_token=dev_x")["data"]["is_valid"].bool == true)
  }

  @Test func tokensAreRenewed() async throws {
    let account = try await Account(.tiktok)
    func refresh(_ token: String) async throws -> Field {
      try await account.call(
        "POST", "/tiktok/v1.3/tt_user/oauth2/refresh_token/",
        [
          "client_id": "dev_key", "client_secret": "dev_secret", "grant_type": "refresh_token",
          "refresh_token": .string(token),
        ])
    }
    let first = try await refresh("dev_tiktok_refresh_token")
    #expect(first["data"]["expires_in"].integer == 86_400)
    let next = try #require(first["data"]["refresh_token"].text)
    // One that was given out is good once.
    #expect(try await refresh(next)["code"].integer == 0)
    #expect(try await refresh(next)["code"].integer == 40_105)
    let path = "/instagram/refresh_access_token?grant_type=ig_refresh_token&access_token="
    #expect(try await account.call("GET", path + "test_token", token: "")["expires_in"].integer == 5_184_000)
    #expect(try await account.call("GET", path + "test_expired", token: "")["error"]["code"].integer == 190)
  }

  // MARK: What is told and read

  /// A page's customers and those of the Instagram account that it connects are told apart, by their conversations.
  @Test func aPageForTwo() async throws {
    let instagram = try await Account(.instagram, .init("page", .string(uniqueDigits("99"))), .init("strict", true))
    let listed = try await Web.send("GET", World.current.sandbox + "/sandbox/accounts")
    let page = try #require(
      Field(try JSON.parse(listed.body))["accounts"].items.first { $0["id"].text == instagram.id }?["page"].text)
    try await Sandbox.tell(
      "PUT", "accounts/\(page)", ["channel": "facebook", "callback": "/nobody", "statuses": [], "strict": true])
    try await Sandbox.tell(
      "POST", "inbound/\(page)", ["from": "psid-\(page)".json, "text": "por la página", "name": "Ana"])
    try await Sandbox.tell("POST", "inbound/\(instagram.id)", ["from": "igsid-\(page)".json, "text": "por Instagram"])
    for (person, text) in [("psid-\(page)", "uno"), ("igsid-\(page)", "dos")] {
      let answer = try await instagram.call(
        "POST", "/graph/v25.0/\(page)/messages", ["recipient": ["id": person.json], "message": ["text": text.json]])
      #expect(answer["recipient_id"].text == person)
    }
    #expect(try await Sandbox.requests("facebook", match: "psid-\(page)", kind: "text").count == 1)
    #expect(try await Sandbox.requests("instagram", match: "igsid-\(page)", kind: "text").count == 1)
    for (platform, person, texts) in [
      ("messenger", "psid-\(page)", ["uno", "por la página"]),
      ("instagram", "igsid-\(page)", ["dos", "por Instagram"]),
    ] {
      let found = try await instagram.call(
        "GET",
        "/graph/v25.0/\(page)/conversations?platform=\(platform)&user_id=\(person)&fields=id,messages%7Bmessage%7D")
      #expect(found["data"].items.count == 1)
      let conversation = found["data"][0]
      #expect(conversation["messages"]["data"].items.map { $0["message"].text } == texts)
      // The same by itself, a message by its id, and only what was asked for.
      let id = try #require(conversation["id"].text)
      let lines = try await instagram.call("GET", "/graph/v25.0/\(id)/messages?fields=id,message,from&limit=1")
      #expect(lines["data"].items.map { $0["message"].text } == [texts[0]])
      #expect(lines["paging"]["next"].exists)
      let line = try #require(lines["data"][0]["id"].text)
      let one = try await instagram.call("GET", "/graph/v25.0/\(line)?fields=message")
      #expect(one["message"].text == texts[0] && !one["from"].exists)
    }
    let who = try await instagram.call("GET", "/graph/v25.0/psid-\(page)?fields=first_name,last_name")
    #expect(who["first_name"].text == "Ana")
    try await Sandbox.tell("PUT", "windows/\(page)/psid-\(page)", ["profile": 230])
    let refused = try await instagram.call("GET", "/graph/v25.0/psid-\(page)?fields=first_name")
    #expect(refused["error"]["code"].integer == 230)
  }

  /// Who wrote past the sandbox is known to it by nothing: then the token says which of a page's two is meant.
  @Test func aPageForTwoThatHeardNothing() async throws {
    let page = uniqueDigits("99")
    let instagram = try await Account(.instagram, .init("page", page.json))
    try await Sandbox.tell("PUT", "accounts/\(page)", ["channel": "facebook", "callback": "/nobody", "statuses": []])
    for (token, platform) in [
      ("test_instagram", "instagram"), ("test_facebook", "facebook"), ("test_instagram", "instagram"),
    ] {
      // The same person each time: what was answered before changes nothing.
      let answer = try await instagram.call(
        "POST", "/graph/v25.0/\(page)/messages",
        ["recipient": ["id": instagram.person.json], "message": ["text": token.json]], token: token)
      #expect(answer["message_id"].text?.hasPrefix(platform == "facebook" ? "m_" : "aWdf") == true)
    }
    #expect(try await Sandbox.requests("instagram", match: instagram.person, kind: "text").count == 2)
    #expect(try await Sandbox.requests("facebook", match: instagram.person, kind: "text").count == 1)
  }

  @Test func tikTokIsReadBack() async throws {
    let account = try await Account(.tiktok)
    try await account.window(["age": 1])
    #expect(try await account.text() == "0")
    func list(_ id: String) async throws -> Field {
      try await account.call(
        "GET", "/tiktok/v1.3/business/message/content/list/?business_id=\(account.id)&conversation_id=\(id)")
    }
    let encoded = account.conversation.replacing("+", with: "%2B").replacing("/", with: "%2F").replacing(
      "=", with: "%3D")
    let found = try await list(encoded)
    #expect(found["data"]["messages"].items.map { $0["text"]["body"].text } == ["hola"])
    #expect(found["data"]["messages"][0]["from_user"]["role"].text == "business_account")
    // A + that was not encoded is a blank.
    #expect(try await list(account.conversation)["code"].integer == 40_002)
    let all = try await account.call(
      "GET", "/tiktok/v1.3/business/message/conversation/list/?business_id=\(account.id)&conversation_type=SINGLE")
    #expect(all["data"]["conversations"][0]["conversation_id"].text == account.conversation)
  }

  @Test func tikToksFiles() async throws {
    let account = try await Account(.tiktok, .init("strict", true))
    let mark = "0123456789"
    func upload(_ name: String) async throws -> Field {
      let part = "--\(mark)\r\nContent-Disposition: form-data; name="
      let form =
        part + "\"business_id\"\r\n\r\n\(account.id)\r\n" + part + "\"media_type\"\r\n\r\nIMAGE\r\n" + part
        + "\"file\"; filename=\"\(name)\"\r\nContent-Type: image/png\r\n\r\nimagen\r\n--\(mark)--\r\n"
      let answer = try await Web.send(
        "POST", World.current.sandbox + "/tiktok/v1.3/business/message/media/upload/",
        headers: [("Access-Token", "test_token"), ("Content-Type", "multipart/form-data; boundary=\(mark)")],
        body: Array(form.utf8))
      return Field(try JSON.parse(answer.body))
    }
    #expect(try await upload("a.pdf")["code"].integer == 40_002)
    let media = try #require(try await upload("a.png")["data"]["media_id"].text)
    try await account.window(["age": 1])
    func image(_ id: String) async throws -> String {
      try await account.says(["message_type": "IMAGE", "image": ["media_id": id.json]])
    }
    #expect(try await image(media) == "0")
    #expect(try await image("nobodys") == "40002")
    let found = try await account.call(
      "POST", "/tiktok/v1.3/business/message/media/download/",
      [
        "business_id": account.id.json, "conversation_id": account.conversation.json, "message_id": "m",
        "media_id": media.json, "media_type": "IMAGE",
      ])
    let url = try #require(found["data"]["download_url"].text)
    #expect(try await Web.send("GET", url, headers: [("x-user", "test_token")]).body == Array("imagen".utf8))
    #expect(try await Web.send("GET", url).status == 403)
  }

  // MARK: Management

  @Test func templatesAreMadeAndReviewed() async throws {
    let tenant = try Tenant.make()
    let waba = uniqueDigits("77")
    try await Sandbox.tell(
      "PUT", "numbers/\(tenant.account)",
      [
        "callback": (World.current.url + tenant.path).json, "app_secret": tenant.appSecret.json, "waba_id": waba.json,
        "strict": true,
      ])
    let account = try await Account(.facebook)
    let path = "/graph/v25.0/\(waba)/message_templates"
    let body: JSON = ["type": "BODY", "text": "Hola {{1}}", "example": ["body_text": [["Ana"]]]]
    func create(_ body: JSON) async throws -> Field {
      try await account.call(
        "POST", path, ["name": "aviso", "language": "es_MX", "category": "UTILITY", "components": [body]])
    }
    #expect(try await create(["type": "BODY", "text": "Hola {{1}}"])["error"]["code"].integer == 100)
    let made = try await create(body)
    #expect(made["status"].text == "PENDING" && made["id"].text != nil)
    #expect(try await create(body)["error"]["error_subcode"].integer == 2_388_024)
    let isApproved = try await eventually {
      try await account.call("GET", path + "?name=aviso&limit=1")["data"][0]["status"].text == "APPROVED"
    }
    #expect(isApproved)
    // Its owner is told, and may send it.
    #expect(try await eventually { try tenant.count("channel_events", where: "kind = 'template'") == 1 })
    let sent = try await account.call(
      "POST", "/graph/v25.0/\(tenant.account)/messages",
      [
        "messaging_product": "whatsapp", "to": "5216310000001", "type": "template",
        "template": [
          "name": "aviso", "language": ["code": "es_MX"],
          "components": [["type": "body", "parameters": [["type": "text", "text": "Ana"]]]],
        ],
      ])
    #expect(sent["messages"][0]["id"].exists)
    #expect(try await account.call("DELETE", path + "?name=aviso")["success"].bool == true)
    #expect(try await account.call("GET", path)["data"].items.isEmpty)
    let number = try await account.call("GET", "/graph/v25.0/\(tenant.account)?fields=verified_name,quality_rating")
    #expect(number["quality_rating"].text == "GREEN" && !number["status"].exists)
  }

  @Test func subscriptions() async throws {
    let account = try await Account(.facebook)
    let path = "/graph/v25.0/\(account.id)/subscribed_apps"
    func fields() async throws -> [String?]? {
      try await account.call("GET", path)["data"].items.first?["subscribed_fields"].items.map(\.text)
    }
    #expect(try await fields()?.contains("message_echoes") == true)
    try await Sandbox.tell("PUT", "subscriptions/\(account.id)", ["subscribed": false])
    #expect(try await fields() == nil)
    #expect(try await account.call("POST", path + "?subscribed_fields=messages,message_reads")["success"].bool == true)
    #expect(try await fields() == ["messages", "message_reads"])
  }

  @Test(arguments: [
    (Platform.facebook, "429", "613"), (.instagram, "500", "1"), (.tiktok, "429", "40100"), (.tiktok, "500", "50000"),
    (.facebook, "closed_window", "10 2018278"), (.instagram, "closed_window", "10 2534022"),
    (.tiktok, "closed_window", "40002"), (.facebook, "revoked_token", "190 460"), (.tiktok, "revoked_token", "40105"),
    (.instagram, "code:551:1545041", "551 1545041"), (.facebook, "code:1200", "1200"), (.tiktok, "code:40064", "40064"),
  ]) func faults(_ platform: Platform, _ fault: String, _ expected: String) async throws {
    let account = try await Account(platform)
    try await Sandbox.fail(platform.rawValue, fault, match: account.id, extra: [("kind", "text")])
    #expect(try await account.text() == expected)
    #expect(try await account.text() == (platform == .tiktok ? "0" : "200"))
  }
}

extension String {
  fileprivate var json: JSON { .string(self) }
}
