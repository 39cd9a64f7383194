import Core
import TestSupport

/// What Meta posts.
enum Payload {
  static let ownNumber = "15550100000"
  private static let questions = [
    "¿Cuánto cuesta la limpieza?", "Hola 👋 ¿tienen cita mañana?", "Buenas, ¿dónde están?", "¿Aceptan tarjeta? \"Visa\"",
    "Quiero agendar\npara dos", "¿Abren los domingos? Ñandú",
  ]

  /// A text of somebody's, which asks Claude to name its tag in the answer.
  static func text(_ person: Person, _ names: Person.Names, _ tag: Tag, id: String) -> JSON {
    .object([
      "from": names == .userID ? nil : person.phone.map { .string($0) },
      "from_user_id": names == .phone ? nil : person.userID.map { .string($0) },
      "id": .string(id), "timestamp": .string(String(Instant.now.seconds)), "type": "text",
      "text": ["body": .string("\(questions[tag.serial % questions.count]) [[echo:Respuesta \(tag.text)]]")],
    ])
  }

  /// What somebody of the business wrote in WhatsApp's own app.
  static func echo(_ person: Person, _ tag: Tag, id: String) -> JSON {
    .object([
      "from": .string(ownNumber), "to": person.phone.map { .string($0) },
      "to_user_id": person.userID.map { .string($0) }, "id": .string(id),
      "timestamp": .string(String(Instant.now.seconds)), "type": "text",
      "text": ["body": .string("Le atiende Ana, \(tag.text)")],
    ])
  }

  static func contact(_ person: Person, _ names: Person.Names) -> JSON {
    .object([
      "profile": ["name": .string("Cliente \(person.number)")],
      "wa_id": names == .userID ? nil : person.phone.map { .string($0) },
      "user_id": names == .phone ? nil : person.userID.map { .string($0) },
    ])
  }

  /// A report about a message of ours that the platform took.
  static func status(_ sent: Sent, _ state: String) -> JSON {
    let isID = sent.to.contains(".")
    return .object([
      "id": .string(sent.wamid ?? ""), "status": .string(state), "timestamp": .string(String(Instant.now.seconds)),
      "recipient_id": isID ? nil : .string(sent.to), "recipient_user_id": isID ? .string(sent.to) : nil,
      "biz_opaque_callback_data": sent.opaque.map { .string($0) },
    ])
  }

  /// One account's share of a POST. `items`: messages, statuses or message_echoes.
  static func entry(
    _ phoneNumberID: String, _ items: [JSON], as name: String = "messages", contacts: [JSON] = []
  ) -> JSON {
    let value: JSON = .object([
      "messaging_product": "whatsapp",
      "metadata": ["display_phone_number": .string(ownNumber), "phone_number_id": .string(phoneNumberID)],
      "contacts": contacts.isEmpty ? Optional<JSON>.none : .array(contacts),
      name: .array(items),
    ])
    let field = name == "message_echoes" ? "smb_message_echoes" : "messages"
    return ["id": "200000000000009", "changes": [["field": .string(field), "value": value]]]
  }

  static func body(_ entries: [JSON]) -> [UInt8] {
    (["object": "whatsapp_business_account", "entry": .array(entries)] as JSON).bytes
  }
}
