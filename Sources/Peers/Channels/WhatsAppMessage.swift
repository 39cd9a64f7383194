import Core
import Rules

extension WhatsApp {
  /// One item of `messages[]`. Throws if it says neither who wrote nor what.
  static func readMessage(_ item: Field, _ place: WhatsAppPlace) throws(Refusal) -> InboundEvent {
    _ = try item.object()
    if item["group_id"].exists { return aside(item, place, "a group's message; groups are not served") }
    if isOwn(item, place) { return try readOwn(item, place) }
    var event = draft(item, place, number: item["from"], userID: item["from_user_id"], orOnly: true)
    let kind = kindOf(item)
    guard kind == .system || !event.aliases.isEmpty else { throw item["from"].expected("a number or user id") }
    try kind.read(item, into: &event)
    return event
  }

  /// What somebody at the business wrote with WhatsApp's own app, beside us (coexistence).
  static func readEcho(_ item: Field, _ place: WhatsAppPlace) throws(Refusal) -> InboundEvent {
    _ = try item.object()
    var event = draft(item, place, number: item["to"], userID: item["to_user_id"])
    try kindOf(item).read(item, into: &event)
    guard event.kind == .message else { return aside(item, place, "an echo of a \(typeOf(item))") }
    guard !event.aliases.isEmpty else { throw item["to"].expected("a number or user id") }
    event.kind = .echo
    event.wantsAnswer = false
    return event
  }

  /// One item of `calls[]`: `{id, from, to, event: connect | terminate, direction?}`. Somebody who calls is there to be
  /// written to; there is nothing to answer.
  static func readCall(_ item: Field, _ place: WhatsAppPlace) throws(Refusal) -> InboundEvent {
    _ = try item.object()
    guard item["event"].text == "connect", !isOwn(item, place), item["direction"].text != "BUSINESS_INITIATED" else {
      return aside(item, place, "a call's \(item["event"].text ?? "news")")
    }
    var event = draft(item, place, number: item["from"], userID: item["from_user_id"], orOnly: true)
    guard !event.aliases.isEmpty else { throw item["from"].expected("a number or user id") }
    event.kind = .call
    event.content = "[llamada]"
    event.contentType = "call"
    event.details = ["field": "calls"]
    return event
  }

  // MARK: Parts

  static func draft(
    _ item: Field, _ place: WhatsAppPlace, number: Field, userID: Field, orOnly: Bool = false
  ) -> InboundEvent {
    let raw = item.value ?? .null
    let person = WhatsAppPerson(number: number, userID: userID, contacts: place.contacts, orOnly: orOnly)
    let errors = item["errors"].exists ? item["errors"] : Field(place.errors ?? .null)
    return InboundEvent(
      kind: .message, accountID: place.accountID, externalID: Meta.externalID(item["id"], of: raw),
      aliases: person.aliases, profileName: person.name, at: Meta.instant(item["timestamp"]),
      replyTo: item["context"]["id"].loose.flatMap { $0.isEmpty ? nil : clipped($0, Limits.externalID) },
      errorCode: GraphFault(errors[0])?.code, details: details(item, errors, person), raw: raw)
  }

  /// What later steps need beside the text, under the names that WhatsApp gives it; media under `media`.
  private static func details(_ item: Field, _ errors: Field, _ person: WhatsAppPerson) -> JSON {
    let type = typeOf(item)
    let kind = kindOf(item)
    return .object([
      "type": .string(type),
      "media": kind.isMedia ? media(item[type], kind) : nil,
      "body": kind.isMedia || kind == .text ? nil : item[type].value,
      "context": item["context"].value,
      "referral": item["referral"].value,
      "identity": item["identity"].value,
      "username": person.username.map { .string($0) },
      "parent_user_id": item["from_parent_user_id"].value,
      "errors": errors.value,
    ])
  }

  /// Known, but nobody's message to us.
  static func aside(_ item: Field, _ place: WhatsAppPlace, _ why: String) -> InboundEvent {
    var event = draft(item, place, number: item["from"], userID: item["from_user_id"])
    event.kind = .unsupported
    event.aliases = []
    event.profileName = nil
    event.content = "[fuera de la conversación]"
    event.contentType = "unsupported"
    event.errorCode = nil
    event.details = .object(["fault": .string(why), "field": place.field.map { .string($0) }])
    return event
  }

  /// A message from our own number must never be answered, or we talk to ourselves for ever.
  static func isOwn(_ item: Field, _ place: WhatsAppPlace) -> Bool {
    guard !place.ownNumber.isEmpty, let from = item["from"].loose else { return false }
    return canonicalPhone(from) == place.ownNumber
  }

  private static func readOwn(_ item: Field, _ place: WhatsAppPlace) throws(Refusal) -> InboundEvent {
    item["to"].exists || item["to_user_id"].exists
      ? try readEcho(item, place) : aside(item, place, "sent by the business's own number")
  }
}
