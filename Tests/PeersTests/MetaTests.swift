import Core
import Peers
import Testing

@Suite struct MetaTests {
  private let secret = Secret("dev_meta_app_secret")
  private let body = Array(#"{"object":"whatsapp_business_account","entry":[]}"#.utf8)

  private func verify(_ header: String?, _ secrets: [Secret]) -> String {
    let request = Request("POST", "/", headers: header.map { ["x-hub-signature-256": $0] } ?? [:], body: body)
    do throws(Refusal) {
      try Channel.whatsapp.verify(request, secrets)
      return "accepted"
    } catch { return "\(error.status) \(error.sentence)" }
  }

  private var good: String { "sha256=" + hex(hmacSHA256(body, key: secret)) }

  @Test func acceptsEachCandidate() {
    #expect(verify(good, [secret]) == "accepted")
    #expect(verify(good, [Secret("other"), secret]) == "accepted")
    #expect(verify(good, [secret, Secret("other")]) == "accepted")
    // The same 32 bytes, written differently.
    #expect(verify("sha256=" + good.dropFirst(7).uppercased(), [secret]) == "accepted")
  }

  @Test func refusesEverythingElse() {
    let wrong = "403 the signature is wrong: of none of the 1 secrets configured"
    #expect(verify(good, [Secret("other")]) == wrong)
    #expect(verify("sha256=" + String(repeating: "0", count: 64), [secret]) == wrong)
    #expect(verify(nil, [secret]) == "403 the signature is missing: no X-Hub-Signature-256")
    #expect(verify("", [secret]) == "403 the signature is missing: no X-Hub-Signature-256")
    #expect(verify(String(good.dropLast(2)), [secret]) == "403 the signature is truncated: 62 of 64 hex digits")
    #expect(verify("sha256=", [secret]) == "403 the signature is truncated: 0 of 64 hex digits")
    let malformed = "403 the signature is malformed: expected 64 hex digits"
    #expect(verify(String(good.dropLast()), [secret]) == malformed)
    #expect(verify(good + "00", [secret]) == malformed)
    #expect(verify("sha256=" + String(repeating: "zz", count: 32), [secret]) == malformed)
    #expect(verify(String(good.dropFirst(7)), [secret]) == "403 the signature is malformed: expected sha256=")
    #expect(verify("sha1=" + good.dropFirst(7), [secret]) == "403 the signature is malformed: expected sha256=")
  }

  @Test func withoutASecretNothingIsAccepted() {
    let empty = "sha256=" + hex(hmacSHA256(body, key: Secret("")))
    #expect(verify(empty, []) == "503 no app secret is configured for this channel")
    #expect(verify(empty, [Secret("")]) == "503 no app secret is configured for this channel")
    #expect(verify(nil, []) == "503 no app secret is configured for this channel")
  }

  @Test func sharedSignaturesHold() {
    // Computed with openssl, so that a fault in our own HMAC cannot hide.
    let request = Request(
      "POST", "/",
      headers: ["x-hub-signature-256": "sha256=616795f7271d7a585ccdb6466db69317b87b52e1f6c1d755eea86b1e0b08d483"],
      body: Array("{\"a\":\"\\u00e1\\/\"}".utf8))
    #expect(throws: Never.self) { try Channel.whatsapp.verify(request, [Secret("dev_meta_app_secret")]) }
  }

  private func handshake(_ query: String, _ tokens: [Secret]) -> String {
    do throws(Refusal) {
      let response = try Channel.whatsapp.handshake(Request("GET", "/", query: query), tokens)
      return "\(response.status) \(String(decoding: response.body, as: UTF8.self))"
    } catch { return "\(error.status) \(error.sentence)" }
  }

  @Test func handshake() {
    let tokens = [Secret("otro"), Secret("dev_verify_token")]
    let good = "hub.mode=subscribe&hub.challenge=1158201444&hub.verify_token=dev_verify_token"
    #expect(handshake(good, tokens) == "200 1158201444")
    #expect(handshake("hub%2Emode=subscribe&hub.challenge=%31&hub.verify_token=dev%5Fverify_token", tokens) == "200 1")
    #expect(handshake(good, [Secret("otro")]) == "403 hub.verify_token is not ours")
    #expect(handshake(good, []) == "503 no verify token is configured for this channel")
    #expect(handshake(good, [Secret("")]) == "503 no verify token is configured for this channel")
    #expect(handshake(good.replacing("subscribe", with: "unsubscribe"), tokens) == "403 hub.mode is not subscribe")
    for missing in ["hub.mode", "hub.challenge", "hub.verify_token"] {
      let query = good.split(separator: "&").filter { !$0.hasPrefix(missing) }.joined(separator: "&")
      #expect(handshake(query, tokens) == "400 \(missing): expected a query parameter, found nothing")
    }
    #expect(handshake("", tokens).hasPrefix("400 "))
    let long = String(repeating: "1", count: 513)
    #expect(handshake(good.replacing("1158201444", with: long), tokens).hasPrefix("400 "))
  }
}
