#if canImport(Glibc)
  import Glibc
#endif

/// libFuzzer's loop. It takes over the arguments as they are, and ends the process by itself when something traps.
@_silgen_name("LLVMFuzzerRunDriver")
private func runDriver(
  _ count: UnsafeMutablePointer<CInt>,
  _ arguments: UnsafeMutablePointer<UnsafeMutablePointer<UnsafeMutablePointer<CChar>?>?>,
  _ test: @convention(c) (UnsafePointer<UInt8>?, Int) -> CInt
) -> CInt

/// What libFuzzer calls with every input. Its own `main`, which ours replaces, needs it under this name.
@_cdecl("LLVMFuzzerTestOneInput")
public func testOneInput(_ start: UnsafePointer<UInt8>?, _ count: Int) -> CInt {
  Target.chosen.run(Array(UnsafeBufferPointer(start: start, count: count)))
  return 0
}

/// One program for all targets: `FUZZ_TARGET=json fuzz FOLDER…`. The target is no argument because libFuzzer starts
/// itself anew with arguments of its own. `FUZZ_TARGET=list` prints the names.
@main
struct Fuzz {
  static func main() {
    if environment("FUZZ_TARGET") == "list" {
      for target in Target.allCases { print(target.rawValue) }
      return
    }
    _ = Target.chosen
    var count = CommandLine.argc
    var arguments: UnsafeMutablePointer<UnsafeMutablePointer<CChar>?>? = CommandLine.unsafeArgv
    exit(runDriver(&count, &arguments, testOneInput))
  }
}

/// What is fed with arbitrary bytes. Adding one: a case, and the switches stop compiling until it has its function.
enum Target: String, CaseIterable {
  case json, webhook, query, signature, claude, graph, reply

  static let chosen: Target = {
    let name = environment("FUZZ_TARGET") ?? ""
    guard let target = Target(rawValue: name) else {
      print("FUZZ_TARGET=\(name) is none of \(allCases.map(\.rawValue).joined(separator: " "))")
      exit(64)
    }
    return target
  }()

  func run(_ input: [UInt8]) {
    switch self {
    case .json: fuzzJSON(input)
    case .webhook: fuzzWebhook(input)
    case .query: fuzzQuery(input)
    case .signature: fuzzSignature(input)
    case .claude: fuzzClaude(input)
    case .graph: fuzzGraph(input)
    case .reply: fuzzReply(input)
    }
  }

  /// Whether its inputs are as a rule JSON, which is then changed as a tree.
  var readsTrees: Bool {
    switch self {
    case .json, .webhook, .claude, .graph: true
    case .query, .signature, .reply: false
    }
  }
}

private func environment(_ name: String) -> String? { getenv(name).map { String(cString: $0) } }

/// Ends the process with a sentence unless `holds`: libFuzzer then keeps the input.
func check(_ holds: Bool, _ sentence: @autoclosure () -> String, line: UInt = #line, file: StaticString = #fileID) {
  guard !holds else { return }
  let text = "BROKEN: \(sentence()) (\(file):\(line))\n"
  _ = text.utf8CString.withUnsafeBufferPointer { write(2, $0.baseAddress, $0.count - 1) }
  abort()
}
