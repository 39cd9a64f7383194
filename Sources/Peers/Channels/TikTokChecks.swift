import Core
import Rules

/// TikTok tells whether a token is good by doing what it is asked: the shortest list of conversations there is. Where its
/// webhooks go is the app's affair, and asked by the app's key and secret. Business API v1.3, November 2026.
extension CheckedAccount {
  func tiktokChecks(_ through: ChannelAccess, subscribing: Bool) -> [ChannelCheck] {
    let get = { @Sendable (path: String) in
      HTTPRequest(
        "GET", through.base + path, headers: [.init("Access-Token", through.token.reveal())], timeout: 8)
    }
    let account = "business_id=" + queryEscaped(through.accountID)
    let list = "/business/message/conversation/list/?\(account)&conversation_type=SINGLE&limit=1"
    var checks = [
      ChannelCheck("token", { _ in get(list) }, read: { response, learned in Self.token(response, &learned) })
    ]
    checks += webhookChecks(through.base, subscribing: subscribing)
    checks.append(
      ChannelCheck(
        "images", isVital: false,
        { learned in
          // Ids have a + in them.
          learned.conversation.map { conversation in
            get(
              "/business/message/capabilities/get/?\(account)&conversation_id=\(queryEscaped(conversation))"
                + "&conversation_type=SINGLE&capability_types=\(queryEscaped("[\"IMAGE_SEND\"]"))")
          }
        }, read: { response, learned in Self.images(response, learned) }))
    return checks
  }

  private static func token(
    _ response: HTTPResponse, _ learned: inout ChannelCheck.Learned
  ) -> ChannelCheck.Finding {
    let answer = TikTokSays(response)
    switch answer.code {
    case 0:
      learned.conversation = answer.data["conversations"][0]["conversation_id"].loose
      return .init(.ok, "the access token is good, and may read messages")
    case 40001, 40105, 40103, 40102, 40104:
      return .init(
        .failed, "TikTok does not accept the access token: \(answer.sentence)",
        cure: "connect the account again; access tokens end after a day and are renewed by a job while the refresh "
          + "token is good", isLockedOut: true)
    case 40002, 40003, 40005:
      return .init(
        .failed, "TikTok refused: \(answer.sentence)",
        cure: "see whether tiktok_open_id is this account's, and whether the app has Business Messaging")
    default: return answer.unclear
    }
  }

  // MARK: Where its webhooks go

  private func webhookChecks(_ base: String, subscribing: Bool) -> [ChannelCheck] {
    guard let app else {
      return [
        ChannelCheck(
          "subscription",
          .init(
            .unknown, "it is not known whether TikTok delivers to us: the app's key or secret is missing",
            cure: "set TIKTOK_CLIENT_KEY and TIKTOK_CLIENT_SECRET for jobs; for an account with its own app enter "
              + "tiktok_client_key and client_secret"))
      ]
    }
    guard let address = app.addresses.first else {
      return [
        ChannelCheck(
          "subscription",
          .init(
            .unknown, "it is not known whether TikTok delivers to us: TISTIS_PUBLIC_URL is not set",
            cure: "set it to the https address under which the platforms reach us"))
      ]
    }
    var checks = [ChannelCheck]()
    if subscribing {
      let body: JSON = [
        "app_id": .string(app.key), "secret": .string(app.secret.reveal()), "event_type": "DIRECT_MESSAGE",
        "callback_url": .string(address),
      ]
      let post = HTTPRequest(
        "POST", base + "/business/webhook/update/", headers: [.init("Content-Type", "application/json")],
        body: body.bytes, timeout: 8)
      checks.append(
        ChannelCheck("subscribe", { _ in post }) { response, _ in
          let answer = TikTokSays(response)
          return answer.code == 0
            ? .init(.ok, "TikTok was told to deliver to \(address)")
            : answer.refused(
              "TikTok did not register our address",
              cure: "see whether client key and secret are the app's, and whether it has Business Messaging")
        })
    }
    let query =
      "?app_id=\(queryEscaped(app.key))&secret=\(queryEscaped(app.secret.reveal()))&event_type=DIRECT_MESSAGE"
    let list = HTTPRequest("GET", base + "/business/webhook/list/" + query, timeout: 8)
    checks.append(ChannelCheck("subscription", { _ in list }) { response, _ in registration(response, app) })
    return checks
  }

