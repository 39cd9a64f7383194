import Core
import Peers
import Rules
import Store

extension App {
  /// A channel's webhook: `GET` asks whether the URL is ours, `POST` delivers. The last part of the path is the tenant's
  /// slug. Nothing is acknowledged before it is committed.
  public func receive(_ channel: Channel, _ request: Request) throws(Refusal) -> Response {
    guard let slug = request.path.split(separator: "/").last.map(String.init) else { throw .unknown("no such path") }
    switch request.method {
    case "GET":
      let entry = try channels.find(channel.name, slug, in: self)
      guard !entry.verifyTokens.isEmpty else {
        throw .unconfigured("no verify token is configured for \(channel.name.rawValue) of \(slug)")
      }
      return try channel.handshake(request, entry.verifyTokens)
    case "POST": return try deliver(channel, slug, request)
    default: throw .wrongMethod(allowed: ["GET", "POST"])
    }
  }

  private func deliver(_ channel: Channel, _ slug: String, _ request: Request) throws(Refusal) -> Response {
    let started = Instant.now
    let log = log.with(["req": request.id, "tenant": slug])
    let entry = try genuine(channel, slug, request, log)
    // From here on the bytes are the platform's own.
    let events = try channel.read(Field(try JSON.parse(request.body)))
    let placed = place(events, entry, log)
    guard !placed.isEmpty else {
      log.info("received", ["events": String(events.count), "stored": "0", "ms": milliseconds(since: started)])
      return .json(["received": true])
    }
    let result = try store(placed, channel, slug, entry, request)
    log.info(
      "received",
      [
        "messages": String(result.messages), "duplicates": String(result.duplicates), "reports": String(result.reports),
        "answers": String(result.answers), "parked": result.parked > 0 ? String(result.parked) : nil,
        "ms": milliseconds(since: started),
      ])
    return .json(["received": true])
  }

  /// Throws unless the request is signed with one of the tenant's secrets. They are fetched again once before a
  /// signature is refused, since somebody may just have changed one.
  private func genuine(
    _ channel: Channel, _ slug: String, _ request: Request, _ log: Log
  ) throws(Refusal) -> ChannelEntry {
    var entry = try channels.find(channel.name, slug, in: self)
    if isDevelopment, settings.flag(.allowUnsigned), request.headers[channel.signatureHeader] == nil {
      log.warning("unsigned_accepted", ["why": "development only"])
      return entry
    }
    do throws(Refusal) {
      guard !entry.signing.isEmpty else { throw .unconfigured("") }
      try channel.verify(request, entry.signing)
      return entry
    } catch {
      entry = try channels.find(channel.name, slug, in: self, notOlderThan: ChannelDirectory.refetchSeconds)
      guard !entry.signing.isEmpty else {
        throw .unconfigured("no app secret is configured for \(channel.name.rawValue) of \(slug)")
      }
      try channel.verify(request, entry.signing)
      return entry
    }
  }

  /// Events with the connection they belong to. What names somebody else's account is dropped and said: a tenant's
  /// signature proves nothing about another tenant.
  private func place(_ events: [InboundEvent], _ entry: ChannelEntry, _ log: Log) -> [JSON] {
    events.compactMap { event in
      guard let account = entry.account(event.accountID) else {
        log.warning("foreign_account", ["account": event.accountID, "kind": event.kind.rawValue])
        return nil
      }
      return event.row(connection: account.id)
    }
  }

  private typealias Stored = (messages: Int32, duplicates: Int32, reports: Int32, answers: Int32, parked: Int32)

  /// One call, one transaction. Two that Postgres cannot order are repeated; if a value is refused, the batch is stored
  /// item by item and the culprit parked.
  private func store(
    _ events: [JSON], _ channel: Channel, _ slug: String, _ entry: ChannelEntry, _ request: Request
  ) throws(Refusal) -> Stored {
    let batch = JSONText(JSON.array(events).text)
    let policy = JSONText(receivePolicy(delaySeconds: Double(settings.int(.answerDelayMilliseconds)) / 1000).text)
    let scope = database.tenant(entry.tenant)
    var singly = false
    for attempt in 1... {
      do throws(StoreError) {
        if singly {
          let r = try scope.receiveEventsSingly(
            channel: channel.name.rawValue, slug: slug, events: batch, policy: policy, requestId: request.id)
          return (r.messages, r.duplicates, r.reports, r.answers, r.parked)
        }
        let r = try scope.receiveEvents(events: batch, policy: policy, requestId: request.id)
        return (r.messages, r.duplicates, r.reports, r.answers, 0)
      } catch {
        log.warning("store", ["req": request.id, "tenant": slug, "attempt": String(attempt), "why": error.sentence])
        switch error {
        case .serialization where attempt < 4: continue
        case .data where !singly, .conflict where !singly: singly = true
        default: throw error.refusal
        }
      }
    }
    throw .busy("the request could not be stored", after: 5)
  }
}

/// The numbers that `receive_events` is asked with.
func receivePolicy(delaySeconds: Double) -> JSON {
  let debounce = Debounce(first: delaySeconds, subsequent: delaySeconds)
  return [
    "stale_seconds": .number(decimal(ReplyGate.staleAfter)), "first_delay_seconds": .number(decimal(debounce.first)),
    "next_delay_seconds": .number(decimal(debounce.subsequent)), "cap_seconds": .number(decimal(debounce.cap)),
  ]
}

/// A finite number as JSON writes it.
func decimal(_ value: Double) -> String { value == value.rounded() ? String(Int64(value)) : String(value) }
