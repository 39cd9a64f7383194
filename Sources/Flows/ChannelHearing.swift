import Core
import FoundationEssentials
import Peers
import Store

/// What a webhook program writes down of its accounts beside what arrives there: seldom, or every request would queue behind
/// the accounts' rows.
struct ChannelHearing {
  /// Seconds between two notes that an account was heard of, and between two of forged or wrongly signed requests.
  static let seconds = (heard: 60.0, failures: 1.0)
  static let most = 10_000

  private var heard: [UUID: Instant] = [:]
  private var failures: [UUID?: Int] = [:]
  private var written: Instant?
  private var heardShared: Instant?

  /// Those of the accounts that are due to be noted; they are taken for noted.
  mutating func due(_ connections: Set<UUID>, _ now: Instant) -> [UUID] {
    let due = connections.filter { id in heard[id].map { now - $0 >= Self.seconds.heard } ?? true }
    if heard.count + due.count > Self.most { heard.removeAll() }
    for id in due { heard[id] = now }
    return due.sorted { $0.text < $1.text }
  }

  /// Whether it is due to be noted that the webhook that all tenants share was heard of; it is taken for noted.
  mutating func dueShared(_ now: Instant) -> Bool {
    if let heardShared, now - heardShared < Self.seconds.heard { return false }
    heardShared = now
    return true
  }

  /// One more request that nobody's secret signed; how many of the tenant's (nil: of the webhook that all share) are due to
  /// be noted.
  mutating func failed(_ tenant: UUID?, _ now: Instant) -> Int? {
    failures[tenant, default: 0] += 1
    if let written, now - written < Self.seconds.failures { return nil }
    written = now
    return failures.removeValue(forKey: tenant)
  }
}

extension App {
  /// After these events were committed. What cannot be noted is noted another time.
  func noteHeard(_ events: [JSON], _ tenant: UUID) {
    let connections = Set(events.compactMap { Field($0)["connection_id"].text.flatMap { UUID(uuidString: $0) } })
    let due = hearing.due(connections, .now)
    guard !due.isEmpty else { return }
    do throws(StoreError) {
      try database.tenant(tenant).noteWebhooks(connections: due)
    } catch {
      log.warning("not_noted", ["why": error.sentence])
    }
  }

  /// A request in the platform's name that none of the tenant's secrets signed.
  func noteSignatureFailure(_ entry: ChannelEntry) {
    guard let count = hearing.failed(entry.tenant, .now) else { return }
    do throws(StoreError) {
      try database.tenant(entry.tenant).noteSignatureFailures(
        connections: entry.accounts.map(\.id), count: Int32(clamping: count))
    } catch {
      log.warning("not_noted", ["why": error.sentence])
    }
  }

  /// A request to the webhook that all tenants share, which none of the platform's secrets signed.
  func noteSharedFailure(_ channel: Channel) {
    guard let count = hearing.failed(nil, .now) else { return }
    do throws(StoreError) {
      try database.everyone.sharedWebhookRefused(channel: channel.name.rawValue, count: Int32(clamping: count))
    } catch {
      log.warning("not_noted", ["why": error.sentence])
    }
  }

  /// A genuine one, stored.
  func noteSharedHeard(_ channel: Channel) {
    guard hearing.dueShared(.now) else { return }
    do throws(StoreError) {
      try database.everyone.sharedWebhookHeard(channel: channel.name.rawValue)
    } catch {
      log.warning("not_noted", ["why": error.sentence])
    }
  }
}
