import Core
import FoundationEssentials
import TestSupport
import Testing

/// Payloads that the platforms' own pages and other projects publish, where the folder with them lies beside the
/// project. They are not ours to keep; without the folder there is nothing to run. What each has to leave is
/// `Fixtures/public-payloads.tsv`: file, table, condition, rows. Whom they are about is told by `accounts`.
@Suite struct PublicPayloadTests {
  static let folder = World.root + "/../shared/fixtures/channels"

  static let names: [String] =
    ((try? FileManager.default.contentsOfDirectory(atPath: folder)) ?? []).filter { $0.hasSuffix(".json") }.sorted()

  /// The accounts that the payloads name; each becomes that of the test's own tenant.
  static let accounts = ["106540352242922", "PAGE_ID_123", "IG_ACCOUNT_1", "openid_1", "business-open-id"]

  static let effects: [[String]] =
    (readFile(World.root + "/Tests/EndToEnd/Fixtures/public-payloads.tsv") ?? "").split(separator: "\n").dropFirst()
    .map { $0.split(separator: "\t").map(String.init) }

  private func platform(_ name: String) -> Platform {
    switch name.prefix(2) {
    case "fb": .facebook
    case "ig": .instagram
    case "tt": .tiktok
    default: .whatsapp
    }
  }

  /// Our reading of a signature is the publisher's, over the bytes as they are.
  @Test(arguments: names) func theSignatureIsOurs(_ name: String) throws {
    let rows = (readFile(Self.folder + "/SIGNATURES.tsv") ?? "").split(separator: "\n").map {
      $0.split(separator: "\t")
    }
    let row = try #require(rows.first { $0[0] == name })
    let body = Array(try #require(readFile(Self.folder + "/" + name)).utf8)
    let time = row[3].firstMatch(of: /^t=(\d+),/).flatMap { Int64($0.1) } ?? 0
    #expect(platform(name).signatureHeader == row[1])
    #expect(platform(name).signature(body, Secret(String(row[2])), at: Instant(seconds: time)) == row[3])
  }

  @Test(arguments: names) func hasItsEffectAndASecondPostChangesNothing(_ name: String) async throws {
    let tenant = try Tenant.make(on: platform(name), delay: 60)
    let text = try #require(readFile(Self.folder + "/" + name))
    let body = Array(Self.accounts.reduce(text) { $0.replacing($1, with: tenant.account) }.utf8)
    func stored() throws -> [Int] {
      try [
        "messages", "channel_events", "leads", "lead_aliases", "conversations", "message_status_history", "media_files",
        "jobs",
      ].map { try tenant.count($0) }
    }
    #expect(try await Web.deliver(body, to: tenant).status == 200)
    let once = try stored()
    #expect(try tenant.count("webhook_dead_letters") == 0)
    let rows = Self.effects.filter { $0[0] == name }
    #expect(!rows.isEmpty, "nothing is expected of \(name) → add it to Fixtures/public-payloads.tsv")
    for row in rows { #expect(try tenant.count(row[1], where: row[2]) == Int(row[3]), "\(row)") }
    // All of them are older than what is still answered.
    #expect(try tenant.count("jobs", where: "job_type = 'ai_response'") == 0)
    #expect(try await Web.deliver(body, to: tenant).status == 200)
    #expect(try stored() == once)
  }
}
