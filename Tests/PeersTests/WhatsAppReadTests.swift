import Core
import Peers
import Rules
import Testing

@Suite struct WhatsAppReadTests {
  @Test(arguments: Fixture.all("whatsapp"))
  func payload(_ fixture: Fixture) throws {
    try fixture.expect(Self.text(fixture.bytes))
  }

  @Test func everyKindIsShown() throws {
    var kinds = Set<InboundEvent.Kind>()
    for fixture in Fixture.all("whatsapp") {
      guard let body = try? JSON.parse(fixture.bytes), let events = try? Channel.whatsapp.read(Field(body)) else {
        continue
      }
      for event in events {
        kinds.insert(event.kind)
        #expect(event.kind != .message || !event.content.isEmpty, "\(fixture.name): a message needs something to read")
        #expect(event.kind != .message || !event.aliases.isEmpty, "\(fixture.name): a message needs a person")
        #expect(!event.wantsAnswer || event.kind == .message, "\(fixture.name): only messages are answered")
        #expect(!event.externalID.isEmpty, "\(fixture.name)")
        #expect(event.externalID.unicodeScalars.count <= Limits.externalID, "\(fixture.name)")
      }
    }
    #expect(kinds == Set(InboundEvent.Kind.allCases))
  }

  @Test func sharedPayloadsAreRead() throws {
    for (name, bytes) in sharedPayloads("wa_") {
      let events = try Channel.whatsapp.read(Field(JSON.parse(bytes)))
      #expect(!events.isEmpty, "\(name)")
      #expect(!events.contains { $0.details["fault"] != nil }, "\(name)")
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

  /// Truncated anywhere, a body is refused or read, but nothing crashes; and no longer signed, it is never accepted.
  @Test(arguments: Fixture.all("whatsapp"))
  func damagedBodies(_ fixture: Fixture) throws {
    let secret = Secret("app-secret")
    let whole = fixture.bytes
    let signature = "sha256=" + hex(hmacSHA256(whole, key: secret))
    let step = max(whole.count / 400, 1)
    for end in stride(from: 0, to: whole.count, by: step) {
      _ = Self.text(Array(whole[..<end]))
      let request = Request("POST", "/", headers: ["x-hub-signature-256": signature], body: Array(whole[..<end]))
      #expect(throws: Refusal.self) { try Channel.whatsapp.verify(request, [secret]) }
    }
    for i in stride(from: 0, to: whole.count, by: max(whole.count / 100, 1)) {
      var flipped = whole
      flipped[i] ^= UInt8(1 << (i % 8))
      _ = Self.text(flipped)
      let request = Request("POST", "/", headers: ["x-hub-signature-256": signature], body: flipped)
      #expect(throws: Refusal.self) { try Channel.whatsapp.verify(request, [secret]) }
    }
  }

  static func text(_ bytes: [UInt8]) -> String {
    do throws(Refusal) {
      let events = try Channel.whatsapp.read(Field(try JSON.parse(bytes)))
      return events.isEmpty ? "nothing" : events.map(\.line).joined(separator: "\n")
    } catch {
      return "refused \(error.status) \(error.code): \(error.sentence)"
    }
  }
}
