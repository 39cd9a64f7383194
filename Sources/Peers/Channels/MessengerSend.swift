import Core
import Rules

extension Messenger {
  /// Characters of `metadata`, which an echo brings back.
  private static let longestMetadata = 1000

  /// `POST {base}/{account id}/messages`. Our id goes along as `metadata`: the echo of the message brings it back, which
  /// tells ours from what people and other apps write, and settles what a lost answer leaves open.
  func send(_ message: OutboundMessage, _ through: ChannelAccess) throws(PeerError) -> HTTPRequest {
    do throws(ContentFault) {
      try message.content.check(ChannelLimits.of(name))
    } catch { throw .refused(code: error.code, sentence: error.sentence) }
    guard message.id.utf8.count <= Self.longestMetadata else {
      throw .refused(code: "bad_id", sentence: "the message's id is longer than \(Self.longestMetadata) bytes")
    }
    if let replyTo = message.replyTo, !isPlatformID(replyTo) {
      throw .refused(code: "bad_reply_to", sentence: "the message to quote has no id of the platform's")
    }
    let body = try self.body(message.content, metadata: message.id.isEmpty ? nil : .string(message.id))
    // Instagram needs no type, except to say that a person typed.
    let type: JSON? = message.asHuman ? "MESSAGE_TAG" : name == .facebook ? "RESPONSE" : nil
    return try post(
      through, timeout: 30,
      .object([
        "recipient": ["id": .string(try recipient(message.to))], "messaging_type": type,
        "tag": message.asHuman ? "HUMAN_AGENT" : nil,
        "reply_to": message.replyTo.map { ["mid": .string($0)] }, "message": body,
      ]))
  }

  /// Seen, and "typing…" for up to 20 s or until we send: two calls, for one takes nothing else along. They are about the
  /// conversation, so that no message has to be named.
  func markRead(_ from: Alias, _ typing: Bool, _ through: ChannelAccess) -> [HTTPRequest] {
    guard let person = try? recipient(from) else { return [] }
    return (typing ? ["mark_seen", "typing_on"] : ["mark_seen"]).compactMap { action in
      try? post(through, timeout: 10, ["recipient": ["id": .string(person)], "sender_action": .string(action)])
    }
  }

  /// Success is `{recipient_id?, message_id}`; the id alone proves it.
  func accepted(_ response: HTTPResponse) throws(PeerError) -> Acceptance {
    guard let id = try errors.accepted(response)["message_id"].loose, !id.isEmpty else {
      throw .unparseable("HTTP \(response.status) without message_id")
    }
    return Acceptance(externalID: id)
  }

  private func post(_ through: ChannelAccess, timeout: Double, _ json: JSON) throws(PeerError) -> HTTPRequest {
    .post(
      try Self.url(through, through.accountID, "messages"), headers: [try Self.authorization(through)], json: json,
      timeout: timeout)
  }

  static func url(_ through: ChannelAccess, _ parts: String...) throws(PeerError) -> String {
    for part in parts where part.isEmpty || !part.utf8.allSatisfy(isPlain) {
      throw .unauthorised(code: "no_account", sentence: "no usable account id is stored for this channel")
    }
    return ([through.base] + parts).joined(separator: "/")
  }

  static func authorization(_ through: ChannelAccess) throws(PeerError) -> HTTPRequest.Header {
    guard !through.token.isEmpty else {
      throw .unauthorised(code: "no_token", sentence: "no access token is stored for this channel")
    }
    return .init("Authorization", "Bearer \(through.token.reveal())")
  }

  func recipient(_ to: Alias) throws(PeerError) -> String {
    guard to.kind == name.rawValue, !to.address.isEmpty else {
      throw .refused(
        code: "no_recipient", sentence: "\(name.rawValue) cannot write to an address of the kind \(to.kind)")
    }
    return to.address
  }

  private static func isPlain(_ c: UInt8) -> Bool {
    (48...57).contains(c) || (65...90).contains(c) || (97...122).contains(c) || "_-".utf8.contains(c)
  }
}
