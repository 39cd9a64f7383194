import Core
import Peers

/// The first byte is the number of secrets, the rest of the first line the header, the rest the body. `{0}` in a header
/// stands for the right digits under the first secret, `{1,40}` for 40 digits under the second, `{x}` for a stranger's,
/// and capitals are asked for by `{^0}`; a header of `-` is no header. One with `t=` is for TikTok.
func fuzzSignature(_ input: [UInt8]) {
  let lines = input.split(separator: 0x0A, maxSplits: 1, omittingEmptySubsequences: false)
  let body = lines.count == 2 ? Array(lines[1]) : []
  let secrets = Array(
    [Secret("dev_meta_app_secret"), Secret(""), Secret("another")].prefix(Int(lines[0].first ?? 3) % 4))
  let template = String(decoding: lines[0].dropFirst(), as: UTF8.self)
  // Only TikTok's form names a time; a body alone signs all others.
  if template.contains("t=") { return fuzzTikTokSignature(template, body, secrets) }
  let header = filled(template, body)

  let request = Request("POST", "/", headers: header.map { [Channel.whatsapp.signatureHeader: $0] } ?? [:], body: body)
  let configured = secrets.filter { !$0.isEmpty }
  let right = configured.map { hex(hmacSHA256(body, key: $0)) }
  let genuine = header.map { header in right.contains { Array("sha256=\($0)".utf8) == lowered(header) } } ?? false
  do throws(Refusal) {
    try Channel.whatsapp.verify(request, secrets)
    check(genuine, "accepted with \(header ?? "no header")")
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

/// The prefix is compared as it is, the digits in either case.
private func lowered(_ header: String) -> [UInt8] {
  let bytes = Array(header.utf8)
  return bytes.prefix(7) + bytes.dropFirst(7).map { (65...70).contains($0) ? $0 | 0x20 : $0 }
}

/// `signed`: what the digits are made of.
func filled(_ template: String, _ signed: [UInt8]) -> String? {
  guard template != "-" else { return nil }
  var out = ""
  var rest = template[...]
  // Each costs a signature; more than a few teach nothing.
  for _ in 0..<4 {
    guard let start = rest.firstIndex(of: "{") else { break }
    out += rest[..<start]
    guard let end = rest[start...].firstIndex(of: "}") else { return out + rest[start...] }
    let word = rest[rest.index(after: start)..<end].split(separator: ",")
    let key = word.first.map { $0.hasPrefix("^") ? $0.dropFirst() : $0 }
    let secret = key == "0" ? "dev_meta_app_secret" : key == "1" ? "another" : "a stranger's"
    let digits = hex(hmacSHA256(signed, key: Secret(secret)))
    let wanted = digits.prefix(word.count > 1 ? max(Int(word[1]) ?? 64, 0) : 64)
    out += word.first?.hasPrefix("^") == true ? wanted.uppercased() : String(wanted)
    rest = rest[rest.index(after: end)...]
  }
  return out + rest
}
