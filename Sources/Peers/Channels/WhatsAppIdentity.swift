import Core
import Rules

/// People who go on under another name: a new number, a new user id. The event's aliases are all names of the one person,
/// the new ones first, so that the first of a kind is the one to answer to from now on.
extension WhatsApp {
  /// A message of type `system`: `{body, type, wa_id | new_wa_id, user_id, parent_user_id, identity}`. `user_changed_number`
  /// and `user_changed_user_id` name somebody anew; whatever names nobody new (`customer_identity_changed`) is a note.
  static func note(_ body: Field, into event: inout InboundEvent) {
    let what = body["type"].text ?? "sin detalle"
    event.kind = .system
    event.contentType = "system"
    event.content = body["body"].text.flatMap { $0.isEmpty ? nil : $0 } ?? "[aviso de WhatsApp: \(what)]"
    event.content = clipped(event.content, Limits.messageText)
    let number = body["new_wa_id"].exists ? body["new_wa_id"] : body["wa_id"]
    rename(&event, to: [number, body["user_id"]], from: event.aliases)
  }

  /// `{wa_id?, user_id: {previous, current}, parent_user_id?}` of the field `user_id_update`.
  static func readUserID(_ item: Field, _ place: WhatsAppPlace) throws(Refusal) -> InboundEvent {
    let raw = item.value ?? .null
    let known = [item["user_id"]["previous"], item["wa_id"]].compactMap { WhatsAppPerson.alias($0.loose) }
    var event = InboundEvent(
      kind: .system, accountID: place.accountID, externalID: Meta.hashed([raw, place.time ?? .null]), aliases: known,
      at: Meta.instant(item["timestamp"]) ?? Meta.instant(Field(place.time ?? .null)),
      content: "[aviso de WhatsApp: user_id_update]", contentType: "system",
      details: .object(["field": "user_id_update", "body": raw]), raw: raw)
    guard let current = item["user_id"]["current"].loose, !current.isEmpty else {
      throw item["user_id"]["current"].expected("a user id")
    }
    guard !known.isEmpty else { throw item["user_id"]["previous"].expected("a user id") }
    rename(&event, to: [item["user_id"]["current"]], from: known)
    return event
  }

  private static func rename(_ event: inout InboundEvent, to names: [Field], from known: [Alias]) {
    let new = names.compactMap { WhatsAppPerson.alias($0.loose) }
      .filter { name in !known.contains { $0.kind == name.kind && $0.value == name.value } }
    guard !new.isEmpty, !known.isEmpty else { return }
    event.kind = .identity
    event.aliases = new + known
  }
}
