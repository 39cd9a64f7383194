import Core
import FoundationEssentials
import Peers
import Rules
import Store
import TestSupport
import Testing

@testable import Flows

/// Files of the platforms that are not WhatsApp: asked for by message, or at an address that came along; and files of ours.
@Suite struct ChannelMediaTests {
  private func test(on platform: Platform, _ body: (Shop, [String: String]) async throws -> Void) async throws {
    let folder = "/tmp/" + unique("tistis-media-")
    try await Database.cloned { database in
      try await body(try Shop(on: platform, database), ["MEDIA_DIR": folder])
    }
    try? FileManager.default.removeItem(atPath: folder)
  }

  /// Stores events as the platform's webhook does.
  private func receive(_ shop: Shop, _ events: [InboundEvent]) throws {
    let rows = events.map { $0.row(connection: shop.tenant.connection) }
    _ = try shop.database.connection(user: "tistis_webhook_tiktok").tenant(shop.tenant.id).receiveEvents(
      events: JSONText(JSON.array(rows).text), policy: JSONText(receivePolicy(delaySeconds: 60).text),
      requestId: "req-media")
  }

  private func picture(_ id: String, from person: String = unique("p"), _ account: String) throws -> [InboundEvent] {
    let content: JSON = [
      "conversation_id": .string("c+/\(person)=="), "message_id": .string(unique("tt.")),
      "timestamp": .number(Instant.now.microseconds / 1000), "type": "image", "image": ["media_id": .string(id)],
      "from_user": ["id": .string(person), "role": "personal_account"],
    ]
    let body: JSON = [
      "event": "im_receive_msg", "user_openid": .string(account), "content": .string(content.text),
      "create_time": .number(Instant.now.seconds),
    ]
    return try Channel.tiktok.read(Field(body))
  }

