import Core
import Rules

/// One of `attachments[]`: `{type, payload: {url?, title?, sticker_id?, coordinates?, …}}`. The payload may be missing or
/// a string, with `title` and `url` beside it.
struct MessengerAttachment {
  /// The platform's word.
  let form: String
  /// Ours.
  let type: String
  /// What stands for it where there is no text, and for several of them.
  let word: String
  let many: String?
  let file: JSON?
  let whole: JSON?

  init(_ field: Field) {
    let payload = field["payload"]
    let title = [payload["title"], field["title"], field["name"]].compactMap { $0.text.flatMap(oneLine) }.first
    let url = [payload["url"], payload, field["url"]].compactMap(\.text).first
    let given = field["type"].text.flatMap(oneLine)?.lowercased() ?? "unknown"
    // Until August 2026 a sticker came as an image.
    form = clipped(payload["sticker_id"].exists ? "sticker" : given, 60)
    whole = field.value
    /// A page is no file: of what is shared only what lies where Meta keeps files is one.
    func file(_ kind: String, shared: Bool = false) -> JSON? {
      guard let url, url.hasPrefix("https://") || url.hasPrefix("http://") else { return nil }
      if shared, Authority(url)?.isMetas != true { return nil }
      return .object([
        "kind": .string(kind), "url": .string(url),
        "filename": kind == "document" ? title.flatMap { harmless(filename: $0) }.map { .string($0) } : nil,
      ])
    }
    func named(_ word: String, _ more: String? = title) -> String { more.map { "[\(word): \($0)]" } ?? "[\(word)]" }
    switch form {
    case "image": (type, word, many, self.file) = ("image", "[imagen]", "imágenes", file("image"))
    case "video": (type, word, many, self.file) = ("video", "[video]", "videos", file("video"))
    case "audio": (type, word, many, self.file) = ("audio", "[audio]", "audios", file("audio"))
    case "file": (type, word, many, self.file) = ("document", named("documento"), "documentos", file("document"))
    case "sticker" where Self.thumbs.contains(payload["sticker_id"].loose ?? ""):
      (type, word, many, self.file) = ("sticker", "👍", nil, nil)
    case "sticker": (type, word, many, self.file) = ("sticker", "[sticker]", "stickers", file("sticker"))
    case "like_heart": (type, word, many, self.file) = ("sticker", "❤️", nil, nil)
    case "story_mention":
      (type, word, many, self.file) = ("story_mention", "[mención en una historia]", nil, file("story"))
    case "reel", "ig_reel": (type, word, many, self.file) = ("share", named("reel"), nil, file("video", shared: true))
    case "share", "post", "ig_post":
      (type, word, many, self.file) = ("share", named("publicación compartida"), nil, file("image", shared: true))
    case "fallback":
      let what = [title, url].compactMap(\.self).joined(separator: " ")
      (type, word, many, self.file) = ("share", named("enlace", oneLine(what)), nil, nil)
    case "location":
      (type, word, many, self.file) = ("location", named("ubicación", Self.place(payload, title)), nil, nil)
    case "template":
      let product = payload["product"]["elements"][0]["title"].text.flatMap(oneLine)
      let element = [payload["elements"][0], payload["generic"]["elements"][0]]
        .compactMap { $0["title"].text.flatMap(oneLine) }.first
      let word = product.map { named("producto", $0) } ?? named("plantilla", title ?? element)
      (type, self.word, many, self.file) = (product == nil ? "template" : "product", word, nil, nil)
    case "appointment_booking": (type, word, many, self.file) = ("appointment", "[solicitud de cita]", nil, nil)
    case "ephemeral": (type, word, many, self.file) = ("unsupported", "[foto o video que se ve una vez]", nil, nil)
    case "unsupported_type": (type, word, many, self.file) = ("unsupported", "[mensaje no compatible]", nil, nil)
    default: (type, word, many, self.file) = ("unsupported", named("mensaje no compatible", form), nil, nil)
    }
  }

  /// `[imagen] [2 videos]`.
  static func words(_ parts: [MessengerAttachment]) -> String {
    var out = [String]()
    for part in parts where !out.contains(part.word) { out.append(part.word) }
    return out.map { word in
      let same = parts.filter { $0.word == word }
      guard same.count > 1, let many = same[0].many else { return word }
      return "[\(same.count) \(many)]"
    }.joined(separator: " ")
  }

  /// The thumb in its three sizes.
  private static let thumbs = ["369239263222822", "369239343222814", "369239383222810"]

  private static func place(_ payload: Field, _ title: String?) -> String? {
    let degrees = [payload["coordinates"]["lat"], payload["coordinates"]["long"]].compactMap(\.loose)
    let parts = [title].compactMap(\.self) + (degrees.count == 2 ? degrees : [])
    return parts.isEmpty ? nil : clipped(parts.joined(separator: ", "), 300)
  }
}
