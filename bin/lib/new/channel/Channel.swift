import Core
import Rules

/// @Name@, in the form that `bin/new` gave it: what it posts and takes has to be learnt from its own reference, and named
/// here with the date.
enum @Name@ {
  static let signatureHeader = "x-@name@-signature"
  /// We reflect nothing longer than this.
  private static let longestChallenge = 512

  /// `X-@Name@-Signature: <64 hex digits>`, HMAC-SHA256 of the raw bytes under the app's secret.
  static func verify(_ request: Request, _ secrets: [Secret]) throws(Refusal) {
    let secrets = secrets.filter { !$0.isEmpty }
    guard !secrets.isEmpty else { throw .unconfigured("no app secret is configured for this channel") }
    guard let header = request.headers[signatureHeader], !header.isEmpty else {
      throw .unsigned("the signature is missing: no \(signatureHeader)")
    }
    guard let given = bytes(hex: header), given.count == 32 else {
      throw .unsigned("the signature is malformed: expected 64 hex digits")
    }
    var genuine = false
    for secret in secrets where equalInConstantTime(hmacSHA256(request.body, key: secret), given) { genuine = true }
    guard genuine else {
      throw .unsigned("the signature is wrong: of none of the \(secrets.count) secrets configured")
    }
  }

  /// `GET ?challenge=…`: the challenge, and nothing else, is the body.
  static func handshake(_ request: Request, _ tokens: [Secret]) throws(Refusal) -> Response {
    guard let challenge = request.parameter("challenge"), !challenge.isEmpty,
      challenge.utf8.count <= longestChallenge
    else { throw .malformed(path: "challenge", fault: "expected 1 to \(longestChallenge) bytes") }
    return .text(challenge)
  }

  /// `{"account", "messages": [{"id", "from", "at", "text"}]}`.
  static func read(_ body: Field) throws(Refusal) -> [InboundEvent] {
    let account = body["account"].loose
    var events = [InboundEvent]()
    for item in try body["messages"].array().prefix(Limits.eventsPerPost) {
      let raw = item.value ?? .null
      var event = InboundEvent(
        kind: .unsupported, accountID: account, externalID: Meta.externalID(item["id"], of: raw),
        at: Meta.instant(item["at"]), content: "[mensaje no compatible]", contentType: "unsupported", raw: raw)
      if let from = item["from"].loose, let text = item["text"].text, text.contains(where: { !$0.isWhitespace }) {
        event.kind = .message
        event.aliases = [Alias(kind: "@name@", value: from)]
        event.content = clipped(text, Limits.messageText)
        event.contentType = "text"
        event.wantsAnswer = true
      }
      events.append(event)
    }
    return events
  }

  /// `POST {base}/{account}/messages`: to, text.
  static func send(_ message: OutboundMessage, _ through: ChannelAccess) throws(PeerError) -> HTTPRequest {
    do throws(ContentFault) { try message.content.check(ChannelLimits.of(.@name@)) } catch {
      throw .refused(code: error.code, sentence: error.sentence)
    }
    guard case .text(let text) = message.content else {
      throw .refused(code: "unsupported", sentence: "only text can be sent here")
    }
    guard !through.token.isEmpty, !through.accountID.isEmpty else {
      throw .unauthorised(code: "no_token", sentence: "no access token or account is stored for this channel")
    }
    return .post(
      "\(through.base)/\(through.accountID)/messages",
      headers: [.init("Authorization", "Bearer \(through.token.reveal())")],
      json: ["to": .string(message.to.address), "text": .string(text)])
  }

  /// 2xx with an `id` is the only proof that it took a message.
  static func accepted(_ response: HTTPResponse) throws(PeerError) -> Acceptance {
    let code = "http_\(response.status)"
    switch response.status {
    case 200...299:
      guard let id = Field((try? JSON.parse(response.body)) ?? .null)["id"].loose, !id.isEmpty else {
        throw .unparseable("HTTP \(response.status) without id")
      }
      return Acceptance(externalID: id)
    case 401, 403: throw .unauthorised(code: code, sentence: code)
    case 429: throw .throttled(after: retryAfter(response.headers), code: code, sentence: code)
    case 408, 500...: throw .unreachable(code, left: true)
    default: throw .refused(code: code, sentence: code)
    }
  }

  static func judge(_ response: HTTPResponse) -> SendJudgement? {
    let code = "http_\(response.status)"
    return switch response.status {
    case 200...299, 408, 500...: nil
    case 401, 403:
      SendJudgement(
        code: code, .stop,
        advice: "@Name@ does not accept the access token: make another, then tistis channels resume --token-file FILE.")
    case 429: SendJudgement(code: code, .slow(.number, after: 1))
    default: SendJudgement(code: code, .final)
    }
  }
}

extension Channel {
  public static let @name@ = Channel(
    name: .@name@,
    object: nil,
    signatureHeader: @Name@.signatureHeader,
    verify: @Name@.verify,
    handshake: @Name@.handshake,
    asksWithToken: false,
    read: @Name@.read,
    isSample: { _ in false },
    send: @Name@.send,
    markRead: { _, _, _, _ in [] },
    accepted: @Name@.accepted,
    judge: @Name@.judge,
    usage: { _ in nil },
    media: nil)
}
