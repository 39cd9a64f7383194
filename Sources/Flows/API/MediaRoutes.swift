import Core
import FoundationEssentials
import Rules
import Store

/// Attachments: `/api/media/{id}`.
extension Route {
  static let media: [Route] = [
    Route(
      "GET", "/api/media/{id}", "getMedia", "An attachment that a customer sent, once it has been fetched",
      .granted(scope: "media:read", .everybody), answers: [(200, .file)]
    ) { (call) throws(APIProblem) in
      let row = try call.store { (scope) throws(StoreError) in
        try scope.storedMedia(mediaId: call.id(), onlyBranch: call.caller.branch)
      }
      guard let row else { throw .unknown("attachment") }
      guard row.status == "stored", let key = row.storageKey else {
        throw APIProblem(
          row.status == "pending" ? 409 : 410, row.status == "pending" ? "NOT_FETCHED" : "GONE",
          row.status == "pending" ? "it has not been fetched yet" : row.errorMessage ?? "it is there no more")
      }
      let folder = MediaFolder(root: call.app.settings.text(.mediaFolder))
      guard let bytes = folder.read(key, tenant: call.caller.tenant) else {
        call.app.log.error("media_missing", ["media": call.id().text, "req": call.request.id])
        throw APIProblem(410, "GONE", "the file is there no more")
      }
      return shown(bytes, mimeType: row.mimeType, filename: row.filename)
    }
  ]

  /// Whatever it is, no browser is to run it as a page of ours.
  static func shown(_ bytes: [UInt8], mimeType: String?, filename: String?) -> Response {
    let type = (mimeType ?? "").prefix { $0 != ";" }.lowercased().filter { !$0.isWhitespace }
    // What was kept before there was a list, and what came through MEDIA_MORE_TYPES, is bytes.
    let isKnown = MediaRules.isKept(type)
    let isShown = [
      "image/jpeg", "image/png", "image/webp", "image/gif", "audio/ogg", "audio/mpeg", "audio/mp4", "audio/aac",
      "audio/amr",
      "video/mp4", "video/3gpp", "application/pdf",
    ].contains(type)
    return Response(
      headers: [
        ("Content-Type", isKnown ? type : "application/octet-stream"),
        (
          "Content-Disposition",
          disposition(isShown ? "inline" : "attachment", plain(filename).map { MediaRules.filename($0, of: type) })
        ),
        ("X-Content-Type-Options", "nosniff"), ("Content-Security-Policy", "default-src 'none'; sandbox"),
        ("Cache-Control", "private, max-age=86400, immutable"),
      ], body: bytes)
  }

  /// A name that somebody sent: no path, no line; nil: nothing is left of it.
  static func plain(_ filename: String?) -> String? {
    let last = (filename ?? "").split(whereSeparator: { $0 == "/" || $0 == "\\" }).last.map { String($0) } ?? ""
    let name = String(
      String.UnicodeScalarView(last.unicodeScalars.filter { $0.value >= 32 && $0.value != 127 }.prefix(120)))
    return name.allSatisfy { $0 == "." } ? nil : name
  }

  /// The same as a header may carry it (RFC 6266), without quotes.
  static func disposition(_ kind: String, _ kept: String?) -> String {
    guard let kept else { return kind }
    let plain = String(
      String.UnicodeScalarView(
        kept.unicodeScalars.map { $0.isASCII && !"\"\\%;".unicodeScalars.contains($0) ? $0 : "_" }))
    let encoded = kept.utf8.reduce(into: "") { out, c in
      let isPlain = (48...57).contains(c) || (65...90).contains(c) || (97...122).contains(c) || "-._~".utf8.contains(c)
      out += isPlain ? String(UnicodeScalar(c)) : "%" + hex([c]).uppercased()
    }
    return "\(kind); filename=\"\(plain)\"; filename*=UTF-8''\(encoded)"
  }
}
