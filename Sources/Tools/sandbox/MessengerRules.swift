import Core

/// What Messenger and Instagram check before they take a message (Messenger Platform reference, read November 2026).
enum MessengerRules {
  /// What is left of a request that is in order.
  struct Send: Sendable {
    let recipient: String
    /// typing_on and the like; nil: a message.
    var action: String?
    var asHuman = false
    var text = ""
    /// What an echo tells of it.
    var echo = JSON.Members()
  }

  static func check(_ body: Field, on channel: Account.Channel) throws(GraphError) -> Send {
    try body.knowsOnly([
      "recipient", "messaging_type", "tag", "message", "sender_action", "payload", "reply_to", "notification_type",
      "access_token",
    ])
    let to = body["recipient"]
    guard let id = to["id"].loose ?? to["comment_id"].loose ?? to["user_ref"].loose, !id.isEmpty else {
      throw to.exists ? .invalid("(#100) Param recipient[id] must be a valid ID string") : .needed("recipient")
    }
    var send = Send(recipient: id)
    if body["sender_action"].exists {
      send.action = try action(body, channel)
      return send
    }
    send.asHuman = try isAsHuman(body)
    if body["reply_to"].exists, body["reply_to"]["mid"].text?.isEmpty != false { throw .needed("reply_to[mid]") }
    let message = body["message"]
    guard case .object? = message.value else { throw .needed("message") }
    try message.knowsOnly(["text", "attachment", "attachments", "quick_replies", "metadata"])
    let kinds = ["text", "attachment", "attachments"].filter { message[$0].exists }
    guard kinds.count == 1 else {
      throw .invalid("(#100) Exactly one of message[text], message[attachment] and message[attachments] is needed")
    }
    if message["metadata"].exists {
      send.echo["metadata"] = .string(try message["metadata"].within(1000))
    }
    if message["text"].exists {
      send.text = try text(message["text"], channel)
      send.echo["text"] = .string(send.text)
    } else {
      let items = message["attachment"].exists ? [message["attachment"]] : message["attachments"].items
      guard (1...10).contains(items.count) else { throw .invalid("(#100) 1 to 10 attachments are sent at once") }
      send.echo["attachments"] = .array(
        try items.map { (item) throws(GraphError) in try MessengerAttachments.check(item, on: channel) })
    }
    if message["quick_replies"].exists { try quickReplies(message["quick_replies"]) }
    return send
  }

  private static func action(_ body: Field, _ channel: Account.Channel) throws(GraphError) -> String {
    let action = body["sender_action"].text ?? ""
    guard !body["message"].exists else { throw .invalid("(#100) A sender action stands alone in its request") }
    switch action {
    case "typing_on", "typing_off", "mark_seen": return action
    case "react", "unreact":
      guard channel == .instagram else { break }
      guard body["payload"]["message_id"].text != nil else { throw .needed("payload[message_id]") }
      if action == "react", body["payload"]["reaction"].text == nil { throw .needed("payload[reaction]") }
      return action
    default: break
    }
    throw .invalid("(#100) Param sender_action must be one of {TYPING_ON, TYPING_OFF, MARK_SEEN}")
  }

  /// Whether it says that somebody typed it; other tags were withdrawn in 2026, and Instagram never had them.
  private static func isAsHuman(_ body: Field) throws(GraphError) -> Bool {
    let type = body["messaging_type"].text ?? "RESPONSE"
    guard ["RESPONSE", "UPDATE", "MESSAGE_TAG"].contains(type) else {
      throw .invalid("(#100) Param messaging_type must be one of {RESPONSE, UPDATE, MESSAGE_TAG}")
    }
    guard body["tag"].exists else {
      if type == "MESSAGE_TAG" { throw .needed("tag") }
      return false
    }
    guard type == "MESSAGE_TAG", body["tag"].text == "HUMAN_AGENT" else {
      throw .invalid("(#100) Invalid tag: only HUMAN_AGENT is known, with messaging_type MESSAGE_TAG")
    }
    return true
  }

  private static func text(_ field: Field, _ channel: Account.Channel) throws(GraphError) -> String {
    let text = try field.within(channel == .facebook ? 2000 : 10_000)
    guard channel == .facebook || text.utf8.count <= 1000 else {
      throw .invalid("(#100) Length of param message[text] must be less than or equal to 1000 bytes")
    }
    return text
  }

  private static func quickReplies(_ replies: Field) throws(GraphError) {
    guard (1...13).contains(replies.items.count) else {
      throw .invalid("(#100) message[quick_replies] must hold 1 to 13 elements")
    }
    for reply in replies.items {
      switch reply["content_type"].text {
      case "text":
        _ = try reply["title"].within(20)
        _ = try reply["payload"].within(1000)
      case "user_phone_number", "user_email": break
      default:
        throw .invalid("(#100) Param quick_replies[content_type] must be one of {TEXT, USER_PHONE_NUMBER, USER_EMAIL}")
      }
    }
  }
}

extension GraphError {
  /// As Messenger words it: the code stands in the message, and there is no `error_data`.
  static func invalid(_ message: String, subcode: Int? = nil) -> GraphError {
    GraphError(code: 100, subcode: subcode, title: message, bare: true)
  }

  static func needed(_ name: String) -> GraphError { invalid("(#100) The parameter \(name) is required") }
}

extension Field {
  /// A text that must be there, not empty and of at most so many characters.
  func within(_ most: Int) throws(GraphError) -> String {
    guard let text, !text.isEmpty else {
      throw .invalid("(#100) Param \(parameter) must be a non-empty UTF-8 encoded string")
    }
    guard text.unicodeScalars.count <= most else {
      throw .invalid("(#100) Length of param \(parameter) must be less than or equal to \(most)")
    }
    return text
  }
}
