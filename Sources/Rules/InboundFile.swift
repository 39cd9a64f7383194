/// What becomes of a file that somebody sent us.
public enum InboundFile: Sendable, Equatable {
  /// It is kept, as this type: what its first bytes say, with the sender's parameters (`codecs=opus`) if they agree.
  case kept(String)
  /// It is never kept. The sentence is for staff, and holds nothing of the file.
  case refused(String)
}

extension MediaRules {
  /// So much of a file's beginning is looked at.
  public static let headBytes = 4096

  /// Whether a file is kept, and as what. Only what is on the list is: the types of `endings` and `papers` but SVG, which
  /// may hold a script. The first bytes decide, for whoever sends a file says of it what he likes; what is said chooses
  /// among the types that begin alike, and has to agree where they tell little (texts, Office).
  /// - Parameters:
  ///   - kind: image, sticker, audio, video, document, story … as the message said. All but documents hold a picture, a
  ///     film or a sound, and any of these where another was announced.
  ///   - declared: the type that the platform names. - served: the `Content-Type` that it came with.
  ///   - name: the file's, or its address.
  ///   - more: types that the installation keeps besides, of documents whose beginning says nothing.
  public static func judge(
    kind: String, declared: String?, served: String?, name: String?, head: [UInt8], more: Set<String> = []
  ) -> InboundFile {
    let claimed = [declared, served].compactMap { $0.map(essence) }.filter { saysSomething($0) }
    let said = claimed + (name.map { inboundTypes(ofFileNamed: $0) } ?? [])
    let isPaper = isDocument(kind)
    func kept(_ type: String) -> InboundFile {
      guard let declared, essence(declared) == type else { return .kept(type) }
      return .kept(String(trimmed(declared[...])))
    }
    let beginning = Beginning(of: head)
    switch beginning {
    case .empty: return .refused("it is empty")
    case .program: return .refused("it is a program\(instead(of: claimed))")
    case .script: return .refused("it is a page or a script\(instead(of: claimed))")
    case .media(let types):
      let family = families[kind]
      let type = said.first(where: types.contains) ?? types.first { type in family.map { type.hasPrefix($0) } ?? true }
      return kept(type ?? types[0])
    case .pdf where isPaper: return kept("application/pdf")
    case .text(let types) where isPaper, .office(let types, _) where isPaper:
      if let type = said.first(where: types.contains) { return kept(type) }
      if case .office(_, let type?) = beginning, said.isEmpty { return kept(type) }
      if case .text = beginning, said.isEmpty { return kept(types[0]) }
    case .pdf, .text, .office: return .refused("it is a document\(instead(of: claimed))")
    case .unknown: break
    }
    if isPaper, let type = said.first(where: more.contains) { return kept(type) }
    return .refused("its type is none that is kept\(instead(of: claimed))")
  }

  /// Whether it is a type that we keep.
  public static func isKept(_ mimeType: String) -> Bool {
    let type = essence(mimeType)
    return type != "image/svg+xml" && [endings, papers].contains { $0.values.contains { $0.contains(type) } }
  }

  /// A file's name as it may be saved under: with an ending of its type, if it has none. A text that calls itself
  /// `menu.bat` is a text.
  public static func filename(_ name: String, of mimeType: String) -> String {
    let type = essence(mimeType)
    guard isKept(type), !inboundTypes(ofFileNamed: name).contains(type), let ending = ending(of: type) else {
      return name
    }
    return name + "." + ending
  }

  /// Whether a `Content-Type` says that it is a page or data where something else was announced. A document may be either,
  /// unless the platform or its name says what it is. What says nothing, or `application/octet-stream`, contradicts nobody.
  public static func isPage(
    _ contentType: String, insteadOf kind: String, declared: String? = nil, name: String? = nil
  ) -> Bool {
    let type = essence(contentType)
    guard isDocument(kind) else { return isPage(type) || type.hasPrefix("text/") }
    let announced = declared.map(essence).flatMap { saysSomething($0) ? $0 : nil }
    guard let announced = announced ?? name.flatMap({ inboundTypes(ofFileNamed: $0).first }) else { return false }
    return isPage(type) && !isPage(announced)
  }

  private static func isPage(_ type: String) -> Bool {
    guard !type.hasPrefix("image/") else { return false }
    return ["text/html", "text/xml", "application/json", "application/xml", "application/javascript"].contains(type)
      || type.hasSuffix("+xml") || type.hasSuffix("+json")
  }

  static func essence(_ contentType: String) -> String {
    contentType.prefix { $0 != ";" }.lowercased().filter { !$0.isWhitespace }
  }

  private static func saysSomething(_ type: String) -> Bool {
    !["", "application/octet-stream", "binary/octet-stream", "application/zip", "application/x-zip-compressed"]
      .contains(type)
  }

  private static func isDocument(_ kind: String) -> Bool { kind == "document" || kind == "file" }

  private static let families = [
    "image": "image/", "sticker": "image/", "video": "video/", "audio": "audio/", "voice": "audio/",
  ]

  private static func inboundTypes(ofFileNamed name: String) -> [String] {
    types(ofFileNamed: name) ?? types(ofFileNamed: name, in: papers) ?? []
  }

  /// What was claimed of it, as far as that is a type at all: the sender has made it up.
  private static func instead(of claimed: [String]) -> String {
    let plain = claimed.first { type in
      type.utf8.count <= 100
        && type.utf8.allSatisfy { (97...122).contains($0) || (48...57).contains($0) || "/+.-_".utf8.contains($0) }
    }
    return plain.map { ", said to be \($0)" } ?? ""
  }
}
