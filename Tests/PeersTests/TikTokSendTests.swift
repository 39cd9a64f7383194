import Core
import FoundationEssentials
import Rules
import Testing

@testable import Peers

@Suite struct TikTokSendTests {
  @Test(arguments: Fixture.all("tiktok-send"))
  func request(_ fixture: Fixture) throws {
    let field = try fixture.field()
    let access = ChannelAccess(
      base: "https://graph.example/v25.0", accountID: field["account"].text ?? "",
      token: Secret(field["token"].text ?? ""))
    func alias(_ to: Field) -> Alias {
      Alias(kind: to["kind"].text ?? "", value: to["value"].text ?? "", address: to["address"].text)
    }
    if let id = field["mark_read"].text {
      let requests = Channel.tiktok.markRead(id, alias(field["from"]), field["typing"].bool ?? false, access)
      return try fixture.expect(requests.isEmpty ? "nothing" : requests.map(\.text).joined(separator: "\n"))
    }
    let message = field["message"]
    let content =
      try message["content"].exists ? OutboundContent(message["content"]) : .text(message["text"].text ?? "")
    let outbound = OutboundMessage(
      id: message["id"].text ?? "", to: alias(message["to"]), content: content, replyTo: message["reply_to"].text)
    let text: String
    do throws(PeerError) {
      text = try Channel.tiktok.send(outbound, access).text
    } catch { text = error.line }
    try fixture.expect(text)
  }

  @Test(arguments: Fixture.all("tiktok-answer"))
  func answer(_ fixture: Fixture) throws {
    let response = HTTPResponse(try fixture.field())
    let text: String
    do throws(PeerError) {
      text = "accepted \(try Channel.tiktok.accepted(response).externalID)"
    } catch { text = error.line }
    try fixture.expect(text)
  }

  /// Fixtures/tiktok-answer/errors.tsv says what each code means with these words; `-` is nothing.
  @Test func everyCode() throws {
    let path = URL(filePath: #filePath).deletingLastPathComponent().path + "/Fixtures/tiktok-answer/errors.tsv"
    let rows = (readFile(path) ?? "").split(separator: "\n").dropFirst().map {
      $0.split(separator: "\t", omittingEmptySubsequences: false).map(String.init)
    }
    #expect(rows.count >= 20)
    for row in rows {
      let (code, words, status) = (row[0], row[1], try #require(Int(row[2])))
      let body: JSON = ["code": .number(code), "message": .string(words), "request_id": "R"]
      let response = HTTPResponse(status: status, body: body.bytes)
      let judgement = Channel.tiktok.judge(response)
      #expect(judgement?.consequence.text == row[3], "\(code) \(words)")
      #expect(judgement?.code == code)
      let advice = judgement?.advice ?? "-"
      #expect(row[4] == "-" ? advice == "-" : advice.contains("tistis channels resume"), "\(code): \(advice)")
      #expect(throws: PeerError.self) { try Channel.tiktok.accepted(response) }
    }
  }

  /// Without a code: what certainly was not taken has a consequence, the rest is in doubt.
  @Test(arguments: [
    (200, nil), (500, nil), (502, nil), (408, nil), (401, "stop"), (403, "stop"), (429, "slow app 10"),
    (404, "final"),
  ])
  func withoutTikToksWords(_ status: Int, _ consequence: String?) {
    let judgement = Channel.tiktok.judge(HTTPResponse(status: status, body: Array("<html>".utf8)))
    #expect(judgement?.consequence.text == consequence)
  }
}
