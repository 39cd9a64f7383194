import Core
import Flows
import FoundationEssentials
import TestSupport
import Testing

/// `POST /api/media`: a file of ours goes to the platform, and leaves by its id.
@Suite struct UploadRouteTests {
  private static let picture: [UInt8] = [0xFF, 0xD8, 0xFF, 0xE0] + Array("a picture".utf8)
  private static let scopes = ["conversations:read", "conversations:write"]

  private func post(
    _ client: APIClient, _ query: String, _ type: String, _ bytes: [UInt8] = picture
  ) async throws -> APIClient.Answer {
    try await APIClient.ask(
      "POST", "/api/media?" + query, bytes,
      headers: [("Authorization", "Bearer " + client.key.reveal()), ("Content-Type", type)])
  }

  private func send(_ client: APIClient, _ conversation: String, _ id: String) async throws -> APIClient.Answer {
    try await client.ask(
      "POST", "/api/messages/send",
      [
        "conversation_id": .string(conversation),
        "message": ["kind": "media", "type": "image", "id": .string(id), "caption": "La sala"],
      ])
  }

  @Test func aPictureIsUploadedAndSentByItsID() async throws {
    let tenant = try Tenant.make(delay: Tenant.never)
    try await Sandbox.register(tenant)
    let conversation = try await tenant.hears()
    let client = try APIClient(tenant, scopes: Self.scopes)
    let taken = try await post(client, "filename=sala.jpg&conversation_id=\(conversation)", "image/jpeg")
    let id = try #require(taken.data["id"].text)
    #expect(taken.status == 201 && taken.data["status"].text == "pending" && taken.data["type"].text == "image")
    #expect(
      try await eventually {
        try await client.ask("GET", "/api/media/\(id)/upload").data["status"].text == "uploaded"
      })
    // Kept as what customers send is, and in the database no more.
    #expect(try tenant.count("uploads", where: "true") == 0)
    let digest = hex(sha256(Self.picture))
    #expect(try tenant.value("storage_key", of: "media_files")?.hasSuffix(digest) == true)
    let reader = try APIClient(tenant, scopes: ["media:read"])
    #expect(try await reader.ask("GET", "/api/media/\(id)").status == 200)
    #expect(try await send(client, conversation, id).status == 200)
    #expect(try await eventually { try tenant.count("messages", where: "role = 'staff' and status = 'read'") == 1 })
    let platformID = try tenant.value("platform_id", of: "media_files") ?? ""
    let sent = try await Sandbox.requests("whatsapp", match: tenant.phoneNumberID).map { $0["body"] }
    #expect(!platformID.isEmpty && sent.contains { $0["image"]["id"].text == platformID })
    // Erased with its message.
    #expect(try tenant.count("media_files", where: "message_id is not null") == 1)
  }

  /// The same to the two others that keep files for us.
  @Test(arguments: [Platform.facebook, .tiktok]) func itLeavesByItsIDThereToo(_ platform: Platform) async throws {
    let tenant = try Tenant.make(on: platform, delay: Tenant.never)
    try await Sandbox.register(tenant)
    try await Sandbox.write("hola", from: uniqueDigits("61"), to: tenant)
    #expect(try await eventually { try tenant.count("conversations") == 1 })
    let conversation = try #require(try tenant.value("id", of: "conversations"))
    let client = try APIClient(tenant, scopes: Self.scopes)
    let taken = try await post(client, "filename=sala.jpg&conversation_id=\(conversation)", "image/jpeg")
    let id = try #require(taken.data["id"].text, "\(taken.body)")
    #expect(
      try await eventually {
        try await client.ask("GET", "/api/media/\(id)/upload").data["status"].text == "uploaded"
      })
    let said = try await client.ask(
      "POST", "/api/messages/send",
      [
        "conversation_id": .string(conversation),
        "message": ["kind": "media", "type": "image", "id": .string(id)],
      ])
    #expect(said.status == 200, "\(said.body)")
    #expect(
      try await eventually {
        try tenant.count("messages", where: "role = 'staff' and external_id is not null and status <> 'failed'") == 1
      })
    // Its echo may have come by now, with a file of its own.
    let platformID = try tenant.value("platform_id", of: "media_files", where: "id = '\(id)'") ?? ""
    let sent = try await Sandbox.requests(platform.rawValue, match: tenant.account).map { $0["body"].value?.text ?? "" }
    #expect(!platformID.isEmpty && sent.contains { $0.contains("\"\(platformID)\"") }, "\(sent)")
  }

  /// A body larger than other addresses take.
  @Test func aLargeFileIsTaken() async throws {
    let tenant = try Tenant.make(delay: Tenant.never)
    try await Sandbox.register(tenant)
    let client = try APIClient(tenant, scopes: Self.scopes)
    let bytes = [UInt8](repeating: 0x41, count: 5 << 20)
    let taken = try await post(
      client, "filename=plan.pdf&channel_connection_id=\(tenant.connection.text)", "application/pdf", bytes)
    let id = try #require(taken.data["id"].text, "\(taken.body)")
    #expect(
      try await eventually {
        try await client.ask("GET", "/api/media/\(id)/upload").data["status"].text == "uploaded"
      })
    #expect(try tenant.value("sha256", of: "media_files") == hex(sha256(bytes)))
    #expect(try tenant.count("uploads") == 0)
  }

  /// A key of one branch sees what it took in, whatever account it is for.
  @Test func aBranchsKeySeesItsOwn() async throws {
    let tenant = try Tenant.make(delay: Tenant.never)
    try await Sandbox.register(tenant)
    let (theirs, other) = (UUID(), UUID())
    try tenant.database.run(
      """
      insert into branches (tenant_id, id, name, slug, city) values
        ('\(tenant.id.text)', '\(theirs.text)', 'Centro', 'centro', 'Nogales'), ('\(tenant.id.text)', '\(other.text)', 'Norte', 'norte', 'Nogales')
      """)
    let conversation = try await tenant.hears()
    try tenant.database.run("update conversations set branch_id = '\(theirs.text)' where id = '\(conversation)'")
    try tenant.database.run(
      "update channel_connections set branch_id = '\(other.text)' where tenant_id = '\(tenant.id.text)'")
    let (client, stranger) = (
      try APIClient(tenant, scopes: Self.scopes, branch: theirs), try APIClient(tenant, scopes: Self.scopes)
    )
    let id = try #require(
      try await post(client, "filename=a.jpg&conversation_id=\(conversation)", "image/jpeg").data["id"].text)
    #expect(try await client.ask("GET", "/api/media/\(id)/upload").status == 200)
    #expect(try await stranger.ask("GET", "/api/media/\(id)/upload").status == 200)
  }

  @Test func whatIsNotThereYetIsNotSent() async throws {
    let (tenant, other) = (try Tenant.make(delay: Tenant.never), try Tenant.make(delay: Tenant.never))
    let conversation = try await tenant.hears()
    let client = try APIClient(tenant, scopes: Self.scopes)
    // Nothing gives it to the platform: it has no job.
    let id = UUID()
    try tenant.database.run(
      """
      insert into media_files (tenant_id, id, channel_connection_id, external_id, kind, mime_type, size, filename)
        values ('\(tenant.id.text)', '\(id.text)', '\(tenant.connection.text)', 'upload:\(id.text)', 'image', 'image/png', 9, 'a.png')
      """)
    let early = try await send(client, conversation, id.text)
    #expect(early.status == 409 && early.code == "NOT_UPLOADED")
    let stranger = try APIClient(other, scopes: Self.scopes)
    #expect(try await stranger.ask("GET", "/api/media/\(id.text)/upload").status == 404)
    #expect(try await send(stranger, try await other.hears(), id.text).status == 404)
    #expect(try await send(client, conversation, UUID().text).status == 404)
    #expect(try await post(stranger, "filename=a.jpg&conversation_id=\(conversation)", "image/jpeg").status == 404)
    #expect(
      try await post(stranger, "filename=a.jpg&channel_connection_id=\(tenant.connection.text)", "image/jpeg").status
        == 404)
    try tenant.database.run("update media_files set error_message = 'too blurred' where id = '\(id.text)'")
    #expect(try await send(client, conversation, id.text).code == "REFUSED")
    try tenant.database.run("update media_files set platform_id = '1', expires_at = now() where id = '\(id.text)'")
    #expect(try await send(client, conversation, id.text).code == "GONE")
    #expect(try tenant.count("messages", where: "role = 'staff'") == 0)
  }

  /// the name, the type, bytes, the status, where the fault is
  private static let wrong: [(String, String, Int, Int, String?)] = [
    ("a.jpg", "image/heic", 9, 400, "Content-Type"), ("a.webp", "image/jpeg", 9, 400, "Content-Type"),
    ("a.txt", "image/jpeg", 9, 400, "?filename"), ("a.pdf", "text/html", 9, 400, "?filename"),
    ("a.jpg", "image/jpeg", 0, 400, "$"), ("a.webp", "image/webp", 600 << 10, 413, nil),
    ("", "image/jpeg", 9, 400, "?filename"),
    // Sounds and films that WhatsApp does not play: what browsers record, and no voice note sent as a document.
    ("nota.webm", "audio/webm", 9, 400, "?filename"), ("nota.opus", "audio/opus", 9, 400, "?filename"),
    ("nota", "audio/webm", 9, 400, "Content-Type"), ("a.mov", "video/quicktime", 9, 400, "?filename"),
    ("a.pdf", "audio/webm", 9, 400, "Content-Type"), ("nota.ogg", "audio/ogg; codecs=vorbis", 9, 400, "Content-Type"),
  ]

  @Test(arguments: wrong)
  func isRefusedAtOnce(_ name: String, _ type: String, _ bytes: Int, _ status: Int, _ path: String?) async throws {
    let tenant = try Tenant.make()
    let client = try APIClient(tenant, scopes: Self.scopes)
    let answer = try await post(
      client, "filename=\(name)&channel_connection_id=\(tenant.connection.text)", type,
      [UInt8](repeating: 65, count: bytes))
    #expect(answer.status == status && answer.body["path"].text == path, "\(answer.body)")
    #expect(try tenant.count("media_files", where: "true") == 0 && tenant.count("uploads", where: "true") == 0)
  }

  /// Whatever name and type it is given: what its first bytes say it is.
  @Test(
    arguments: [
      ("a.png", "image/png", "<?php echo 1;", "a page or a script"),
      ("a.pdf", "application/pdf", "<html><body>hola", "a page or a script"),
      ("a.pdf", "application/pdf", "MZ\u{0}\u{3}\u{0}", "a program"), ("a.jpg", "image/jpeg", "%PDF-1.7", "a document"),
      ("a.mp3", "audio/mpeg", "OggS and a voice", "audio/ogg"),
    ])
  func whatItIsNot(_ name: String, _ type: String, _ bytes: String, _ what: String) async throws {
    let tenant = try Tenant.make()
    let client = try APIClient(tenant, scopes: Self.scopes)
    let answer = try await post(
      client, "filename=\(name)&channel_connection_id=\(tenant.connection.text)", type, Array(bytes.utf8))
    #expect(answer.status == 400 && answer.body["path"].text == "$", "\(answer.body)")
    #expect(answer.body["error"].text?.contains("it is \(what), and no \(type)") == true, "\(answer.body)")
    #expect(try tenant.count("uploads") == 0)
  }

  /// A voice note of Firefox's goes as WhatsApp wants it told; on Messenger what it does not play arrives as a file.
  @Test func aVoiceNote() async throws {
    let tenant = try Tenant.make(delay: Tenant.never)
    try await Sandbox.register(tenant)
    let client = try APIClient(tenant, scopes: Self.scopes)
    let taken = try await post(
      client, "filename=nota.ogg&channel_connection_id=\(tenant.connection.text)", "audio/ogg",
      Array("OggS and a voice".utf8))
    #expect(taken.data["type"].text == "audio", "\(taken.body)")
    let path = "/api/media/\(taken.data["id"].text ?? "")/upload"
    #expect(try await eventually { try await client.ask("GET", path).data["status"].text == "uploaded" })
    let refused = try await post(
      client, "filename=nota.webm&channel_connection_id=\(tenant.connection.text)", "audio/webm")
    #expect(refused.body["error"].text?.contains("audio/ogg") == true, "\(refused.body)")
    let other = try Tenant.make(on: .facebook)
    let file = try await post(
      try APIClient(other, scopes: Self.scopes), "filename=nota.opus&channel_connection_id=\(other.connection.text)",
      "audio/opus")
    #expect(file.status == 201 && file.data["type"].text == "document", "\(file.body)")
  }

  @Test func instagramTakesAddressesOnly() async throws {
    let tenant = try Tenant.make(on: .instagram)
    let client = try APIClient(tenant, scopes: Self.scopes)
    let answer = try await post(
      client, "filename=a.jpg&channel_connection_id=\(tenant.connection.text)", "image/jpeg")
    #expect(answer.status == 400 && answer.body["error"].text?.contains("by its address only") == true)
  }

  @Test func whoMayNot() async throws {
    let tenant = try Tenant.make()
    let query = "filename=a.jpg&channel_connection_id=\(tenant.connection.text)"
    let reader = try APIClient(tenant, scopes: ["conversations:read"])
    #expect(try await post(reader, query, "image/jpeg").status == 403)
    let client = try APIClient(tenant, scopes: Self.scopes)
    #expect(try await post(client, "filename=a.jpg", "image/jpeg").status == 400)
    #expect(try await post(client, query, "image/jpeg", [UInt8](repeating: 0, count: (16 << 20) + 1)).status == 413)
  }
}
