import Core
import FoundationEssentials
import Testing

@testable import Peers

@Suite struct N8NTests {
  /// The example that the Standard Webhooks project publishes with its libraries.
  @Test func signsAsStandardWebhooksDoes() throws {
    let headers = StandardWebhook.headers(
      id: "msg_p5jXN8AQM9LWM0D4loKWxJek", body: Array(#"{"test": 2432232314}"#.utf8),
      secret: Secret("whsec_MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSw"), now: Instant(microseconds: 1_614_265_330_000_000))
    #expect(
      headers == [
        .init("webhook-id", "msg_p5jXN8AQM9LWM0D4loKWxJek"), .init("webhook-timestamp", "1614265330"),
        .init("webhook-signature", "v1,g0hM9SsE+OTPJTGt/tmIKtSyZlE3uFJELVlNIOLJ1OE="),
      ])
  }

  @Test func aNewSecretHas256Bits() {
    let secret = StandardWebhook.makeSecret()
    #expect(secret.reveal().hasPrefix("whsec_"))
    #expect(StandardWebhook.key(secret).revealBytes().count == 32)
    #expect(StandardWebhook.makeSecret() != secret)
  }

  @Test(arguments: [
    ("https://n8n.example.com/webhook", "https://n8n.example.com/webhook/lead-created"),
    ("https://n8n.example.com/webhook/", "https://n8n.example.com/webhook/lead-created"),
    ("https://n8n.example.com", "https://n8n.example.com/lead-created"),
    ("https://n8n.example.com/webhook?tenant=7", "https://n8n.example.com/webhook/lead-created?tenant=7"),
  ])
  func theEventsNameIsThePathsEnd(_ base: String, _ address: String) {
    #expect(N8NEvent.address(base, "lead-created") == address)
  }

  @Test func theEnvelopeIsTheGuides() throws {
    let (id, tenant) = (UUID(), UUID())
    let event = N8NEvent(
      id: id, name: "lead-created", occurredAt: Instant(microseconds: 0), tenant: tenant,
      data: ["lead": ["name": "Ana"]])
    let request = event.request(
      to: "https://n8n.example.com/webhook", apiKey: Secret("key"), signing: nil, now: Instant(microseconds: 0))
    #expect(request.method == "POST" && request.headers.contains(.init("X-N8N-API-KEY", "key")))
    #expect(request.headers.contains(.init("webhook-id", id.text)))
    let body = Field(try JSON.parse(request.body))
    #expect(body["event"].text == "lead-created" && body["tenant_id"].text == tenant.text)
    #expect(body["timestamp"].text.flatMap { Instant($0) } == Instant(microseconds: 0))
    #expect(body["data"]["lead"]["name"].text == "Ana")
  }

  @Test(
    arguments: [
      (200, nil), (204, nil), (302, "http_302"), (401, "http_401"), (404, "http_404"), (429, "http_429"),
      (500, "unreachable"),
    ] as [(Int, String?)])
  func whatN8NAnswers(_ status: Int, _ code: String?) {
    var found: String?
    do throws(PeerError) { try N8NEvent.check(HTTPResponse(status: status)) } catch { found = error.code }
    #expect(found == code)
  }

  private func read(_ body: String, key: String? = nil) throws(Refusal) -> N8NCall {
    try N8NCall.read(
      Request("POST", "/api/webhook", headers: key.map { ["idempotency-key": $0] } ?? [:], body: Array(body.utf8)))
  }

  private static let id = "11111111-2222-4333-8444-555555555555"

  /// The guide's own examples, with an id where it says "uuid".
  @Test func readsTheGuidesExamples() throws {
    let id = try #require(UUID(uuidString: Self.id))
    #expect(
      try read(
        #"{"action":"ai_response","conversation_id":"\#(Self.id)","content":"…","model":"claude-3-opus","tokens":150}"#
      )
      .action == .answer(conversation: id, content: "…", model: "claude-3-opus", tokens: 150))
    #expect(
      try read(#"{"action":"update_lead_score","lead_id":"\#(Self.id)","score":75,"reason":"…"}"#).action
        == .score(lead: id, score: 75, reason: "…"))
    let at = try #require(Instant("2025-01-15T16:00:00Z"))
    #expect(
      try read(
        #"{"action":"schedule_appointment","lead_id":"\#(Self.id)","branch_id":"\#(Self.id)","scheduled_at":"2025-01-15T16:00:00Z"}"#
      ).action == .book(lead: id, branch: id, at: at, service: nil, staff: nil, notes: nil))
    #expect(
      try read(#"{"action":"escalate_conversation","conversation_id":"\#(Self.id)","reason":"…"}"#).action
        == .escalate(conversation: id, reason: "…", staff: nil))
  }

  @Test func theHeadersKeyIsBeforeTheBodys() throws {
    let body = #"{"action":"x","idempotency_key":"b"}"#
    #expect(try read(body).key == "b")
    #expect(try read(body, key: "h").key == "h")
    #expect(throws: Refusal.self) { try read(body, key: String(repeating: "k", count: 256)) }
  }

  /// Who signs by Standard Webhooks has named the call; a key of one's own comes first.
  @Test func theSignedNameIsAKey() throws {
    func key(_ headers: [String: String]) throws(Refusal) -> String? {
      try N8NCall.read(
        Request("POST", "/api/webhook", headers: headers, body: Array(#"{"action":"x"}"#.utf8))
      ).key
    }
    #expect(try key(["webhook-id": "m", "webhook-signature": "v1,x"]) == "m")
    #expect(try key(["webhook-id": "m"]) == nil)
    #expect(try key(["webhook-id": "m", "webhook-signature": "v1,x", "idempotency-key": "k"]) == "k")
  }

  @Test(arguments: [
    #""action":"schedule_appointment","lead_id":"ID","branch_id":"ID","scheduled_at":"9999-12-31T23:59:59-12:00""#,
    #""action":"escalate_conversation","conversation_id":"ID","reason":"x","message_id":"yesterday""#,
  ])
  func whatNobodyCanKeepIsRefused(_ members: String) {
    #expect(throws: Refusal.self) { try read("{" + members.replacing("ID", with: Self.id) + "}") }
  }

  /// Empty where n8n's expression found nothing.
  @Test func anEmptyIDIsNone() throws {
    let call = try read(#"{"action":"ai_response","conversation_id":"\#(Self.id)","content":"x","question_id":""}"#)
    #expect(call.message == nil)
  }
}
