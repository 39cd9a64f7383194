extension MediaRules {
  /// Why a file would be refused if it were sent in that form; nil: nothing speaks against it.
  public func fault(
    _ form: OutboundContent.Media.Form, mimeType: String, filename: String, bytes: Int64
  ) -> (code: String, path: String, sentence: String)? {
    if form == .document, !takesOthersAsDocuments, let heard = heard(mimeType, filename) { return heard }
    let file = OutboundContent.Media(form, .id("upload"), filename: filename, mimeType: mimeType, bytes: bytes)
    return fault(file)
  }

  /// What a sound or film is refused with that only a document could carry.
  private func heard(_ mimeType: String, _ filename: String) -> (code: String, path: String, sentence: String)? {
    func isHeard(_ type: String) -> Bool { type.hasPrefix("audio/") || type.hasPrefix("video/") }
    let named = Self.types(ofFileNamed: filename) ?? []
    let given = mimeType.lowercased()
    guard named.contains(where: isHeard) || isHeard(given) else { return nil }
    let taken = [OutboundContent.Media.Form.audio, .video].flatMap { rule($0)?.mimeTypes ?? [] }
    let (path, what) =
      named.contains(where: isHeard) ? ("filename", "the name says \(list(named))") : ("mime_type", given)
    return ("bad_media", path, "\(what), which is not played there: sounds and films are one of \(list(taken))")
  }

  /// The usual ending of files of a type, the shortest if there are several; nil: none is known.
  public static func ending(of mimeType: String) -> String? {
    endings.merging(papers) { $1 }.filter { $0.value.contains(mimeType) }.keys.min { ($0.count, $0) < ($1.count, $1) }
  }

  /// What a file that a business uploads is instead of what it says it is, by its first bytes (`headBytes`); nil: nothing
  /// speaks against it. Programs, pages and scripts go out under no name; where the beginning says nothing, the platform
  /// decides.
  public static func contradiction(
    _ form: OutboundContent.Media.Form, mimeType: String, head: [UInt8]
  ) -> String? {
    switch Beginning(of: head) {
    case .program: return "it is a program"
    case .script: return "it is a page or a script"
    case .media(let types):
      guard form != .document, !types.contains(essence(mimeType)) else { return nil }
      return "it is \(types[0])"
    case .pdf, .text, .office: return form == .document ? nil : "it is a document"
    case .empty, .unknown: return nil
    }
  }
}
