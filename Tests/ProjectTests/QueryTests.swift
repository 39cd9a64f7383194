import TestSupport
import Testing

/// SQL lives in sql/queries, is generated into Store, and is used.
@Suite struct QueryTests {
  struct Query {
    var name: String
    var file: String
  }

  static let files = Tree.files("sql/queries/", ".sql")

  static let queries = files.flatMap { file in
    Tree.read(file).matches(of: /(?m)^-- name: (\w+) :\w+$/).map { Query(name: String($0.output.1), file: file) }
  }

  /// `sql/queries/webhook_events.sql` → `Sources/Store/Generated/WebhookEvents.swift`.
  static func generated(_ file: String) -> String {
    let words = file.dropFirst("sql/queries/".count).dropLast(".sql".count).split { !$0.isLetter && !$0.isNumber }
    return "Sources/Store/Generated/" + words.map { $0.prefix(1).uppercased() + $0.dropFirst() }.joined() + ".swift"
  }

  @Test func everyQueryIsCalled() throws {
    let code = Tree.sources.filter { !$0.hasPrefix("Sources/C/") }.map(Tree.code).joined(separator: "\n")
    #expect(!Self.queries.isEmpty)
    for query in Self.queries {
      #expect(
        try code.firstMatch(of: Regex("\\.\(query.name)\\(")) != nil,
        "\(query.file): nobody calls \(query.name) → call it, or delete it and run bin/sqlgen")
    }
  }

  @Test func everyQueryHasItsOwnName() {
    let names = Self.queries.map(\.name)
    expectNone(
      Set(names.filter { name in names.count { $0 == name } > 1 }).sorted(),
      cure: "two queries have this name, and prepared statements are known by it: rename one")
  }

  @Test func generatedFilesAndQueryFilesBelongTogether() {
    let wanted = Set(Self.files.map(Self.generated))
    let present = Set(Tree.files("Sources/Store/Generated/"))
    expectNone(wanted.subtracting(present).map { "\($0) is missing" }, cure: "bin/sqlgen")
    expectNone(
      present.subtracting(wanted).map { "\($0) comes from no query file" }, cure: "bin/sqlgen removes what is stale")
    for query in Self.queries {
      #expect(
        Tree.read(Self.generated(query.file)).contains("func \(query.name)("),
        "\(query.name) is not in \(Self.generated(query.file)) → bin/sqlgen")
    }
  }

  @Test func onlyStoreSpeaksSQL() {
    let files = ["Flows", "Endpoints", "Peers", "Rules"].flatMap { Tree.files("Sources/\($0)/", ".swift") }
    #expect(!files.isEmpty)
    expectNone(
      files.flatMap { file in sql(in: Tree.code(file)).map { "\(file): \($0)" } },
      cure: "make it a query of sql/queries, run bin/sqlgen and call it by its name")
  }

  @Test func sqlIsRecognised() {
    #expect(sql(in: #"run("select id from jobs")"#).count == 1)
    #expect(sql(in: "run(\"\"\"\n  SELECT id,\n  name\n  FROM jobs\n  \"\"\")").count == 1)
    #expect(sql(in: #"a("insert into jobs values (1)"); b("update jobs set x = 1"); c("delete from jobs")"#).count == 3)
    #expect(sql(in: #"select(from: jobs); say("Select one from the list"); say("update the set")"#).isEmpty)
  }

  /// The string literals that look like a statement. A heuristic, for a habit is easier to keep than to regain.
  private func sql(in code: String) -> [String] {
    let statement =
      #/
      (?s) \b (?: (?:select|SELECT) \b .+ \b (?:from|FROM) \s+ [a-z_\(]
        | (?i: insert \s+ into | delete \s+ from) \s+ \w
        | (?i: update) \s+ \w+ \s+ (?i: set) \s+ \w+ \s* = )
      /#
    return code.matches(of: /"""[\s\S]*?"""|"(?:[^"\\\n]|\\.)*"/).map { String($0.output) }
      .filter { $0.firstMatch(of: statement) != nil }
  }
}
