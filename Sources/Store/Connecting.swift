import CPQ
import FoundationEssentials

/// Connecting without blocking. libpq's own time limit per host works only when it blocks, so a host that accepts and
/// then says nothing is left out here and the others are asked again.
extension Connection {
  /// Whether libpq understands a connection string; nobody is asked.
  public static func understands(_ dsn: String) -> Bool { (try? ConnectionOptions(dsn, ConnectionSettings())) != nil }

  func connect() throws(StoreError) -> OpaquePointer {
    var options = try ConnectionOptions(dsn, settings)
    let most = breaker.tripped ? min(settings.connectTimeout, Breaker.probeSeconds) : settings.connectTimeout
    let limit = Limit(seconds: min(most, try untilDeadline() ?? .infinity))
    while true {
      let (link, hung) = try attempt(options, limit)
      if let link { return link }
      options.leaveOut(hung)
      if options.hosts == 0 || limit.remaining == 0 {
        breaker.hung(after: limit.seconds, .now)
        throw .unavailable("no connection within \(limit.text)")
      }
    }
  }

  /// A connection, or the host that did not answer within its share of the time.
  private func attempt(
    _ options: ConnectionOptions, _ limit: Limit
  ) throws(StoreError) -> (OpaquePointer?, ConnectionOptions.Host) {
    let pairs = options.values.sorted { $0.key < $1.key }
    let started = withCStrings(pairs.map(\.key) + [nil]) { keys in
      withCStrings(pairs.map(\.value) + [nil]) { values in PQconnectStartParams(keys, values, 0) }
    }
    guard let link = started else { throw .unavailable("out of memory") }
    PQsetNoticeProcessor(link, { _, _ in }, nil)

    var host = ConnectionOptions.Host(link)
    var tried = 0
    var share = Limit(seconds: (limit.remaining ?? 0) / Double(max(1, options.hosts)))
    var wants = PGRES_POLLING_WRITING
    while PQstatus(link) != CONNECTION_BAD {
      guard
        ready(
          PQsocket(link), reading: wants != PGRES_POLLING_WRITING, writing: wants == PGRES_POLLING_WRITING,
          within: share)
      else {
        PQfinish(link)
        return (nil, host)
      }
      wants = PQconnectPoll(link)
      if wants == PGRES_POLLING_OK {
        guard PQsetnonblocking(link, 1) == 0, PQenterPipelineMode(link) == 1 else { break }
        return (link, host)
      }
      if wants == PGRES_POLLING_FAILED { break }
      let next = ConnectionOptions.Host(link)
      if next != host {
        host = next
        tried += 1
        share = Limit(seconds: (limit.remaining ?? 0) / Double(max(1, options.hosts - tried)))
      }
    }
    let why = String(cString: PQerrorMessage(link)).split(separator: "\n").joined(separator: "; ")
    PQfinish(link)
    throw .unavailable(why.isEmpty ? "no connection" : why)
  }
}

/// What libpq is told: the DSN's words and ours.
struct ConnectionOptions {
  struct Host: Equatable {
    var name: String
    var port: String
    init(_ link: OpaquePointer) {
      name = PQhost(link).map { String(cString: $0) } ?? ""
      port = PQport(link).map { String(cString: $0) } ?? ""
    }
  }

  private(set) var values: [String: String] = [:]
  private(set) var hosts = 1

  init(_ dsn: String, _ settings: ConnectionSettings) throws(StoreError) {
    var fault: UnsafeMutablePointer<CChar>?
    guard let parsed = PQconninfoParse(dsn, &fault) else {
      // libpq's message may quote the DSN, and with it the password.
      PQfreemem(fault)
      throw .unavailable("the connection string cannot be read")
    }
    defer { PQconninfoFree(parsed) }
    var entry = parsed
    while let key = entry.pointee.keyword {
      if let value = entry.pointee.val { values[String(cString: key)] = String(cString: value) }
      entry += 1
    }
    hosts = max(1, (values["hostaddr"] ?? values["host"] ?? "").split(separator: ",").count)

    if !settings.applicationName.isEmpty { values["application_name"] = settings.applicationName }
    values["client_encoding"] = "UTF8"
    // A pooler has to let these pass: `ignore_startup_parameters = options` in PgBouncer.
    let ours =
      "-c TimeZone=UTC -c DateStyle=ISO -c client_min_messages=warning"
      + " -c statement_timeout=\(Int(settings.statementTimeout * 1000))"
    values["options"] = [ours, values["options"] ?? ""].joined(separator: " ")
    // A peer that vanished without a word is noticed within half a minute.
    let alive = [
      "keepalives_idle": "15", "keepalives_interval": "5", "keepalives_count": "3", "tcp_user_timeout": "15000",
    ]
    values.merge(alive) { theirs, _ in theirs }
  }

  /// Takes one host out of the lists.
  mutating func leaveOut(_ host: Host) {
    let names = list(values["host"] ?? values["hostaddr"])
    let ports = list(values["port"])
    let index =
      names.indices.first { names[$0] == host.name && (ports.count < names.count || ports[$0] == host.port) } ?? 0
    for key in ["host", "hostaddr", "port"] {
      var items = list(values[key])
      guard items.count == names.count, !items.isEmpty else { continue }
      items.remove(at: index)
      values[key] = items.joined(separator: ",")
    }
    hosts -= 1
  }

  private func list(_ text: String?) -> [String] {
    text.map { $0.split(separator: ",", omittingEmptySubsequences: false).map(String.init) } ?? []
  }
}
