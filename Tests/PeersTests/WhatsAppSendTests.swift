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
    let outbound = OutboundMessage(
      id: message["id"].text ?? "",
      to: Alias(kind: to["kind"].text ?? "", value: to["value"].text ?? "", address: to["address"].text),
      text: message["text"].text ?? "", replyTo: message["reply_to"].text)
    let text: String
    do throws(PeerError) {
      text = try Channel.whatsapp.send(outbound, access).text
    } catch { text = error.line }
    try fixture.expect(text)
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
