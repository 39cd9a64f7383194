import Core
import FoundationEssentials
import TestSupport
import Testing

/// Every fixture, posted by hand through nginx: `bin/send whatsapp/<case>` does what its help says.
@Suite struct FixtureTests {
  static let folder = World.root + "/Tests/PeersTests/Fixtures/whatsapp"

  static let names: [String] =
    ((try? FileManager.default.contentsOfDirectory(atPath: folder)) ?? []).filter { $0.hasSuffix(".json") }
    .map { String($0.dropLast(5)) }.sorted()

  @Test func thereAreFixtures() { #expect(Self.names.count > 100) }

  /// Taken with 200, or refused with the status that its expectation implies, with nothing stored.
  @Test(arguments: names) func isTakenOrRefused(_ name: String) throws {
    let tenant = try Tenant.make(delay: 60)
    let expected = readFile(Self.folder + "/\(name).expected") ?? ""
    let said = send(name, tenant)
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
  @Test func theListIsOfWhatCanBeSent() {
    let listed = shell("bin/send --list").lines
    #expect(listed == Self.names.map { "whatsapp/" + $0 })
  }

  /// Two posts of one fixture are two messages; numbers stay numbers, and belong to whom they are sent to.
  @Test(arguments: ["text", "numbers_instead_of_strings"]) func eachPostIsAnother(_ name: String) throws {
    let tenant = try Tenant.make(delay: 60)
    for _ in 1...2 { #expect(send(name, tenant).contains("HTTP 200")) }
    #expect(try tenant.count("messages") == 2)
    #expect(try tenant.count("messages", where: "external_timestamp > now() - interval '1 minute'") == 2)
  }

  @Test func anOldOneIsStoredAndNotAnswered() throws {
    let tenant = try Tenant.make(delay: 60)
    #expect(send("text", tenant, "--age", "7200").contains("HTTP 200"))
    #expect(
      try tenant.count("messages", where: "external_timestamp < now() - interval '119 minutes'") == 1)
    #expect(try tenant.count("jobs", where: "job_type = 'ai_response'") == 0)
  }

  /// A reaction, an edit and a revocation can be aimed at a message that is there.
  @Test(arguments: [("reaction", "reaction"), ("edit", "edit"), ("revoke", "delete")])
  func isAimed(_ name: String, _ kind: String) throws {
    let tenant = try Tenant.make(delay: 60)
    let (id, person) = (unique("wamid."), uniqueDigits("521"))
    #expect(send("text", tenant, "--id", id, "--from", person).contains("HTTP 200"))
    #expect(send(name, tenant, "--target", id, "--from", person).contains("HTTP 200"))
    #expect(
      try tenant.count("channel_events", where: "kind = '\(kind)' and reply_to_external_id = '\(id)'") == 1)
    #expect(try tenant.count("leads") == 1)
  }

  @Test func anEchoIsToWhomOneSays() throws {
    let tenant = try Tenant.make(delay: 60)
    let person = uniqueDigits("1650")
    #expect(send("echo", tenant, "--from", person).contains("HTTP 200"))
    #expect(try tenant.count("messages", where: "role = 'staff'") == 1)
    #expect(try tenant.value("contact_address", of: "conversations") == person)
  }

  private func send(_ name: String, _ tenant: Tenant, _ options: String...) -> String {
    let all =
      [tenant.slug, "--number", tenant.phoneNumberID, "--secret", tenant.appSecret, "--url", World.current.url]
      + options
    return shell("bin/send whatsapp/\(name) \(all.joined(separator: " "))").output
  }
}
