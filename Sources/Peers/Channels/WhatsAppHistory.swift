import Core
import Rules

/// What the owner's own app hands over when the number is connected beside it (coexistence): past messages, the address
/// book. Shapes as public implementations read them, November 2026; Meta's page shows no example.
extension WhatsApp {
  /// `{"history": [{"metadata": {phase, chunk_order, progress}, "threads": [{"id": customer, "messages": […]}], "errors"}]}`,
  /// and later `{"messages": […]}` under the same field: the files behind placeholders. Nothing of it is news, so none
  /// of it is ever read as a message of now.
  static func readHistory(_ change: Field, _ place: WhatsAppPlace) -> [InboundEvent] {
    let value = change["value"]
    var events = [InboundEvent]()
    for chunk in value["history"].items {
      // 2593109: the owner shares no history.
      events += list(chunk["errors"], place, readFailure)
      for thread in chunk["threads"].items {
        events += list(thread["messages"], place) { (item, place) throws(Refusal) in
          try readPast(item, place, customer: thread["id"], chunk: chunk["metadata"].value)
        }
      }
    }
    events += list(value["messages"], place) { (item, place) throws(Refusal) in
      try readPast(item, place, customer: Field(.null), chunk: nil)
    }
    return events.isEmpty ? [readNotice(change, place)] : events
  }

  /// One message of the past, of either side: it is ours if it is from the business's number, or from anybody but the
  /// thread's customer. `history_context.status` says what became of ours.
  private static func readPast(
    _ item: Field, _ place: WhatsAppPlace, customer: Field, chunk: JSON?
  ) throws(Refusal) -> InboundEvent {
    _ = try item.object()
    let theirs = customer.loose.map { canonicalPhone($0) } ?? ""
    let from = item["from"].loose.map { canonicalPhone($0) } ?? ""
    let ours = isOwn(item, place) || (place.ownNumber.isEmpty && !theirs.isEmpty && !from.isEmpty && from != theirs)
    let person = customer.exists ? customer : ours ? item["to"] : item["from"]
    var event = draft(item, place, number: person, userID: item[ours ? "to_user_id" : "from_user_id"])
    guard !event.aliases.isEmpty else { throw person.expected("a number or user id") }
    try kindOf(item).read(item, into: &event)
    guard event.kind == .message else { return aside(item, place, "a history's \(typeOf(item))") }
    event.kind = .history
    event.wantsAnswer = false
    event.outbound = ours
    event.add("chunk", chunk)
    event.add("history_context", item["history_context"].value)
    return event
  }

  /// `{type: "contact", action: add | remove, contact: {full_name, first_name, phone_number, user_id?, username?},
  /// metadata: {timestamp}}` of the field `smb_app_state_sync`: an entry of the owner's address book.
  static func readContact(_ item: Field, _ place: WhatsAppPlace) throws(Refusal) -> InboundEvent {
    guard item["type"].text == "contact" else { throw item["type"].expected("\"contact\"") }
    let contact = item["contact"]
    let person = WhatsAppPerson(
      number: contact["phone_number"], userID: contact["user_id"], contacts: WhatsAppContacts(Field(.null)))
    guard !person.aliases.isEmpty else { throw contact["phone_number"].expected("a number or user id") }
    let action = item["action"].text.flatMap(oneLine) ?? "add"
    let name = [contact["full_name"], contact["first_name"]].compactMap { $0.text.flatMap(oneLine) }.first
    let raw = item.value ?? .null
    return InboundEvent(
      kind: .contact, accountID: place.accountID, externalID: Meta.hashed(raw), aliases: person.aliases,
      profileName: action == "remove" ? nil : name.map { clipped($0, Limits.personName) },
      at: Meta.instant(item["metadata"]["timestamp"]), content: name ?? "[contacto]", contentType: "contact",
      selection: clipped(action, 40), details: ["field": "smb_app_state_sync"], raw: raw)
  }
}
