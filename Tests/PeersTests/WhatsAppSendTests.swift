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
      let from = Alias(kind: "phone", value: "525512345678")
      let requests = Channel.whatsapp.markRead(id, from, field["typing"].bool ?? false, access)
      return try fixture.expect(requests.isEmpty ? "nothing" : requests.map(\.text).joined(separator: "\n"))
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
      let held = accepted.held.map { ["held=\($0)"] } ?? []
      text = (["accepted", accepted.externalID] + names + held).joined(separator: " ")
    } catch { text = error.line }
    try fixture.expect(text)
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
