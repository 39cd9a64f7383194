import Core
import Rules

extension TikTok {
  /// `POST {base}/business/message/send/`. One writes to a conversation that the person has begun; nothing of ours comes
  /// back with reports or echoes but TikTok's own id.
  static func send(_ message: OutboundMessage, _ through: ChannelAccess) throws(PeerError) -> HTTPRequest {
    do throws(ContentFault) {
      try message.content.check(ChannelLimits.of(.tiktok))
    } catch { throw .refused(code: error.code, sentence: error.sentence) }
    if let replyTo = message.replyTo, !isPlatformID(replyTo) {
      throw .refused(code: "bad_reply_to", sentence: "the message to quote has no id of TikTok's")
    }
    let (type, name, content) = try body(message.content)
    let quoted = type == "TEXT" ? message.replyTo : nil
    return try post(
      "business/message/send/", through,
      .object([
        "business_id": .string(through.accountID), "recipient_type": "CONVERSATION",
        "recipient": .string(try conversation(message.to)), "message_type": .string(type), name: content,
        "referenced_message_info": quoted.map { .object(["referenced_message_id": .string($0)]) },
      ]), timeout: 30)
  }

  private static func body(_ content: OutboundContent) throws(PeerError) -> (type: String, name: String, JSON) {
    switch content {
    case .text(let text): return ("TEXT", "text", .object(["body": .string(text)]))
    case .buttons(let frame, let options):
      let buttons = options.map { option -> JSON in
        ["type": "REPLY", "title": .string(option.title), "id": .string(option.id)]
      }
      return (
        "TEMPLATE", "template",
        .object(["type": "QA_BUTTON_CARD", "title": .string(frame.body), "buttons": .array(buttons)])
      )
    case .media(let media):
      guard case .id(let id) = media.source else {
        throw .refused(code: "bad_media", sentence: "TikTok takes a picture by the id of its upload, not by an address")
      }
      return ("IMAGE", "image", .object(["media_id": .string(id)]))
    default: throw .refused(code: "unsupported", sentence: "TikTok shows no \(content.kind.rawValue)")
    }
  }

  /// Two calls: the conversation is read as a whole, and "typing…" lasts five seconds.
  static func markRead(
    _ externalID: String, _ from: Alias, _ typing: Bool, _ through: ChannelAccess
  ) -> [HTTPRequest] {
    (["MARK_READ"] + (typing ? ["TYPING"] : [])).compactMap { action -> HTTPRequest? in
      guard let conversation = try? conversation(from) else { return nil }
      return try? post(
        "business/message/send/", through,
        .object([
          "business_id": .string(through.accountID), "recipient_type": "CONVERSATION",
          "recipient": .string(conversation), "message_type": "SENDER_ACTION", "sender_action": .string(action),
        ]), timeout: 10)
    }
  }

  private static func conversation(_ to: Alias) throws(PeerError) -> String {
    guard to.kind == "tiktok", !to.address.isEmpty else {
      throw .refused(code: "no_recipient", sentence: "TikTok cannot write to an address of the kind \(to.kind)")
    }
    return to.address
  }

  // MARK: Requests

  static func post(
    _ path: String, _ through: ChannelAccess, _ json: JSON, timeout: Double
  ) throws(PeerError) -> HTTPRequest {
    .post("\(through.base)/\(path)", headers: [try token(through)], json: json, timeout: timeout)
  }

  static func token(_ through: ChannelAccess) throws(PeerError) -> HTTPRequest.Header {
    guard !through.token.isEmpty else {
      throw .unauthorised(code: "no_token", sentence: "no access token is stored for this channel")
    }
    guard !through.accountID.isEmpty else {
      throw .unauthorised(code: "no_account", sentence: "no open_id is stored for this channel")
    }
    return .init("Access-Token", through.token.reveal())
  }
}
