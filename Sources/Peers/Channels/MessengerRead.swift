import Core
import Rules

extension Messenger {
  /// Reads `{"object", "entry": [{"id", "time", "messaging": [item], "standby": [item], "changes": [{"field", "value"}]}]}`,
  /// and what the dashboard and Meta's own examples make of it: a list of such bodies, entries or changes, and entries
  /// that are themselves a change.
  func read(_ body: Field) throws(Refusal) -> [InboundEvent] {
    let entries = try self.entries(body)
    var events = [InboundEvent]()
    for entry in entries {
      for event in readEntry(entry) {
        guard events.count < Limits.eventsPerPost else {
          throw .malformed(path: "$.entry", fault: "more than \(Limits.eventsPerPost) updates")
        }
        events.append(event)
      }
    }
    return events
  }

  private func entries(_ body: Field) throws(Refusal) -> [Field] {
    guard case .array? = body.value else {
      _ = try body.object()
      guard try body["object"].string() == object else { throw body["object"].expected("\"\(object)\"") }
      return try body["entry"].array()
    }
    var entries = [Field]()
    for item in body.items {
      if let object = item["object"].text, object != self.object {
        throw item["object"].expected("\"\(self.object)\"")
      }
      entries += item["entry"].exists ? try item["entry"].array() : [item]
    }
    return entries
  }

  private func readEntry(_ entry: Field) -> [InboundEvent] {
    let place = MessengerPlace(entry)
    let known = ["messaging", "standby", "changes"].filter { entry[$0].exists }
    if known.isEmpty {
      return entry["value"].exists ? readChange(entry, place) : [place.parked(entry, entry.expected("messaging"))]
    }
    return known.flatMap { key -> [InboundEvent] in
      guard case .array? = entry[key].value else {
        return [place.parked(entry[key], entry[key].expected("an array"))]
      }
      let items = entry[key].items.prefix(Limits.eventsPerPost + 1)
      switch key {
      case "changes": return items.flatMap { readChange($0, place) }
      case "standby": return items.flatMap { readItem(MessengerItem($0), place).map(\.inStandby) }
      default: return items.flatMap { readItem(MessengerItem($0), place) }
      }
    }
  }

  /// Instagram tells some news as changes, and the dashboard tests with them: either a whole item is the value, or what
  /// its key would hold, with `from` and `timestamp` among it. Comments, mentions and the feed are nobody's message to us.
  private func readChange(_ change: Field, _ place: MessengerPlace) -> [InboundEvent] {
    let value = change["value"]
    var place = place
    place.field = change["field"].text.flatMap(oneLine).map { clipped($0, 80) }
    guard case .object? = value.value else { return [place.parked(change, value.expected("an object"))] }
    if let item = MessengerItem(change: value, of: place.field) {
      let events = readItem(item, place)
      return place.field == "standby" ? events.map(\.inStandby) : events
    }
    return [place.aside(change, "a change of \(place.field ?? "no field") is no message")]
  }

  private func readItem(_ item: MessengerItem, _ place: MessengerPlace) -> [InboundEvent] {
    do throws(Refusal) {
      return try read(item, place)
    } catch { return [place.parked(item.whole, error)] }
  }
}

/// Where an item of a webhook was found.
struct MessengerPlace {
  /// The account that an entry names.
  var accountID: String?
  var time: Instant?
  /// Of a change.
  var field: String?

  init(_ entry: Field) {
    accountID = entry["id"].loose.flatMap { $0.isEmpty ? nil : $0 }
    time = Meta.instant(entry["time"])
  }

  /// What we cannot read, kept as it came together with the reason; named by its hash, since two different things about
  /// one message are two.
  func parked(_ item: Field, _ fault: Refusal) -> InboundEvent {
    kept(item, "[no se pudo leer]", fault.sentence, at: Meta.instant(item["timestamp"]))
  }

  /// Known, but nobody's message to us.
  func aside(_ item: Field, _ why: String) -> InboundEvent {
    kept(item, "[fuera de la conversación]", why, at: Meta.instant(item["timestamp"]) ?? time)
  }

  private func kept(_ item: Field, _ content: String, _ why: String, at: Instant?) -> InboundEvent {
    let raw = item.value ?? .null
    return InboundEvent(
      kind: .unsupported, accountID: accountID, externalID: Meta.hashed(raw), at: at, content: content,
      contentType: "unsupported",
      details: .object(["fault": .string(why), "field": field.map { .string($0) }]), raw: raw)
  }
}

extension InboundEvent {
  /// Another app of the business has the conversation: kept, and its to answer.
  fileprivate var inStandby: InboundEvent {
    var event = self
    event.isStandby = true
    event.wantsAnswer = false
    return event
  }
}
