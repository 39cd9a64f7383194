import Core
import FoundationEssentials
import TestSupport
import Testing

/// Every fixture, posted by hand through nginx: `bin/send CHANNEL/CASE` does what its help says.
@Suite struct FixtureTests {
  static let folder = World.root + "/Tests/PeersTests/Fixtures/"

  /// `whatsapp/text` …
  static let names: [String] = Platform.allCases.flatMap { platform in
    ((try? FileManager.default.contentsOfDirectory(atPath: folder + platform.rawValue)) ?? [])
      .filter { $0.hasSuffix(".json") }.map { "\(platform.rawValue)/\($0.dropLast(5))" }
  }.sorted()

  @Test func thereAreFixtures() {
    #expect(Self.names.count > 100)
    for wanted in ["instagram/text", "facebook/postback", "tiktok/text"] { #expect(Self.names.contains(wanted)) }
  }

  /// Taken with 200, or refused with the status that its expectation implies, with nothing stored.
  @Test(arguments: names) func isTakenOrRefused(_ name: String) async throws {
    let tenant = try Tenant.make(on: platform(name), delay: Tenant.never)
    let expected = readFile(Self.folder + "\(name).expected") ?? ""
    let said = try await send(name, tenant)
    if expected.hasPrefix("refused ") {
      #expect(expected.hasPrefix("refused 400 malformed"), "\(expected)")
      #expect(said.contains("HTTP 400\n"), "\(said)")
      #expect(try tenant.count("messages") + tenant.count("channel_events") == 0)
    } else {
      #expect(said.contains("HTTP 200\n"), "\(said)")
      #expect(try tenant.count("webhook_dead_letters") == 0)
    }
  }

  /// What cannot be sent is not listed.
  @Test func theListIsOfWhatCanBeSent() async throws {
    let listed = try await onThread { shell("bin/send --list").lines.sorted() }
    #expect(listed == Self.names)
  }

  /// Two posts of one fixture are two messages; numbers stay numbers, and belong to whom they are sent to.
  @Test(arguments: [
    "whatsapp/text", "whatsapp/numbers_instead_of_strings", "instagram/text", "facebook/text", "facebook/postback",
    "tiktok/text",
  ]) func eachPostIsAnother(_ name: String) async throws {
    let tenant = try Tenant.make(on: platform(name), delay: Tenant.never)
    for _ in 1...2 { #expect(try await send(name, tenant).contains("HTTP 200")) }
    #expect(try tenant.count("messages") == 2)
    #expect(try tenant.count("messages", where: "external_timestamp > now() - interval '1 minute'") == 2)
  }

  /// The text and the writer that one says, and an answer to come.
  @Test(arguments: Platform.allCases) func saysWhatOneWants(_ platform: Platform) async throws {
    let tenant = try Tenant.make(on: platform, delay: Tenant.never)
    let (id, person) = (unique(platform.idPrefix), uniqueDigits("52631"))
    let said = try await send(
      platform.rawValue + "/text", tenant, "--id", id, "--from", person, "--text", "'¿\"Ñandú\"?'")
    #expect(said.contains("HTTP 200"))
    #expect(try tenant.value("content", of: "messages", where: "external_id = '\(id)'") == "¿\"Ñandú\"?")
    #expect(try tenant.value("value", of: "lead_aliases", where: "kind = '\(platform.aliasKind)'") == person)
    #expect(try tenant.count("jobs", where: "job_type = 'ai_response'") == 1)
  }

  /// A signature of TikTok's grows old; and none at all is refused.
  @Test func whatIsSignedWrongly() async throws {
    let tenant = try Tenant.make(on: .tiktok, delay: Tenant.never)
    #expect(try await send("tiktok/text", tenant, "--signed-age", "250").contains("HTTP 200"))
    #expect(try await send("tiktok/text", tenant, "--signed-age", "400").contains("HTTP 403"))
    #expect(try await send("tiktok/text", tenant, "--unsigned").contains("HTTP 403"))
    #expect(try tenant.count("messages") == 1)
  }

  @Test(arguments: Platform.allCases) func anOldOneIsStoredAndNotAnswered(_ platform: Platform) async throws {
    let tenant = try Tenant.make(on: platform, delay: Tenant.never)
    #expect(try await send(platform.rawValue + "/text", tenant, "--age", "7200").contains("HTTP 200"))
    #expect(
      try tenant.count("messages", where: "external_timestamp < now() - interval '119 minutes'") == 1)
    #expect(try tenant.count("jobs", where: "job_type = 'ai_response'") == 0)
  }

  /// A reaction, an edit and a revocation can be aimed at a message that is there.
  @Test(arguments: [("reaction", "reaction"), ("edit", "edit"), ("revoke", "delete")])
  func isAimed(_ name: String, _ kind: String) async throws {
    let tenant = try Tenant.make(delay: Tenant.never)
    let (id, person) = (unique("wamid."), uniqueDigits("521"))
    #expect(try await send("whatsapp/text", tenant, "--id", id, "--from", person).contains("HTTP 200"))
    #expect(try await send("whatsapp/" + name, tenant, "--target", id, "--from", person).contains("HTTP 200"))
    #expect(
      try tenant.count("channel_events", where: "kind = '\(kind)' and reply_to_external_id = '\(id)'") == 1)
    #expect(try tenant.count("leads") == 1)
  }

  @Test func anEchoIsToWhomOneSays() async throws {
    let tenant = try Tenant.make(delay: Tenant.never)
    let person = uniqueDigits("1650")
    #expect(try await send("whatsapp/echo", tenant, "--from", person).contains("HTTP 200"))
    #expect(try tenant.count("messages", where: "role = 'staff'") == 1)
    #expect(try tenant.value("contact_address", of: "conversations") == person)
  }

  private func platform(_ name: String) -> Platform {
    Platform(rawValue: String(name.prefix { $0 != "/" })) ?? .whatsapp
  }

  private func send(_ name: String, _ tenant: Tenant, _ options: String...) async throws -> String {
    let option = tenant.platform == .whatsapp ? "--number" : "--account"
    let all = [tenant.slug, option, tenant.account, "--secret", tenant.appSecret, "--url", World.current.url] + options
    let line = "bin/send \(name) \(all.joined(separator: " "))"
    return try await onThread { shell(line).output }
  }
}
