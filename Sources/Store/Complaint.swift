import CPQ

/// The fields of an error as Postgres reports it.
struct Complaint {
  var sqlstate: String
  var message: String
  var detail: String?
  var hint: String?
  var context: String?
  var constraint: String?
  /// The function in Postgres' own source that raised it: the only part that no locale translates.
  var origin: String?
  /// In characters of the statement's text, from 1.
  var position: Int?

  init(_ result: OpaquePointer) {
    // PG_DIAG_…: the macros are character constants, which Swift does not import.
    func field(_ code: Unicode.Scalar) -> String? {
      PQresultErrorField(result, Int32(code.value)).map { String(cString: $0) }
    }
    sqlstate = field("C") ?? ""
    message = field("M") ?? String(cString: PQresultErrorMessage(result)).trimmedLine
    detail = field("D")
    hint = field("H")
    context = field("W")
    constraint = field("n")
    origin = field("R")
    position = field("P").flatMap { Int($0) }
  }

  /// The prepared statement is gone (a pooler gave us another session) or its result changed under it (a migration
  /// ran). Both are found before anything is executed, so a fresh connection may repeat the statement.
  var stale: Bool { sqlstate == "26000" || sqlstate == "0A000" && origin == "RevalidateCachedQuery" }

  var error: StoreError {
    switch sqlstate {
    case "57014": .unavailable("the statement was cancelled at its time limit")
    case "25006": .unavailable("the server is read-only just now")
    case "23505", "23P01": .conflict(constraint: constraint ?? "")
    case "40001", "40P01": .serialization(message)
    default:
      switch sqlstate.prefix(2) {
      case "08", "53", "": .unavailable(message)
      case "57" where sqlstate.hasPrefix("57P0"): .unavailable(message)
      // Its message repeats the value, in the quotation marks of whatever language the server speaks.
      case "22": .data(sqlstate: sqlstate, message: "a value does not fit")
      case "23": .data(sqlstate: sqlstate, message: message)
      default: .rejected(sqlstate: sqlstate, message: message)
      }
    }
  }
}

extension String {
  /// The first line, without the severity that libpq puts before it.
  var trimmedLine: String {
    let line = split(separator: "\n").first.map(String.init) ?? self
    return line.hasPrefix("ERROR:  ") || line.hasPrefix("FATAL:  ") ? String(line.dropFirst(8)) : line
  }
}
