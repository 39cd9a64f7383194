import Core

/// What belongs to the app and not to an account: tokens, and where webhooks go.
actor TikTokApps {
  /// Refresh tokens that were given out, each good once: the answer brings the next.
  private var given = Set<String>()
  private var spent = Set<String>()
  /// By app and kind of event.
  private var webhooks = [String: String]()

  private static let most = 10_000

  /// nil if it is about an account.
  func answer(_ way: String, _ call: Call) throws(TikTokError) -> JSON? {
    let body = Field(call.body ?? [:])
    switch way {
    case "tt_user/oauth2/refresh_token", "tt_user/oauth2/token": return try token(way, body)
    case "business/webhook/update":
      try app(body)
      guard let url = body["callback_url"].text, url.hasPrefix("http") else {
        throw .parameter("callback_url: must be a URL.")
      }
      let event = body["event_type"].text ?? ""
      guard ["DIRECT_MESSAGE", "COMMENT"].contains(event) else { throw .parameter("event_type: is not known.") }
      webhooks[place(body, event)] = url
      return ["event_type": .string(event), "callback_url": .string(url)]
    case "business/webhook/list":
      let asked = Field(
        .object(
          JSON.Members(
            ["app_id", "secret", "event_type"].map {
              .init($0, call.request.parameter($0).map { .string($0) } ?? .null)
            })))
      try app(asked)
      guard let event = asked["event_type"].text else {
        throw .parameter("event_type: Missing data for required field.")
      }
      guard let url = webhooks[place(asked, event)] else { return [:] }
      return [
        "app_id": .string(asked["app_id"].text ?? ""), "event_type": .string(event), "callback_url": .string(url),
      ]
    case "business/webhook/delete":
      try app(body)
      webhooks[place(body, body["event_type"].text ?? "")] = nil
      return [:]
    default: return nil
    }
  }

  private func app(_ body: Field) throws(TikTokError) {
    for name in ["app_id", "secret"] where body[name].loose?.isEmpty != false {
      throw .parameter("\(name): Missing data for required field.")
    }
    guard Tokens.trouble(of: body["secret"].loose ?? "") == nil else {
      throw .init(code: 40_001, message: "The app's secret is incorrect.")
    }
  }

  private func place(_ body: Field, _ event: String) -> String { "\(body["app_id"].loose ?? "") \(event)" }

  private func token(_ way: String, _ body: Field) throws(TikTokError) -> JSON {
    let isRefresh = way.hasSuffix("refresh_token")
    let proof = isRefresh ? "refresh_token" : "auth_code"
    for name in ["client_id", "client_secret", proof] where body[name].text?.isEmpty != false {
      throw .parameter("\(name): Missing data for required field.")
    }
    guard body["grant_type"].text == (isRefresh ? "refresh_token" : "authorization_code") else {
      throw .parameter("grant_type: is not valid.")
    }
    let old = body[proof].text ?? ""
    guard !spent.contains(old), Tokens.trouble(of: old) == nil else {
      throw .init(code: 40_105, message: "Refresh token is invalid or has expired.")
    }
    if given.contains(old) { spent.insert(old) }
    if given.count > Self.most { (given, spent) = ([], []) }
    let next = "dev_tiktok_refresh_" + hex(randomBytes(12))
    given.insert(next)
    return [
      "access_token": .string("dev_tiktok_" + hex(randomBytes(12))), "token_type": "Bearer", "expires_in": 86_400,
      "refresh_token": .string(next), "refresh_token_expires_in": 31_536_000, "open_id": "dev_open_id",
      "scope": "user.info.basic,message.list.read,message.list.send,message.list.manage",
    ]
  }
}
