import Core
import Rules

extension Messenger {
  /// `delivery: {mids?: […], watermark}`, Messenger's `read: {watermark}`, Instagram's `read: {mid}`. A watermark says it
  /// of everything that we sent to this person up to then.
  func readReports(_ item: MessengerItem, _ place: MessengerPlace, _ state: String) throws(Refusal) -> [InboundEvent] {
    _ = try item.body.object()
    let watermark = Meta.instant(item.body["watermark"])
    let mids = (item.body["mids"].items.prefix(Limits.eventsPerPost) + [item.mid]).compactMap { id($0) }
    let at = Meta.instant(item.timestamp) ?? watermark ?? place.time
    func report(_ id: String, upTo: Instant?) throws(Refusal) -> InboundEvent {
      var event = try draft(.status, item, place, id: id)
      event.at = at
      event.contentType = "status"
      event.status = StatusReport(state: state, upTo: upTo)
      return event
    }
    var events = [InboundEvent]()
    for mid in mids { events.append(try report(mid, upTo: nil)) }
    if let watermark {
      let name = item.named(state, String(watermark.microseconds / 1000), item.sender.loose)
      events.append(try report(name, upTo: watermark))
    }
    guard !events.isEmpty else { throw item.body["watermark"].expected("a watermark or message ids") }
    return events
  }
}
