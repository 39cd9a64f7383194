import Core
import Rules

/// Where an item of a webhook was found.
struct WhatsAppPlace {
  /// WhatsApp business account.
  var entryID: String?
  var time: JSON?
  /// Which kind of update it is; nil if the payload does not say.
  var field: String?
  var accountID: String?
  /// The business's own number, digits.
  var ownNumber: String
  var contacts: WhatsAppContacts
  /// Errors that Meta reports beside the items.
  var errors: JSON?

  init(entry: Field, change: Field) {
    let value = change["value"]
    entryID = entry["id"].loose
    time = entry["time"].value
    field = change["field"].text
    accountID = value["metadata"]["phone_number_id"].loose
    ownNumber = value["metadata"]["display_phone_number"].loose.map { canonicalPhone($0) } ?? ""
    contacts = WhatsAppContacts(value["contacts"])
    // They belong to the one message beside them. Copied to each of thousands they would cost gigabytes.
    let alone = value["messages"].items.count <= 1
    errors = value["errors"].items.isEmpty || !alone ? nil : value["errors"].value
  }
}

extension WhatsApp {
  /// Reads `{"object": "whatsapp_business_account", "entry": [{"id", "changes": [{"field", "value"}]}]}`.
  static func read(_ body: Field) throws(Refusal) -> [InboundEvent] {
    _ = try body.object()
    guard try body["object"].string() == "whatsapp_business_account" else {
      throw body["object"].expected("\"whatsapp_business_account\"")
    }
    var events = [InboundEvent]()
    for entry in try body["entry"].array() {
      for var event in readEntry(entry) {
        event.businessID = entry["id"].loose
        guard events.count < Limits.eventsPerPost else {
          throw .malformed(path: "$.entry", fault: "more than \(Limits.eventsPerPost) updates")
        }
        events.append(event)
      }
    }
    return events
  }

  private static func readEntry(_ entry: Field) -> [InboundEvent] {
    guard case .array? = entry["changes"].value else { return [parked(entry, entry["changes"].expected("an array"))] }
    return entry["changes"].items.flatMap { readChange($0, WhatsAppPlace(entry: entry, change: $0)) }
  }

  private static func readChange(_ change: Field, _ place: WhatsAppPlace) -> [InboundEvent] {
    let value = change["value"]
    guard case .object? = value.value else { return [parked(change, value.expected("an object"), place)] }
    switch place.field {
    case "messages", nil: return readMessages(change, place)
    case "smb_message_echoes": return items("message_echoes", of: change, place, readEcho)
    case "smb_app_state_sync": return items("state_sync", of: change, place, readContact)
    case "user_preferences": return items("user_preferences", of: change, place, readPreference)
    case "user_id_update": return items("user_id_update", of: change, place, readUserID)
    case "calls": return items("calls", of: change, place, readCall)
    case "history": return readHistory(change, place)
    default: return [readNotice(change, place)]
    }
  }

  /// What a field of one list holds; without it the change is kept raw.
  private static func items(
    _ name: String, of change: Field, _ place: WhatsAppPlace,
    _ read: (Field, WhatsAppPlace) throws(Refusal) -> InboundEvent
  ) -> [InboundEvent] {
    let events = list(change["value"][name], place, read)
    return events.isEmpty ? [readNotice(change, place)] : events
  }

  /// A value holds messages, statuses or errors; in practice one of them, but nothing promises that. Samples without
  /// `field` exist, and are read by what they hold.
  private static func readMessages(_ change: Field, _ place: WhatsAppPlace) -> [InboundEvent] {
    let value = change["value"]
    var events = list(value["messages"], place, readMessage)
    events += list(value["statuses"], place, readStatus)
    if events.isEmpty { events = list(value["errors"], place, readFailure) }
    return events.isEmpty ? [parked(change, value.expected("messages, statuses or errors"), place)] : events
  }

  /// The items of a list, each read on its own, so that a bad one harms nobody.
  static func list(
    _ items: Field, _ place: WhatsAppPlace, _ read: (Field, WhatsAppPlace) throws(Refusal) -> InboundEvent
  ) -> [InboundEvent] {
    guard items.exists else { return [] }
    guard case .array? = items.value else { return [parked(items, items.expected("an array"), place)] }
    return items.items.prefix(Limits.eventsPerPost + 1).map { item in
      do throws(Refusal) { return try read(item, place) } catch { return parked(item, error, place) }
    }
  }

  /// What we cannot read, kept as it came together with the reason; named by its hash, since two different things about
  /// one message are two.
  static func parked(_ item: Field, _ fault: Refusal, _ place: WhatsAppPlace? = nil) -> InboundEvent {
    let raw = item.value ?? .null
    return InboundEvent(
      kind: .unsupported, accountID: place?.accountID, externalID: Meta.hashed(raw),
      at: Meta.instant(item["timestamp"]), content: "[no se pudo leer]", contentType: "unsupported",
      details: .object(["fault": .string(fault.sentence), "field": place?.field.map { .string($0) }]), raw: raw)
  }
}
