import Core

/// A customer writes, or the owner with the Business app, or Meta has news: a webhook on demand.
struct Inbound: Sendable {
  let field: String
  let value: JSON
  /// Of the message, if it is one.
  let id: String?
  let at: Instant
  /// The person's number as WhatsApp spells it, and user id.
  let names: [String]
  let opens: Bool
  /// What a preference says of marketing: names and whether they stopped it.
  let preferences: [(name: String, stopped: Bool)]

  /// Kinds of messages that do not open the window.
  private static let quiet = ["reaction", "system", "revoke", "edit", "unsupported"]

  /// Reads `{"from"?, "user_id"?, "name"?, "age"?, "id"?, "text"? | "message"?}`, with `"field"` and `"value"` for anything
  /// else that Meta tells. What the message leaves out is filled in.
  init(_ body: Field, _ number: Number) throws(Refusal) {
    field = body["field"].text ?? "messages"
    at = .now + -Double(body["age"].integer ?? 0)
    let metadata: JSON.Members.Pair = .init(
      "metadata",
      ["display_phone_number": .string(number.displayPhone), "phone_number_id": .string(number.id)])
    var members = JSON.Members([.init("messaging_product", "whatsapp"), metadata])
    if body["value"].exists {
      for pair in try body["value"].object().pairs { members[pair.key] = pair.value }
      value = .object(members)
      (id, names, opens) = (nil, [], false)
      preferences = body["value"]["user_preferences"].items.compactMap { item in
        item["wa_id"].loose.map { (WhatsAppRules.waID($0), item["value"].text == "stop") }
      }
      return
    }
    let isEcho = field == "smb_message_echoes"
    let from = body["from"].loose
    let userID = body["user_id"].text
    guard from != nil || userID != nil else { throw body["from"].expected("digits, or a user_id") }
    names = [from.map { WhatsAppRules.waID($0) }, userID].compactMap(\.self)
    let id = body["id"].text ?? SentMessage.newID(for: names[0])
    var item = body["message"].exists ? try body["message"].object() : JSON.Members([.init("type", "text")])
    if let text = body["text"].text { item["text"] = ["body": .string(text)] }
    func fill(_ key: String, _ value: String?) { if item[key] == nil, let value { item[key] = .string(value) } }
    fill("from", isEcho ? number.displayPhone : from)
    if isEcho { fill("to", from) }
    fill(isEcho ? "to_user_id" : "from_user_id", userID)
    fill("id", id)
    fill("timestamp", String(at.seconds))
    if case .string(let type)? = item["type"] { opens = !isEcho && !Self.quiet.contains(type) } else { opens = !isEcho }
    self.id = id
    preferences = []
    members[isEcho ? "message_echoes" : "messages"] = [.object(item)]
    members["contacts"] = [
      .object([
        "profile": ["name": .string(body["name"].text ?? "Cliente")], "wa_id": from.map { .string($0) },
        "user_id": userID.map { .string($0) },
      ])
    ]
    value = .object(members)
  }

  /// The whole body of the webhook.
  func envelope(_ number: Number) -> JSON {
    [
      "object": "whatsapp_business_account",
      "entry": [["id": .string(number.wabaID), "changes": [["value": value, "field": .string(field)]]]],
    ]
  }

  func remember(in memory: Memory, on number: String) async {
    if let id { await memory.heard(id, from: names, at: at, opens: opens, on: number) }
    for preference in preferences {
      await memory.setMarketing(of: preference.name, stopped: preference.stopped, on: number)
    }
  }
}
