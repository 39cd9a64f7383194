import Core
import Rules

/// Files that TikTok holds: asked for by message, then fetched with the token for a day (Business Messaging, November 2026).
extension TikTok {
  static func lookUp(_ file: HeldFile, _ through: ChannelAccess) throws(PeerError) -> HTTPRequest {
    guard let conversation = file.conversation, let message = file.message else {
      throw .refused(code: "gone", sentence: "the message that brought the file is gone")
    }
    guard let id = file.id, file.kind == "image" || file.kind == "video" else {
      throw .refused(code: "gone", sentence: "TikTok gives out pictures and films only")
    }
    return try post(
      "business/message/media/download/", through,
      [
        "business_id": .string(through.accountID), "conversation_id": .string(conversation),
        "message_id": .string(message), "media_id": .string(id), "media_type": .string(file.kind.uppercased()),
      ], timeout: 20)
  }

  /// `data.download_url`. Asking again harms nobody, so that only what is certain ends it.
  static func found(_ response: HTTPResponse) throws(PeerError) -> MediaPlace {
    let fault = TikTokFault(body(response))
    if let fault, ["40002", "40004"].contains(fault.code), fault.sentence.lowercased().contains("media") {
      throw .refused(code: "gone", sentence: fault.sentence)
    }
    if [404, 410].contains(response.status) {
      throw .refused(code: "gone", sentence: fault?.sentence ?? "HTTP \(response.status)")
    }
    let data: Field
    do throws(PeerError) { data = try Self.data(response) } catch {
      if case .refused(let code, let sentence) = error {
        throw .throttled(after: nil, code: code, sentence: sentence)
      }
      throw error
    }
    guard let url = data["download_url"].text else { throw .unparseable("code 0 without data.download_url") }
    return MediaPlace(url: url)
  }

  /// The token goes along as `x-user`, to no host but those of TikTok, and on a redirect to no host but the one before;
  /// none where none is given.
  static func download(
    _ url: String, _ after: HTTPRequest?, _ through: ChannelAccess, _ development: Bool
  ) throws(PeerError) -> HTTPRequest {
    let place = Authority(url)
    let isOurs = development && place != nil && place == Authority(through.base)
    guard let place, isOurs || isTikToks(place) else {
      throw .refused(code: "foreign_host", sentence: "the file is said to be at a host that is not TikTok's")
    }
    let known = after.map { last in
      last.headers.contains { $0.name == "x-user" } && Authority(last.url) == place
    }
    let goesAlong = !through.token.isEmpty && known ?? true
    return HTTPRequest(
      "GET", url, headers: goesAlong ? [.init("x-user", through.token.reveal())] : [], timeout: 60)
  }

  /// Where TikTok keeps files; it publishes no list.
  private static func isTikToks(_ place: Authority) -> Bool {
    guard place.scheme == "https", place.port == nil || place.port == "443" else { return false }
    return [
      ".tiktok.com", ".tiktokv.com", ".tiktokv.us", ".tiktokcdn.com", ".tiktokcdn-us.com", ".tiktokcdn-eu.com",
      ".byteoversea.com", ".ibyteimg.com", ".ibytedtos.com",
    ].contains { place.host.hasSuffix($0) }
  }

  // MARK: Ours

  /// `POST {base}/business/message/media/upload/`: business_id, media_type, file. The id lives thirty days.
  static func upload(_ file: FileToUpload, _ through: ChannelAccess) throws(PeerError) -> HTTPRequest {
    multipart(
      "\(through.base)/business/message/media/upload/", headers: [try token(through)],
      fields: [("business_id", through.accountID), ("media_type", "IMAGE")], file: file)
  }

  static func uploaded(_ response: HTTPResponse) throws(PeerError) -> String {
    guard let id = try data(response)["media_id"].loose, !id.isEmpty else {
      throw .unparseable("code 0 without data.media_id")
    }
    return id
  }
}
