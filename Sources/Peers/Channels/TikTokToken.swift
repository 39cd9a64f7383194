import Core
import Rules

extension TikTok {
  /// `POST {base}/tt_user/oauth2/refresh_token/`; the refresh token lives about a year and may be another one afterwards.
  static let renewal = TokenRenewal(
    wantsApp: true,
    request: { grant throws(PeerError) in
      guard let refresh = grant.refreshToken, let secret = grant.appSecret, !grant.appKey.isEmpty else {
        throw .refused(
          code: "no_grant", sentence: "there is no refresh token, or no client key and secret to use it with")
      }
      return .post(
        "\(grant.base)/tt_user/oauth2/refresh_token/",
        json: [
          "client_id": .string(grant.appKey), "client_secret": .string(secret.reveal()), "grant_type": "refresh_token",
          "refresh_token": .string(refresh.reveal()),
        ])
    },
    renewed: { response throws(PeerError) in
      let data = try data(response)
      guard let token = data["access_token"].text, !token.isEmpty else {
        throw .unparseable("code 0 without data.access_token")
      }
      return RenewedTokens(
        accessToken: Secret(token), livesFor: lifetime(data["expires_in"]),
        refreshToken: data["refresh_token"].text.flatMap { $0.isEmpty ? nil : Secret($0) },
        refreshLivesFor: lifetime(data["refresh_token_expires_in"]))
    })
}
