import Core
import TestSupport

/// What the platforms post. An entry is one account's share of a POST; TikTok's is all of it.
enum Payload {
  static let ownNumber = "15550100000"
  private static let questions = [
    "¿Cuánto cuesta la limpieza?", "Hola 👋 ¿tienen cita mañana?", "Buenas, ¿dónde están?", "¿Aceptan tarjeta? \"Visa\"",
    "Quiero agendar\npara dos", "¿Abren los domingos? Ñandú",
  ]

  /// A text of somebody's, which asks Claude to name its tag in the answer.
  static func text(_ person: Person, _ names: Person.Names, _ tag: Tag, id: String, to shop: Shop) -> JSON {
    let text = words(tag)
    guard person.platform == .whatsapp else {
      return item(shop.platform.text(text, from: person.id, to: shop.tenant.account, id: id))
    }
    return whatsapp(person, names, id, "text", ["body": .string(text)])
  }

  static func words(_ tag: Tag) -> String {
    "\(questions[tag.serial % questions.count]) [[echo:Respuesta \(tag.text)]]"
  }

  static func whatsapp(_ person: Person, _ names: Person.Names, _ id: String, _ type: String, _ body: JSON) -> JSON {
    .object([
      "from": names == .userID ? nil : person.phone.map { .string($0) },
      "from_user_id": names == .phone ? nil : person.userID.map { .string($0) },
      "id": .string(id), "timestamp": .string(String(Instant.now.seconds)), "type": .string(type), type: body,
    ])
  }

  /// What somebody of the business wrote in the platform's own app.
  static func echo(_ person: Person, _ tag: Tag, id: String, of shop: Shop) -> JSON {
    let text = "Le atiende Ana, \(tag.text)"
    guard person.platform == .whatsapp else {
      return item(shop.platform.echo(text, to: person.id, of: shop.tenant.account, id: id))
    }
    return .object([
      "from": .string(ownNumber), "to": person.phone.map { .string($0) },
      "to_user_id": person.userID.map { .string($0) }, "id": .string(id),
      "timestamp": .string(String(Instant.now.seconds)), "type": "text", "text": ["body": .string(text)],
    ])
  }

  /// The echo of something that we sent, once more.
  static func echo(_ sent: Sent, of shop: Shop) -> JSON {
    item(
      shop.platform.echo(
        sent.text, to: sent.person, of: shop.tenant.account, id: sent.wamid, ours: sent.opaque, program: true))
  }

  /// The one item of a body; of TikTok's the body.
  private static func item(_ body: [UInt8]) -> JSON {
    let body = (try? JSON.parse(body)) ?? .null
    return Field(body)["entry"][0]["messaging"][0].value ?? body
  }

  static func contact(_ person: Person, _ names: Person.Names) -> JSON {
    .object([
      "profile": ["name": .string("Cliente \(person.number)")],
      "wa_id": names == .userID ? nil : person.phone.map { .string($0) },
      "user_id": names == .phone ? nil : person.userID.map { .string($0) },
    ])
  }

  /// A report about a message of ours that WhatsApp took.
  static func status(_ sent: Sent, _ state: String) -> JSON {
    let isID = sent.to.contains(".")
    return .object([
      "id": .string(sent.wamid ?? ""), "status": .string(state), "timestamp": .string(String(Instant.now.seconds)),
      "recipient_id": isID ? nil : .string(sent.to), "recipient_user_id": isID ? .string(sent.to) : nil,
      "biz_opaque_callback_data": sent.opaque.map { .string($0) },
    ])
  }

  /// One account's share of a POST. `name` is WhatsApp's: messages, statuses or message_echoes.
  static func entry(_ shop: Shop, _ items: [JSON], as name: String = "messages", contacts: [JSON] = []) -> JSON {
    let account = shop.tenant.account
    switch shop.platform {
    case .tiktok: return items[0]
    case .instagram, .facebook:
      return ["id": .string(account), "time": .number(Instant.now.microseconds / 1000), "messaging": .array(items)]
    case .whatsapp:
      let value: JSON = .object([
        "messaging_product": "whatsapp",
        "metadata": ["display_phone_number": .string(ownNumber), "phone_number_id": .string(account)],
        "contacts": contacts.isEmpty ? Optional<JSON>.none : .array(contacts),
        name: .array(items),
      ])
      let field = name == "message_echoes" ? "smb_message_echoes" : "messages"
      return ["id": "200000000000009", "changes": [["field": .string(field), "value": value]]]
    }
  }

  static func body(_ entries: [JSON], on platform: Platform) -> [UInt8] {
    switch platform {
    case .tiktok: return entries[0].bytes
    case .whatsapp: return (["object": "whatsapp_business_account", "entry": .array(entries)] as JSON).bytes
    case .facebook: return (["object": "page", "entry": .array(entries)] as JSON).bytes
    case .instagram: return (["object": "instagram", "entry": .array(entries)] as JSON).bytes
    }
  }
}
