import Core
import Peers
import Rules

/// What Anthropic may answer.
func fuzzClaude(_ input: [UInt8]) {
  let response = answer(input)
  do throws(PeerError) {
    let answer = try ClaudeAnswer.read(response)
    check((200...299).contains(response.status), "an answer of \(response.status) is read")
    check(answer.text.first?.isWhitespace != true && answer.text.last?.isWhitespace != true, "spaces around the text")
    guard case .array = answer.content else { return check(false, "the content is no list") }
    checkUsage(answer)
    switch answer.outcome {
    case .text(let text), .cut(let text): check(!text.isEmpty, "an empty text")
    case .tools(let uses): check(!uses.isEmpty, "tools without a tool")
    case .refused, .empty: break
    }
    checkReply(answer.text)
  } catch { checkError(error, response) }
}

/// What Graph and TikTok may answer to a message, and Graph to who asks for a name.
func fuzzGraph(_ input: [UInt8]) {
  let response = answer(input)
  checkAcceptance(of: .whatsapp, response)
  checkAcceptance(of: .facebook, response)
  checkAcceptance(of: .tiktok, response)
  do throws(PeerError) {
    let found = try Channel.instagram.profile?.found(response)
    check(
      found?.name.map { !$0.isEmpty && !$0.contains(where: \.isNewline) } ?? true, "a name of two lines, or of none")
    check(found?.picture.map { $0.hasPrefix("https://") } ?? true, "a picture that is not to be fetched safely")
  } catch { checkError(error, response) }
}

private func checkAcceptance(of channel: Channel, _ response: HTTPResponse) {
  do throws(PeerError) {
    let acceptance = try channel.accepted(response)
    check((200...299).contains(response.status), "an answer of \(response.status) is taken for a yes")
    check(!acceptance.externalID.isEmpty && !acceptance.externalID.utf8.contains(0), "accepted without an id")
    for alias in acceptance.aliases {
      check(!alias.value.isEmpty && !alias.address.isEmpty && alias.value.utf8.count <= 200, "an alias: \(alias)")
    }
  } catch { checkError(error, response) }
}

/// What Claude may write, on its way to a person.
func fuzzReply(_ input: [UInt8]) {
  guard let text = String(validating: input, as: UTF8.self), !text.utf8.contains(0) else { return }
  checkReply(text)
  for limit in [4, 40] {
    for part in split(clipped(text, 100 * limit), max: limit) {
      check(textLength(part) <= limit && !part.isEmpty, "a part of \(textLength(part)) units, at most \(limit)")
    }
  }
}

// MARK: Invariants

/// Every part leaves as one message that the channel takes.
private func checkReply(_ text: String) {
  for channel in [Channel.whatsapp, .facebook, .instagram, .tiktok] { checkReply(text, through: channel) }
}

private func checkReply(_ text: String, through channel: Channel) {
  let limits = ChannelLimits.of(channel.name)
  let to =
    channel.name == .whatsapp
    ? Alias(kind: "phone", value: "526311112222") : Alias(kind: channel.name.rawValue, value: "6842")
  let access = ChannelAccess(base: "https://graph.example/v25.0", accountID: "1", token: Secret("x"))
  for part in split(limits.shown(markdown: text), max: limits.textMax, count: { limits.length(String($0)) }) {
    let message = OutboundMessage(id: "m", to: to, content: .text(part))
    do throws(PeerError) {
      let request = try channel.send(message, access)
      guard let body = try? JSON.parse(request.body) else { return check(false, "a request that is no JSON") }
      let said = body["text"]?["body"] ?? body["message"]?["text"]
      check(said == .string(part), "the text changes on its way: \(part)")
    } catch { check(false, "a part that cannot be sent: \(error.sentence)") }
  }
  let options = [OutboundContent.Option(id: "a", title: clipped(text, 30)), .init(id: "b", title: "No")]
  let steps = ladder(.buttons(.init(body: text, footer: text), options), limits)
  check(!limits.inOneMessage || steps.count <= 1, "\(steps.count) messages where each counts against a limit")
  for part in steps {
    do throws(ContentFault) {
      try part.check(limits)
    } catch { check(false, "a step of the ladder that does not hold: \(error.sentence)") }
  }
}

private func checkUsage(_ answer: ClaudeAnswer) {
  let usage = answer.usage
  for count in [usage.input, usage.cacheWrite, usage.cacheWriteHour, usage.cacheRead, usage.output] {
    check((0...10_000_000).contains(count), "\(count) tokens")
  }
  let cost = usage.costUSD(ClaudeModel.named(answer.model))
  let parts = cost.split(separator: ".")
  check(parts.count == 2 && parts[1].utf8.count == 12 && Double(cost).map { $0 >= 0 } == true, "it costs \(cost)")
}

private func checkError(_ error: PeerError, _ response: HTTPResponse) {
  let said = error.code + ": " + error.sentence
  check(!(error.retryable && error.mightHaveArrived), "it may be repeated and may have arrived: \(said)")
  check(!error.sentence.utf8.contains(0), "a sentence with NUL: \(said)")
  check(!error.code.utf8.contains(0), "a code with NUL: \(said)")
  if case .throttled(let after?, _, _) = error { check(after.isFinite && after >= 0, "a wait of \(after) s") }
  var asked: Double?
  if case .throttled(let after, _, _) = error { asked = after }
  let delay = retryDelay(asked: asked, attempt: 3, jitter: 0.5)
  check(delay > 0 && delay <= 3600, "the next try in \(delay) s")
}

/// `{"status", "headers", "body"}`, where a body that is a string is sent as it is; anything else is the body of a 200.
private func answer(_ input: [UInt8]) -> HTTPResponse {
  guard let value = try? JSON.parse(input), case .object(let members) = value, let body = members["body"] else {
    return HTTPResponse(status: 200, body: input)
  }
  let headers: [JSON.Members.Pair] = if case .object(let pairs)? = members["headers"] { pairs.pairs } else { [] }
  let status = Field(value)["status"].integer.flatMap { (100...999).contains($0) ? Int($0) : nil } ?? 200
  var bytes = body.bytes
  if case .string(let text) = body { bytes = Array(text.utf8) }
  return HTTPResponse(
    status: status, headers: Dictionary(headers.map { ($0.key, Field($0.value).loose ?? "") }) { $1 }, body: bytes)
}