  /// `{"data": {"event_type", "callback_url"}}`; some name it a list, with `webhooks` or without.
  private func registration(_ response: HTTPResponse, _ app: TikTokApp) -> ChannelCheck.Finding {
    let answer = TikTokSays(response)
    guard answer.code == 0 else {
      return answer.refused(
        "TikTok does not tell where it delivers",
        cure: "see whether client key and secret are the app's, and whether it has Business Messaging")
    }
    let data = answer.data
    let entries = [data] + data.items + data["webhooks"].items + data["list"].items
    let messages = entries.filter { $0["event_type"].text ?? "DIRECT_MESSAGE" == "DIRECT_MESSAGE" }
    let known = messages.compactMap { $0["callback_url"].text }.filter { !$0.isEmpty }
    let cure = "test again with \"subscribe\": true, or tistis channels test --subscribe"
    guard let first = known.first else {
      return .init(.failed, "no address is registered for the app: its accounts' messages reach nobody", cure: cure)
    }
    guard known.contains(where: { url in app.addresses.contains { Self.plain($0) == Self.plain(url) } }) else {
      return .init(
        .failed, "TikTok delivers to \(clipped(first, 200)), not to \(app.addresses[0])",
        cure: cure + "; that takes the messages of all of the app's accounts away from there")
    }
    return .init(.ok, "TikTok delivers to us")
  }

  private static func plain(_ url: String) -> String { url.hasSuffix("/") ? String(url.dropLast()) : url }

  // MARK: Images

  /// `{"data": {"capability_infos": [{"capability_type": "IMAGE_SEND", "capability_result": true}]}}`
  private static func images(_ response: HTTPResponse, _ learned: ChannelCheck.Learned) -> ChannelCheck.Finding {
    guard learned.conversation != nil else {
      return .init(.unknown, "whether images may be sent is told of a conversation, and there is none yet")
    }
    let answer = TikTokSays(response)
    let told = answer.data["capability_infos"].items.first { $0["capability_type"].text == "IMAGE_SEND" }
    guard answer.code == 0, let may = told?["capability_result"].bool else {
      return .init(.unknown, "TikTok does not tell whether images may be sent: \(answer.sentence)")
    }
    return may
      ? .init(.ok, "images may be sent")
      : .init(.ok, "images cannot be sent", cure: "TikTok allows them in some countries only: send text and links")
  }
}

/// An answer's `code` and words; errors come with HTTP 200.
private struct TikTokSays {
  /// nil: it is no answer of TikTok's.
  let code: Int64?
  let sentence: String
  let data: Field

  init(_ response: HTTPResponse) {
    let body = Field((try? JSON.parse(response.body)) ?? .null)
    code = body["code"].integer
    sentence = withoutTokens(clipped(body["message"].text ?? "HTTP \(response.status)", 200))
    data = body["data"]
  }

  /// Neither a yes nor a no that we know.
  var unclear: ChannelCheck.Finding {
    guard let code else { return ChannelCheck.silent(sentence) }
    return .init(.unknown, "TikTok answered \(code): \(sentence)", cure: "try again in a minute")
  }

  /// A no about what was asked by the app's proof; anything else is unclear.
  func refused(_ what: String, cure: String) -> ChannelCheck.Finding {
    guard let code, [40001, 40002, 40003, 40005, 40105].contains(code) else { return unclear }
    return .init(.failed, "\(what): \(sentence)", cure: cure)
  }
}
