import ArgumentParser
import FoundationEssentials

#if canImport(Glibc)
  import Glibc
#endif

@main
struct Sqlgen: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "sqlgen", abstract: "Turns sql/queries/*.sql into typed Swift.",
    discussion: """
      Postgres itself parses and types each statement, so the database named must have the schema of the same checkout.

      -- name: claimJobs :many          :one :maybe :many :exec (nothing) :count (rows affected)
      -- Comment lines here are its documentation.
      select id, count(*) as "total!"   "x!" is never null, "x?" may be; else NOT NULL columns are not, except in a
        from jobs where kind = :kind?   statement with an outer join, where every unmarked column may be null.
      """)

  @Option(help: "The database: a libpq connection string.") var dsn: String
  @Option(help: "The folder of the query files.") var queries = "sql/queries"
  @Option(help: "The folder of the generated files.") var out = "Sources/Store/Generated"
  @Flag(help: "Write nothing; exit 1 if a file is not as it would be written.") var check = false

  func run() throws {
    let server: Server
    do {
      server = try Server(dsn)
    } catch {
      complain(error.why)
      throw ExitCode(75)
    }
    let (wanted, faults) = try generate(server)
    if !faults.isEmpty {
      for fault in faults.sorted(by: { ($0.file, $0.line) < ($1.file, $1.line) }) { complain(fault.description) }
      throw ExitCode(1)
    }
    let folder = GeneratedFolder(path: out, wanted: wanted)
    if check {
      let differences = try folder.differences()
      for difference in differences { complain(difference) }
      if !differences.isEmpty {
        complain("run bin/sqlgen")
        throw ExitCode(1)
      }
    } else {
      for line in try folder.write() { print(line) }
    }
  }

  private func generate(_ server: Server) throws -> (files: [String: String], faults: [Fault]) {
    var files: [String: String] = [:]
    var faults: [Fault] = []
    var places: [String: String] = [:]
    for file in try FileManager.default.contentsOfDirectory(atPath: queries).filter({ $0.hasSuffix(".sql") }).sorted() {
      let path = queries + "/" + file
      let text = String(decoding: try Data(contentsOf: URL(filePath: path)), as: UTF8.self)
      let read = readQueries(text, file: path)
      faults += read.faults
      var emitter = Emitter(file: file)
      for query in read.queries {
        if let other = places.updateValue("\(path):\(query.line)", forKey: query.name) {
          faults.append(Fault(file: path, line: query.line, message: "\(query.name) is at \(other) already"))
        }
        do { emitter.queries.append((query, try server.describe(query))) } catch { faults.append(error) }
      }
      if emitter.queries.isEmpty { continue }
      do { files[swiftFile(file)] = try emitter.text() } catch { faults.append(error) }
    }
    return (files, faults)
  }
}

func complain(_ text: String) {
  let bytes = Array("sqlgen: \(text)\n".utf8)
  _ = bytes.withUnsafeBytes { write(2, $0.baseAddress, $0.count) }
}