  @Test func tikToksPicture() async throws {
    try await test(on: .tiktok) { shop, settings in
      let id = unique("v1")
      let digest =
        try await Sandbox.tell("PUT", "media/\(id)", ["text": .string(Sandbox.picture + "a film still")])["sha256"].text
        ?? ""
      let events = try picture(id, shop.tenant.account)
      try receive(shop, events)
      try receive(shop, events)
      #expect(try shop.count("media_files") == 1)
      #expect(try shop.value("media_url", of: "messages") == id)
      try await shop.work(settings)
      // TikTok names no type, and what it came as is not what it is.
      #expect(
        try shop.value("status || ' ' || kind || ' ' || mime_type", of: "media_files") == "stored image image/gif")
      let key = try shop.value("storage_key", of: "media_files") ?? ""
      #expect(key == "\(shop.tenant.id.text)/\(digest.prefix(2))/\(digest)")
      #expect(readFile((settings["MEDIA_DIR"] ?? "") + "/" + key) == Sandbox.picture + "a film still")
      let asked = try await Sandbox.requests("tiktok", match: id, kind: "business/message/media/download")
      #expect(asked.count == 1)
    }
  }

  @Test func whatTikTokHasNoMoreIsGone() async throws {
    try await test(on: .tiktok) { shop, settings in
      try receive(shop, try picture(unique("v0"), shop.tenant.account))
      try await shop.work(settings)
      #expect(try shop.value("status", of: "media_files") == "gone")
      #expect(try shop.value("content", of: "messages") == "[imagen]")
    }
  }

  /// Two files in one message, at addresses of theirs: one there, one dead. Neither needs a token.
  @Test func addressesThatCameAlong() async throws {
    try await test(on: .facebook) { shop, settings in
      let id = uniqueDigits("5")
      try await Sandbox.tell("PUT", "media/\(id)", ["text": .string(Sandbox.picture + "a menu")])
      let base = World.current.sandbox + "/graph/"
      let found = try await Web.send("GET", base + "v25.0/\(id)?access_token=test_x")
      let address = try #require(Field(try JSON.parse(found.body))["url"].text) + "?access_token=test_x"
      let event = InboundEvent(
        kind: .message, accountID: shop.tenant.account, externalID: "m_1",
        aliases: [Alias(kind: "facebook", value: uniqueDigits("9"))], at: .now, content: "[2 imágenes]",
        contentType: "image", wantsAnswer: true,
        details: [
          "media": [
            ["url": .string(address), "kind": "image"],
            ["url": .string(base + "media/dead?access_token=test_x"), "kind": "image"],
            ["url": "https://evil.example/x.jpg", "kind": "image"], ["kind": "image"],
          ]
        ])
      try shop.run("delete from outbound_tokens")
      try receive(shop, [event])
      // Delivered again with other addresses: the same attachments.
      var again = event
      again.details = ["media": [["url": "https://scontent.xx.fbcdn.net/other", "kind": "image"]]]
      try receive(shop, [again])
      #expect(try shop.count("media_files") == 3)
      #expect(try shop.value("media_url", of: "messages") == address)
      try await shop.work(settings)
      #expect(try shop.count("media_files", "status = 'stored' and size = 12") == 1)
      #expect(try shop.count("media_files", "status = 'gone' and source_url is null") == 1)
      #expect(try shop.count("media_files", "status = 'refused' and error_message like '%host%'") == 1)
    }
  }

  /// Where the sandbox has a new picture, for who asks without a token.
  private func address(of text: String) async throws -> String {
    let id = uniqueDigits("5")
    try await Sandbox.tell("PUT", "media/\(id)", ["text": .string(Sandbox.picture + text)])
    let found = try await Web.send("GET", World.current.sandbox + "/graph/v25.0/\(id)?access_token=test_x")
    return try #require(Field(try JSON.parse(found.body))["url"].text) + "?access_token=test_x"
  }

  /// A sticker comes with its address: nobody has to be asked, no token goes along, and nothing waits for a person.
  @Test(arguments: ["sticker", "emoji"]) func tikToksSticker(_ type: String) async throws {
    try await test(on: .tiktok) { shop, settings in
      let person = unique("p")
      let content: JSON = [
        "conversation_id": .string("c+/\(person)=="), "message_id": .string(unique("tt.")),
        "timestamp": .number(Instant.now.microseconds / 1000), "type": .string(type),
        type: ["url": .string(try await address(of: "a heart"))],
        "from_user": ["id": .string(person), "role": "personal_account"],
      ]
      let body: JSON = [
        "event": "im_receive_msg", "user_openid": .string(shop.tenant.account), "content": .string(content.text),
        "create_time": .number(Instant.now.seconds),
      ]
      let events = try Channel.tiktok.read(Field(body))
      try shop.run("update channel_connections set status = 'error'; delete from outbound_tokens")
      try receive(shop, events)
      try receive(shop, events)
      #expect(try shop.count("media_files") == 1)
      try await shop.work(settings)
      #expect(
        try shop.value("status || ' ' || kind || ' ' || mime_type", of: "media_files") == "stored sticker image/gif")
      #expect(try shop.value("content_type || content", of: "messages") == "sticker[\(type)]")
    }
  }

  /// The story that somebody answers is gone in a day: it is fetched with the answer.
  @Test func theStoryThatIsAnswered() async throws {
    try await test(on: .facebook) { shop, settings in
      let body = Platform.facebook.messaging(
        shop.tenant.account,
        [
          Platform.facebook.item(
            from: uniqueDigits("9"), to: shop.tenant.account, .now, "message",
            [
              "mid": .string(unique("m_")), "text": "¿Cuánto?",
              "reply_to": ["story": ["id": "1804", "url": .string(try await address(of: "our menu"))]],
            ])
        ])
      try receive(shop, try Channel.facebook.read(Field(try JSON.parse(body))))
      try await shop.work(settings)
      #expect(try shop.value("content_type || ' ' || content", of: "messages") == "story_reply ¿Cuánto?")
      #expect(
        try shop.value("status || ' ' || kind || ' ' || mime_type", of: "media_files") == "stored story image/gif")
      #expect(try shop.count("media_files", "message_id = (select id from messages)") == 1)
    }
  }

  /// One picture, or what `kind` says, of a Messenger account, at the sandbox's address of that file.
  private func receive(_ shop: Shop, _ kind: String, _ file: JSON) async throws {
    let id = uniqueDigits("5")
    try await Sandbox.tell("PUT", "media/\(id)", file)
    let found = try await Web.send("GET", World.current.sandbox + "/graph/v25.0/\(id)?access_token=test_x")
    let address = try #require(Field(try JSON.parse(found.body))["url"].text) + "?access_token=test_x"
    let body = Platform.facebook.messaging(
      shop.tenant.account,
      [
        Platform.facebook.item(
          from: uniqueDigits("9"), to: shop.tenant.account, .now, "message",
          [
            "mid": .string(unique("m_")),
            "attachments": [["type": .string(kind), "payload": ["url": .string(address)]]],
          ])
      ])
    try receive(shop, try Channel.facebook.read(Field(try JSON.parse(body))))
  }

  /// kind as Messenger says it, what the file is served as, how it begins, what becomes of it
  private static let types: [(String, String, String, String)] = [
    ("image", "image/gif; charset=binary", "GIF89a", "stored image/gif"),
    ("image", "IMAGE/JPEG", "GIF89a", "stored image/gif"),
    // What says nothing of use is no type, and no reason to refuse.
    ("image", "application/octet-stream", "GIF89a", "stored image/gif"),
    ("image", "image/x-evil", "GIF89a", "stored image/gif"),
    ("video", "video/mp4", "\u{0}\u{0}\u{0}\u{18}ftypisom", "stored video/mp4"),
    ("audio", "audio/mp4", "\u{0}\u{0}\u{0}\u{18}ftypisom", "stored audio/mp4"),
    ("audio", "application/octet-stream", "OggS", "stored audio/ogg"),
    ("file", "application/pdf", "%PDF-1.7", "stored application/pdf"),
    ("file", "text/plain", "hola", "stored text/plain"), ("file", "text/html", "hola", "refused -"),
    ("image", "image/jpeg", "MZ\u{0}\u{0}\u{3}", "refused -"), ("image", "image/png", "hola", "refused -"),
    ("image", "image/png", "<svg xmlns='x'><script>1</script></svg>", "refused -"),
    ("file", "application/octet-stream", "\u{7F}ELF\u{2}", "refused -"),
    ("image", "text/html; charset=utf-8", "GIF89a", "pending -"), ("video", "application/json", "{}", "pending -"),
    ("audio", "text/plain", "OggS", "pending -"), ("image", "application/xhtml+xml", "<html>", "pending -"),
  ]

  @Test(arguments: types)
  func whatItIsServedAs(_ kind: String, _ type: String, _ bytes: String, _ expected: String) async throws {
    try await test(on: .facebook) { shop, settings in
      try await receive(
        shop, kind, ["content": .string(Data(bytes.utf8).base64EncodedString()), "mime_type": .string(type)])
      try await shop.work(settings)
      #expect(try shop.value("status || ' ' || coalesce(mime_type, '-')", of: "media_files") == expected)
      if expected.hasPrefix("refused") {
        // For good, with the reason and without a file; nothing of the message is gone with it.
        #expect(try shop.job("status", kind: "fetch_media") == "completed")
        #expect(try shop.count("media_files", "error_message like 'it%' and storage_key is null") == 1)
        #expect(try shop.count("messages", "content like '[%]'") == 1)
        #expect(shell("find \(settings["MEDIA_DIR"] ?? "") -type f").lines.isEmpty)
      }
      guard expected.hasPrefix("pending") else { return }
      // An error page with 200: asked for again, and given up like any other trouble, with the reason.
      for _ in 0..<8 {
        try shop.hurry()
        try await shop.work(settings)
      }
      #expect(try shop.job("status", kind: "fetch_media") == "dead")
      #expect(try shop.count("media_files", "status = 'gone' and error_message like 'a page (%'") == 1)
    }
  }

  /// Their address wants no token, and is over in some days: it does not wait for a person.
  @Test(arguments: [Platform.facebook, .instagram]) func aStoppedChannelsAddresses(_ platform: Platform) async throws {
    try await test(on: .facebook) { shop, settings in
      try await receive(shop, "image", ["text": .string(Sandbox.picture + "a menu")])
      // What is known of a file says where it is, also for Instagram.
      if platform == .instagram {
        try shop.run(
          """
          update channel_connections set channel = 'instagram', instagram_account_id = facebook_page_id,
            instagram_page_id = facebook_page_id || '0', facebook_page_id = null
           where tenant_id = '\(shop.tenant.id.text)'
          """)
      }
      try shop.run("update channel_connections set status = 'error', stopped_code = '190'")
      try await shop.work(settings.merging(["INSTAGRAM_GRAPH_URL": World.current.sandbox + "/graph/v25.0"]) { $1 })
      #expect(try shop.value("status || ' ' || size", of: "media_files") == "stored 12")
    }
  }

  /// Where the platform has to be asked first, it waits.
  @Test func aStoppedTikTokAccountsPicturesWait() async throws {
    try await test(on: .tiktok) { shop, settings in
      let id = unique("v1")
      try await Sandbox.tell("PUT", "media/\(id)", ["text": .string(Sandbox.picture + "a film still")])
      try receive(shop, try picture(id, shop.tenant.account))
      try shop.run("update channel_connections set status = 'error'")
      try await shop.work(settings)
      #expect(try shop.value("status", of: "media_files") == "pending")
    }
  }

  // MARK: Ours

  /// A file of ours that is kept, as an upload leaves it.
  private func keep(_ shop: Shop, _ settings: [String: String], _ text: String, type: String) throws -> UUID {
    let id = UUID()
    let digest = hex(sha256(Array(text.utf8)))
    let key = "\(shop.tenant.id.text)/\(digest.prefix(2))/\(digest)"
    let path = (settings["MEDIA_DIR"] ?? "") + "/" + key
    try FileManager.default.createDirectory(
      atPath: String(path.dropLast(65)), withIntermediateDirectories: true)
    try Data(text.utf8).write(to: URL(filePath: path))
    try shop.run(
      """
      insert into media_files (tenant_id, id, channel_connection_id, external_id, kind, mime_type, status, storage_key)
        values ('\(shop.tenant.id.text)', '\(id.text)', '\(shop.tenant.connection.text)', 'upload:\(id.text)', 'image',
          '\(type)', 'stored', '\(key)');
      """)
    return id
  }

  private func upload(_ shop: Shop, _ settings: [String: String], _ media: UUID) async throws -> Outcome {
    let office = try shop.office(settings)
    let job = HeldJob(
      tenant: shop.tenant.id, id: UUID(), work: .uploadMedia(media: media), attempt: 1, maxAttempts: 5, requestID: nil)
    let outcome = await office.upload(media, job)
    await office.close()
    return outcome
  }

  @Test(arguments: [Platform.whatsapp, .facebook, .tiktok])
  func uploads(_ platform: Platform) async throws {
    try await test(on: platform) { shop, settings in
      try await Sandbox.register(shop.tenant)
      let media = try keep(shop, settings, "a picture of ours", type: "image/png")
      guard case .done(let result) = try await upload(shop, settings, media) else {
        Issue.record("not uploaded")
        return
      }
      #expect(Field(result)["media_id"].text?.isEmpty == false)
      #expect(Field(result)["channel"].text == platform.rawValue)
    }
  }

  @Test func whatWouldBeRefusedIsNotUploaded() async throws {
    try await test(on: .tiktok) { shop, settings in
      let wrong = try keep(shop, settings, "no picture", type: "image/webp")
      guard case .bury(let why) = try await upload(shop, settings, wrong) else {
        Issue.record("uploaded")
        return
      }
      #expect(why.hasPrefix("bad_media"))
      #expect(try await upload(shop, settings, UUID()) == .bury(why: "there is no such file, or it is not kept here"))
      // Nor for somebody else.
      let other = try Shop(on: .tiktok, shop.database)
      #expect(try await upload(other, settings, wrong) == .bury(why: "there is no such file, or it is not kept here"))
    }
  }
}
