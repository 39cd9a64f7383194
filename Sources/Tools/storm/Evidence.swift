import Core
import FoundationEssentials
import Store
import TestSupport

/// What was found when everything had come to rest: the storm's own account, the database's and the platform's.
struct Evidence {
  struct Message {
    let tenant: UUID
    let id: UUID
    let conversation: UUID
    let role: String
    let status: String
    let externalID: String?
    let content: String
    let answers: UUID?
    let job: UUID?
    let errorCode: String?
    let at: Instant
    let selection: String?
    let isDeleted: Bool

    /// The request has left, as far as the database knows.
    var left: Bool { !["pending", "withheld", "received", "failed"].contains(status) }
  }

  struct Conversation {
    let tenant: UUID
    let id: UUID
    let lead: UUID
    let connection: UUID
    let status: String
    let bot: Bool
    let question: UUID?
    let humanAt: Instant?
    let deliveredUntil: Instant?
    let readUntil: Instant?

    var isOpen: Bool { ["active", "waiting_response", "escalated"].contains(status) }
  }

  /// What was done to a message.
  struct Change {
    let tenant: UUID
    let kind: String
    let lead: UUID?
  }

  struct Alias: Hashable {
    let tenant: UUID
    let kind: String
    let value: String
  }

  let scene: Scene
  let ledger: Ledger.State
  let texts: [Sent]
  /// Reports of the platform that we acknowledged, as `wamid state`; the newest of them.
  let reported: [String]
  /// Our messages whose echo we acknowledged, by our id.
  let echoed: Set<String>
  private(set) var messages: [UUID: Message] = [:]
  private(set) var stored: [String: [Message]] = [:]
  /// What TikTok's accounts said, by account and text.
  private(set) var bySender: [String: [Message]] = [:]
  /// Messages that named their sender by number and by user id.
  private(set) var linked: Set<UUID> = []
  private(set) var conversations: [UUID: Conversation] = [:]
  /// To whom a name belongs, and the leads that were merged into others.
  private(set) var leads: [Alias: UUID] = [:]
  private(set) var merged: [UUID: UUID] = [:]
  private(set) var allLeads: [(tenant: UUID, id: UUID)] = []
  /// By the id of the event.
  private(set) var changes: [String: [Change]] = [:]
  /// By tenant and message.
  private(set) var reactions: [String: String] = [:]
  /// What became of a message's files.
  private(set) var files: [UUID: String] = [:]
  /// Messages of which we acknowledged that their writer edited or deleted them.
  let changed: Set<String>

  /// The storm's tenants, for a condition in SQL.
  var tenants: String { scene.shops.map { "'\($0.tenant.id.text)'" }.joined(separator: ",") }

  init(_ scene: Scene, reported: [String], echoed: Set<String>) throws {
    self.scene = scene
    self.reported = reported
    self.echoed = echoed
    ledger = scene.ledger.read { $0 }
    texts = scene.platform.texts
    changed = Set(ledger.acknowledged.keys.filter { $0.kind == .edit || $0.kind == .deletion }.map(\.about))
    try loadMessages()
    try loadConversations()
    try loadPeople()
    try loadChanges()
  }

  func rows<T>(_ sql: String, _ read: (Row) throws(StoreError) -> T) throws -> [T] {
    try Database.world.connection().everyone.many("storm", sql, [], read)
  }

  /// The first column of each row.
  func texts(_ sql: String) throws -> [String] {
    try rows(sql) { row throws(StoreError) in try row.get(0) }
  }

  private mutating func loadMessages() throws {
    let found = try rows(
      """
      select tenant_id, id, conversation_id, role, status, external_id, content, answers_message_id,
          processed_by_job_id, error_code, created_at, coalesce(raw ?& '{from,from_user_id}', false),
          selection, deleted_at is not null
        from messages where tenant_id in (\(tenants)) order by id
      """
    ) { row throws(StoreError) in
      let message = Message(
        tenant: try row.get(0), id: try row.get(1), conversation: try row.get(2), role: try row.get(3),
        status: try row.get(4), externalID: try row.get(5), content: try row.get(6), answers: try row.get(7),
        job: try row.get(8), errorCode: try row.get(9), at: try row.get(10),
        selection: try row.get(12), isDeleted: try row.get(13))
      return (message, try row.get(11) as Bool)
    }
    for (message, isLinked) in found {
      if isLinked { linked.insert(message.id) }
      messages[message.id] = message
      if let id = message.externalID { stored[id, default: []].append(message) }
      if message.role != "user", let shop = scene.shop(of: message.tenant), shop.platform == .tiktok {
        bySender[shop.sender + message.content, default: []].append(message)
      }
      scene.tally.add(.found, "messages: \(message.role) \(message.status)")
    }
  }

