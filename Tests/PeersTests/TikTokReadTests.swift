import Core
import Peers
import Rules
import Testing

/// What `ReadTests` does not ask of every platform.
@Suite struct TikTokReadTests {
  /// Whatever comes: a message has a person and something to read, and only messages are answered.
  @Test func everyEventCanBeStored() throws {
    var kinds = Set<InboundEvent.Kind>()
    for fixture in Fixture.all("tiktok") where !fixture.name.hasPrefix("refused_") {
      let events = try Channel.tiktok.read(Field(JSON.parse(fixture.bytes)))
      #expect(events.count == 1, "\(fixture.name): TikTok posts one event at a time")
      for event in events {
        kinds.insert(event.kind)
        let isSaid = event.kind == .message || event.kind == .echo
        #expect(!isSaid || !event.content.isEmpty && !event.aliases.isEmpty, "\(fixture.name)")
        #expect(!event.wantsAnswer || event.kind == .message, "\(fixture.name)")
        #expect(!event.externalID.isEmpty && event.externalID.unicodeScalars.count <= Limits.externalID)
      }
    }
    #expect(kinds == [.message, .echo, .status, .referral, .account, .unsupported])
  }

  @Test func sharedPayloadsAreRead() throws {
    for (name, bytes) in sharedPayloads("tt_") {
      let events = try Channel.tiktok.read(Field(JSON.parse(bytes)))
      #expect(events.count == 1, "\(name)")
      #expect(!events.contains { $0.details["fault"] != nil }, "\(name)")
    }
  }

  /// Numbers beyond 2^53 stay as they were written, at both depths.
  @Test func longNumbersStayExact() throws {
    let fixture = try #require(Fixture.all("tiktok").first { $0.name == "text_numeric_ids" })
    let event = try #require(try Channel.tiktok.read(fixture.field()).first)
    #expect(event.externalID == "9007199254740993")
    #expect(event.aliases == [Alias(kind: "tiktok", value: "7247303576418566913", address: "7312345678901234567")])
  }

  @Test func sameBytesGiveSameIDs() throws {
    for name in ["text_without_id", "comment", "content_broken"] {
      let fixture = try #require(Fixture.all("tiktok").first { $0.name == name })
      #expect(try Channel.tiktok.read(fixture.field()) == Channel.tiktok.read(fixture.field()))
    }
  }

  /// Truncated or damaged anywhere, a body is refused or read, but nothing crashes; its signature no longer holds.
  @Test(arguments: Fixture.all("tiktok"))
  func damagedBodies(_ fixture: Fixture) throws {
    let secret = Secret("client-secret")
    let whole = fixture.bytes
    let t = Instant.now.seconds
    let signature = "t=\(t),s=\(hex(hmacSHA256(Array("\(t).".utf8) + whole, key: secret)))"
    func refused(_ body: [UInt8]) {
      _ = Self.text(body)
      let request = Request("POST", "/", headers: ["tiktok-signature": signature], body: body)
      #expect(throws: Refusal.self) { try Channel.tiktok.verify(request, [secret]) }
    }
    for end in stride(from: 0, to: whole.count, by: 3) { refused(Array(whole[..<end])) }
    for i in stride(from: 0, to: whole.count, by: 5) {
      var flipped = whole
      flipped[i] ^= UInt8(1 << (i % 8))
      refused(flipped)
    }
  }

  private static func text(_ bytes: [UInt8]) -> String {
    do throws(Refusal) {
      return try Channel.tiktok.read(Field(try JSON.parse(bytes))).map(\.line).joined(separator: "\n")
    } catch { return "refused \(error.status) \(error.code): \(error.sentence)" }
  }
}
