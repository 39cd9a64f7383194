import CPQ

/// A statement and its parameters as text.
struct Command {
  /// Under which it is prepared; nil: not prepared.
  var name: String?
  var sql: String
  var values: [String?] = []
}

/// Several commands, one round trip, one sync: outside of a transaction they are one implicit transaction.
extension Connection {
  /// The result of the last command, after the server has said that all of them are committed.
  /// `timed`: whether a near deadline may be told to the server, which takes a statement of its own.
  func perform(_ commands: [Command], timed: Bool = true) throws(StoreError) -> Rows {
    for command in commands where command.values.contains(where: { $0?.utf8.contains(0) ?? false }) {
      throw .data(sqlstate: "22021", message: "\(command.name ?? "a statement") has a zero byte in a text parameter")
    }
    var answer = try pipeline(commands, timed)
    if case .refused(let complaint) = answer, complaint.stale, transactionOpen == nil {
      drop()
      answer = try pipeline(commands, timed)
    }
    switch answer {
    case .rows(let rows): return rows
    case .refused(let complaint):
      // The server was demoted: the next connection finds its successor.
      if complaint.sqlstate == "25006" { drop() }
      throw complaint.error
    }
  }

  private enum Answer {
    case rows(Rows)
    case refused(Complaint)
  }

  private func pipeline(_ commands: [Command], _ timed: Bool) throws(StoreError) -> Answer {
    let link = try open()
    let (limit, shorter) = try limits()
    // What each result will be the answer to: a name that was prepared, or nil for a statement that ran.
    var steps: [String?] = []
    for command in (timed ? shorter : []) + commands {
      if let name = command.name, settings.prepare {
        if !prepared.contains(name) {
          guard PQsendPrepare(link, name, command.sql, 0, nil) == 1 else { throw lost(link) }
          steps.append(name)
        }
        let sent = withCStrings(command.values) {
          PQsendQueryPrepared(link, name, Int32(command.values.count), $0, nil, nil, 0)
        }
        guard sent == 1 else { throw lost(link) }
      } else {
        let sent = withCStrings(command.values) {
          PQsendQueryParams(link, command.sql, Int32(command.values.count), nil, $0, nil, nil, 0)
        }
        guard sent == 1 else { throw lost(link) }
      }
      steps.append(nil)
    }
    guard PQpipelineSync(link) == 1 else { throw lost(link) }
    try flush(link, limit)
    return try collect(link, steps, limit, label: commands.last?.name ?? "")
  }

  /// Results up to the sync. Success is the sync itself: a constraint that is checked at commit fails only there.
  private func collect(
    _ link: OpaquePointer, _ steps: [String?], _ limit: Limit, label: String
  ) throws(StoreError) -> Answer {
    var step = 0
    var pauses = 0
    var complaint: Complaint?
    var last: Rows?
    while true {
      guard let result = try next(link, limit) else {
        pauses += 1
        // One between two results; more would mean that libpq and we disagree about what is under way.
        if pauses > steps.count + 2 { throw lost(link) }
        continue
      }
      switch PQresultStatus(result) {
      case PGRES_PIPELINE_SYNC:
        PQclear(result)
        breaker.answered()
        if let complaint { return .refused(complaint) }
        guard let last else {
          drop()
          throw .shape("\(label): no result")
        }
        return .rows(last)
      case PGRES_TUPLES_OK, PGRES_COMMAND_OK, PGRES_EMPTY_QUERY:
        if step < steps.count, let name = steps[step] { prepared.insert(name) }
        last = Rows(result, label: label)
      case PGRES_FATAL_ERROR:
        if complaint == nil { complaint = Complaint(result) }
        PQclear(result)
      case PGRES_PIPELINE_ABORTED:
        PQclear(result)
      default:
        PQclear(result)
        drop()
        throw .shape("\(label): COPY has no place here")
      }
      step += 1
    }
  }

  /// The next result; nil between the results of two commands.
  func next(_ link: OpaquePointer, _ limit: Limit) throws(StoreError) -> OpaquePointer? {
    while PQisBusy(link) == 1 {
      guard ready(PQsocket(link), within: limit) else { throw late(limit) }
      if PQconsumeInput(link) == 0 { throw lost(link) }
    }
    if let result = PQgetResult(link) {
      if PQstatus(link) == CONNECTION_BAD {
        PQclear(result)
        throw lost(link)
      }
      return result
    }
    if PQstatus(link) == CONNECTION_BAD { throw lost(link) }
    return nil
  }

  func flush(_ link: OpaquePointer, _ limit: Limit) throws(StoreError) {
    while true {
      let left = PQflush(link)
      if left == 0 { return }
      if left < 0 { throw lost(link) }
      // The server may have to be read before it goes on reading.
      guard ready(PQsocket(link), writing: true, within: limit) else { throw late(limit) }
      if PQconsumeInput(link) == 0 { throw lost(link) }
    }
  }

  private func late(_ limit: Limit) -> StoreError {
    drop()
    breaker.hung(after: limit.seconds, .now)
    return .unavailable("no answer within \(limit.text)")
  }

  /// The time limit of a call. When the request's deadline is nearer than the session's own limit, the server is told
  /// to stop a little earlier: it gives up the work too, and the connection survives.
  private func limits() throws(StoreError) -> (Limit, shorter: [Command]) {
    var usual: Double? = settings.statementTimeout > 0 ? settings.statementTimeout + 1 : nil
    if breaker.tripped { usual = min(usual ?? .infinity, Breaker.probeSeconds) }
    guard let left = try untilDeadline(), left < usual ?? .infinity else { return (Limit(seconds: usual), []) }
    let milliseconds = max(1, Int((left - min(0.25, left / 5)) * 1000))
    let shorter = Command(
      name: "tistis_time", sql: "select set_config('statement_timeout', $1, true)", values: [String(milliseconds)])
    return (Limit(seconds: left), [shorter])
  }
}
