import CPQ

/// Postgres as parser and type checker: each statement is prepared and described, never run.
final class Server {
  struct Unreachable: Error { var why: String }

  struct Described {
    struct Column {
      var name: String
      var type: String
      var optional: Bool
    }
    /// Swift types in the order of the parameters.
    var parameters: [String]
    var columns: [Column]
  }

  private let link: OpaquePointer
  private var types: [Oid: String] = [:]

  init(_ dsn: String) throws(Unreachable) {
    guard let link = PQconnectdb(dsn) else { throw Unreachable(why: "out of memory") }
    guard PQstatus(link) == CONNECTION_OK else {
      let why = String(cString: PQerrorMessage(link))
      PQfinish(link)
      throw Unreachable(why: why)
    }
    PQsetNoticeProcessor(link, { _, _ in }, nil)
    self.link = link
  }

  deinit { PQfinish(link) }

  func describe(_ query: Query) throws(Fault) -> Described {
    let made = PQprepare(link, "", query.sql, 0, nil)
    defer { PQclear(made) }
    guard PQresultStatus(made) == PGRES_COMMAND_OK else { throw refused(query, made) }
    let shape = PQdescribePrepared(link, "")
    defer { PQclear(shape) }
    guard PQresultStatus(shape) == PGRES_COMMAND_OK else { throw refused(query, shape) }

    var parameters: [String] = []
    for (i, parameter) in query.parameters.enumerated() {
      let type = try swiftType(PQparamtype(shape, Int32(i)), query, "parameter :\(parameter.name)")
      parameters.append(type + (parameter.optional ? "?" : ""))
    }
    let reads = query.mode != .exec && query.mode != .count
    var columns: [Described.Column] = []
    for i in 0..<(reads ? PQnfields(shape) : 0) {
      columns.append(try column(shape, i, query))
    }
    if reads, columns.isEmpty { throw fault(query, "returns no rows: its mode is :exec or :count") }
    return Described(parameters: parameters, columns: columns)
  }

  private func column(_ shape: OpaquePointer?, _ i: Int32, _ query: Query) throws(Fault) -> Described.Column {
    var name = String(cString: PQfname(shape, i))
    if name == "?column?" { throw fault(query, "column \(i + 1) has no name: write `as name`") }
    var optional = query.hasOuterJoin || !notNull(PQftable(shape, i), PQftablecol(shape, i))
    if name.hasSuffix("!") || name.hasSuffix("?") { optional = name.removeLast() == "?" }
    let type = try swiftType(PQftype(shape, i), query, "column \(name)")
    guard let swift = swiftName(name) else { throw fault(query, "column \(name) cannot be a name in Swift") }
    return Described.Column(name: swift, type: type, optional: optional)
  }

  private func notNull(_ table: Oid, _ column: Int32) -> Bool {
    table != 0
      && ask("select attnotnull from pg_attribute where attrelid = \(table) and attnum = \(column)") == [["t"]]
  }

  /// The Swift type; what the store does not speak is an error and never a text by accident.
  private func swiftType(_ oid: Oid, _ query: Query, _ subject: String) throws(Fault) -> String {
    if let known = types[oid] { return known }
    let rows = ask(
      """
      with recursive base as (
        select oid, typname, typtype, typbasetype, typelem, typcategory from pg_type where oid = \(oid)
        union all
        select t.oid, t.typname, t.typtype, t.typbasetype, t.typelem, t.typcategory
          from pg_type t join base b on b.typtype = 'd' and t.oid = b.typbasetype)
      select b.typname, b.typtype, b.typcategory, e.typname, e.typtype
        from base b left join pg_type e on e.oid = b.typelem where b.typtype <> 'd'
      """)
    guard let row = rows.first else { throw fault(query, "\(subject) is of type \(oid), which is not in pg_type") }
    let isArray = row[2] == "A"
    let element = isArray ? (row[3], row[4]) : (row[0], row[1])
    let scalar = element.1 == "e" ? "String" : swiftTypes[element.0]
    guard let scalar, !isArray || arrayElements.contains(scalar) else {
      throw fault(query, "\(subject) is of type \(row[0]), which has no Swift type here: cast it")
    }
    types[oid] = isArray ? "[\(scalar)]" : scalar
    return types[oid] ?? scalar
  }

  private func ask(_ sql: String) -> [[String]] {
    let result = PQexec(link, sql)
    defer { PQclear(result) }
    return (0..<PQntuples(result)).map { row in
      (0..<PQnfields(result)).map { String(cString: PQgetvalue(result, row, $0)) }
    }
  }

  private func fault(_ query: Query, _ message: String) -> Fault {
    Fault(file: query.file, line: query.line, message: "\(query.name): \(message)")
  }

  /// Postgres' own words, at the line they are about.
  private func refused(_ query: Query, _ result: OpaquePointer?) -> Fault {
    func field(_ code: Unicode.Scalar) -> String? {
      PQresultErrorField(result, Int32(code.value)).map { String(cString: $0) }
    }
    var message = field("M") ?? String(cString: PQerrorMessage(link))
    if let detail = field("D") { message += "\n  detail: \(detail)" }
    if let hint = field("H") { message += "\n  hint: \(hint)" }
    var line = query.sqlLine
    if let position = field("P").flatMap({ Int($0) }) {
      line += query.sql.unicodeScalars.prefix(position - 1).count { $0 == "\n" }
    }
    return Fault(file: query.file, line: line, message: "\(query.name): \(message)")
  }
}

private let swiftTypes = [
  "int8": "Int64", "int4": "Int32", "int2": "Int16", "bool": "Bool", "float8": "Double", "float4": "Double",
  "text": "String", "varchar": "String", "bpchar": "String", "name": "String", "citext": "String",
  "uuid": "UUID", "numeric": "Numeric", "json": "JSONText", "jsonb": "JSONText", "timestamptz": "Instant",
  "bytea": "[UInt8]",
]
private let arrayElements: Set<String> = ["String", "UUID", "Int64", "Int32", "Instant"]
