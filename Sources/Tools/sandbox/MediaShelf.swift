import Core
import FoundationEssentials

/// Files that the platforms hold for us: what customers sent, and what we uploaded.
actor MediaShelf {
  private struct Item {
    let mimeType: String
    let bytes: [UInt8]
    /// What a look-up says of it; the truth unless it was put there to lie.
    let sha256: String
    let size: String
    /// Seconds that an address lives.
    let life: Double
    /// Look-ups whose address is dead from the start.
    var dead: Int
    /// Where the address leads on to, if anywhere.
    let redirect: String?
  }

  private var items = [String: Item]()
  private var addresses = [String: (id: String, until: Instant)]()
  private var last = Int(Instant.now.seconds) * 1000

  /// How a file begins of which only the size is said.
  private static let beginnings: [String: [UInt8]] = [
    "image/jpeg": [0xFF, 0xD8, 0xFF], "video/mp4": [0, 0, 0, 24] + Array("ftypmp42".utf8),
  ]

  /// Files held, and bytes of one.
  private static let most = 200
  private static let largest = 32 << 20

  /// Reads `{"mime_type"?, "text"? | "content"? (base64) | "size"?, "sha256"?, "file_size"?, "url_seconds"?, "dead"?,
  /// "redirect"?}`.
  func put(_ id: String, _ body: Field) throws(Refusal) -> JSON {
    guard items.count < Self.most || items[id] != nil else { throw .busy("\(Self.most) files are held", after: 1) }
    var bytes = Array((body["text"].text ?? "").utf8)
    if let content = body["content"].text {
      guard let data = Data(base64Encoded: content) else { throw body["content"].expected("base64") }
      bytes = Array(data)
    } else if let size = body["size"].integer {
      guard (0...Int64(Self.largest)).contains(size) else { throw body["size"].expected("at most \(Self.largest)") }
      bytes = [UInt8](repeating: 31, count: Int(size))
      let type = body["mime_type"].text ?? "image/jpeg"
      for (i, byte) in (Self.beginnings[type] ?? []).prefix(Int(size)).enumerated() { bytes[i] = byte }
    }
    let item = Item(
      mimeType: body["mime_type"].text ?? "image/jpeg", bytes: bytes,
      sha256: body["sha256"].text ?? hex(sha256(bytes)), size: body["file_size"].loose ?? String(bytes.count),
      life: Double(body["url_seconds"].integer ?? 300), dead: Int(body["dead"].integer ?? 0),
      redirect: body["redirect"].text)
    items[id] = item
    return ["id": .string(id), "size": .number(bytes.count), "sha256": .string(hex(sha256(bytes)))]
  }

  /// One, or all.
  func forget(_ id: String?) {
    if let id { items[id] = nil } else { items = [:] }
  }

  func knows(_ id: String) -> Bool { items[id] != nil }

  /// A file that we sent up; its new id.
  func take(_ bytes: [UInt8], mimeType: String) throws(GraphError) -> String {
    guard items.count < Self.most else { throw .named(130429) }
    last += 1
    items[String(last)] = Item(
      mimeType: mimeType, bytes: bytes, sha256: hex(sha256(bytes)), size: String(bytes.count), life: 300, dead: 0,
      redirect: nil)
    return String(last)
  }

  /// What there is to know of a file, with an address that lives for a while. `host` is how we were called.
  func lookUp(_ id: String, host: String) throws(GraphError) -> JSON {
    guard let item = items[id], let key = address(id) else { throw .noObject(id, "get") }
    return [
      "messaging_product": "whatsapp", "url": .string("http://\(host)/graph/media/\(key)"),
      "mime_type": .string(item.mimeType), "sha256": .string(item.sha256), "file_size": .string(item.size),
      "id": .string(id),
    ]
  }

  /// A name under which the file can be had for a while; nil if there is no such file.
  func address(_ id: String) -> String? {
    guard var item = items[id] else { return nil }
    let key = hex(randomBytes(16))
    if item.dead > 0 {
      item.dead -= 1
      items[id] = item
    } else {
      addresses = addresses.filter { $0.value.until > .now }
      addresses[key] = (id, .now + item.life)
    }
    return key
  }

  func download(_ key: String) -> Response {
    guard let address = addresses[key], address.until > .now, let item = items[address.id] else {
      return .text("URL signature expired", status: 404)
    }
    if let redirect = item.redirect { return Response(status: 302, headers: [("Location", redirect)]) }
    return Response(headers: [("Content-Type", item.mimeType)], body: item.bytes)
  }
}
