import Core

extension InboundEvent {
  /// Bytes of an address; the longest known have about a thousand.
  private static let longestURL = 4096
  private static let mostAttachments = 30
  /// How the ids begin that we give to files which have none.
  public static let ourFileIDs = "sha256:"

  /// The attachments that the platform holds for us: `{id, url?, kind, mime_type?, sha256? (hex), filename?}`, from
  /// `details.media`, which is one of these or an array of them. What has an address and no id is named after its message
  /// and its place in it, since addresses change from delivery to delivery. None if the platform says that it could not
  /// take them itself.
  public var attachments: [JSON] {
    let details = Field(details)
    guard kind == .message || kind == .echo, !details["errors"].exists, let media = details["media"].value else {
      return []
    }
    let items = if case .array(let items) = media { items } else { [media] }
    return items.prefix(Self.mostAttachments).enumerated().compactMap { i, item in attachment(Field(item), i) }
  }

  private func attachment(_ media: Field, _ place: Int) -> JSON? {
    let url = media["url"].text.flatMap { $0.isEmpty || $0.utf8.count > Self.longestURL ? nil : $0 }
    let named = media["id"].loose.flatMap { $0.isEmpty || $0.unicodeScalars.count > Limits.externalID ? nil : $0 }
    guard let id = named ?? (url == nil ? nil : Self.ourFileIDs + hex(sha256(Array("\(externalID)#\(place)".utf8))))
    else {
      return nil
    }
    return .object([
      "id": .string(id), "url": url.map { .string($0) },
      "kind": .string(media["kind"].text ?? contentType),
      "mime_type": media["mime_type"].text.map { .string(clipped($0, 200)) },
      "sha256": media["sha256"].text.flatMap { sha256(written: $0) }.map { .string(hex($0)) },
      "filename": media["filename"].text.map { .string($0) },
    ])
  }
}
