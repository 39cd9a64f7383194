import Core
import TestSupport
import Testing

/// What `tistis` refuses: which exit code, and what it says on standard error. `Fixtures/tistis-refusals.tsv`: arguments,
/// code, words of the sentence.
@Suite struct TistisRefusalTests {
  struct Case: Sendable, CustomTestStringConvertible {
    let arguments: String
    let code: Int32
    let words: String
    var testDescription: String { arguments }
  }

  static let cases = (readFile(World.root + "/Tests/EndToEnd/Fixtures/tistis-refusals.tsv") ?? "")
    .split(separator: "\n").dropFirst().map { line in
      let columns = line.split(separator: "\t", omittingEmptySubsequences: false).map(String.init)
      return Case(
        arguments: columns[0], code: Int32(columns.dropFirst().first ?? "") ?? -1,
        words: columns.count > 2 ? columns[2] : "?")
    }

  /// Standard output goes nowhere: a refusal is said where errors are.
  private func tistis(_ arguments: String, _ changes: [String: String] = [:]) async throws -> Said {
    let environment = World.current.environment(of: "tistis").merging(changes) { $1 }
    let values = environment.map { "\($0.key)='\($0.value)'" }.joined(separator: " ")
    return try await onThread {
      shell("env -i PATH=/usr/bin:/bin \(values) '\(World.current.programs)/tistis' \(arguments) 2>&1 >/dev/null")
    }
  }

  @Test func thereAreCases() { #expect(Self.cases.count > 50) }

  @Test(arguments: cases) func aRefusal(_ example: Case) async throws {
    let said = try await tistis(example.arguments)
    #expect(said.status == example.code, "\(said.output)")
    #expect(example.words.isEmpty || said.output.contains(example.words), "\(said.output)")
    // Without a database the same, where the arguments alone are wrong; else "try later".
    let away = try await tistis(example.arguments, ["DATABASE_URL": "host=/nowhere dbname=tistis user=nobody"])
    #expect(away.status == (example.code == 64 ? 64 : 75), "\(away.output)")
  }
}
