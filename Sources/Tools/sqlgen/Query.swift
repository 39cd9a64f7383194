/// One `-- name:` block of a file in sql/queries.
struct Query {
  enum Mode: String, CaseIterable { case one, maybe, many, exec, count }

  struct Parameter: Equatable {
    /// As written after the colon.
    var name: String
    /// Marked `:name?` at least once.
    var optional: Bool
  }

  var file: String
  /// Of the header, from 1.
  var line: Int
  var name: String
  var mode: Mode
  /// The comment lines right below the header.
  var doc: [String] = []
  /// The line the statement starts on.
  var sqlLine = 0
  /// The statement with $1, $2… in place of its parameters.
  var sql = ""
  var parameters: [Parameter] = []
  /// With an outer join even a NOT NULL column of a table can come back null.
  var hasOuterJoin = false
}

/// A mistake in a query file, and where.
struct Fault: Error, Equatable, CustomStringConvertible {
  var file: String
  var line: Int
  var message: String
  var description: String { "\(file):\(line): \(message)" }
}

/// The queries of a file. What is wrong with one of them does not hide what is wrong with the next.
func readQueries(_ text: String, file: String) -> (queries: [Query], faults: [Fault]) {
  var queries: [Query] = []
  var bodies: [[Substring]] = []
  var faults: [Fault] = []
  var insideDoc = false
  for (i, line) in text.split(separator: "\n", omittingEmptySubsequences: false).enumerated() {
    if line.hasPrefix("-- name:") {
      do {
        queries.append(try readHeader(line, file: file, line: i + 1))
      } catch {
        faults.append(error)
        queries.append(Query(file: file, line: i + 1, name: "", mode: .exec))
      }
      bodies.append([])
      insideDoc = true
      continue
    }
    guard let last = queries.indices.last else {
      if !line.allSatisfy(\.isWhitespace), !line.hasPrefix("--"), !faults.contains(where: { $0.file == file }) {
        faults.append(Fault(file: file, line: i + 1, message: "a statement before the first `-- name:` line"))
      }
      continue
    }
    insideDoc = insideDoc && line.hasPrefix("--")
    if insideDoc {
      queries[last].doc.append(String(line.dropFirst(line.hasPrefix("-- ") ? 3 : 2)))
    } else if !bodies[last].isEmpty || !line.allSatisfy(\.isWhitespace) {
      if bodies[last].isEmpty { queries[last].sqlLine = i + 1 }
      bodies[last].append(line)
    }
  }
  for i in queries.indices where !queries[i].name.isEmpty {
    do {
      try fill(&queries[i], bodies[i].joined(separator: "\n"))
    } catch {
      faults.append(error)
      queries[i].name = ""
    }
  }
  return (queries.filter { !$0.name.isEmpty }, faults)
}

private func readHeader(_ text: Substring, file: String, line: Int) throws(Fault) -> Query {
  let words = text.dropFirst("-- name:".count).split(separator: " ")
  let modes = Query.Mode.allCases.map { ":" + $0.rawValue }.joined(separator: " ")
  guard words.count == 2, words[1].first == ":", let mode = Query.Mode(rawValue: String(words[1].dropFirst())) else {
    throw Fault(file: file, line: line, message: "expected `-- name: claimJobs :mode` with one of \(modes)")
  }
  let name = String(words[0])
  guard name.first?.isLowercase == true, isIdentifier(name), !name.contains("_"), !isKeyword(name) else {
    throw Fault(file: file, line: line, message: "\(name): a query's name is a Swift function's, like claimJobs")
  }
  return Query(file: file, line: line, name: name, mode: mode)
}

private func fill(_ query: inout Query, _ body: String) throws(Fault) {
  var scanner = Scanner(body)
  do {
    try scanner.run()
  } catch {
    throw Fault(file: query.file, line: query.sqlLine + error.line, message: "\(query.name): \(error.message)")
  }
  query.sql = scanner.statement
  query.parameters = scanner.parameters
  query.hasOuterJoin = scanner.hasOuterJoin
  if query.sql.isEmpty { throw Fault(file: query.file, line: query.line, message: "\(query.name) has no statement") }
}
