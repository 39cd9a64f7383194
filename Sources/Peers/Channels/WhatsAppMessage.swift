import Core
import Rules

extension WhatsApp {
  /// One item of `messages[]`. Throws if it says neither who wrote nor what.
  static func readMessage(_ item: Field, _ place: WhatsAppPlace) throws(Refusal) -> InboundEvent {
    _ = try item.object()
    let type = item["type"].text ?? guessedType(item)
    if item["group_id"].exists { return aside(item, place, "a group's message; groups are not served") }
    if isOwn(item, place) { return try readOwn(item, place) }

    var event = draft(item, place, number: item["from"], userID: item["from_user_id"], orOnly: true)
    if type == "system" { return system(item, event) }
    guard !event.aliases.isEmpty else { throw item["from"].expected("a number or user id") }
    switch type {
    case "reaction":
      event.kind = .reaction
      event.content = item["reaction"]["emoji"].text ?? ""
      event.contentType = "reaction"
      event.replyTo = try id(item["reaction"]["message_id"])
    case "edit":
      let edited = item["edit"]["message"]
      event.kind = .edit
      event.take(try content(edited, type: edited["type"].text ?? guessedType(edited)))
      event.wantsAnswer = false
      event.replyTo = try id(item["edit"]["original_message_id"])
    case "revoke":
      event.kind = .delete
      event.contentType = "revoke"
      event.replyTo = try id(item["revoke"]["original_message_id"])
    case "request_welcome":
      event.kind = .system
      event.content = "[abrió el chat por primera vez]"
      event.contentType = "system"
    default:
      event.take(try content(item, type: type))
    }
    return event
  }

  /// What somebody at the business wrote with WhatsApp's own app, beside us (coexistence).
  static func readEcho(_ item: Field, _ place: WhatsAppPlace) throws(Refusal) -> InboundEvent {
    _ = try item.object()
    let type = item["type"].text ?? guessedType(item)
    guard !["reaction", "edit", "revoke", "system"].contains(type) else {
      return aside(item, place, "an echo of a \(type)")
    }
    var event = draft(item, place, number: item["to"], userID: item["to_user_id"])
    guard !event.aliases.isEmpty else { throw item["to"].expected("a number or user id") }
    event.take(try content(item, type: type))
    event.kind = .echo
    event.wantsAnswer = false
    return event
  }

  // MARK: Parts

  private static func draft(
    _ item: Field, _ place: WhatsAppPlace, number: Field, userID: Field, orOnly: Bool = false
  ) -> InboundEvent {
    let raw = item.value ?? .null
    let person = WhatsAppPerson(number: number, userID: userID, contacts: place.contacts, orOnly: orOnly)
    return InboundEvent(
      kind: .message, accountID: place.accountID, externalID: Meta.externalID(item["id"], of: raw),
      aliases: person.aliases, profileName: person.name, at: Meta.instant(item["timestamp"]),
      replyTo: item["context"]["id"].loose.flatMap { $0.isEmpty ? nil : clipped($0, Limits.externalID) },
      details: details(item, place, person), raw: raw)
  }

  /// What later steps need beside the text, under the names that WhatsApp gives it; media under `media`.
  private static func details(_ item: Field, _ place: WhatsAppPlace, _ person: WhatsAppPerson) -> JSON {
    let type = item["type"].text ?? guessedType(item)
    let isMedia = mediaTypes.contains(type)
    return .object([
      "type": .string(type),
      "media": isMedia ? media(item[type], type) : nil,
      "body": isMedia || type == "text" ? nil : item[type].value,
      "context": item["context"].value,
      "referral": item["referral"].value,
      "identity": item["identity"].value,
      "username": person.username.map { .string($0) },
      "parent_user_id": item["from_parent_user_id"].value,
      "errors": item["errors"].value ?? place.errors,
    ])
  }

  private static func system(_ item: Field, _ draft: InboundEvent) -> InboundEvent {
    var event = draft
    event.kind = .system
    event.contentType = "system"
    let what = item["system"]["type"].text ?? "sin detalle"
    event.content = item["system"]["body"].text.flatMap { $0.isEmpty ? nil : $0 } ?? "[aviso de WhatsApp: \(what)]"
    event.content = clipped(event.content, Limits.messageText)
    return event
  }

  /// Known, but nobody's message to us.
  private static func aside(_ item: Field, _ place: WhatsAppPlace, _ why: String) -> InboundEvent {
    var event = draft(item, place, number: item["from"], userID: item["from_user_id"])
    event.kind = .unsupported
    event.aliases = []
    event.profileName = nil
    event.content = "[fuera de la conversación]"
    event.contentType = "unsupported"
    event.details = .object(["fault": .string(why), "field": place.field.map { .string($0) }])
    return event
  }

  /// A message from our own number must never be answered, or we talk to ourselves for ever.
  private static func isOwn(_ item: Field, _ place: WhatsAppPlace) -> Bool {
    guard !place.ownNumber.isEmpty, let from = item["from"].loose else { return false }
    return canonicalPhone(from) == place.ownNumber
  }

  private static func readOwn(_ item: Field, _ place: WhatsAppPlace) throws(Refusal) -> InboundEvent {
    item["to"].exists || item["to_user_id"].exists
      ? try readEcho(item, place) : aside(item, place, "sent by the business's own number")
  }

  private static func id(_ field: Field) throws(Refusal) -> String {
    guard let id = field.loose, !id.isEmpty else { throw field.expected("a message id") }
    return clipped(id, Limits.externalID)
  }

  /// A message that does not say its type is what it holds.
  static func guessedType(_ item: Field) -> String {
    knownTypes.first { item[$0].exists } ?? "unknown"
  }
}

extension InboundEvent {
  fileprivate mutating func take(_ content: WhatsAppContent) {
    self.content = clipped(content.text, Limits.messageText)
    contentType = content.type
    selection = content.selection
    wantsAnswer = content.wantsAnswer
  }
}
