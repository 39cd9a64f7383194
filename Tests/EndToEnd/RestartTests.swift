import Core
import FoundationEssentials
import TestSupport
import Testing

/// Programs are restarted under load, on a listener that is held: no request fails, and each is stored. Each has a world
/// of its own, so one after the other.
@Suite(.serialized) struct RestartTests {
  @Test(arguments: ["", "--one-by-one", "--max-requests 100"]) func nothingIsLost(_ options: String) async throws {
    let bench = "bin/bench restart --requests 2000 --connections 8 --per 100 --json \(options) 2>/dev/null"
    let said = try await onThread { shell("CLUSTER_VOLATILE=1 BIN_DIR='\(World.current.programs)' \(bench)") }
    #expect(said.status == 0, "\(said.output)")
    let figures = Field(try JSON.parse(Array(said.output.utf8)))["figures"].items
    func figure(_ name: String) -> Int64? { figures.first { $0["name"].text == name }?["value"].integer }
    #expect(figure("failed") == 0)
    #expect(figure("stored") == 2000)
    #expect((figure("restarts") ?? 0) > 2)
  }
}
