import TestSupport
import Testing

/// The cut of the code: who may know whom, and how large a thing may grow.
@Suite struct SourceTests {
  @Test func onlyFoundationEssentials() {
    #expect(!Tree.sources.isEmpty)
    expectNone(
      Tree.hits(foundationImport, in: Tree.sources),
      cure: "import FoundationEssentials: full Foundation costs each program 7 MB and 4 ms at its start")
  }

  @Test func theImportIsRecognised() {
    for text in ["import Foundation", "@preconcurrency import Foundation ", "public import class Foundation.Process"] {
      #expect(text.firstMatch(of: foundationImport) != nil, "\(text)")
    }
    #expect("import FoundationEssentials".firstMatch(of: foundationImport) == nil)
  }

  private var foundationImport: Regex<(Substring, Substring?)> {
    #/
    ^ \s* (?: @\w+ (?: \( [^\)]* \) )? \s+ )* (?: \w+ \s+ )? import \s+
    (class|struct|enum|protocol|func|typealias|var|let)? \s* Foundation (?: \s | \. | $ )
    /#
  }

  @Test func filesStaySmall() {
    let files = Tree.files.filter { file in
      let folder = file.prefix { $0 != "/" }
      return ["Sources", "Tests", "sql", "bin", "nginx"].contains(folder) && file != "sql/schema.sql"
        && !file.contains("/Generated/") && !file.contains("/Fixtures/")
    }
    expectNone(
      files.filter { Tree.lineCount($0) > 400 }.map { "\($0) has \(Tree.lineCount($0)) lines" },
      cure: "cut it below 400 where a newcomer would look for the parts")
    let sizes = Tree.sources.map(Tree.lineCount).sorted()
    #expect(sizes[sizes.count / 2] <= 80, "the median file of Sources has more than 80 lines → cut the large ones")
  }

  /// Package.swift says what a room may use; the build refuses the rest.
  @Test func arrowsPointTheRightWay() {
    let rooms = Tree.read("Package.swift").matches(of: /room\("(\w+)", \[([^\]]*)\]\)/).map { match in
      (name: String(match.output.1), uses: Set(match.output.2.matches(of: /"(\w+)"/).map { String($0.output.1) }))
    }
    let rights: [String: Set<String>] = [
      "Core": ["CFastCGI", "CCurl", "CYAJL"], "Rules": ["Core"], "Store": ["Core", "CPQ"], "Peers": ["Core", "Rules"],
      "Flows": ["Core", "Rules", "Store", "Peers"],
    ]
    #expect(Set(rooms.map(\.name)) == Set(rights.keys), "Package.swift has other rooms than this test knows")
    for room in rooms {
      #expect(
        room.uses.isSubset(of: rights[room.name] ?? []),
        "\(room.name) uses \(room.uses.sorted()) → Core ← Rules ← Peers, Core ← Store, all ← Flows; join in Flows")
    }
    for (room, others) in [("Peers", ["Store", "Flows"]), ("Store", ["Rules", "Peers", "Flows"])] {
      let files = Tree.files("Sources/\(room)/", ".swift")
      expectNone(
        files.flatMap { file in others.filter { imports(file).contains($0) }.map { "\(file) imports \($0)" } },
        cure: "Store and Peers meet in Flows only")
    }
  }

  @Test func rulesAreDecisionsAndNothingElse() {
    let files = Tree.files("Sources/Rules/", ".swift")
    #expect(!files.isEmpty)
    expectNone(
      files.filter { !imports($0).isSubset(of: ["Core"]) }.map { "\($0) imports \(imports($0).sorted())" },
      cure: "Rules know Core's values only: take what it needs as an argument")
    let impure =
      #/
      \b (?: Instant\.now | clock_gettime | gettimeofday | processEnvironment | readFile ) \b
      | \b (?: time | Date | say | Log | shuffled? | \w*Clock ) \( | [rR]andom | \b UUID\(\)
      /#
    expectNone(
      Tree.hits(impure, in: files), cure: "Rules know no clock, no chance and no file: take the value as an argument")
  }

  @Test func endpointsAreThin() {
    for program in Programs.written {
      let files = Tree.files("Sources/Endpoints/\(program)/")
      let main = "Sources/Endpoints/\(program)/main.swift"
      #expect(files == [main], "\(program) consists of \(files) → main.swift and nothing else; the rest is a flow")
      #expect(Tree.lineCount(main) <= 25, "\(main) has more than 25 lines → move what it decides into Flows")
      expectNone(
        Tree.hits(/(^|\s)(if|guard)\s|\s\?\s/, in: [main]),
        cure: "an endpoint decides nothing: move it into Flows")
    }
  }

  @Test func flowsNameNoVendorsAddress() {
    let files = ["Flows", "Endpoints", "Rules", "Store"].flatMap { Tree.files("Sources/\($0)/", ".swift") }
    let address =
      #/
      https?://\w
      | \b ( facebook | instagram | whatsapp | anthropic | tiktok | tiktokapis | vapi | googleapis | hubapi | hubspot
        | salesforce | pipedrive | zoho | squareup | n8n ) \. ( com | ai | io | cloud ) \b
      /#
    // A link for a customer is what we say, not whom we speak to.
    expectNone(
      Tree.hits(address, in: files).filter {
        !$0.contains("LadderChoice.swift") || !$0.contains("maps.google.com/?q=")
      },
      cure: "a peer's address is configuration: a Setting, whose path its file in Peers knows")
  }

  @Test func cStaysWhereItIsWrapped() {
    let libraries: [(module: String, symbol: Regex<Substring>)] = [
      ("CPQ", /\bPQ[a-z]\w*|\bPGRES_\w+/), ("CFastCGI", /\bFCGX_\w+/), ("CYAJL", /\byajl_\w+/),
      ("CCurl", /\bcurl_\w+|\bCURL[A-Z]*_\w+/),
    ]
    let wrappers = ["Sources/Core/", "Sources/Store/", "Sources/Tools/sqlgen/"]
    for library in libraries {
      let files = Tree.sources.filter { imports($0).contains(library.module) }
      #expect(!files.isEmpty, "nobody imports \(library.module) → take it out of Package.swift and this test")
      expectNone(
        files.filter { file in !wrappers.contains { file.hasPrefix($0) } }.map { "\($0) imports \(library.module)" },
        cure: "only Core, Store and sqlgen speak C: use what they wrap")
      expectNone(
        Tree.hits(library.symbol, in: Tree.sources.filter { !files.contains($0) }),
        cure: "it is \(library.module)'s: only files that import that module name its symbols")
    }
  }

  private func imports(_ file: String) -> Set<String> {
    Set(Tree.code(file).matches(of: /(?m)^\s*(?:@\w+\s+)*(?:\w+\s+)?import\s+(\w+)/).map { String($0.output.1) })
  }
}
