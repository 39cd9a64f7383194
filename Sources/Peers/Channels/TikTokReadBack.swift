import Core
import Rules

/// `GET {base}/business/message/content/list/` (open_api v1.3, November 2026). A person is known by their conversation.
extension ChannelReadBack {
  static let tiktok = ChannelReadBack(
    request: { person, through throws(PeerError) in
      HTTPRequest(
        "GET",
        "\(through.base)/business/message/content/list/?business_id=\(queryValue(through.accountID))"
          + "&conversation_id=\(queryValue(person.address))&limit=25",
        headers: [.init("Access-Token", through.token.reveal())], timeout: 20)
    },
    read: { response, _, accounts throws(PeerError) in
      let body = Field((try? JSON.parse(response.body)) ?? .null)
      // Refusals come with HTTP 200.
      guard (200...299).contains(response.status), body["code"].loose == "0" else { throw fault(response, body) }
      let data = body["data"]
      let items = [data["messages"], data["message_list"], data["list"]].first { $0.exists }?.items ?? []
      return items.compactMap { item in
        guard let id = item["message_id"].loose else { return nil }
        let sender = item["from_user"]
        let isOurs =
          sender["role"].text?.lowercased() == "business_account"
          || sender["id"].loose.map { accounts.contains($0) } ?? false
        return SaidMessage(
          externalID: id, text: item["text"]["body"].text ?? item["text"].text ?? item["template"]["title"].text,
          at: Meta.instant(item["timestamp"]) ?? Meta.instant(item["create_time"]), isOurs: isOurs)
      }
    })

  private static func fault(_ response: HTTPResponse, _ body: Field) -> PeerError {
    let code = body["code"].loose ?? "http_\(response.status)"
    let sentence = body["message"].text.map { withoutTokens(clipped($0, 500)) } ?? "HTTP \(response.status)"
    switch code {
    case "40105", "40102": return .unauthorised(code: code, sentence: sentence)
    case "40100", "50000", "50002": return .throttled(after: nil, code: code, sentence: sentence)
    default:
      let busy = response.status >= 500 || response.status == 429 || code.hasPrefix("51")
      return busy
        ? .throttled(after: retryAfter(response.headers), code: code, sentence: sentence)
        : .refused(code: code, sentence: sentence)
    }
  }
}
