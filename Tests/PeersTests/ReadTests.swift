import Core
import Peers
import Rules
import Testing

/// Payloads of every platform, and what is read in them.
@Suite struct ReadTests {
  @Test(arguments: Fixture.each())
  func payload(_ fixture: Fixture) throws {
    try fixture.expect(Self.text(fixture.bytes, try fixture.channel))
  }

  /// What a dashboard's button posts is known as such, and nothing else is.
  @Test(arguments: Fixture.each()) func theDashboardsTests(_ fixture: Fixture) throws {
    let channel = try fixture.channel
    guard let body = try? JSON.parse(fixture.bytes), let events = try? channel.read(Field(body)) else { return }
    for event in events { #expect(channel.isSample(event) == (fixture.name == "dashboard_test"), "\(event.kind)") }
  }

  @Test func everyKindIsShown() throws {
    var kinds = Set<InboundEvent.Kind>()
    var (read, unread) = (0, 0)
    for fixture in Fixture.each() {
      let channel = try fixture.channel
      // What is refused says so in its file.
      guard let body = try? JSON.parse(fixture.bytes), let events = try? channel.read(Field(body)) else {
        unread += 1
        #expect(fixture.expected.hasPrefix("refused"), "\(fixture.name) is not read")
        continue
      }
      read += 1
      for event in events {
        kinds.insert(event.kind)
        #expect(event.kind != .message || !event.content.isEmpty, "\(fixture.name): a message needs something to read")
        #expect(event.kind != .message || !event.aliases.isEmpty, "\(fixture.name): a message needs a person")
        #expect(!event.wantsAnswer || !event.isStandby, "\(fixture.name): another app answers")
        #expect(event.kind == .echo || event.origin == nil, "\(fixture.name): only echoes are somebody's")
        #expect(!event.wantsAnswer || event.kind == .message, "\(fixture.name): only messages are answered")
        #expect(!event.externalID.isEmpty, "\(fixture.name)")
        #expect(event.externalID.unicodeScalars.count <= Limits.externalID, "\(fixture.name)")
      }
    }
    #expect(kinds == Set(InboundEvent.Kind.allCases))
    #expect(read > 250 && unread < read / 10, "\(read) read, \(unread) refused")
  }

  @Test func sharedPayloadsAreRead() throws {
    for (prefix, channel) in [("wa_", Channel.whatsapp), ("ig_", .instagram), ("fb_", .facebook)] {
      for (name, bytes) in sharedPayloads(prefix) {
        let events = try channel.read(Field(JSON.parse(bytes)))
        #expect(!events.isEmpty, "\(name)")
        // What is known and nobody's message is said to be so; nothing is unreadable.
        #expect(!events.contains { $0.content == "[no se pudo leer]" }, "\(name)")
        #expect(!events.contains { $0.kind == .unsupported && !$0.aliases.isEmpty }, "\(name)")
      }
    }
  }

  @Test func sameBytesGiveSameIDs() throws {
    let body =
      #"{"object":"whatsapp_business_account","entry":[{"changes":[{"value":{"messages":[{"from":"525512345678","type":"text","text":{"body":"x"}}]}}]}]}"#
    let first = try Channel.whatsapp.read(Field(JSON.parse(Array(body.utf8))))
    let second = try Channel.whatsapp.read(Field(JSON.parse(Array(body.utf8))))
    #expect(first == second)
    #expect(first.first?.externalID.hasPrefix("sha256:") == true)
  }

  @Test func aThousandIsFineAndTooManyIsNot() throws {
    func body(_ count: Int) -> JSON {
      let contacts = (0..<count).map { i -> JSON in
        ["wa_id": .string("52551\(1_000_000 + i)"), "profile": ["name": "X"]]
      }
      let messages = (0..<count).map { i -> JSON in
        ["from": .string("52551\(1_000_000 + i)"), "id": .string("wamid.\(i)"), "type": "text", "text": ["body": "x"]]
      }
      return [
        "object": "whatsapp_business_account",
        "entry": [["changes": [["value": ["contacts": .array(contacts), "messages": .array(messages)]]]]],
      ]
    }
    let events = try Channel.whatsapp.read(Field(body(1000)))
    #expect(events.count == 1000)
    #expect(events.allSatisfy { $0.profileName == "X" })
    #expect(throws: Refusal.malformed(path: "$.entry", fault: "more than 5000 updates")) {
      try Channel.whatsapp.read(Field(body(Limits.eventsPerPost + 1)))
    }
  }

  @Test func longTextIsKeptToItsLimit() throws {
    let long = String(repeating: "á", count: Limits.messageText + 10)
    let body: JSON = [
      "object": "whatsapp_business_account",
      "entry": [
        [
          "changes": [
            ["value": ["messages": [["from": "525512345678", "type": "text", "text": ["body": .string(long)]]]]]
          ]
        ]
      ],
    ]
    let events = try Channel.whatsapp.read(Field(body))
    #expect(events.first?.content.unicodeScalars.count == Limits.messageText)
  }

  @Test(arguments: [Channel.instagram, .facebook].map(\.name))
  func aThousandPeopleOfMeta(_ name: ChannelName) throws {
    let channel = try #require(Channel.named(name.rawValue))
    func body(_ count: Int) -> JSON {
      let items = (0..<count).map { i -> JSON in
        [
          "sender": ["id": .string("6842\(1_000_000 + i)")], "recipient": ["id": "7155"],
          "timestamp": 1_763_809_200_000,
          "message": ["mid": .string("m_\(i)"), "text": "x"],
        ]
      }
      return ["object": .string(channel.object ?? ""), "entry": [["id": "7155", "messaging": .array(items)]]]
    }
    let events = try channel.read(Field(body(1000)))
    #expect(events.count == 1000)
    #expect(Set(events.flatMap(\.aliases)).count == 1000)
    #expect(throws: Refusal.malformed(path: "$.entry", fault: "more than 5000 updates")) {
      try channel.read(Field(body(Limits.eventsPerPost + 1)))
    }
  }

  /// Truncated anywhere, a body is refused or read, but nothing crashes; and no longer signed, it is never accepted.
  @Test(arguments: Fixture.each())
  func damagedBodies(_ fixture: Fixture) throws {
    let channel = try fixture.channel
    // Others sign in their own way, which their own tests show.
    guard channel.signatureHeader == "x-hub-signature-256" else { return }
    let secret = Secret("app-secret")
    let whole = fixture.bytes
    let signature = "sha256=" + hex(hmacSHA256(whole, key: secret))
    let step = max(whole.count / 400, 1)
    for end in stride(from: 0, to: whole.count, by: step) {
      _ = Self.text(Array(whole[..<end]), channel)
      let request = Request("POST", "/", headers: ["x-hub-signature-256": signature], body: Array(whole[..<end]))
      #expect(throws: Refusal.self) { try channel.verify(request, [secret]) }
    }
    for i in stride(from: 0, to: whole.count, by: max(whole.count / 100, 1)) {
      var flipped = whole
      flipped[i] ^= UInt8(1 << (i % 8))
      _ = Self.text(flipped, channel)
      let request = Request("POST", "/", headers: ["x-hub-signature-256": signature], body: flipped)
      #expect(throws: Refusal.self) { try channel.verify(request, [secret]) }
    }
  }

  static func text(_ bytes: [UInt8], _ channel: Channel) -> String {
    do throws(Refusal) {
      let events = try channel.read(Field(try JSON.parse(bytes)))
      return events.isEmpty ? "nothing" : events.map(\.line).joined(separator: "\n")
    } catch {
      return "refused \(error.status) \(error.code): \(error.sentence)"
    }
  }
}
