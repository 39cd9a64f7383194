import Core

/// What TikTok checks before it takes a message (Business Messaging portal, as carried by public SDKs, November 2026).
enum TikTokRules {
  struct Send: Sendable {
    let conversation: String
    var action: String?
    var mediaID: String?
    var text = ""
    /// `type` and the part that bears its name, as an echo tells them.
    var content: JSON = [:]
  }

  static func check(_ body: Field) throws(TikTokError) -> Send {
    guard body["recipient_type"].text == "CONVERSATION" else {
      throw .parameter("recipient_type: must be CONVERSATION.")
    }
    guard let conversation = body["recipient"].text, !conversation.isEmpty else {
      throw .parameter("recipient: Missing data for required field.")
    }
    var send = Send(conversation: conversation)
    let parts = ["text", "image", "share_post", "template"]
    let given = parts.filter { body[$0].exists }
    let type = body["message_type"].text ?? ""
    if type != "SENDER_ACTION", given != [type.lowercased()] {
      throw .parameter("message_type: exactly the part that it names is needed.")
    }
    if body["referenced_message_info"].exists {
      _ = try text(body["referenced_message_info"]["referenced_message_id"], 1000)
    }
    switch type {
    case "TEXT": send.text = try text(body["text"]["body"], 6000)
    case "IMAGE": send.mediaID = try text(body["image"]["media_id"], 1000)
    case "SHARE_POST": _ = try text(body["share_post"]["item_id"], 1000)
    case "TEMPLATE": send.text = try card(body["template"])
    case "SENDER_ACTION":
      guard let action = body["sender_action"].text, ["TYPING", "MARK_READ"].contains(action) else {
        throw .parameter("sender_action: must be TYPING or MARK_READ.")
      }
      send.action = action
    default: throw .parameter("message_type: must be TEXT, IMAGE, SHARE_POST, TEMPLATE or SENDER_ACTION.")
    }
    let part = type.lowercased()
    send.content = ["type": .string(part), part: body[part].value ?? [:]]
    return send
  }

  private static func card(_ card: Field) throws(TikTokError) -> String {
    let type = card["type"].text ?? ""
    guard ["QA_BUTTON_CARD", "QA_LINK_CARD"].contains(type) else {
      throw .parameter("template.type: must be QA_BUTTON_CARD or QA_LINK_CARD.")
    }
    let title = try text(card["title"], 40)
    guard (1...3).contains(card["buttons"].items.count) else {
      throw .parameter("template.buttons: 1 to 3 are needed.")
    }
    for button in card["buttons"].items {
      guard button["type"].text == "REPLY" else { throw .parameter("template.buttons.type: must be REPLY.") }
      _ = try text(button["title"], type == "QA_BUTTON_CARD" ? 20 : 40)
      _ = try text(button["id"], 40)
    }
    return title
  }

  private static func text(_ field: Field, _ most: Int) throws(TikTokError) -> String {
    let name = field.path.dropFirst(2)
    guard let text = field.text, !text.isEmpty else { throw .parameter("\(name): Missing data for required field.") }
    guard text.unicodeScalars.count <= most else { throw .parameter("\(name): Longer than maximum length \(most).") }
    return text
  }
}
