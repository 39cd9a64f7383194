/// What can go wrong between us and Postgres, named after what the reader should do about it.
/// No case carries the value of a parameter.
public enum StoreError: Error, Sendable, Equatable {
  /// No connection, or it was lost, or the deadline passed, or the server is full or shutting down (SQLSTATE 08, 53,
  /// 57P0x, 57014, 25006). A statement that was under way may or may not have been executed.
  case unavailable(String)
  /// A unique or exclusion constraint held (23505, 23P01): two must not both succeed and we are the second.
  case conflict(constraint: String)
  /// Postgres could not order two transactions (40001, 40P01). Nothing was done; the whole transaction can be repeated.
  case serialization(String)
  /// A value that the database refuses (22, the rest of 23). Sending it again will not help.
  case data(sqlstate: String, message: String)
  /// Everything else the server refused: a mistake of ours, a missing grant.
  case rejected(sqlstate: String, message: String)
  /// A row, or the number of rows, is not what the query promised.
  case shape(String)
}

extension StoreError {
  /// Whether the same call may succeed later.
  public var retryable: Bool {
    switch self {
    case .unavailable, .serialization: true
    case .conflict, .data, .rejected, .shape: false
    }
  }

  /// For a log line.
  public var sentence: String {
    switch self {
    case .unavailable(let why): "the database is unavailable: \(why)"
    case .conflict(let constraint): "the constraint \(constraint) holds: it is there already"
    case .serialization(let why): "the transaction has to be repeated: \(why)"
    case .data(let sqlstate, let message): "the database refused a value (\(sqlstate)): \(message)"
    case .rejected(let sqlstate, let message): "the database refused a statement (\(sqlstate)): \(message)"
    case .shape(let what): "the database's answer is not what was promised: \(what)"
    }
  }
}
