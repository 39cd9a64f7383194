import CPQ

/// Why a script stopped, and where.
struct ScriptFault: Error {
  /// Line and column from 1, if Postgres named a place in the text.
  var place: (line: Int, column: Int)?
  /// The number of the statement, from 1.
  var statement: Int
  var complaint: Complaint

  /// `file.sql:12:5: column "tenant" does not exist`, with detail, hint and context on lines of their own.
  func report(of file: String) -> String {
    let at = place.map { "\(file):\($0.line):\($0.column)" } ?? "\(file): statement \(statement)"
    var lines = ["\(at): \(complaint.message)"]
    if let detail = complaint.detail { lines.append("detail: \(detail)") }
    if let hint = complaint.hint { lines.append("hint: \(hint)") }
    if let context = complaint.context { lines.append("where: \(context)") }
    return lines.joined(separator: "\n").split(separator: "\n").joined(separator: "\n  ")
  }

  init(_ complaint: Complaint, statement: Int, in sql: String) {
    self.complaint = complaint
    self.statement = statement
    guard let position = complaint.position, position >= 1 else { return }
    let before = sql.unicodeScalars.prefix(position - 1)
    let line = before.reduce(1) { $1 == "\n" ? $0 + 1 : $0 }
    let column = before.reversed().prefix { $0 != "\n" }.count + 1
    place = (line, column)
  }
}

extension Connection {
  /// Runs a file of statements without parameters, as psql would; outside of a transaction all of it is one.
  /// An error says line and column, or the number of the statement, and what Postgres hints.
  public func script(_ sql: String) throws(StoreError) {
    guard let fault = try run(script: sql) else { return }
    if case .unavailable = fault.complaint.error { throw fault.complaint.error }
    throw .rejected(sqlstate: fault.complaint.sqlstate, message: fault.report(of: "script"))
  }

  /// The same; what the server complained about is the result.
  func run(script sql: String) throws(StoreError) -> ScriptFault? {
    if sql.utf8.contains(0) { throw .data(sqlstate: "22021", message: "the script has a zero byte") }
    let link = try open()
    let usual = settings.statementTimeout > 0 ? settings.statementTimeout + 1 : nil
    let limit = Limit(seconds: try untilDeadline() ?? usual)
    // Only outside of pipeline mode does libpq speak the protocol that takes several statements.
    guard PQexitPipelineMode(link) == 1, PQsendQuery(link, sql) == 1 else { throw lost(link) }
    try flush(link, limit)
    var done = 0
    var fault: ScriptFault?
    while let result = try next(link, limit) {
      defer { PQclear(result) }
      switch PQresultStatus(result) {
      case PGRES_FATAL_ERROR:
        if fault == nil { fault = ScriptFault(Complaint(result), statement: done + 1, in: sql) }
      case PGRES_COPY_IN, PGRES_COPY_OUT, PGRES_COPY_BOTH:
        drop()
        throw .shape("COPY from or to the client has no place in a script")
      default: done += 1
      }
    }
    guard PQenterPipelineMode(link) == 1 else { throw lost(link) }
    return fault
  }
}
