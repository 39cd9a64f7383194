import Core
import Flows
import FoundationEssentials
import TestSupport
import Testing

/// `/api/media/{id}`: to whom it belongs, as what it is, and nothing beside the folder.
@Suite struct MediaRouteTests {
  /// An attachment whose file is where `jobs` keeps files.
  static func keep(
    _ tenant: Tenant, mime: String? = "image/jpeg", filename: String? = nil, bytes: [UInt8] = Array("JPEG".utf8),
    status: String = "stored", key: String? = nil
  ) throws -> String {
    let id = UUID()
    let digest = hex(sha256(bytes))
    let place = "\(tenant.id.text)/\(digest.prefix(2))/\(digest)"
    let root = World.current.environment(of: "jobs")["MEDIA_DIR"] ?? ""
    let folder = "\(root)/\(tenant.id.text)/\(digest.prefix(2))"
    try FileManager.default.createDirectory(atPath: folder, withIntermediateDirectories: true)
    try Data(bytes).write(to: URL(filePath: "\(root)/\(place)"))
    func quoted(_ text: String?) -> String { text.map { "'\($0.replacing("'", with: "''"))'" } ?? "null" }
    try tenant.database.run(
      """
      insert into media_files (tenant_id, id, channel_connection_id, external_id, kind, mime_type, filename, status, storage_key)
        values ('\(tenant.id.text)', '\(id.text)', '\(tenant.connection.text)', '\(unique("m"))', 'image', \(quoted(mime)),
          \(quoted(filename)), '\(status)', \(status == "stored" ? quoted(key ?? place) : "null"))
      """)
    return id.text
  }

  private func get(_ client: APIClient, _ id: String) async throws -> HTTPResponse {
    try await Web.send(
      "GET", World.current.url + "/api/media/\(id)", headers: [("Authorization", "Bearer " + client.key.reveal())])
  }

  @Test func aPictureIsShownToItsBusiness() async throws {
    let tenant = try Tenant.make()
    let client = try APIClient(tenant, scopes: ["media:read"])
    let large = (0..<3_000_000).map { UInt8(truncatingIfNeeded: $0 &* 31) }
    let id = try Self.keep(tenant, bytes: large)
    let answer = try await get(client, id)
    #expect(answer.status == 200 && answer.body == large)
    #expect(answer.headers["content-type"] == "image/jpeg" && answer.headers["x-content-type-options"] == "nosniff")
    #expect(answer.headers["content-disposition"] == "inline")
    let other = try APIClient(try Tenant.make(), scopes: ["media:read"])
    #expect(try await get(other, id).status == 404)
    let without = try APIClient(tenant, scopes: ["leads:read"])
    #expect(try await get(without, id).status == 403)
    #expect(try await Web.send("GET", World.current.url + "/api/media/\(id)").status == 401)
    #expect(try await get(client, UUID().text).status == 404)
  }

  /// mime, the file's name, how it is sent
  private static let names: [(String?, String?, String)] = [
    ("text/html", "../../etc/passwd\"\r\nSet-Cookie: a=b.html", "attachment; filename=\"passwd_Set-Cookie: a=b.html\""),
    ("image/svg+xml", "x.svg", "attachment; filename=\"x.svg\""), ("image/jpeg", nil, "inline"),
    ("text/plain", "menu.bat", "attachment; filename=\"menu.bat.txt\""),
    ("image/png", "foto.exe", "inline; filename=\"foto.exe.png\""),
    ("text/csv", "x.CSV", "attachment; filename=\"x.CSV\""),
    (
      "application/vnd.openxmlformats-officedocument.wordprocessingml.document", "receta.docx",
      "attachment; filename=\"receta.docx\""
    ), (nil, "..", "attachment"), ("", nil, "attachment"),
    ("application/pdf", "receta ñ.pdf", "inline; filename=\"receta _.pdf\""),
    ("audio/ogg; codecs=opus", "..\\..\\voz.ogg", "inline; filename=\"voz.ogg\""),
  ]

  @Test(arguments: names)
  func whatItIsCalled(_ mime: String?, _ filename: String?, _ expected: String) async throws {
    let tenant = try Tenant.make()
    let answer = try await get(
      try APIClient(tenant, scopes: ["media:read"]), try Self.keep(tenant, mime: mime, filename: filename))
    let said = answer.headers["content-disposition"] ?? ""
    #expect(answer.status == 200)
    let plain = said.split(separator: "; filename*").first.map { String($0) } ?? ""
    #expect(plain == expected, "\(said)")
    #expect(answer.headers["set-cookie"] == nil)
    #expect(answer.headers["x-content-type-options"] == "nosniff")
    // What is none of the types that are kept is bytes.
    let type = (mime ?? "").prefix { $0 != ";" }
    let isKept = !type.isEmpty && !["text/html", "image/svg+xml"].contains(type)
    #expect(answer.headers["content-type"] == (isKept ? String(type) : "application/octet-stream"))
  }

  /// A place that is none of the tenant's is not opened, whoever wrote it there.
  @Test func nothingBesideTheFolder() async throws {
    let (tenant, other) = (try Tenant.make(), try Tenant.make())
    let client = try APIClient(tenant, scopes: ["media:read"])
    _ = try Self.keep(other, bytes: Array("secret".utf8))
    let digest = hex(sha256(Array("secret".utf8)))
    for key in [
      "../../../../etc/passwd", "/etc/passwd", "\(other.id.text)/\(digest.prefix(2))/\(digest)",
      "\(tenant.id.text)/../\(other.id.text)/\(digest.prefix(2))/\(digest)",
    ] {
      let answer = try await get(client, try Self.keep(tenant, key: key))
      #expect(answer.status == 410, "\(key)")
    }
    #expect(try await get(client, try Self.keep(tenant, status: "pending")).status == 409)
    #expect(try await get(client, try Self.keep(tenant, status: "gone")).status == 410)
  }

  /// A picture and what only calls itself one, from the webhook to the desk: the one is shown, of the other people are told
  /// that it was refused, and why; its message keeps its words.
  @Test(arguments: [Platform.whatsapp, .instagram], [true, false])
  func aPictureAndAProgram(_ platform: Platform, _ isPicture: Bool) async throws {
    let tenant = try Tenant.make(on: platform, delay: Tenant.never)
    let (id, message, person) = (uniqueDigits("5"), unique(platform.idPrefix), uniqueDigits("521"))
    let bytes = isPicture ? [0xFF, 0xD8, 0xFF, 0xE0] : Array("MZ\u{0}\u{3}\u{0}".utf8)
    try await Sandbox.tell(
      "PUT", "media/\(id)", ["content": .string(Data(bytes).base64EncodedString()), "mime_type": "image/jpeg"])
    let body: [UInt8]
    if platform == .whatsapp {
      body = tenant.payload([
        [
          "from": .string(person), "id": .string(message), "timestamp": .string(String(Instant.now.seconds)),
          "type": "image", "image": ["id": .string(id), "mime_type": "image/jpeg", "caption": "mi muela"],
        ]
      ])
    } else {
      let found = try await Web.send("GET", World.current.sandbox + "/graph/v25.0/\(id)?access_token=test_x")
      let address = try #require(Field(try JSON.parse(found.body))["url"].text) + "?access_token=test_x"
      let album: JSON = [["type": "image", "payload": ["url": .string(address)]]]
      body = platform.messaging(
        tenant.account,
        [
          platform.item(
            from: person, to: tenant.account, .now, "message", ["mid": .string(message), "attachments": album])
        ])
    }
    for _ in 0..<2 { #expect(try await Web.deliver(body, to: tenant).status == 200) }
    let client = try APIClient(tenant, scopes: ["conversations:read", "media:read"])
    let stored = try tenant.value("id", of: "messages") ?? ""
    func told() async throws -> Field { try await client.ask("GET", "/api/messages/\(stored)").data }
    #expect(try await eventually { try await told()["attachments"][0]["status"].text != "pending" })
    let (said, file) = (try await told(), try await told()["attachments"][0])
    #expect(said["content"].text == (platform == .whatsapp ? "mi muela" : "[imagen]"))
    let answer = try await get(client, file["id"].text ?? "")
    if isPicture {
      #expect(file["status"].text == "stored" && file["error_message"].text == nil)
      #expect(answer.status == 200 && answer.body == bytes && answer.headers["content-type"] == "image/jpeg")
      #expect(answer.headers["x-content-type-options"] == "nosniff")
    } else {
      #expect(file["status"].text == "refused")
      #expect(file["error_message"].text == "it is a program, said to be image/jpeg")
      #expect(answer.status == 410)
      // For good: nobody asks for it again. The job ends after it has said so.
      let ended = "job_type = 'fetch_media' and status = 'completed'"
      #expect(try await eventually { try tenant.count("jobs", where: ended) == 1 })
    }
  }

  /// An album as Messenger tells of it, from its webhook to its bytes: whoever reads the message is told what came with it.
  @Test func aPictureIsFoundThroughItsMessage() async throws {
    let tenant = try Tenant.make(on: .facebook, delay: Tenant.never)
    func address(_ file: JSON) async throws -> String {
      let id = uniqueDigits("5")
      try await Sandbox.tell("PUT", "media/\(id)", file)
      let found = try await Web.send("GET", World.current.sandbox + "/graph/v25.0/\(id)?access_token=test_x")
      return try #require(Field(try JSON.parse(found.body))["url"].text) + "?access_token=test_x"
    }
    let addresses = [
      try await address(["content": "iVBORw0KGgpmaXJzdA==", "mime_type": "image/png"]),
      try await address(["content": "/9j/dGhlIHNlY29uZA=="]),
      World.current.sandbox + "/graph/media/dead?access_token=test_x",
      try await address(["text": "<p>Come back later</p>", "mime_type": "text/html"]),
    ]
    let album = addresses.map { ["type": "image", "payload": ["url": .string($0)]] as JSON }
    let item = Platform.facebook.item(
      from: uniqueDigits("61"), to: tenant.account, .now, "message",
      ["mid": .string(unique("m_")), "attachments": .array(album)])
    for _ in 0..<2 {
      #expect(try await Web.deliver(Platform.facebook.messaging(tenant.account, [item]), to: tenant).status == 200)
    }
    // The fourth is tried again for as long as this test looks.
    try tenant.database.run(
      """
      update jobs set max_attempts = 100 where id in (select id from jobs
        where tenant_id = '\(tenant.id.text)' and job_type = 'fetch_media' order by id for update)
      """)
    let client = try APIClient(tenant, scopes: ["conversations:read", "media:read"])
    let conversation = try tenant.value("id", of: "conversations") ?? ""
    func told() async throws -> [Field] {
      try await client.ask("GET", "/api/conversations/\(conversation)/messages").data[0]["attachments"].items
    }
    #expect(
      try await eventually {
        try await told().map { $0["status"].text } == ["stored", "stored", "gone", "pending"]
      })
    let files = try await told()
    #expect(files.map { $0["kind"].text } == ["image", "image", "image", "image"])
    #expect(files.map { $0["mime_type"].text } == ["image/png", "image/jpeg", nil, nil])
    #expect(files.map { $0["size"].integer } == [13, 13, nil, nil])
    for (file, expected) in zip(files, [200, 200, 410, 409]) {
      #expect(try await get(client, try #require(file["id"].text)).status == expected)
    }
    let first = try await get(client, files[0]["id"].text ?? "")
    #expect(first.body.suffix(5) == Array("first".utf8) && first.headers["content-type"] == "image/png")
    // The same wherever a message is shown.
    let message = try await client.ask("GET", "/api/messages/\(tenant.value("id", of: "messages") ?? "")")
    #expect(message.data["attachments"].items.compactMap { $0["id"].text } == files.compactMap { $0["id"].text })
    let whole = try await client.ask("GET", "/api/conversations/\(conversation)?include_messages=true")
    #expect(whole.data["messages"][0]["attachments"].items.count == 4)
    let other = try APIClient(try Tenant.make(), scopes: ["conversations:read", "media:read"])
    #expect(try await get(other, files[0]["id"].text ?? "").status == 404)
  }
}
