import Core
import FoundationEssentials
import Peers
import Rules

/// Whatever the body is, `read` gives whole events or a refusal that names the place. The body says which platform it
/// is for: `object` one of Meta's, `event` TikTok.
func fuzzWebhook(_ input: [UInt8]) {
  guard let body = try? JSON.parse(input) else { return }
  let channel = channel(of: body)
  let events: [InboundEvent]
  do throws(Refusal) {
    events = try channel.read(Field(body))
  } catch {
    guard case .malformed(let path, let fault) = error else { return check(false, "refused as \(error)") }
    check(path.hasPrefix("$") && !fault.isEmpty, "a refusal that names no place: \(error.sentence)")
    return
  }
  check(events.count <= Limits.eventsPerPost, "\(events.count) events")
  let rows = events.map { $0.row(connection: connection) }
  for (event, row) in zip(events, rows) {
    checkEvent(event)
    checkRow(row)
  }
  if channel.name == .tiktok {
    checkOnly(body, rows)
  } else {
    checkSibling(body, rows, channel)
  }
}

private func channel(of body: JSON) -> Channel {
  let object = Field(body)["object"].text ?? Field(body)[0]["object"].text
  if case .array = body { return object == "page" ? .facebook : .instagram }
  if object == nil, Field(body)["event"].exists { return .tiktok }
  return Channel.all.first { $0.object != nil && $0.object == object } ?? .whatsapp
}

private let connection = UUID(uuid: (1, 2, 3, 4, 5, 6, 0x70, 8, 0x80, 10, 11, 12, 13, 14, 15, 16))

// MARK: Invariants

private func checkEvent(_ event: InboundEvent) {
  check(!event.externalID.isEmpty, "no external id: \(event.raw.text)")
  check(event.externalID.unicodeScalars.count <= Limits.externalID, "a long external id: \(event.raw.text)")
  switch event.kind {
  case .status, .reaction, .delete, .preference: break
  default: check(!event.content.isEmpty, "no content: \(event.raw.text)")
  }
  if event.kind != .reaction {
    check(event.content.unicodeScalars.count <= Limits.messageText, "a long content: \(event.raw.text)")
  }
  check(!event.contentType.isEmpty, "no content type: \(event.raw.text)")
  check(event.replyTo?.isEmpty != true, "a reply to nothing: \(event.raw.text)")
  check(
    !event.wantsAnswer || (event.kind == .message && event.contentType != "unsupported"), "answered: \(event.raw.text)")
  switch event.kind {
  case .message, .echo, .reaction, .edit, .delete, .preference:
    check(!event.aliases.isEmpty || event.kind == .delete, "nobody's: \(event.raw.text)")
  default: break
  }
  checkPerson(event)
  check(event.origin == nil || event.kind == .echo, "somebody's who is no echo: \(event.raw.text)")
  check(!event.isStandby || !event.wantsAnswer, "another app's to answer: \(event.raw.text)")
  check((event.kind == .status) == (event.status != nil), "a report in something else: \(event.raw.text)")
  check(event.status?.state.isEmpty != true, "a report that says nothing: \(event.raw.text)")
  // Four digits hold a year; Postgres has no year 0.
  if let at = event.at, at >= yearOne, at < yearTenThousand {
    check(Instant(at.description) == at, "a moment that is read otherwise than it was written: \(event.raw.text)")
  }
}

private let yearOne = Instant(seconds: -62_135_596_800)
private let yearTenThousand = Instant(seconds: 253_402_300_800)

private func checkPerson(_ event: InboundEvent) {
  check(event.aliases.count <= 4, "\(event.aliases.count) aliases: \(event.raw.text)")
  for alias in event.aliases {
    check(!alias.value.isEmpty && !alias.address.isEmpty, "an empty alias: \(event.raw.text)")
    check(alias.value.utf8.count <= 200, "a long alias: \(event.raw.text)")
    switch alias.kind {
    case "phone":
      check(alias.value.utf8.allSatisfy { (48...57).contains($0) }, "a phone with letters: \(event.raw.text)")
    case "whatsapp_user_id", "facebook", "instagram", "tiktok": break
    default: check(false, "an unknown kind of alias: \(event.raw.text)")
    }
  }
  if let name = event.profileName {
    check(!name.isEmpty && name.unicodeScalars.count <= Limits.personName, "a name out of bounds: \(event.raw.text)")
    check(!name.contains(where: \.isNewline), "a name of two lines: \(event.raw.text)")
  }
}

/// What goes to Postgres is JSON that it takes.
private func checkRow(_ row: JSON) {
  check(!hasNUL(row), "a NUL, which Postgres refuses: \(row.text)")
  guard let again = try? JSON.parse(row.bytes, depth: Limits.jsonDepth + 8, nodes: 4 * Limits.jsonNodes) else {
    return check(false, "a row that is no JSON: \(row.text)")
  }
  check(same(row, again), "a row that changes on its way: \(row.text)")
  let field = Field(row)
  for name in ["connection_id", "kind", "external_id", "content_type"] {
    check(field[name].text?.isEmpty == false, "a row without \(name): \(row.text)")
  }
  let kind = field["kind"].text ?? ""
  check(InboundEvent.Kind(rawValue: kind) != nil, "an unknown kind: \(row.text)")
  if ["message", "echo"].contains(kind) {
    check(field["content"].text?.isEmpty == false && !field["aliases"].items.isEmpty, "an empty message: \(row.text)")
  }
}

/// TikTok posts one event at a time: it is kept whole, whatever could be read in it.
private func checkOnly(_ body: JSON, _ rows: [JSON]) {
  check(rows.count == 1, "\(rows.count) events of one body")
  check(rows.allSatisfy { same($0["raw"] ?? .null, body) }, "it is not kept as it came: \(body.text)")
}

/// A good message after anything at all is read as if it were alone, and what stood before it as without it.
private func checkSibling(_ body: JSON, _ rows: [JSON], _ channel: Channel) {
  guard rows.count < Limits.eventsPerPost, case .object(var members) = body,
    case .array(let entries)? = members["entry"]
  else { return }
  members["entry"] = .array(entries + [channel.name == .whatsapp ? good : goodOfMessenger])
  guard let more = try? channel.read(Field(.object(members))) else {
    return check(false, "a good message makes a body unreadable")
  }
  check(more.count == rows.count + 1, "\(rows.count) events and a good message are \(more.count)")
  check(zip(more, rows).allSatisfy { same($0.row(connection: connection), $1) }, "a sibling changes the others")
  check(more.last?.externalID.hasSuffix(".good") == true && more.last?.wantsAnswer == true, "the good one is harmed")
}

private let good: JSON = [
  "id": "1",
  "changes": [
    [
      "field": "messages",
      "value": [
        "metadata": ["phone_number_id": "2", "display_phone_number": "526310000000"],
        "messages": [["id": "wamid.good", "from": "526311112222", "type": "text", "text": ["body": "hola"]]],
      ],
    ]
  ],
]

private let goodOfMessenger: JSON = [
  "id": "1",
  "messaging": [
    ["sender": ["id": "6842"], "recipient": ["id": "1"], "timestamp": 1, "message": ["mid": "m.good", "text": "hola"]]
  ],
]
