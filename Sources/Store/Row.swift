import CPQ

/// libpq's result, freed with its last row.
final class Rows {
  private let result: OpaquePointer
  /// The query's name, for messages.
  let label: String
  let count: Int
  let columns: Int

  init(_ result: OpaquePointer, label: String) {
    self.result = result
    self.label = label
    count = Int(PQntuples(result))
    columns = Int(PQnfields(result))
  }
  deinit { PQclear(result) }

  /// What the server says it did: `COMMIT`, `UPDATE 3`.
  var tag: String { String(cString: PQcmdStatus(result)) }
  var affected: Int { Int(String(cString: PQcmdTuples(result))) ?? 0 }

  subscript(index: Int) -> Row { Row(rows: self, index: index) }

  func text(_ row: Int, _ column: Int) -> String? {
    guard PQgetisnull(result, Int32(row), Int32(column)) == 0, let start = PQgetvalue(result, Int32(row), Int32(column))
    else { return nil }
    let length = Int(PQgetlength(result, Int32(row), Int32(column)))
    return String(decoding: UnsafeRawBufferPointer(start: start, count: length), as: UTF8.self)
  }

  func name(_ column: Int) -> String { PQfname(result, Int32(column)).map { String(cString: $0) } ?? "" }
}

/// One row of an answer. Not to be kept: read its cells into a value.
public struct Row {
  let rows: Rows
  let index: Int

  /// The cell of a column, from 0. `.shape` if it is null and `T` is no Optional, or if it is not of that type.
  public func get<T: SQLValue>(_ column: Int) throws(StoreError) -> T {
    guard column >= 0, column < rows.columns else {
      throw .shape("\(rows.label): no column \(column), there are \(rows.columns)")
    }
    let text = rows.text(index, column)
    guard let value = T.read(text) else {
      let fault = text == nil ? "is null" : "is no \(T.self)"
      throw .shape("\(rows.label): column \(column) (\(rows.name(column))) \(fault)")
    }
    return value
  }
}
