import FoundationEssentials
import TestSupport
import Testing

/// What one meets first: the verbs of bin/, the README, the top of the tree.
@Suite struct ScriptTests {
  /// Everything in bin/ that is run, as opposed to sourced, installed, filled in (bin/new) or given to another program (the
  /// peers of bin/bench).
  static let scripts = Tree.files("bin/").filter { file in
    !file.hasPrefix("bin/etc/") && !file.hasPrefix("bin/lib/new/channel/")
      && ![".sh", ".php", ".c", ".json"].contains { file.hasSuffix($0) }
  }

  @Test(arguments: scripts) func everyScriptExplainsItself(_ script: String) async throws {
    #expect(
      FileManager.default.isExecutableFile(atPath: Tree.path(script)), "\(script) cannot be run → chmod 755 \(script)")
    let lines = Tree.read(script).split(separator: "\n", omittingEmptySubsequences: false)
    try #require(lines.count > 2)
    #expect(lines[0].hasPrefix("#!"), "\(script) does not say who reads it → begin it with #!/usr/bin/env bash")
    let help = try #require(
      lines[1].firstMatch(of: /^# (\S.*[.:])$/), "\(script) has no help → its second line is one sentence of help")
    let said = try await onThread { shell("timeout 60 '\(script)' --help") }
    #expect(said.status == 0, "\(script) --help ends with \(said.status) → it prints its help and does nothing else")
    #expect(
      said.output.contains(help.output.1), "\(script) --help does not print its second line → see help in bin/lib")
  }

  @Test func whatIsSourcedIsNotRun() {
    let sourced = Tree.files("bin/", ".sh")
    #expect(!Self.scripts.isEmpty && !sourced.isEmpty)
    expectNone(
      sourced.filter { FileManager.default.isExecutableFile(atPath: Tree.path($0)) }, cure: "it is sourced: chmod 644")
    expectNone(
      sourced.filter { Tree.read($0).firstMatch(of: /^# shellcheck shell=bash\n# \S/) == nil },
      cure: "begin it with # shellcheck shell=bash and then a line that says what it is for")
  }

  @Test func theVerbsAreThere() {
    expectNone(
      [
        "dev", "test", "check", "send", "new", "migrate", "sqlgen", "fuzz", "storm", "bench", "release", "install",
        "drill",
      ]
      .filter {
        !Self.scripts.contains("bin/\($0)")
      },
      cure: "bin/ lacks this verb")
  }

  @Test func theReadmeBeginsWithTheTwoCommands() {
    let lines = Tree.read("README.md").split(separator: "\n").prefix(20)
    func place(_ verb: String) -> Int? {
      lines.firstIndex { $0.firstMatch(of: /^\W*(?<verb>bin\/\w+)/)?.output.verb == "bin/\(verb)" }
    }
    #expect(
      (place("dev") ?? .max) < (place("test") ?? .min),
      "README.md does not begin with the two commands → its first 20 lines show bin/dev and, below it, bin/test")
    #expect(Tree.read("README.md").contains("MIT"), "README.md does not name the licence → MIT")
  }

  @Test func theTopHoldsOnlyWhatItShould() {
    let top = Set(Tree.files.map { String($0.prefix { $0 != "/" }) }).filter { !$0.hasPrefix(".") }
    let wanted: Set = ["Package.swift", "README.md", "Sources", "Tests", "nginx", "sql", "bin"]
    expectNone(top.subtracting(wanted).sorted(), cure: "the top of the tree is no place for it")
    expectNone(wanted.subtracting(top).sorted(), cure: "the top of the tree lacks it")
  }

  /// A text that names a folder of the machine it was written on is wrong on every other.
  @Test func nothingNamesTheMachine() throws {
    let folders = ["work", "opt"]
    let pattern = try Regex("(^|[^\\w.-])/(\(folders.joined(separator: "|")))/")
    for folder in folders {
      #expect("PATH=/bin:/\(folder)/x".firstMatch(of: pattern) != nil)
      #expect("https://example.org/\(folder)/".firstMatch(of: pattern) == nil)
    }
    expectNone(
      Tree.hits(pattern, in: Tree.files.filter { !$0.hasSuffix(".png") }, of: Tree.read),
      cure: "name it from the root of the checkout, or by a variable")
  }
}
