import Core
import Rules
import Testing

@testable import Peers

/// What platforms answer to a look at an account, and how their lists of templates are read. Nothing here asks anybody.
@Suite struct ChannelCheckTests {
  private static let access = ChannelAccess(
    base: "https://graph.example/v25.0", accountID: "106540352242922", token: Secret("EAAG+token/=="))
  private static let now = Instant(seconds: 1_800_000_000)

  private func answer(_ status: Int, _ text: String) -> HTTPResponse {
    HTTPResponse(status: status, body: Array(text.utf8))
  }

  /// name of the check, status, answer, what it says
  private static let answers: [(String, Int, String, ChannelCheck.State)] = [
    (
      "token", 200,
      #"{"data": {"is_valid": true, "expires_at": 0, "scopes": ["whatsapp_business_messaging", "whatsapp_business_management"]}}"#,
      .ok
    ),
    (
      "token", 200,
      #"{"data": {"is_valid": true, "expires_at": 1700000000, "scopes": ["whatsapp_business_messaging", "whatsapp_business_management"]}}"#,
      .failed
    ),
    ("token", 200, #"{"data": {"is_valid": true, "scopes": ["whatsapp_business_messaging"]}}"#, .failed),
    ("token", 200, #"{"data": {"is_valid": false}}"#, .failed), ("token", 200, "<html>", .failed),
    ("token", 400, #"{"error": {"code": 190, "message": "bad"}}"#, .failed), ("token", 503, "", .unknown),
    ("token", 429, #"{"error": {"code": 4, "message": "slow"}}"#, .unknown),
    ("account", 200, #"{"verified_name": "Clínica", "status": "CONNECTED"}"#, .ok),
    ("account", 200, #"{"verified_name": "Clínica", "status": "BANNED"}"#, .failed),
    ("account", 400, #"{"error": {"code": 100, "error_subcode": 33, "message": "no"}}"#, .failed),
    ("subscription", 200, #"{"data": []}"#, .failed), ("subscription", 200, "{}", .failed),
    // Some app is; nobody has said which is ours.
    ("subscription", 200, #"{"data": [{"whatsapp_business_api_data": {"id": "1"}}]}"#, .unknown),
    ("override", 200, #"{"data": []}"#, .ok), ("override", 503, "", .unknown), ("override", 400, "{}", .unknown),
    ("subscribe", 200, #"{"success": true}"#, .ok), ("subscribe", 200, #"{"success": false}"#, .failed),
  ]

  @Test(arguments: answers)
  func whatItSays(_ name: String, _ status: Int, _ text: String, _ state: ChannelCheck.State) throws {
    let checks = CheckedAccount(channel: .whatsapp, parentID: "102290129340398")
      .checks(Self.access, subscribing: true, now: Self.now)
    #expect(checks.map(\.name) == ["token", "account", "override", "subscribe", "subscription"])
    let check = try #require(checks.first { $0.name == name })
    var learned = ChannelCheck.Learned()
    let finding = check.read(answer(status, text), &learned)
    #expect(finding.state == state, "\(finding.sentence)")
    #expect(state == .ok || finding.cure != nil)
    #expect(!finding.sentence.contains("EAAG"))
  }

  /// Nothing is posted over an address of the account's own, nor before anybody has looked for one.
  @Test(arguments: [
    (
      #"{"data": [{"whatsapp_business_api_data": {"id": "7"}, "override_callback_uri": "https://us.example/a"}]}"#,
      false
    ),
    (
      #"{"data": [{"whatsapp_business_api_data": {"id": "8"}, "override_callback_uri": "https://them.example"}]}"#, true
    ),
    (#"{"data": []}"#, true), ("x", false),
  ])
  func whatASubscriptionWouldErase(_ text: String, _ posts: Bool) throws {
    let checks = CheckedAccount(channel: .whatsapp, parentID: "1").checks(Self.access, subscribing: true, now: Self.now)
    var learned = ChannelCheck.Learned(app: "7")
    _ = checks[2].read(answer(200, text), &learned)
    let request = checks[3].request(learned)
    #expect((request != nil) == posts && (request?.body ?? []).isEmpty)
  }

  /// What stands in an address cannot lead elsewhere.
  @Test func addresses() throws {
    let checks = CheckedAccount(channel: .facebook, parentID: "../me?x=1")
      .checks(Self.access, subscribing: true, now: Self.now)
    let requests = checks.compactMap { $0.request(ChannelCheck.Learned()) }
    try #require(requests.count == 4)
    #expect(requests[0].url == "https://graph.example/v25.0/debug_token?input_token=EAAG%2Btoken%2F%3D%3D")
    #expect(requests[2].method == "POST")
    #expect(
      requests[2].url.hasPrefix(
        "https://graph.example/v25.0/..%2Fme%3Fx%3D1/subscribed_apps?subscribed_fields=messages,"))
  }

  /// answer of TikTok, what it says
  @Test(arguments: [
    (#"{"code": 0, "message": "OK"}"#, ChannelCheck.State.ok), (#"{"code": 40105, "message": "token"}"#, .failed),
    (#"{"code": 40002, "message": "param"}"#, .failed), (#"{"code": 50000}"#, .unknown), ("x", .unknown),
  ])
  func tiktok(_ text: String, _ state: ChannelCheck.State) {
    let check = CheckedAccount(channel: .tiktok, parentID: nil).checks(Self.access, subscribing: true, now: Self.now)[0]
    var learned = ChannelCheck.Learned()
    let finding = check.read(answer(200, text), &learned)
    #expect(finding.state == state)
  }

  /// where TikTok says that it delivers, what we make of it; the list's shape is in no document that all agree on
  @Test(arguments: [
    (#"{"code": 0, "data": {"event_type": "DIRECT_MESSAGE", "callback_url": "https://us.example/hook"}}"#, "ok"),
    (#"{"code": 0, "data": {"webhooks": [{"callback_url": "https://us.example/hook/"}]}}"#, "ok"),
    (#"{"code": 0, "data": [{"event_type": "COMMENT", "callback_url": "https://us.example/hook"}]}"#, "failed"),
    (#"{"code": 0, "data": {"callback_url": "https://them.example/hook"}}"#, "failed"),
    (#"{"code": 0, "data": {}}"#, "failed"), (#"{"code": 40002, "message": "secret"}"#, "failed"),
    (#"{"code": 50000, "message": "later"}"#, "unknown"), ("<html>", "unknown"),
  ])
  func whereTikTokDelivers(_ text: String, _ state: String) throws {
    let app = TikTokApp(key: "k", secret: Secret("s+/"), addresses: ["https://us.example/hook"])
    let checks = CheckedAccount(channel: .tiktok, parentID: nil, app: app)
      .checks(Self.access, subscribing: false, now: Self.now)
    let check = try #require(checks.first { $0.name == "subscription" })
    var learned = ChannelCheck.Learned()
    #expect(check.request(learned)?.url.hasSuffix("?app_id=k&secret=s%2B%2F&event_type=DIRECT_MESSAGE") == true)
    let finding = check.read(answer(200, text), &learned)
    #expect(finding.state.rawValue == state && (state == "ok") == (finding.cure == nil), "\(finding)")
    #expect(!finding.sentence.contains("s+/"))
  }

  @Test func aPageOfTemplates() throws {
    let text = """
      {"data": [{"id": 1, "name": "a", "language": "es_MX", "status": "approved", "category": "utility",
        "parameter_format": "NAMED", "components": [{"type": "BODY", "text": "x"}], "quality_score": {"score": "green"}},
        {"language": "es_MX"}, 7, {"name": "b", "language": "es", "rejected_reason": "NONE"}],
       "paging": {"cursors": {"after": "QVF=&x"}, "next": "https://evil.example/?access_token=t"}}
      """
    let page = try GraphTemplates.page(answer(200, text))
    #expect(page.templates.map { Field($0)["name"].text } == ["a", "b"] && page.after == "QVF=&x")
    let first = Field(page.templates[0])
    #expect(
      first["status"].text == "APPROVED" && first["parameter_format"].text == "named"
        && first["quality"].text == "GREEN")
    #expect(!Field(page.templates[1])["reason"].exists)
    let next = try GraphTemplates.list(after: page.after, Self.access)
    #expect(
      next.url.hasPrefix("https://graph.example/v25.0/106540352242922/message_templates?")
        && next.url.hasSuffix("&after=QVF%3D%26x"))
    #expect(throws: PeerError.self) { try GraphTemplates.page(answer(200, "{}")) }
    #expect(throws: PeerError.self) {
      try GraphTemplates.list(
        after: nil, ChannelAccess(base: "https://graph.example", accountID: "1/../2", token: Secret("t")))
    }
  }
}
