import Core
import Testing

@testable import Peers

@Suite struct TikTokSignatureTests {
  private let secret = Secret("dev_tiktok_client_secret")
  private let body = Array(#"{"event":"im_receive_msg","content":"{\"type\":\"text\"}"}"#.utf8)
  private let sentAt = Instant(seconds: 1_790_001_234)

  private func verify(
    _ headers: [String: String], secrets: [Secret]? = nil, after: Double = 2, within: Double = 300
  ) -> String {
    let request = Request("POST", "/", headers: headers, body: body)
    do throws(Refusal) {
      try TikTok.verify(request, secrets ?? [secret], within: within, now: sentAt + after)
      return "accepted"
    } catch { return "\(error.status) \(error.sentence)" }
  }

  private func official(_ t: String = "1790001234", key: Secret? = nil) -> String {
    hex(hmacSHA256(Array("\(t).".utf8) + body, key: key ?? secret))
  }

  private func header(_ value: String) -> [String: String] { ["tiktok-signature": value] }

  @Test func acceptsEachCandidate() {
    let good = header("t=1790001234,s=\(official())")
    #expect(verify(good) == "accepted")
    #expect(verify(good, secrets: [Secret("other"), secret]) == "accepted")
    #expect(verify(header(" s=\(official().uppercased()) , t=1790001234 ")) == "accepted")
    // What may be added one day is left alone.
    #expect(verify(header("t=1790001234,s=\(official()),v=2")) == "accepted")
  }

  @Test func refusesEverythingElse() {
    let wrong = "403 the signature is wrong: of none of the 1 secrets configured"
    #expect(verify(header("t=1790001234,s=\(official(key: Secret("other")))")) == wrong)
    #expect(verify(header("t=1790001235,s=\(official())")) == wrong)
    #expect(verify([:]) == "403 the signature is missing: neither TikTok-Signature nor x-tiktok-signature")
    #expect(verify(header("")) == "403 the signature is missing: neither TikTok-Signature nor x-tiktok-signature")
    let malformed = "403 the signature is malformed: TikTok-Signature"
    #expect(verify(header("s=\(official())")) == malformed + " without t=")
    #expect(verify(header("t=1790001234")) == malformed + " without s=")
    #expect(verify(header(official())) == malformed + " without t=")
    #expect(verify(header("t=1790001234,t=1790001234,s=\(official())")) == malformed + " with two t=")
    #expect(verify(header("t=1790001234,s=\(official()),s=00")) == malformed + " with two s=")
    #expect(verify(header("t=,s=\(official(""))")) == malformed + " with an empty t=")
    #expect(verify(header("t,s=\(official())")) == malformed + " with an empty t=")
    #expect(
      verify(header("t=soon,s=\(official("soon"))")) == "403 the signature is malformed: its time is no unix time")
    #expect(
      verify(header("t=1790001234,s=zz")) == "403 the signature is malformed: expected 64 hex digits")
    #expect(
      verify(header("t=1790001234,s=\(official().dropLast(2))"))
        == "403 the signature is truncated: 62 of 64 hex digits")
    #expect(verify([:], secrets: []) == "503 no client secret is configured for this channel")
    #expect(verify([:], secrets: [Secret("")]) == "503 no client secret is configured for this channel")
  }

  @Test func theTimeIsSaidWhenItIsWrong() {
    let good = header("t=1790001234,s=\(official())")
    #expect(verify(good, after: 300) == "accepted")
    #expect(verify(good, after: -300) == "accepted")
    let question = "TIKTOK_SIGNATURE_SECONDS allows 300: is our clock right?"
    #expect(verify(good, after: 412) == "403 the signature is genuine but 412 s old; " + question)
    #expect(verify(good, after: -301) == "403 the signature is genuine but 301 s ahead of our clock; " + question)
    #expect(verify(good, after: 412, within: 500) == "accepted")
    // Of a forged one nothing is said about clocks.
    let forged = header("t=1790001234,s=\(official(key: Secret("other")))")
    #expect(verify(forged, after: 9999) == "403 the signature is wrong: of none of the 1 secrets configured")
  }

  @Test func theGuidesForm() {
    func guide(_ time: String?, _ digits: String) -> [String: String] {
      var headers = ["x-tiktok-signature": digits]
      headers["x-tiktok-timestamp"] = time
      return headers
    }
    func plain(_ time: String) -> String { hex(sha256(secret.revealBytes() + Array(time.utf8) + body)) }
    let good = plain("1790001234")
    #expect(verify(guide("1790001234", good)) == "accepted")
    #expect(verify(guide("1790001234", good), after: 301).hasPrefix("403 the signature is genuine but 301 s old"))
    #expect(
      verify(guide(nil, good)) == "403 the signature is malformed: x-tiktok-signature without x-tiktok-timestamp")
    #expect(
      verify(guide("1790001235", good)) == "403 the signature is wrong: of none of the 1 secrets configured")
    // No part of the body passes for a part of the time, nor the other way round.
    for time in ["17900012341", "179000123", "1790001234 ", "+790001234"] {
      #expect(
        verify(guide(time, plain(time))) == "403 the signature is malformed: its time is no unix time", "\(time)")
    }
    // Where both are there, TikTok's own decides.
    var both = guide("1790001234", good)
    both["tiktok-signature"] = "t=1790001234,s=\(String(repeating: "0", count: 64))"
    #expect(verify(both) == "403 the signature is wrong: of none of the 1 secrets configured")
  }

  /// Computed with openssl, so that a fault in our own HMAC cannot hide.
  @Test func sharedSignaturesHold() {
    let request = Request(
      "POST", "/",
      headers: [
        "tiktok-signature": "t=1790001234,s=97c8cb4c759e4f806c7d8ef61a08b0fc0e8a0c054e05cea6d2f45f0e821a78c5"
      ], body: Array("{\"a\":1}".utf8))
    #expect(throws: Never.self) {
      try TikTok.verify(request, [Secret("dev_tiktok_client_secret")], within: 300, now: sentAt)
    }
  }

  @Test func whatIsSigned() {
    func isSigned(_ headers: [String: String]) -> Bool {
      Channel.tiktok.isSigned(Request("POST", "/", headers: headers))
    }
    #expect(isSigned(["tiktok-signature": "x"]) && isSigned(["x-tiktok-signature": "x"]))
    #expect(!isSigned([:]) && !isSigned(["x-hub-signature-256": "x"]))
  }

  private func handshake(_ query: String, _ tokens: [Secret]) -> String {
    do throws(Refusal) {
      let response = try Channel.tiktok.handshake(Request("GET", "/", query: query), tokens)
      return "\(response.status) \(String(decoding: response.body, as: UTF8.self))"
    } catch { return "\(error.status) \(error.sentence)" }
  }

  @Test func handshakes() {
    let tokens = [Secret("dev_verify_token")]
    #expect(handshake("challenge=8a1b", []) == "200 8a1b")
    #expect(handshake("challenge=8a1b&verify_token=dev_verify_token", tokens) == "200 8a1b")
    #expect(handshake("challenge=8a1b&verify_token=other", tokens) == "403 verify_token is not ours")
    #expect(handshake("challenge=8a1b&verify_token=", [Secret("")]) == "403 verify_token is not ours")
    #expect(handshake("", tokens) == "400 challenge: expected a query parameter, found nothing")
    let long = String(repeating: "1", count: 513)
    #expect(handshake("challenge=\(long)", tokens) == "400 challenge: longer than 512 bytes")
  }
}
