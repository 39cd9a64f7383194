import Core
import Peers
import Testing

@Suite struct TokenRenewalTests {
  private let grant = TokenGrant(
    base: "https://api.example/v1", accessToken: Secret("old+token/=&"), refreshToken: Secret("refresh"),
    appKey: "key", appSecret: Secret("secret"))

  private func renewed(_ channel: Channel, _ status: Int, _ body: String) -> String {
    guard let renewal = channel.renewal else { return "none" }
    do throws(PeerError) {
      let tokens = try renewal.renewed(HTTPResponse(status: status, body: Array(body.utf8)))
      let words: [String?] = [
        tokens.accessToken.reveal(), tokens.livesFor.map { String(Int($0)) }, tokens.refreshToken?.reveal(),
        tokens.refreshLivesFor.map { String(Int($0)) },
      ]
      return words.map { $0 ?? "-" }.joined(separator: " ")
    } catch { return error.line }
  }

  @Test func tiktok() throws {
    let renewal = try #require(Channel.tiktok.renewal)
    let request = try renewal.request(grant)
    #expect(request.url == "https://api.example/v1/tt_user/oauth2/refresh_token/")
    #expect(
      String(decoding: request.body, as: UTF8.self)
        == #"{"client_id":"key","client_secret":"secret","grant_type":"refresh_token","refresh_token":"refresh"}"#)
    var poor = grant
    poor.refreshToken = nil
    #expect(throws: PeerError.self) { try renewal.request(poor) }
    #expect(
      renewed(
        .tiktok, 200,
        #"{"code":0,"data":{"access_token":"a","expires_in":86400,"refresh_token":"r","refresh_token_expires_in":31536000}}"#
      )
        == "a 86400 r 31536000")
    #expect(renewed(.tiktok, 200, #"{"code":0,"data":{"access_token":"a","expires_in":"-5"}}"#) == "a - - -")
    #expect(renewed(.tiktok, 200, #"{"code":0,"data":{}}"#).hasPrefix("unparseable"))
    #expect(renewed(.tiktok, 200, #"{"code":40103,"message":"refresh token expired"}"#).hasPrefix("unauthorised"))
    #expect(renewed(.tiktok, 200, #"{"code":40002,"message":"client_id is invalid"}"#).hasPrefix("refused"))
    #expect(renewed(.tiktok, 200, #"{"code":40100,"message":"slowly"}"#).hasPrefix("throttled"))
    #expect(renewed(.tiktok, 502, "<html>").hasPrefix("unreachable"))
  }

  @Test func instagram() throws {
    let renewal = try #require(Channel.instagram.renewal)
    // What is special in a query is written so that it arrives as it is.
    #expect(
      try renewal.request(grant).url == "https://api.example/v1/refresh_access_token?grant_type=ig_refresh_token"
        + "&access_token=old%2Btoken%2F%3D%26")
    #expect(
      renewed(.instagram, 200, #"{"access_token":"a","token_type":"bearer","expires_in":5183944}"#) == "a 5183944 - -")
    #expect(renewed(.instagram, 400, #"{"error":{"code":190,"message":"expired"}}"#).hasPrefix("unauthorised"))
    #expect(renewed(.instagram, 400, #"{"error":{"code":4,"message":"slowly"}}"#).hasPrefix("throttled"))
    // Instagram's own: none of WhatsApp's.
    for code in [1200, 32, 80_006] {
      #expect(
        renewed(.instagram, 400, #"{"error":{"code":\#(code),"message":"later"}}"#).hasPrefix("throttled"), "\(code)")
    }
    #expect(renewed(.instagram, 500, "").hasPrefix("unparseable"))
    #expect(Channel.whatsapp.renewal == nil && Channel.facebook.renewal == nil)
  }
}
