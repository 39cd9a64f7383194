import Core
import Peers

/// As `fuzzSignature`, for a header that names a time: TikTok signs `<t>.<body>`. However long ago that was, so that
/// what an input does is the same tomorrow.
func fuzzTikTokSignature(_ template: String, _ body: [UInt8], _ secrets: [Secret]) {
  let header = filled(template, signed(namedTime(in: template), body)) ?? ""
  let channel = Channel.tiktok(within: .infinity)
  let request = Request("POST", "/", headers: [channel.signatureHeader: header], body: body)
  let configured = secrets.filter { !$0.isEmpty }
  let canonical = canonicalTime(header)
  let right = configured.map { hex(hmacSHA256(signed(canonical ?? "", body), key: $0)) }
  let genuine = canonical.map { time in right.contains { "t=\(time),s=\($0)" == header } } ?? false
  do throws(Refusal) {
    try channel.verify(request, secrets)
    // Other spellings are welcome too; but nobody without the secret can write these digits for the time that is named.
    let time = namedTime(in: header)
    let digits = configured.map { hex(hmacSHA256(signed(time, body), key: $0)) }
    check(digits.contains { header.lowercased().contains($0) }, "accepted with \(header)")
  } catch {
    check(!genuine, "refused with the right signature: \(error.sentence)")
    switch error {
    case .unconfigured: check(configured.isEmpty, "unconfigured with \(configured.count) secrets")
    case .unsigned: check(!configured.isEmpty, "refused for its signature without a secret")
    default: check(false, "refused as \(error)")
    }
    let said = error.sentence
    check(said.utf8.count <= 120 && said.utf8.allSatisfy { $0 >= 0x20 && $0 < 0x7F }, "it leaks: \(said)")
    check(!right.contains { said.contains($0) } && !said.contains("dev_meta"), "it tells the signature: \(said)")
  }
}

private func signed(_ time: String, _ body: [UInt8]) -> [UInt8] { Array("\(time).".utf8) + body }

/// What stands behind the first part that is called t, without the spaces around it.
private func namedTime(in header: String) -> String {
  for part in header.split(separator: ",") {
    let pair = part.split(separator: "=", maxSplits: 1, omittingEmptySubsequences: false).map(trimmed)
    if pair.count == 2, pair[0] == "t" { return pair[1] }
  }
  return ""
}

/// The time of a header as TikTok itself writes it: `t=<ten digits>,s=…`; nil for any other spelling.
private func canonicalTime(_ header: String) -> String? {
  let bytes = Array(header.utf8)
  guard bytes.count == 79, header.hasPrefix("t="), (49...57).contains(bytes[2]),
    bytes[3..<12].allSatisfy({ (48...57).contains($0) }), bytes[12] == UInt8(ascii: ",")
  else { return nil }
  return String(decoding: bytes[2..<12], as: UTF8.self)
}

private func trimmed(_ text: Substring) -> String {
  String(text.drop(while: \.isWhitespace).reversed().drop(while: \.isWhitespace).reversed())
}
