import Core
import Peers
import Rules
import Testing

/// What is sent to every platform, and what it answers.
@Suite struct SendTests {
  @Test(arguments: Fixture.each("-send"))
  func request(_ fixture: Fixture) throws {
    let channel = try fixture.channel
    let field = try fixture.field()
    let access = ChannelAccess(
      base: "https://graph.example/v25.0", accountID: field["account"].text ?? "",
      token: Secret(field["token"].text ?? ""))
    if let id = field["mark_read"].text {
      let from = field["from"].exists ? Self.alias(field["from"]) : Alias(kind: "phone", value: "525512345678")
      let requests = channel.markRead(id, from, field["typing"].bool ?? false, access)
      return try fixture.expect(requests.isEmpty ? "nothing" : requests.map(\.text).joined(separator: "\n"))
    }
    let message = field["message"]
    let content: OutboundContent
    do throws(Refusal) {
      content = try Self.content(message)
    } catch { return try fixture.expect(error.sentence) }
    let outbound = OutboundMessage(
      id: message["id"].text ?? "", to: Self.alias(message["to"]), content: content,
      replyTo: message["reply_to"].text, asHuman: message["as_human"].bool ?? false)
    let text: String
    do throws(PeerError) {
      text = try channel.send(outbound, access).text
    } catch { text = error.line }
    try fixture.expect(text)
  }

  private static func alias(_ field: Field) -> Alias {
    Alias(kind: field["kind"].text ?? "", value: field["value"].text ?? "", address: field["address"].text)
  }

  /// `text` is short for a content that is nothing else.
  private static func content(_ message: Field) throws(Refusal) -> OutboundContent {
    try message["content"].exists ? OutboundContent(message["content"]) : .text(message["text"].text ?? "")
  }

  /// What is kept comes back as it was, and every kind leaves in some fixture.
  @Test func everyKindIsKeptAndSent() throws {
    var kinds = Set<OutboundContent.Kind>()
    for fixture in Fixture.each("-send") where !fixture.name.hasPrefix("refused_") {
      let content = try Self.content(fixture.field()["message"])
      let kept = try OutboundContent(Field(content.json))
      #expect(kept == content, "\(fixture.name)")
      #expect(!content.summary.isEmpty || fixture.name.hasPrefix("mark_read"), "\(fixture.name)")
      kinds.insert(content.kind)
    }
    #expect(kinds == Set(OutboundContent.Kind.allCases))
  }

  @Test(arguments: Fixture.each("-answer"))
  func answer(_ fixture: Fixture) throws {
    let channel = try fixture.channel
    let response = HTTPResponse(try fixture.field())
    let text: String
    do throws(PeerError) {
      let accepted = try channel.accepted(response)
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
