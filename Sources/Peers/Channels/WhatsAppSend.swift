import Core
import Rules

extension WhatsApp {
  private static let limits = ChannelLimits.of(.whatsapp)
  private static let longestOpaque = 512

  /// `POST {base}/{phone_number_id}/messages`. Our id goes along as `biz_opaque_callback_data`: each status brings it
  /// back, which settles what a lost answer leaves open.
  static func send(_ message: OutboundMessage, _ through: ChannelAccess) throws(PeerError) -> HTTPRequest {
    do throws(ContentFault) {
      try message.content.check(limits)
    } catch { throw .refused(code: error.code, sentence: error.sentence) }
    guard message.id.utf8.count <= longestOpaque else {
      throw .refused(code: "bad_id", sentence: "the message's id is longer than \(longestOpaque) bytes")
    }
    if let replyTo = message.replyTo, !isPlatformID(replyTo) {
      throw .refused(code: "bad_reply_to", sentence: "the message to quote has no id of WhatsApp's")
    }
    let recipient = try recipient(message.to)
    if case .template(let template) = message.content, template.category == .authentication,
      recipient.key == "recipient"
    {
      // Meta's 131062.
      throw .refused(code: "no_number", sentence: "a template of authentication needs a phone number")
    }
    let (type, content) = try body(message.content)
    return try post(
      through, timeout: 30,
      json: .object([
        "messaging_product": "whatsapp", "recipient_type": "individual", recipient.key: .string(recipient.value),
        "type": .string(type),
        "context": message.replyTo.map { .object(["message_id": .string($0)]) },
        "biz_opaque_callback_data": message.id.isEmpty ? nil : .string(message.id),
        type: content,
      ]))
  }

  /// The type's word, which is also the name of the member that holds it.
  private static func body(_ content: OutboundContent) throws(PeerError) -> (type: String, JSON) {
    switch content {
    case .text(let text): return ("text", .object(["preview_url": .bool(hasLink(text)), "body": .string(text)]))
    case .buttons(let frame, let options): return ("interactive", buttons(frame, options))
    case .list(let frame, let label, let sections): return ("interactive", list(frame, label, sections))
    case .link(let frame, let title, let url): return ("interactive", link(frame, title, url))
    case .form(let frame, let form): return ("interactive", flow(frame, form))
    case .locationRequest(let body): return ("interactive", locationRequest(body))
    case .template(let template): return ("template", json(template))
    case .media(let media): return (media.form.rawValue, json(media))
    case .location(let place): return ("location", json(place))
    case .contacts(let cards): return ("contacts", .array(cards.map { json($0) }))
    case .quickReplies, .cards:
      throw .refused(code: "unsupported", sentence: "WhatsApp has no form for \(content.kind.rawValue)")
    case .reaction(let target, let emoji):
      return ("reaction", .object(["message_id": .string(target), "emoji": .string(emoji)]))
    }
  }

  /// Blue ticks, and "typing…" for up to 25 s or until we send. nil for a message that has no id of WhatsApp's.
  static func markRead(_ externalID: String, _ typing: Bool, _ through: ChannelAccess) -> HTTPRequest? {
    guard isPlatformID(externalID) else { return nil }
    return try? post(
      through, timeout: 10,
      json: .object([
        "messaging_product": "whatsapp", "status": "read", "message_id": .string(externalID),
        "typing_indicator": typing ? .object(["type": "text"]) : nil,
      ]))
  }

  private static func post(_ through: ChannelAccess, timeout: Double, json: JSON) throws(PeerError) -> HTTPRequest {
    guard !through.token.isEmpty else {
      throw .unauthorised(code: "no_token", sentence: "no access token is stored for this channel")
    }
    let plain = through.accountID.utf8.allSatisfy { c in
      (48...57).contains(c) || (65...90).contains(c) || (97...122).contains(c) || "_-".utf8.contains(c)
    }
    guard plain, !through.accountID.isEmpty else {
      throw .unauthorised(code: "no_account", sentence: "no usable phone_number_id is stored for this channel")
    }
    let token = through.token.reveal()
    return .post(
      "\(through.base)/\(through.accountID)/messages", headers: [.init("Authorization", "Bearer \(token)")], json: json,
      timeout: timeout)
  }

  /// Numbers as digits under `to`, user ids under `recipient`.
  private static func recipient(_ to: Alias) throws(PeerError) -> (key: String, value: String) {
    if to.kind == "whatsapp_user_id", !to.address.isEmpty { return ("recipient", to.address) }
    let digits = String(decoding: to.address.utf8.filter { (48...57).contains($0) }, as: UTF8.self)
    guard to.kind == "phone", !digits.isEmpty else {
      throw .refused(code: "no_recipient", sentence: "WhatsApp cannot write to an address of the kind \(to.kind)")
    }
    return ("to", digits)
  }

  private static func hasLink(_ text: String) -> Bool { text.contains("https://") || text.contains("http://") }
}
