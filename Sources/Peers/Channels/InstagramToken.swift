import Core
import Rules

/// Tokens of accounts connected by Instagram Login: sixty days, renewed as long as they live and are a day old.
enum InstagramToken {
  /// `GET {base}/refresh_access_token?grant_type=ig_refresh_token&access_token=…`: the token must stand in the address.
  static let renewal = TokenRenewal(
    wantsApp: false,
    request: { grant throws(PeerError) in
      HTTPRequest(
        "GET",
        "\(grant.base)/refresh_access_token?grant_type=ig_refresh_token&access_token="
          + queryValue(grant.accessToken.reveal()))
    },
    renewed: { response throws(PeerError) in
      let body = Field((try? JSON.parse(response.body)) ?? .null)
      if let fault = GraphFault(body["error"]) {
        switch MessengerErrors.instagram.judge(fault, status: response.status).consequence {
        case .again, .slow, .pause, .pair:
          throw .throttled(after: retryAfter(response.headers), code: fault.code, sentence: fault.sentence)
        case .stop, .optOut, .spare, .blockTemplate, .final:
          throw .unauthorised(code: fault.code, sentence: fault.sentence)
        }
      }
      guard (200...299).contains(response.status), let token = body["access_token"].text, !token.isEmpty else {
        throw .unparseable("HTTP \(response.status) without access_token")
      }
      return RenewedTokens(accessToken: Secret(token), livesFor: lifetime(body["expires_in"]))
    })
}
