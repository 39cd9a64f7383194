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
    ("image/svg+xml", "x.svg", "attachment; filename=\"x.svg\""), (nil, "..", "attachment"), ("", nil, "attachment"),
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
    if said.hasPrefix("attachment") { #expect(answer.headers["content-type"] == "application/octet-stream") }
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
}
