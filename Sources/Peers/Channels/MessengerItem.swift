import Core
import Rules

/// One item: who, whom, when, and one key that says what happened.
struct MessengerItem {
  /// The keys that are known, in the order in which they are looked for: an item has one of them.
  enum Key: String, CaseIterable {
    case message, postback, reaction
    case edit = "message_edit"
    case delivery, read, referral, optin
    case linking = "account_linking"
    case pass = "pass_thread_control"
    case take = "take_thread_control"
    case request = "request_thread_control"
    case roles = "app_roles"
    case policy = "policy-enforcement"
  }

  let sender: Field
  let recipient: Field
  let timestamp: Field
  /// What happened; nil: nothing that we know.
  let key: Key?
  let body: Field
  /// As it came.
  let whole: Field

  init(_ item: Field) {
    self.init(item, item["sender"]["id"], Key.allCases.first { item[$0.rawValue].exists })
  }

  /// Of a change's value; nil if that is nothing about messages.
  init?(change value: Field, of field: String?) {
    if let key = Key.allCases.first(where: { value[$0.rawValue].exists }), value["sender"].exists || key == .policy {
      self.init(value, value["sender"]["id"], key)
      return
    }
    guard let key = field.flatMap({ Self.fields[$0] }) else { return nil }
    self.init(value, value["sender"].exists ? value["sender"]["id"] : value["from"]["id"], key, flat: true)
  }

  private init(_ item: Field, _ sender: Field, _ key: Key?, flat: Bool = false) {
    whole = item
    self.sender = sender
    recipient = item["recipient"]["id"]
    timestamp = item["timestamp"]
    self.key = key
    body = flat ? item : key.map { item[$0.rawValue] } ?? item
  }

  private static let fields: [String: Key] = [
    "messages": .message, "message_echoes": .message, "messaging_postbacks": .postback, "message_reactions": .reaction,
    "message_edit": .edit, "message_edits": .edit, "messaging_seen": .read, "message_reads": .read,
    "message_deliveries": .delivery, "messaging_referral": .referral, "messaging_referrals": .referral,
    "messaging_optins": .optin, "messaging_account_linking": .linking,
    "messaging_policy_enforcement": .policy,
  ]

  /// The message that it is about.
  var mid: Field { body["mid"] }

  var raw: JSON { whole.value ?? .null }

  /// A name for what has none of its own, or shares its message's: the same news told again has the same name.
  func named(_ parts: String?...) -> String {
    let name = parts.map { $0 ?? "" }.joined(separator: ":")
    return name.unicodeScalars.count <= Limits.externalID ? name : Meta.hashed(.string(name))
  }
}

extension Messenger {
  func read(_ item: MessengerItem, _ place: MessengerPlace) throws(Refusal) -> [InboundEvent] {
    switch item.key {
    case .message: [try readMessage(item, place)]
    case .postback: [try readPostback(item, place)]
    case .reaction: [try readReaction(item, place)]
    case .edit: [try readEdit(item, place)]
    case .delivery: try readReports(item, place, "delivered")
    case .read: try readReports(item, place, "read")
    case .referral: [try readReferral(item, place)]
    case .optin: [readOptIn(item, place)]
    case .linking: [try readLinking(item, place)]
    case .pass, .take, .request, .roles: [readThread(item, place)]
    case .policy: [readPolicy(item, place)]
    case nil: [place.aside(item.whole, "an item of a kind that is not known")]
    }
  }

  /// An event of the person who sent the item. Throws if nobody did.
  func draft(
    _ kind: InboundEvent.Kind, _ item: MessengerItem, _ place: MessengerPlace, id: String
  ) throws(Refusal) -> InboundEvent {
    guard let person = person(item, place) else { throw item.sender.expected("a person's id") }
    return event(kind, item, place, id: id, aliases: [person])
  }

  /// Without anybody to have done it.
  func event(
    _ kind: InboundEvent.Kind, _ item: MessengerItem, _ place: MessengerPlace, id: String, aliases: [Alias] = []
  ) -> InboundEvent {
    InboundEvent(
      kind: kind, accountID: account(item, place), externalID: id, aliases: aliases,
      at: Meta.instant(item.timestamp) ?? place.time, raw: item.raw)
  }

  /// The business's account is the entry's; without that, whoever is not the person.
  func account(_ item: MessengerItem, _ place: MessengerPlace) -> String? {
    place.accountID ?? (isEcho(item, place) ? item.sender : item.recipient).loose.flatMap { $0.isEmpty ? nil : $0 }
  }

  /// The person is whoever is not the account: nobody may be taken for the business itself.
  func person(_ item: MessengerItem, _ place: MessengerPlace) -> Alias? {
    let ids = isEcho(item, place) ? [item.recipient, item.sender] : [item.sender, item.recipient]
    guard let own = place.accountID else { return alias(ids[0]) }
    // Of the two the second is only looked at where the first is the account: some echoes name the customer as sender.
    return ids[0].loose == own ? alias(ids[1]).flatMap { $0.value == own ? nil : $0 } : alias(ids[0])
  }

  /// What the business itself sent, from wherever: the platform says so, or it is from the account.
  func isEcho(_ item: MessengerItem, _ place: MessengerPlace) -> Bool {
    if item.key == .message, item.body["is_echo"].bool == true { return true }
    guard let own = place.accountID, let sender = item.sender.loose else { return false }
    return sender == own
  }
}
