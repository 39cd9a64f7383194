import Core
import Rules

/// TikTok tells whether a token is good by doing what it is asked: the shortest list of conversations there is. Whether our
/// address is registered is the app's affair, not the account's. Business API v1.3, November 2026.
extension CheckedAccount {
  func tiktokChecks(_ through: ChannelAccess) -> [ChannelCheck] {
    let url =
      "\(through.base)/business/message/conversation/list/?business_id=\(queryEscaped(through.accountID))"
      + "&conversation_type=SINGLE&limit=1"
    let request = HTTPRequest(
      "GET", url, headers: [.init("Access-Token", through.token.reveal())], timeout: 8)
    return [
      ChannelCheck(name: "token", request: request) { response in
        let body = Field((try? JSON.parse(response.body)) ?? .null)
        let sentence = withoutTokens(clipped(body["message"].text ?? "HTTP \(response.status)", 200))
        switch body["code"].integer {
        case 0: return .init(.ok, "the access token is good, and may read messages")
        case 40001, 40105, 40103, 40102, 40104:
          return .init(
            .failed, "TikTok does not accept the access token: \(sentence)",
            cure: "connect the account again; access tokens end after a day and are renewed by a job while the refresh "
              + "token is good")
        case 40002, 40003, 40005:
          return .init(
            .failed, "TikTok refused: \(sentence)",
            cure: "see whether tiktok_open_id is this account's, and whether the app has Business Messaging")
        case nil: return ChannelCheck.silent(sentence)
        default:
          return .init(
            .unknown, "TikTok answered \(body["code"].loose ?? ""): \(sentence)", cure: "try again in a minute")
        }
      }
    ]
  }
}
