import Core
import Rules
import Testing

@testable import Peers

/// Conversations as platforms read them back.
@Suite struct ReadBackTests {
  private let access = ChannelAccess(base: "https://api.example/v1", accountID: "acc+1", token: Secret("t0ken"))

  private func request(_ channel: Channel, _ address: String) throws -> HTTPRequest {
    try #require(channel.readBack).request(Alias(kind: "x", value: "v", address: address), access)
  }

  private func read(_ channel: Channel, _ body: String, status: Int = 200) throws -> [SaidMessage] {
    try #require(channel.readBack).read(
      HTTPResponse(status: status, body: Array(body.utf8)), Alias(kind: "x", value: "24"), ["acc+1", "1784"])
  }

  private func fault(_ channel: Channel, _ body: String, status: Int = 200) -> PeerError? {
    do {
      _ = try read(channel, body, status: status)
      return nil
    } catch { return error as? PeerError }
  }

  @Test func whatIsAsked() throws {
    #expect(Channel.whatsapp.readBack == nil)
    for (channel, platform) in [(Channel.facebook, "messenger"), (.instagram, "instagram")] {
      let asked = try request(channel, "24")
      #expect(asked.method == "GET")
      #expect(
        asked.url
          == "https://api.example/v1/acc%2B1/conversations?platform=\(platform)&user_id=24"
          + "&fields=messages.limit(25)%7Bid,created_time,from,message%7D")
      #expect(asked.headers == [.init("Authorization", "Bearer t0ken")])
    }
    let asked = try request(.tiktok, "u5Jh/+==")
    #expect(
      asked.url
        == "https://api.example/v1/business/message/content/list/?business_id=acc%2B1&conversation_id=u5Jh%2F%2B%3D%3D&limit=25"
    )
    #expect(asked.headers == [.init("Access-Token", "t0ken")])
  }

  @Test func whatGraphSays() throws {
    let body = """
      {"data":[{"id":"t_1","messages":{"data":[
        {"id":"m_2","created_time":"2026-11-22T10:00:05+0000","from":{"id":"1784"},"message":"Cuesta 800"},
        {"id":"m_1","created_time":"2026-11-22T10:00:00+0000","from":{"id":24},"message":"¿Cuánto?"},
        {"id":"m_0","from":{"id":"1784"},"message":""},{"created_time":"x"},7]}}]}
      """
    for channel in [Channel.facebook, .instagram] {
      let said = try read(channel, body)
      #expect(said.map(\.externalID) == ["m_2", "m_1", "m_0"])
      #expect(said.map(\.isOurs) == [true, false, true])
      #expect(said.map(\.text) == ["Cuesta 800", "¿Cuánto?", nil])
      #expect(said[0].at == Instant("2026-11-22T10:00:05Z"))
      #expect(try read(channel, #"{"data":[]}"#).isEmpty)
    }
  }

  @Test func whatTikTokSays() throws {
    let body = """
      {"code":0,"message":"OK","data":{"messages":[
        {"message_id":"u5B=","timestamp":1789814497488,"type":"text","text":{"body":"Cuesta 800"},"from_user":{"id":"acc+1","role":"BUSINESS_ACCOUNT"}},
        {"message_id":"u5C=","timestamp":1789814490,"text":"¿Cuánto?","from_user":{"id":"+ZM","role":"personal_account"}},
        {"message_id":"u5D=","type":"image","from_user":{"id":"acc+1"}},{"type":"text"},
        {"message_id":"u5E=","type":"template","template":{"type":"QA_BUTTON_CARD","title":"¿Confirma?","buttons":[]},"from_user":{"id":"acc+1"}}]}}
      """
    let said = try read(.tiktok, body)
    #expect(said.map(\.externalID) == ["u5B=", "u5C=", "u5D=", "u5E="])
    #expect(said.map(\.isOurs) == [true, false, true, true])
    #expect(said.map(\.text) == ["Cuesta 800", "¿Cuánto?", nil, "¿Confirma?"])
    #expect(said[0].at == Instant(microseconds: 1_789_814_497_488_000))
  }

  @Test func whatTheyRefuse() {
    for channel in [Channel.facebook, .instagram] {
      #expect(fault(channel, #"{"error":{"code":190,"message":"expired"}}"#, status: 400)?.code == "190")
      #expect(fault(channel, #"{"error":{"code":190}}"#)?.retryable == false)
      #expect(fault(channel, #"{"error":{"code":4,"message":"rate"}}"#, status: 403)?.retryable == true)
      #expect(fault(channel, #"{"error":{"code":100,"message":"bad"}}"#, status: 400)?.retryable == false)
      #expect(fault(channel, "", status: 502)?.retryable == true)
      #expect(fault(channel, "<html>")?.code == "unparseable")
    }
    #expect(fault(.tiktok, #"{"code":40105,"message":"token"}"#).map { "\($0)".contains("unauthorised") } == true)
    #expect(fault(.tiktok, #"{"code":40100,"message":"fast"}"#)?.retryable == true)
    #expect(fault(.tiktok, #"{"code":51002}"#)?.retryable == true)
    #expect(fault(.tiktok, #"{"code":40002,"message":"Param"}"#)?.retryable == false)
    #expect(fault(.tiktok, "", status: 500)?.retryable == true)
  }
}
