import Core
import Rules

/// Files that WhatsApp holds: seven days for what customers send, thirty for what we uploaded (Cloud API, November 2026).
extension WhatsApp {
  /// `GET {base}/{media id}?phone_number_id=…`.
  static func lookUp(_ id: String, _ through: ChannelAccess) throws(PeerError) -> HTTPRequest {
    guard !id.isEmpty, id.utf8.allSatisfy(isPlain), through.accountID.utf8.allSatisfy(isPlain) else {
      throw .refused(code: "gone", sentence: "this is no media id of WhatsApp's")
    }
    return HTTPRequest(
      "GET", "\(through.base)/\(id)?phone_number_id=\(through.accountID)", headers: [authorization(through)],
      timeout: 20)
  }

  /// `{"url", "mime_type", "sha256" (hex or base64), "file_size" (a string), "id"}`. Asking again harms nobody, so that
  /// only what is certain ends it: the file is gone, or the token is no good.
  static func found(_ response: HTTPResponse) throws(PeerError) -> MediaPlace {
    let body = Field((try? JSON.parse(response.body)) ?? .null)
    let fault = GraphFault(body["error"])
    if (200...299).contains(response.status), fault == nil {
      guard let url = body["url"].text else { throw .unparseable("HTTP \(response.status) without url") }
      return MediaPlace(
        url: url, mimeType: body["mime_type"].text.map { clipped($0, 200) },
        sha256: body["sha256"].text.flatMap { sha256(written: $0) }, size: body["file_size"].integer.map { Int($0) })
    }
    let (code, sentence) = (fault?.code ?? "http_\(response.status)", fault?.sentence ?? "HTTP \(response.status)")
    // 100 with 33: there is no such object, which is also what becomes of an id after its days.
    if code == "33" || (code == "100" && fault?.subcode == "33") || [404, 410].contains(response.status) {
      throw .refused(code: "gone", sentence: sentence)
    }
    if ["0", "10", "190", "131005"].contains(code) || fault?.wantsProof == true || [401, 403].contains(response.status)
    {
      throw .unauthorised(code: code, sentence: sentence)
    }
    throw .throttled(after: retryAfter(response.headers), code: code, sentence: sentence)
  }

  /// The address of a look-up lives five minutes and wants the token. The token goes to no host but those of Meta, and on
  /// a redirect to no host but the one before.
  static func download(
    _ url: String, _ after: HTTPRequest?, _ through: ChannelAccess, _ development: Bool
  ) throws(PeerError) -> HTTPRequest {
    let place = Authority(url)
    let isOurs = development && place != nil && place == Authority(through.base)
    guard let place, isOurs || place.isMetas else {
      throw .refused(code: "foreign_host", sentence: "the file is said to be at a host that is not Meta's")
    }
    var headers = [authorization(through)]
    if let after {
      let known = after.headers.contains { $0.name == "Authorization" } && Authority(after.url) == place
      if !known { headers = [] }
    }
    return HTTPRequest("GET", url, headers: headers, timeout: 60)
  }

  // MARK: Ours

  /// `POST {base}/{phone_number_id}/media`: messaging_product, type, file. The id lives thirty days.
  static func upload(_ file: FileToUpload, _ through: ChannelAccess) throws(PeerError) -> HTTPRequest {
    guard !through.token.isEmpty, !through.accountID.isEmpty, through.accountID.utf8.allSatisfy(isPlain) else {
      throw .unauthorised(code: "no_account", sentence: "no access token or phone_number_id is stored for this channel")
    }
    var file = file
    // Of ogg it takes opus alone, and wants to be told so.
    if file.mimeType == "audio/ogg" { file.mimeType = "audio/ogg; codecs=opus" }
    return multipart(
      "\(through.base)/\(through.accountID)/media", headers: [authorization(through)],
      fields: [("messaging_product", "whatsapp"), ("type", file.mimeType)], file: file)
  }

  /// `{"id"}`.
  static func uploaded(_ response: HTTPResponse) throws(PeerError) -> String {
    try Meta.uploaded(response, "id", WhatsAppErrors.all)
  }

  private static func authorization(_ through: ChannelAccess) -> HTTPRequest.Header {
    .init("Authorization", "Bearer \(through.token.reveal())")
  }

  private static func isPlain(_ c: UInt8) -> Bool {
    (48...57).contains(c) || (65...90).contains(c) || (97...122).contains(c) || c == UInt8(ascii: "_")
  }
}

/// Scheme, host and port of a URL, read so narrowly that nobody can read it otherwise: no user, no escapes, no brackets.
struct Authority: Equatable {
  let scheme: String
  /// Lower case.
  let host: String
  let port: String?

  init?(_ url: String) {
    guard let end = url.firstRange(of: "://") else { return nil }
    scheme = url[..<end.lowerBound].lowercased()
    guard scheme == "https" || scheme == "http" else { return nil }
    let parts = url[end.upperBound...].prefix { !"/?#".contains($0) }
      .split(separator: ":", omittingEmptySubsequences: false)
    guard (1...2).contains(parts.count), !parts[0].isEmpty else { return nil }
    host = parts[0].lowercased()
    port = parts.count == 2 ? String(parts[1]) : nil
    let named = host.utf8.allSatisfy { (48...57).contains($0) || (97...122).contains($0) || ".-".utf8.contains($0) }
    guard named, port?.allSatisfy({ $0.isASCII && $0.isNumber }) ?? true else { return nil }
  }

  /// Where Meta keeps files.
  var isMetas: Bool {
    guard scheme == "https", port == nil || port == "443" else { return false }
    return host == "lookaside.fbsbx.com" || host.hasSuffix(".fbcdn.net") || host.hasSuffix(".whatsapp.net")
  }
}
