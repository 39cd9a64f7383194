import Core
import FoundationEssentials
import TestSupport
import Testing

/// Payloads that the platforms' own pages and other projects publish, where the folder with them lies beside the
/// project. They are not ours to keep; without the folder there is nothing to run.
@Suite struct PublicPayloadTests {
  static let folder = World.root + "/../shared/fixtures/channels"

  static let names: [String] =
    ((try? FileManager.default.contentsOfDirectory(atPath: folder)) ?? []).filter {
      $0.hasPrefix("wa_") && $0.hasSuffix(".json")
    }.sorted()

  @Test(arguments: names)
  func isTakenAndASecondPostChangesNothing(_ name: String) async throws {
    let tenant = try Tenant.make(delay: 60)
    let text = try #require(readFile(Self.folder + "/" + name))
    let body = Array(text.replacing("106540352242922", with: tenant.phoneNumberID).utf8)
    func stored() throws -> [Int] {
      try ["messages", "channel_events", "leads", "conversations", "message_status_history", "jobs"].map {
        try tenant.count($0)
      }
    }
    #expect(try await Web.deliver(body, to: tenant).status == 200)
    let once = try stored()
    #expect(once[0] + once[1] > 0, "nothing of it was kept")
    #expect(try tenant.count("webhook_dead_letters") == 0)
    #expect(try await Web.deliver(body, to: tenant).status == 200)
    #expect(try stored() == once)
  }
}
