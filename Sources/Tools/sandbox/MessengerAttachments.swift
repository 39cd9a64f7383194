import Core

/// Files and templates in a message to Messenger or Instagram.
enum MessengerAttachments {
  /// Checks one and returns it as an echo tells it.
  static func check(_ item: Field, on channel: Account.Channel) throws(GraphError) -> JSON {
    let type = item["type"].text ?? ""
    let payload = item["payload"]
    switch type {
    case "image", "video", "audio", "file":
      guard payload["url"].exists != payload["attachment_id"].exists else {
        throw .invalid("(#100) Exactly one of payload[url] and payload[attachment_id] is needed", subcode: bad(channel))
      }
      if payload["url"].exists, payload["url"].text?.hasPrefix("http") != true {
        throw .invalid("(#100) Param payload[url] must be a valid URI", subcode: bad(channel))
      }
      return ["type": .string(type), "payload": ["url": payload["url"].value ?? "https://cdn.example/attachment"]]
    case "template": return try template(payload)
    case "like_heart", "MEDIA_SHARE":
      guard channel == .instagram else { break }
      return ["type": .string(type.lowercased())]
    default: break
    }
    throw .invalid(
      "(#100) Param attachment[type] must be one of {AUDIO, FILE, IMAGE, TEMPLATE, VIDEO}", subcode: bad(channel))
  }

  private static func bad(_ channel: Account.Channel) -> Int { channel == .facebook ? 2_018_109 : 2_534_037 }

  private static func template(_ payload: Field) throws(GraphError) -> JSON {
    switch payload["template_type"].text {
    case "button":
      _ = try payload["text"].within(640)
      try buttons(payload["buttons"], atLeast: 1)
    case "generic":
      guard (1...10).contains(payload["elements"].items.count) else {
        throw .invalid("(#100) payload[elements] must hold 1 to 10 elements")
      }
      for element in payload["elements"].items {
        _ = try element["title"].within(80)
        if element["subtitle"].exists { _ = try element["subtitle"].within(80) }
        guard ["subtitle", "image_url", "default_action", "buttons"].contains(where: { element[$0].exists }) else {
          throw .invalid("(#100) An element needs something beside its title")
        }
        if element["default_action"].exists { _ = try element["default_action"]["url"].within(2000) }
        if element["buttons"].exists { try buttons(element["buttons"], atLeast: 1) }
      }
    default: throw .invalid("(#100) Param payload[template_type] must be one of {BUTTON, GENERIC}")
    }
    return ["type": "template", "payload": payload.value ?? .null]
  }

  private static func buttons(_ buttons: Field, atLeast least: Int) throws(GraphError) {
    guard (least...3).contains(buttons.items.count) else {
      throw .invalid("(#100) Param \(buttons.parameter) must hold \(least) to 3 buttons")
    }
    for button in buttons.items {
      _ = try button["title"].within(20)
      switch button["type"].text {
      case "web_url":
        guard try button["url"].within(2000).hasPrefix("http") else {
          throw .invalid("(#100) A button's url must be a valid URI")
        }
      case "postback": _ = try button["payload"].within(1000)
      case "phone_number":
        guard try button["payload"].within(40).hasPrefix("+") else {
          throw .invalid("(#100) A phone number begins with +")
        }
      default:
        throw .invalid("(#100) Param \(button["type"].parameter) must be one of {PHONE_NUMBER, POSTBACK, WEB_URL}")
      }
    }
  }
}
