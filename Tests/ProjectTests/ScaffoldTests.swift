import FoundationEssentials
import TestSupport
import Testing

/// `bin/new channel` in a copy of the tree: what it makes compiles, with what tests of all channels share, and every list
/// knows the new one (`bin/lib/new/lists`).
@Suite struct ScaffoldTests {
  /// Beside the tests' own program lie the modules it was built with.
  private static let modules: String = {
    let program = (try? FileManager.default.destinationOfSymbolicLink(atPath: "/proc/self/exe")) ?? ""
    return URL(filePath: program).deletingLastPathComponent().path + "/Modules"
  }()

  @Test func aFifthChannelCompiles() async throws {
    let modules = Self.modules
    let said = try await onThread { shell("timeout 900 bin/lib/new/try '\(modules)' quinto") }
    #expect(said.status == 0, "\(said.output) → mend bin/lib/new/channel.sh")
    #expect(said.lines.last == "A channel quinto compiles.")
    #expect(said.output.contains("Left to do"))
  }

  @Test(arguments: [
    ("", "what is to be made"), ("channel", "one name is needed"), ("channel tiktok", "exists already"),
    ("channel Mayor", "is no name"), ("channel x-y", "is no name"), ("channel ok --wrong", "is not known"),
    ("channel ../x", "is no name"), ("channel sms", "means something else"),
  ])
  func whatIsRefused(_ words: String, _ why: String) async throws {
    let said = try await onThread { shell("bin/new \(words)") }
    #expect(said.status == 1, "\(words)")
    #expect(said.output.contains(why), "\(said.output)")
  }
}
