import TestSupport
import Testing

/// What a program drags along when it starts. A dozen of them wait idle on a small machine.
@Suite struct FootprintTests {
  @Test(arguments: Programs.written + ["jobs"]) func noProgramLoadsAllOfFoundation(_ program: String) async throws {
    let said = try await onThread { shell("ldd '\(World.current.programs)/\(program)'") }
    #expect(said.status == 0 && said.output.contains("libFoundationEssentials"), "\(said.output)")
    expectNone(
      said.lines.filter { $0.firstMatch(of: /libFoundation\.so|Internationalization|ICU|libicu/) != nil }
        .map { "\(program) loads \($0.trimmingPrefix(while: \.isWhitespace))" },
      cure: "a source file or a package imports full Foundation: swift package show-dependencies, then ldd its users")
  }
}
