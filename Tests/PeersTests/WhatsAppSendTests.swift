import Core
import Peers
import Rules
import Testing

@Suite struct WhatsAppSendTests {
  @Test(arguments: Fixture.all("whatsapp-send"))
  func request(_ fixture: Fixture) throws {
    let field = try fixture.field()
    let access = ChannelAccess(
      base: "https://graph.example/v25.0", accountID: field["account"].text ?? "",
      token: Secret(field["token"].text ?? ""))
    if let id = field["mark_read"].text {
      let request = Channel.whatsapp.markRead(id, field["typing"].bool ?? false, access)
      return try fixture.expect(request?.text ?? "nothing")
    }
    let message = field["message"]
    let to = message["to"]
    let content: OutboundContent
    do throws(Refusal) {
      content = try Self.content(message)
    } catch { return try fixture.expect(error.sentence) }
    let outbound = OutboundMessage(
      id: message["id"].text ?? "",
      to: Alias(kind: to["kind"].text ?? "", value: to["value"].text ?? "", address: to["address"].text),
      content: content, replyTo: message["reply_to"].text)
    let text: String
    do throws(PeerError) {
      text = try Channel.whatsapp.send(outbound, access).text
    } catch { text = error.line }
    try fixture.expect(text)
  }

  /// `text` is short for a content that is nothing else.
  private static func content(_ message: Field) throws(Refusal) -> OutboundContent {
    try message["content"].exists ? OutboundContent(message["content"]) : .text(message["text"].text ?? "")
  }

  /// What is kept comes back as it was, and every kind leaves in some fixture.
  @Test func everyKindIsKeptAndSent() throws {
    var kinds = Set<OutboundContent.Kind>()
    for fixture in Fixture.all("whatsapp-send") where !fixture.name.hasPrefix("refused_") {
      let content = try Self.content(fixture.field()["message"])
      let kept = try OutboundContent(Field(content.json))
      #expect(kept == content, "\(fixture.name)")
      #expect(!content.summary.isEmpty || fixture.name.hasPrefix("mark_read"), "\(fixture.name)")
      kinds.insert(content.kind)
    }
    #expect(kinds == Set(OutboundContent.Kind.allCases))
  }

  @Test(arguments: Fixture.all("whatsapp-answer"))
  func answer(_ fixture: Fixture) throws {
    let response = HTTPResponse(try fixture.field())
    let text: String
    do throws(PeerError) {
      let accepted = try Channel.whatsapp.accepted(response)
      let names = accepted.aliases.map { "\($0.kind)=\($0.value)<\($0.address)>" }
      text = (["accepted", accepted.externalID] + names).joined(separator: " ")
    } catch { text = error.line }
    try fixture.expect(text)
  }

  /// What each class of Meta's codes means for us: a person must act, again, or never.
  @Test func codes() throws {
    let person = [0, 3, 10, 190, 200, 299, 368, 130_497, 131_005, 131_031, 131_037, 131_042, 131_044, 131_045, 133_010]
    let again = [
      1, 2, 4, 613, 80_007, 130_429, 131_000, 131_016, 131_048, 131_052, 131_053, 131_056, 131_057, 131_064, 132_069,
      133_004, 133_016, 134_011, 135_000,
    ]
    let never = [
      33, 100, 130_472, 131_008, 131_009, 131_021, 131_026, 131_030, 131_047, 131_049, 131_050, 131_051, 131_062,
      131_063, 132_000, 132_001, 132_005, 132_007, 132_008, 132_012, 132_015, 132_016, 132_068, 137_000, 139_200,
    ]
    for code in person { #expect(try Self.error(code).line.hasPrefix("unauthorised "), "\(code)") }
    for code in again { #expect(try Self.error(code).line.hasPrefix("throttled "), "\(code)") }
    for code in never { #expect(try Self.error(code).line.hasPrefix("refused "), "\(code)") }
    for code in person + again + never {
      // A Graph error proves that the message was not taken: it is never left in doubt.
      #expect(try !Self.error(code).mightHaveArrived, "\(code)")
    }
  }

  private static func error(_ code: Int) throws -> PeerError {
    let body: JSON = ["error": ["message": "m", "code": .number(code)]]
    do throws(PeerError) {
      let accepted = try Channel.whatsapp.accepted(HTTPResponse(status: 400, body: body.bytes))
      Issue.record("accepted \(accepted)")
      return .unparseable("")
    } catch { return error }
  }

  @Test func everyLostAnswerIsInDoubt() {
    #expect(PeerError(.neverLeft("x")).retryable)
    #expect(!PeerError(.mightHaveArrived("x")).retryable)
    #expect(PeerError(.mightHaveArrived("x")).mightHaveArrived)
    #expect(PeerError(.mightHaveArrived("x")).repeatable(idempotent: true))
    #expect(!PeerError(.mightHaveArrived("x")).repeatable(idempotent: false))
    #expect(!PeerError.refused(code: "", sentence: "").repeatable(idempotent: true))
  }
}
