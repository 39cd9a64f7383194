/// Which files a platform takes.
public struct MediaRules: Sendable, Equatable {
  public struct Rule: Sendable, Equatable {
    /// nil: any.
    public var mimeTypes: [String]?
    public var bytes: Int64
    public var takesCaption = false
  }

  public var rules: [OutboundContent.Media.Form: Rule]
  /// Whether a file may be named by the platform's id of an upload; else only by its address.
  public var takesIDs = true
  /// Whether a file may be named by an address that the platform fetches; else only by the id of an upload.
  public var takesLinks = true
  /// Whether sounds and films of other types than these are sent as documents; else they are refused, since whoever
  /// uploads one means it to be heard or seen.
  public var takesOthersAsDocuments = true

  public func rule(_ form: OutboundContent.Media.Form) -> Rule? { rules[form] }

  /// The Cloud API's reference, read November 2026. Of ogg it takes opus only, and `audio/opus` and `audio/webm` not at
  /// all (131053). A sticker may have 100 KB if it does not move.
  static let whatsapp = MediaRules(
    rules: [
      .image: Rule(mimeTypes: ["image/jpeg", "image/png"], bytes: 5 << 20, takesCaption: true),
      .video: Rule(mimeTypes: ["video/mp4", "video/3gpp", "video/3gp"], bytes: 16 << 20, takesCaption: true),
      .audio: Rule(
        mimeTypes: ["audio/aac", "audio/amr", "audio/mpeg", "audio/mp4", "audio/ogg"], bytes: 16 << 20),
      .document: Rule(mimeTypes: nil, bytes: 100 << 20, takesCaption: true),
      .sticker: Rule(mimeTypes: ["image/webp"], bytes: 500 << 10),
    ], takesOthersAsDocuments: false)

  /// Business Messaging, November 2026.
  static let tiktok = MediaRules(
    rules: [.image: Rule(mimeTypes: ["image/jpeg", "image/png"], bytes: 3 << 20)], takesLinks: false)

  /// The Messenger Platform's reference, read November 2026: 25 MB, a picture that is fetched 8 MB. Films and sounds of
  /// other types than these arrive as files.
  static let messenger = MediaRules(rules: [
    .image: Rule(mimeTypes: ["image/jpeg", "image/png", "image/gif"], bytes: 8 << 20),
    .video: Rule(mimeTypes: films, bytes: 25 << 20), .audio: Rule(mimeTypes: sounds + ["audio/mpeg"], bytes: 25 << 20),
    .document: Rule(mimeTypes: nil, bytes: 25 << 20),
  ])

  /// Of documents Instagram takes PDF alone, and every file by its address only.
  static let instagram = MediaRules(
    rules: [
      .image: Rule(mimeTypes: ["image/jpeg", "image/png"], bytes: 8 << 20),
      .video: Rule(mimeTypes: films, bytes: 25 << 20), .audio: Rule(mimeTypes: sounds, bytes: 25 << 20),
      .document: Rule(mimeTypes: ["application/pdf"], bytes: 25 << 20),
    ], takesIDs: false)

  private static let films = ["video/mp4", "video/ogg", "video/x-msvideo", "video/quicktime", "video/webm"]
  private static let sounds = ["audio/aac", "audio/mp4", "audio/wav", "audio/x-wav"]

  /// What files with a known ending are. Platforms decide by the ending where it and the type disagree.
  static let endings: [String: [String]] = [
    "jpg": ["image/jpeg"], "jpeg": ["image/jpeg"], "png": ["image/png"], "webp": ["image/webp"], "gif": ["image/gif"],
    "heic": ["image/heic"], "svg": ["image/svg+xml"], "mp4": ["video/mp4", "audio/mp4"],
    "3gp": ["video/3gpp", "video/3gp"], "mov": ["video/quicktime"], "avi": ["video/x-msvideo"],
    "webm": ["video/webm", "audio/webm"], "aac": ["audio/aac"], "amr": ["audio/amr"], "mp3": ["audio/mpeg"],
    "m4a": ["audio/mp4"], "ogg": ["audio/ogg"], "opus": ["audio/opus"], "ogv": ["video/ogg"],
    "wav": ["audio/wav", "audio/x-wav"],
    "pdf": ["application/pdf"], "txt": ["text/plain"],
  ]

