import Core
import Peers

/// The first line is a parameter's name, the rest a query. Without a second line all of it is the query.
func fuzzQuery(_ input: [UInt8]) {
  let lines = input.split(separator: 0x0A, maxSplits: 1, omittingEmptySubsequences: false)
  let name = lines.count == 2 ? String(decoding: lines[0], as: UTF8.self) : "hub.challenge"
  let query = String(decoding: lines[lines.count - 1], as: UTF8.self)

  let decoded = percentDecoded(query)
  check(decoded.utf8.elementsEqual(referenceDecoded(query).utf8), "decoded \(query) as \(decoded)")
  check(decoded.utf8.count <= query.utf8.count, "decoded it is longer: \(query)")
  check(percentDecoded(encoded(query)).utf8.elementsEqual(query.utf8), "encoded and decoded it differs: \(query)")
  let request = Request("GET", "/", query: query)
  // What browsers and platforms send is ASCII. Of the rest it is only asked that it harms nothing: a mark that combines
  // with the sign before it hides that sign from a reader of characters.
  let plain = query.utf8.allSatisfy { $0 < 0x80 }
  check(!plain || request.parameter(name) == referenceParameter(name, query), "\(name) of \(query)")

  // Whatever the name and value are, they are found among others.
  let hidden = Request("GET", "/", query: "\(encoded("x" + name))=1&&=&\(encoded(name))=\(encoded(query))&z")
  check(hidden.parameter(name)?.utf8.elementsEqual(query.utf8) == true || name.isEmpty, "\(name) is not found")
  checkHandshake(request)
  checkChallenge(request)
}

/// Only the right token makes us repeat the challenge, and nothing but the challenge.
private func checkHandshake(_ request: Request) {
  let tokens = [Secret("dev_verify_token"), Secret("")]
  let response: Response
  do throws(Refusal) {
    response = try Channel.whatsapp.handshake(request, tokens)
  } catch {
    check([400, 403].contains(error.status), "refused with \(error.status)")
    check(!error.sentence.contains("dev_verify_token"), "a refusal that tells the token")
    return
  }
  check(request.parameter("hub.verify_token") == "dev_verify_token", "accepted without our token")
  check(request.parameter("hub.mode") == "subscribe", "accepted without a subscription")
  check(response.status == 200 && !response.body.isEmpty && response.body.count <= 512, "an odd answer")
  check(request.parameter("hub.challenge").map { Array($0.utf8) } == response.body, "not the challenge")
  check(response.headers.contains { $0.1.hasPrefix("text/plain") }, "the challenge is not plain text")
}

/// TikTok's question needs no token; one that was sent must be ours.
private func checkChallenge(_ request: Request) {
  let tokens = [Secret("dev_verify_token"), Secret("")]
  let response: Response
  do throws(Refusal) {
    response = try Channel.tiktok.handshake(request, tokens)
  } catch {
    check([400, 403].contains(error.status), "refused with \(error.status)")
    check(!error.sentence.contains("dev_verify_token"), "a refusal that tells the token")
    return
  }
  check(request.parameter("verify_token") ?? "dev_verify_token" == "dev_verify_token", "accepted with another's token")
  check(response.status == 200 && !response.body.isEmpty && response.body.count <= 512, "an odd answer")
  check(request.parameter("challenge").map { Array($0.utf8) } == response.body, "not the challenge")
  check(response.headers.contains { $0.1.hasPrefix("text/plain") }, "the challenge is not plain text")
}

// MARK: A second way to read

private func referenceDecoded(_ text: String) -> String {
  var out = [UInt8]()
  var rest = Array(text.utf8)[...]
  while let c = rest.popFirst() {
    if c == UInt8(ascii: "%"), let byte = bytes(hex: String(decoding: rest.prefix(2), as: UTF8.self)), byte.count == 1 {
      out += byte
      rest = rest.dropFirst(2)
    } else {
      out.append(c == UInt8(ascii: "+") ? 0x20 : c)
    }
  }
  return String(decoding: out, as: UTF8.self)
}

private func referenceParameter(_ name: String, _ query: String) -> String? {
  for part in Array(query.utf8).split(separator: UInt8(ascii: "&")) {
    let sign = part.firstIndex(of: UInt8(ascii: "=")) ?? part.endIndex
    guard referenceDecoded(String(decoding: part[..<sign], as: UTF8.self)) == name else { continue }
    return referenceDecoded(String(decoding: part[sign...].dropFirst(), as: UTF8.self))
  }
  return nil
}

private func encoded(_ text: String) -> String {
  let digits = Array(hex(text.utf8).utf8)
  return String(
    decoding: (0..<digits.count / 2).flatMap { [UInt8(ascii: "%"), digits[2 * $0], digits[2 * $0 + 1]] }, as: UTF8.self)
}
