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
      let digest = try await Sandbox.tell("PUT", "media/\(id)", ["text": "a film still"])["sha256"].text ?? ""
      let events = try picture(id, shop.tenant.account)
      try receive(shop, events)
      try receive(shop, events)
      #expect(try shop.count("media_files") == 1)
      #expect(try shop.value("media_url", of: "messages") == id)
      try await shop.work(settings)
      #expect(try shop.value("status || ' ' || kind", of: "media_files") == "stored image")
      let key = try shop.value("storage_key", of: "media_files") ?? ""
      #expect(key == "\(shop.tenant.id.text)/\(digest.prefix(2))/\(digest)")
      #expect(readFile((settings["MEDIA_DIR"] ?? "") + "/" + key) == "a film still")
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
      try await Sandbox.tell("PUT", "media/\(id)", ["text": "a menu"])
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
      #expect(try shop.count("media_files", "status = 'stored' and size = 6") == 1)
      #expect(try shop.count("media_files", "status = 'gone' and source_url is null") == 1)
      #expect(try shop.count("media_files", "status = 'refused' and error_message like '%host%'") == 1)
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
