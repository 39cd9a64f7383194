import Core
import Rules

/// `GET {base}/{account}/conversations?platform=…&user_id=…`: the same call for Messenger and Instagram (Graph v25.0,
/// November 2026). It shows no `metadata`, so that words and times have to do.
extension ChannelReadBack {
  static func messenger(platform: String) -> ChannelReadBack {
    ChannelReadBack(
      request: { person, through throws(PeerError) in
        HTTPRequest(
          "GET",
          "\(through.base)/\(queryValue(through.accountID))/conversations?platform=\(platform)"
            + "&user_id=\(queryValue(person.address))"
            + "&fields=messages.limit(25)%7Bid,created_time,from,message%7D",
          headers: [.init("Authorization", "Bearer \(through.token.reveal())")], timeout: 20)
      },
      read: { response, person, _ throws(PeerError) in
        let body = Field((try? JSON.parse(response.body)) ?? .null)
        guard (200...299).contains(response.status), GraphFault(body["error"]) == nil, body["data"].exists else {
          throw fault(response, body)
        }
        return body["data"].items.flatMap { $0["messages"]["data"].items }.compactMap { item in
          guard let id = item["id"].loose else { return nil }
          let from = item["from"]["id"].loose
          return SaidMessage(
            externalID: id, text: item["message"].text.flatMap { $0.isEmpty ? nil : $0 },
            at: item["created_time"].text.flatMap { Instant($0) },
            // Not by the account's id: one of Instagram's that is reached by its page has two.
            isOurs: from.map { $0 != person.address } ?? false)
        }
      })
  }

  private static func fault(_ response: HTTPResponse, _ body: Field) -> PeerError {
    let fault = GraphFault(body["error"])
    let (code, sentence) = (fault?.code ?? "http_\(response.status)", fault?.sentence ?? "HTTP \(response.status)")
    if code == "190" || response.status == 401 { return .unauthorised(code: code, sentence: sentence) }
    if fault?.transient == true || response.status >= 500 || ["1", "2", "4", "32", "613", "80006"].contains(code) {
      return .throttled(after: retryAfter(response.headers), code: code, sentence: sentence)
    }
    return fault == nil && response.status < 400
      ? .unparseable("HTTP \(response.status) without data") : .refused(code: code, sentence: sentence)
  }
}
