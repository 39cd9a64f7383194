import Core
import Rules

/// Files of Messenger and Instagram: the event names their address, which wants no token and lives for some days (November
/// 2026).
enum MetaMedia {
  static let messenger = ChannelMedia(download: download, upload: upload, uploaded: uploaded)
  /// Instagram takes a file by its address only.
  static let instagram = ChannelMedia(download: download)

  static func download(
    _ url: String, _ after: HTTPRequest?, _ through: ChannelAccess, _ development: Bool
  ) throws(PeerError) -> HTTPRequest {
    let place = Authority(url)
    let isOurs = development && place != nil && place == Authority(through.base)
    guard let place, isOurs || keeps(place) else {
      throw .refused(code: "foreign_host", sentence: "the file is said to be at a host that is not Meta's")
    }
    return HTTPRequest("GET", url, timeout: 60)
  }

  private static func keeps(_ place: Authority) -> Bool {
    if place.isMetas { return true }
    guard place.scheme == "https", place.port == nil || place.port == "443" else { return false }
    return place.host == "cdn.fbsbx.com" || place.host.hasSuffix(".cdninstagram.com")
  }

  /// `POST {base}/{page}/message_attachments`: what it is as JSON, and the file itself; our files have no address that
  /// Meta could fetch.
  private static func upload(_ file: FileToUpload, _ through: ChannelAccess) throws(PeerError) -> HTTPRequest {
    guard !through.token.isEmpty, !through.accountID.isEmpty, through.accountID.allSatisfy(\.isNumber) else {
      throw .unauthorised(code: "no_account", sentence: "no access token or page id is stored for this channel")
    }
    let type = file.form == .document || file.form == .sticker ? "file" : file.form.rawValue
    let message: JSON = ["attachment": ["type": .string(type), "payload": ["is_reusable": true]]]
    return multipart(
      "\(through.base)/\(through.accountID)/message_attachments",
      headers: [.init("Authorization", "Bearer \(through.token.reveal())")], fields: [("message", message.text)],
      file: file, named: "filedata")
  }

  private static func uploaded(_ response: HTTPResponse) throws(PeerError) -> String {
    try Meta.uploaded(response, "attachment_id", MessengerErrors.facebook)
  }
}

extension Meta {
  /// The id of a file that was uploaded. It may be done twice without harm.
  /// - Parameter errors: of the platform that took it, since one code means different things on each.
  static func uploaded(
    _ response: HTTPResponse, _ member: String, _ errors: GraphErrors
  ) throws(PeerError) -> String {
    let body = Field((try? JSON.parse(response.body)) ?? .null)
    if let fault = GraphFault(body["error"]) {
      switch errors.judge(fault, status: response.status).consequence {
      case .again, .slow, .pause, .pair:
        throw .throttled(after: retryAfter(response.headers), code: fault.code, sentence: fault.sentence)
      case .stop: throw .unauthorised(code: fault.code, sentence: fault.sentence)
      case .optOut, .spare, .blockTemplate, .final: throw .refused(code: fault.code, sentence: fault.sentence)
      }
    }
    guard (200...299).contains(response.status) else {
      throw .unreachable("HTTP \(response.status) without an error of the Graph API", left: true)
    }
    guard let id = body[member].loose, !id.isEmpty else {
      throw .unparseable("HTTP \(response.status) without \(member)")
    }
    return id
  }
}
