import Core
import Peers
import Rules
import Store

extension App {
  /// A channel's webhook: `GET` asks whether the URL is ours, `POST` delivers. `…/whatsapp/{slug}` is one tenant's,
  /// `…/whatsapp` is shared by all. Nothing is acknowledged before it is committed.
  public func receive(_ channel: Channel, _ request: Request) throws(Refusal) -> Response {
    let words = request.path.split(separator: "/").map(String.init)
    guard let last = words.last else { throw .unknown("no such path") }
    return last == channel.name.rawValue && words.count == 3
      ? try receiveShared(channel, request) : try receive(channel, request, slug: last)
  }

  private func receive(_ channel: Channel, _ request: Request, slug: String) throws(Refusal) -> Response {
    switch request.method {
    case "GET":
      // Fresh: somebody has just entered the token and presses the platform's button.
      let entry = try channels.find(channel.name, slug, in: self, notOlderThan: ChannelDirectory.refetchSeconds)
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
    let placed = place(events, channel, entry, log)
    guard !placed.isEmpty else {
      log.info("received", ["events": String(events.count), "stored": "0", "ms": milliseconds(since: started)])
      return .json(["received": true])
    }
    try store(placed, channel, slug, entry.tenant, request)
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
      do throws(Refusal) {
        try channel.verify(request, entry.signing)
      } catch {
        noteSignatureFailure(entry)
        throw error
      }
      return entry
    }
  }

  /// Events with the connection they belong to. What names somebody else's account is dropped and said: a tenant's
  /// signature proves nothing about another tenant.
  private func place(_ events: [InboundEvent], _ channel: Channel, _ entry: ChannelEntry, _ log: Log) -> [JSON] {
    events.compactMap { event in
      let account = entry.account(event.accountID, business: event.businessID)
      if channel.isSample(event), account == nil || event.accountID == nil {
        log.info("test", ["kind": event.kind.rawValue])
        return nil
      }
      guard let account else {
        log.warning(
          "foreign_account", ["account": event.accountID ?? event.businessID, "kind": event.kind.rawValue])
        return nil
      }
      return event.row(connection: account.id)
    }
  }
}