  /// The same of documents that platforms take whatever they are; we keep no others.
  static let papers: [String: [String]] = [
    "docx": ["application/vnd.openxmlformats-officedocument.wordprocessingml.document"],
    "xlsx": ["application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"],
    "pptx": ["application/vnd.openxmlformats-officedocument.presentationml.presentation"],
    "odt": ["application/vnd.oasis.opendocument.text"], "ods": ["application/vnd.oasis.opendocument.spreadsheet"],
    "odp": ["application/vnd.oasis.opendocument.presentation"], "doc": ["application/msword"],
    "xls": ["application/vnd.ms-excel"], "ppt": ["application/vnd.ms-powerpoint"],
    "csv": ["text/csv", "text/comma-separated-values", "application/csv"], "vcf": ["text/vcard", "text/x-vcard"],
    "ics": ["text/calendar"],
  ]

  /// The form in which a file with this name is sent: what is neither picture, film nor sound is a document.
  public func form(ofFileNamed name: String) -> OutboundContent.Media.Form {
    let types = Self.types(ofFileNamed: name) ?? []
    let forms: [OutboundContent.Media.Form] = [.image, .video, .audio, .sticker]
    return forms.first { form in types.contains { rules[form]?.mimeTypes?.contains($0) == true } } ?? .document
  }

  /// nil: the name tells nothing.
  static func types(ofFileNamed name: String, in table: [String: [String]] = endings) -> [String]? {
    let path = name.prefix { $0 != "?" && $0 != "#" }
    guard let last = path.split(separator: "/").last, let dot = last.lastIndex(of: ".") else { return nil }
    return table[last[last.index(after: dot)...].lowercased()]
  }
}

extension MediaRules {
  /// Why the file would be refused; nil: nothing speaks against it.
  func fault(_ media: OutboundContent.Media) -> (code: String, path: String, sentence: String)? {
    guard let rule = rules[media.form] else {
      return ("bad_media", "type", "no \(media.form.rawValue) can be sent here")
    }
    if !takesIDs, case .id = media.source {
      return ("bad_media", "id", "a file is sent by its address there, not by an id")
    }
    if !takesLinks, case .link = media.source {
      return ("bad_media", "link", "a file is sent by the id of its upload there, not by an address")
    }
    if let bytes = media.bytes, bytes > rule.bytes || bytes < 1 {
      return ("too_large", "bytes", "\(bytes) bytes, from 1 to \(rule.bytes)")
    }
    let given = media.mimeType.map { type in
      type.lowercased().split(separator: ";").map { String(trimmed($0)) }
    }
    if let type = given?.first, let known = rule.mimeTypes {
      guard known.contains(type) else {
        return ("bad_media", "mime_type", "\(type); \(media.form.rawValue) is one of \(list(known))")
      }
      if type == "audio/ogg", given?.dropFirst().contains(where: { $0 != "codecs=opus" }) == true {
        return ("bad_media", "mime_type", "of ogg only opus can be sent")
      }
    }
    var (name, path) = (media.filename, "filename")
    if name == nil, case .link(let link) = media.source { (name, path) = (link, "link") }
    guard let name, let types = Self.types(ofFileNamed: name) else { return nil }
    if let known = rule.mimeTypes, !types.contains(where: known.contains) {
      return ("bad_media", path, "the name says \(list(types)); \(media.form.rawValue) is one of \(list(known))")
    }
    if let type = given?.first, !types.contains(type) {
      return ("bad_media", path, "the name says \(list(types)), but the type is \(type)")
    }
    return nil
  }

  func list(_ types: [String]) -> String { types.joined(separator: ", ") }
}
