import Core

extension InboundEvent {
  /// The attachment that the platform holds for us: `{id, kind, mime_type?, sha256? (hex), filename?}`. nil if there is
  /// none, or if the platform says that it could not take it itself.
  public var attachment: JSON? {
    let details = Field(details)
    let media = details["media"]
    guard kind == .message || kind == .echo, !details["errors"].exists, let id = media["id"].loose, !id.isEmpty,
      id.unicodeScalars.count <= Limits.externalID
    else { return nil }
    return .object([
      "id": .string(id), "kind": .string(media["kind"].text ?? contentType),
      "mime_type": media["mime_type"].text.map { .string(clipped($0, 200)) },
      "sha256": media["sha256"].text.flatMap { sha256(written: $0) }.map { .string(hex($0)) },
      "filename": media["filename"].text.map { .string($0) },
    ])
  }
}
