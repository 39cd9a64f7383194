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
    let tenant = try Tenant.make(on: platform(name), delay: Tenant.never)
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
    // All of them are older than what is still answered; `isAnsweredAsTheIndexSays` lets them be new.
    #expect(try tenant.count("jobs", where: "job_type = 'ai_response'") == 0)
    #expect(try await Web.deliver(body, to: tenant).status == 200)
    #expect(try stored() == once)
  }

  // MARK: What is answered

  /// file, answers that become due when it comes as something new
  static let replies: [(name: String, count: Int)] =
    (readFile(World.root + "/Tests/EndToEnd/Fixtures/public-payload-replies.tsv") ?? "").split(separator: "\n")
    .dropFirst()
    .map { line in
      let columns = line.split(separator: "\t")
      return (String(columns[0]), Int(columns[1]) ?? -1)
    }

  /// As it would come today: its latest time is half a minute ago, the others as long before it as they were.
  private func recent(_ text: String) -> String {
    let times = /((?:timestamp|time)\\?":\s*\\?"?)(\d{13}|\d{10})(?=\D)/
    func seconds(_ digits: Substring) -> Int64 { (Int64(digits) ?? 0) / (digits.count == 13 ? 1000 : 1) }
    let latest = text.matches(of: times).map { seconds($0.2) }.max() ?? 0
    let shift = Instant.now.seconds - 30 - latest
    return text.replacing(times) { match in
      "\(match.1)" + String((Int64(match.2) ?? 0) + shift * (match.2.count == 13 ? 1000 : 1))
    }
  }

  private func body(_ name: String, for tenant: Tenant, recent isRecent: Bool = false) throws -> [UInt8] {
    let text = try #require(readFile(Self.folder + "/" + name))
    return Array(Self.accounts.reduce(isRecent ? recent(text) : text) { $0.replacing($1, with: tenant.account) }.utf8)
  }

  /// Posted twice, as if it were new: as many answers are due as the index says, and no more for the second post.
  @Test(arguments: names) func isAnsweredAsTheIndexSays(_ name: String) async throws {
    let expected = Self.replies.first { $0.name == name }?.count
    #expect(expected != nil, "nothing is expected of \(name) → add it to Fixtures/public-payload-replies.tsv")
    let tenant = try Tenant.make(on: platform(name), delay: Tenant.never)
    let body = try body(name, for: tenant, recent: true)
    for _ in 0..<2 {
      #expect(try await Web.deliver(body, to: tenant).status == 200)
      #expect(try tenant.count("jobs", where: "job_type = 'ai_response' and status = 'pending'") == expected)
    }
    #expect(try tenant.count("messages", where: "metadata ? 'stale'") == 0)
  }

  /// In the four events the page's own words stand between the question and the button. Where they silence nobody
  /// (`echo_takes_over`), text and button are answered, together, and neither the echo nor the reaction is.
  @Test(.enabled(if: !names.isEmpty))
  func besideTheEchoTheButtonIsAnswered() async throws {
    let tenant = try Tenant.make(on: .facebook, delay: Tenant.never)
    try tenant.database.run(
      "update channel_connections set echo_takes_over = false where tenant_id = '\(tenant.id.text)'")
    let body = try body("fb_promobase_four_events_in_one_entry.json", for: tenant, recent: true)
    for _ in 0..<2 {
      #expect(try await Web.deliver(body, to: tenant).status == 200)
      #expect(try tenant.count("jobs", where: "job_type = 'ai_response' and status = 'pending'") == 1)
    }
    #expect(try tenant.count("messages", where: "role = 'user'") == 2)
    #expect(try tenant.count("messages", where: "role = 'staff' and content = 'Yes it is!'") == 1)
    #expect(
      try tenant.value(
        "m.content", of: "(select * from conversations) c join messages m using (tenant_id)",
        where: "m.id = c.last_question_id") == "Approve")
  }

  /// The one without a `read` object says by its own time how far the person has read.
  @Test(.enabled(if: !names.isEmpty))
  func whatWasReadIsMarked() async throws {
    let tenant = try Tenant.make(on: .tiktok, delay: Tenant.never)
    let echo = try body("tt_promobase_echo.json", for: tenant)
    #expect(try await Web.deliver(echo, to: tenant).status == 200)
    #expect(try tenant.value("status", of: "messages") == "sent")
    // Said after the person had read: it stays as it is.
    let later = String(decoding: echo, as: UTF8.self).replacing("m2", with: "m3").replacing(
      "1723680010", with: "1723680030")
    #expect(try await Web.deliver(Array(later.utf8), to: tenant).status == 200)
    let read = try body("tt_promobase_mark_read_no_read_object.json", for: tenant)
    #expect(try await Web.deliver(read, to: tenant).status == 200)
    #expect(try tenant.value("status", of: "messages", where: "external_id = 'm2'") == "read")
    #expect(try tenant.value("status", of: "messages", where: "external_id = 'm3'") == "sent")
  }
}
