import Core
import FoundationEssentials
import Peers
import Rules
import Store

extension App {
  /// Stores what one POST brought for one tenant: one call, one transaction. Two that Postgres cannot order are repeated;
  /// if a value is refused, the batch is stored item by item and the culprit parked.
  func store(
    _ events: [JSON], _ channel: Channel, _ slug: String, _ tenant: UUID, _ request: Request
  ) throws(Refusal) {
    let started = Instant.now
    let log = log.with(["req": request.id, "tenant": slug])
    let batch = JSONText(JSON.array(events).text)
    let policy = JSONText(
      receivePolicy(
        delaySeconds: Double(settings.int(.answerDelayMilliseconds)) / 1000, asksNames: channel.profile != nil
      ).text)
    let scope = database.tenant(tenant)
    func say(_ messages: Int32, _ duplicates: Int32, _ reports: Int32, _ answers: Int32, parked: Int32 = 0) {
      log.info(
        "received",
        [
          "events": String(events.count), "messages": String(messages), "duplicates": String(duplicates),
          "reports": String(reports),
          "answers": String(answers), "parked": parked > 0 ? String(parked) : nil, "ms": milliseconds(since: started),
        ])
    }
    var singly = false
    for attempt in 1... {
      do throws(StoreError) {
        if singly {
          let r = try scope.receiveEventsSingly(
            channel: channel.name.rawValue, slug: slug, events: events.map(\.text), policy: policy,
            requestId: request.id)
          isUrgent = isUrgent || r.answers > 0
          say(r.messages, r.duplicates, r.reports, r.answers, parked: r.parked)
          return noteHeard(events, tenant)
        }
        let r = try scope.receiveEvents(events: batch, policy: policy, requestId: request.id)
        isUrgent = isUrgent || r.soonest ?? .infinity < Waking.urgent
        say(r.messages, r.duplicates, r.reports, r.answers)
        return noteHeard(events, tenant)
      } catch {
        log.warning("store", ["attempt": String(attempt), "why": error.sentence])
        switch error {
        case .serialization where attempt < 4: continue
        case .data where !singly, .conflict where !singly: singly = true
        // Class 54: too long for an index, too deep.
        case .rejected(let sqlstate, _) where !singly && sqlstate.hasPrefix("54"): singly = true
        default: throw error.refusal
        }
      }
    }
    throw .busy("the request could not be stored", after: 5)
  }
}

/// What `receive_events` is asked with. `asksNames`: the platform tells people's names only when it is asked.
func receivePolicy(delaySeconds: Double, asksNames: Bool = false) -> JSON {
  let debounce = Debounce(first: delaySeconds, subsequent: delaySeconds)
  return .object([
    "stale_seconds": .number(decimal(ReplyGate.staleAfter)), "first_delay_seconds": .number(decimal(debounce.first)),
    "next_delay_seconds": .number(decimal(debounce.subsequent)), "cap_seconds": .number(decimal(debounce.cap)),
    "asks_names": asksNames ? .bool(true) : nil,
  ])
}

/// A finite number as JSON writes it.
func decimal(_ value: Double) -> String { value == value.rounded() ? String(Int64(value)) : String(value) }