  private mutating func loadConversations() throws {
    let found = try rows(
      """
      select tenant_id, id, lead_id, channel_connection_id, status, ai_handling, last_question_id, last_human_at,
          delivered_until, read_until
        from conversations where tenant_id in (\(tenants))
      """
    ) { row throws(StoreError) in
      Conversation(
        tenant: try row.get(0), id: try row.get(1), lead: try row.get(2), connection: try row.get(3),
        status: try row.get(4), bot: try row.get(5), question: try row.get(6), humanAt: try row.get(7),
        deliveredUntil: try row.get(8), readUntil: try row.get(9))
    }
    for conversation in found {
      conversations[conversation.id] = conversation
      scene.tally.add(.found, "conversations: \(conversation.status)")
    }
  }

  private mutating func loadPeople() throws {
    for (alias, lead) in try rows(
      "select tenant_id, kind, value, lead_id from lead_aliases where tenant_id in (\(tenants))",
      { row throws(StoreError) in
        (Alias(tenant: try row.get(0), kind: try row.get(1), value: try row.get(2)), try row.get(3) as UUID)
      })
    { leads[alias] = lead }
    for (tenant, id, survivor) in try rows(
      "select tenant_id, id, merged_into_id from leads where tenant_id in (\(tenants))",
      { row throws(StoreError) in (try row.get(0) as UUID, try row.get(1) as UUID, try row.get(2) as UUID?) })
    {
      merged[id] = survivor
      allLeads.append((tenant, id))
      scene.tally.add(.found, survivor == nil ? "people" : "people merged into others")
    }
  }

  private mutating func loadChanges() throws {
    for (id, change) in try rows(
      """
      select external_id, tenant_id, kind, lead_id from channel_events
        where kind in ('reaction', 'edit', 'delete') and tenant_id in (\(tenants))
      """,
      { row throws(StoreError) in
        (try row.get(0) as String, Change(tenant: try row.get(1), kind: try row.get(2), lead: try row.get(3)))
      })
    {
      changes[id, default: []].append(change)
      scene.tally.add(.found, "done to messages: \(change.kind)")
    }
    for (key, emoji) in try rows(
      """
      select tenant_id || ' ' || target_external_id, string_agg(emoji, ' ') from message_reactions
        where tenant_id in (\(tenants)) group by 1
      """, { row throws(StoreError) in (try row.get(0) as String, try row.get(1) as String) })
    { reactions[key] = emoji }
    for (message, states) in try rows(
      """
      select message_id, string_agg(status, ' ') from media_files
        where message_id is not null and tenant_id in (\(tenants)) group by 1
      """, { row throws(StoreError) in (try row.get(0) as UUID, try row.get(1) as String) })
    {
      files[message] = states
      scene.tally.add(.found, "files of messages: \(states)")
    }
  }
}

extension Evidence {
  func shop(_ number: Int) -> Shop { scene.shops[number] }

  /// The lead that a person's name leads to.
  func lead(_ person: Person, _ names: Person.Names) -> UUID? {
    let tenant = shop(person.shop).tenant.id
    guard person.platform == .whatsapp else {
      return leads[Alias(tenant: tenant, kind: person.platform.aliasKind, value: person.id)]
    }
    switch names {
    case .userID: return person.userID.flatMap { leads[Alias(tenant: tenant, kind: "whatsapp_user_id", value: $0)] }
    // Under its canonical spelling a Mexican mobile number has no 1.
    default:
      return person.phone.flatMap { leads[Alias(tenant: tenant, kind: "phone", value: "52" + $0.dropFirst(3))] }
    }
  }

  /// The message that the platform received: by our id, or, since TikTok carries none, by the platform's or its words.
  func message(_ sent: Sent) -> Message? {
    if let opaque = sent.opaque { return UUID(uuidString: opaque).flatMap { messages[$0] } }
    if let known = sent.wamid.flatMap({ stored[$0]?.first }) { return known }
    let said = bySender[sent.sender + sent.text] ?? []
    let same = said.filter { conversations[$0.conversation]?.lead == leads[alias(sent, $0.tenant)] }
    return same.first(where: \.left) ?? same.first
  }

  /// The name under which a text's recipient is known.
  func alias(_ sent: Sent, _ tenant: UUID) -> Alias {
    switch sent.peer {
    case "instagram", "facebook", "tiktok": Alias(tenant: tenant, kind: sent.peer, value: sent.person)
    case _ where sent.to.contains("."): Alias(tenant: tenant, kind: "whatsapp_user_id", value: sent.to)
    default: Alias(tenant: tenant, kind: "phone", value: "52" + sent.to.dropFirst(3))
    }
  }

  /// The leads that are a message's writer.
  func writers(_ tag: Tag) -> [UUID?] { [lead(person(tag), .phone), lead(person(tag), .userID)] }

  /// Who wrote a message, by its id.
  func person(_ tag: Tag) -> Person { Person(shop: tag.shop, number: tag.person) }
}
