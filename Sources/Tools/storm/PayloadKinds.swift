import Core
import TestSupport

/// What people do besides writing texts, in each platform's shape.
extension Payload {
  static let heart = "❤️"
  static let correction = "Corrijo: "

  static func selection(_ tag: Tag) -> String { "elige:\(tag.text)" }

  /// A button, a row of a list, a quick reply, an entry of a menu. TikTok has none of them.
  static func press(
    _ person: Person, _ names: Person.Names, _ tag: Tag, id: String, to shop: Shop, _ dice: inout Dice
  ) -> JSON {
    let title = JSON.string("Sí [[echo:Respuesta \(tag.text)]]")
    let choice = JSON.string(selection(tag))
    switch (shop.platform, dice.number(0...2)) {
    case (.whatsapp, 0):
      return whatsapp(person, names, id, "button", ["payload": choice, "text": title])
    case (.whatsapp, let n):
      let kind = n == 1 ? "button_reply" : "list_reply"
      let reply: JSON = ["id": choice, "title": title]
      return whatsapp(person, names, id, "interactive", .object(["type": .string(kind), kind: reply]))
    case (_, 0):
      return item(person, "message", ["mid": .string(id), "text": title, "quick_reply": ["payload": choice]], at: shop)
    default:
      return item(person, "postback", ["mid": .string(id), "title": title, "payload": choice], at: shop)
    }
  }

  /// A picture. `file` is the platform's id of it, or on Messenger and Instagram its address.
  static func photo(
    _ person: Person, _ names: Person.Names, _ tag: Tag, id: String, file: String, to shop: Shop
  ) -> JSON {
    switch shop.platform {
    case .whatsapp:
      return whatsapp(
        person, names, id, "image",
        ["id": .string(file), "mime_type": "image/jpeg", "caption": .string(words(tag))])
    case .instagram, .facebook:
      let picture: JSON = ["type": "image", "payload": ["url": .string(file)]]
      return item(person, "message", ["mid": .string(id), "attachments": [picture]], at: shop)
    case .tiktok:
      return tiktok(
        "im_receive_msg", person.id, shop,
        ["message_id": .string(id), "type": "image", "image": ["media_id": .string(file)]])
    }
  }

  /// What somebody does to a message of theirs, and the name under which it is kept: WhatsApp's has an id of its own.
  static func change(
    _ kind: Receipt.Kind, of about: String, by person: Person, _ names: Person.Names, _ tag: Tag, id: String,
    at shop: Shop
  ) -> (item: JSON, name: String) {
    let (target, words) = (JSON.string(about), JSON.string(correction + words(tag)))
    let now = Instant.now
    switch (kind, shop.platform) {
    case (.reaction, .whatsapp):
      return (whatsapp(person, names, id, "reaction", ["message_id": target, "emoji": .string(heart)]), id)
    case (.edit, .whatsapp):
      let text: JSON = ["type": "text", "text": ["body": words]]
      return (whatsapp(person, names, id, "edit", ["original_message_id": target, "message": text]), id)
    case (_, .whatsapp):
      return (whatsapp(person, names, id, "revoke", ["original_message_id": target]), id)
    case (.reaction, _):
      return (
        item(person, "reaction", ["mid": target, "action": "react", "emoji": .string(heart)], now, at: shop),
        "reaction:react:\(now.microseconds / 1000):\(person.id):\(about)"
      )
    case (.edit, _):
      return (item(person, "message_edit", ["mid": target, "text": words, "num_edit": 1], at: shop), "edit:1:\(about)")
    default:
      return (item(person, "message", ["mid": target, "is_deleted": true], at: shop), "delete:\(about)")
    }
  }

  /// That a message was delivered or read: on Messenger and TikTok everything until then.
  static func seen(_ sent: Sent, _ state: String, _ until: Instant, at shop: Shop) -> JSON {
    let moment = JSON.number(until.microseconds / 1000)
    let message = JSON.string(sent.wamid ?? "")
    func report(_ key: String, _ value: JSON) -> JSON {
      shop.platform.item(from: sent.person, to: shop.tenant.account, until, key, value)
    }
    switch (shop.platform, state) {
    case (.tiktok, _):
      return tiktok("im_mark_read_msg", sent.person, shop, ["read": ["last_read_timestamp": moment]])
    case (.instagram, _): return report("read", ["mid": message])
    case (_, "read"): return report("read", ["watermark": moment])
    default: return report("delivery", ["mids": [message], "watermark": moment])
    }
  }

  private static func item(
    _ person: Person, _ key: String, _ value: JSON, _ at: Instant = .now, at shop: Shop
  ) -> JSON {
    shop.platform.item(from: person.id, to: shop.tenant.account, at, key, value)
  }

  private static func tiktok(_ event: String, _ person: String, _ shop: Shop, _ said: KeyValuePairs<String, JSON>)
    -> JSON
  {
    var content = JSON.Members([
      .init("conversation_id", .string("c.\(person)==")), .init("timestamp", .number(Instant.now.microseconds / 1000)),
      .init("unique_identifier", .string(person)),
      .init("from_user", ["id": .string(person), "role": "personal_account"]),
      .init("to_user", ["id": .string(shop.tenant.account), "role": "business_account"]),
    ])
    content.pairs += said.map { JSON.Members.Pair($0.key, $0.value) }
    return [
      "client_key": "dev_tiktok_client_key", "event": .string(event), "create_time": .number(Instant.now.seconds),
      "user_openid": .string(shop.tenant.account), "content": .string(JSON.object(content).text),
    ]
  }
}
