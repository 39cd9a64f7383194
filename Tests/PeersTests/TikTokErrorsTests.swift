import Core
import FoundationEssentials
import Peers
import Rules
import Testing

@Suite struct TikTokErrorsTests {
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
