import Core
import TestSupport

/// Nothing that was acknowledged is missing, there twice, or somewhere else.
extension StormCheck {
  static let losses = [
    StormCheck(name: "lost: acknowledged messages that are missing", find: missingMessages),
    StormCheck(name: "lost: acknowledged reports that are missing", find: missingReports),
    StormCheck(name: "lost: genuine POSTs never acknowledged", find: neverTaken),
    StormCheck(name: "doubled: messages stored more than once", find: storedTwice),
    StormCheck(name: "crossed: messages stored at another tenant's or as another person's", find: elsewhere),
    StormCheck(name: "crossed: forged or foreign things stored", find: forged),
    StormCheck(name: "answered otherwise, or seen wrong meanwhile", find: { $0.ledger.complaints }),
  ]

  @Sendable private static func missingMessages(_ e: Evidence) throws -> [String] {
    let parked = try e.texts(
      "select payload::text from webhook_dead_letters where tenant_id in (\(e.tenants)) order by created_at")
    e.scene.tally.add(.found, "dead letters", parked.count)
    return e.ledger.acknowledged.keys.compactMap { receipt in
      guard receipt.isMessage, e.stored[receipt.id] == nil else { return nil }
      if receipt.mayBeParked, parked.contains(where: { $0.contains(receipt.id) }) { return nil }
      return "\(receipt.id) of \(e.shop(receipt.shop).tenant.slug)"
    }
  }

  @Sendable private static func missingReports(_ e: Evidence) throws -> [String] {
    let kept = Set(
      try e.texts(
        "select external_id || ' ' || status from message_status_history where tenant_id in (\(e.tenants))"))
    let delivered = e.ledger.acknowledged.keys.filter { $0.kind == .report }.map { "\($0.id) \($0.state)" }
    return (delivered + e.reported).filter { !kept.contains($0) }
  }

  @Sendable private static func neverTaken(_ e: Evidence) -> [String] {
    e.ledger.unacknowledged.map { _, delivery in
      "\(delivery.path), \(delivery.attempts) attempts: \(delivery.receipts.map(\.id).joined(separator: " "))"
    }
  }

  @Sendable private static func storedTwice(_ e: Evidence) -> [String] {
    // What came without an id is known by its hash, and two tenants may well be sent the same.
    e.stored.filter { $0.value.count > 1 && !$0.key.hasPrefix("sha256:") }.map { id, messages in
      "\(id): \(messages.map { "\($0.id.text) of \($0.tenant.text)" }.joined(separator: ", "))"
    }
  }

  @Sendable private static func elsewhere(_ e: Evidence) -> [String] {
    let gone = Set(e.ledger.acknowledged.keys.filter { $0.kind == .deletion }.map(\.about))
    return e.ledger.acknowledged.keys.compactMap { receipt in
      guard receipt.isMessage, let message = e.stored[receipt.id]?.first, let tag = Tag(in: receipt.id) else {
        return nil
      }
      if message.tenant != e.shop(receipt.shop).tenant.id { return "\(receipt.id) is at \(message.tenant.text)" }
      // A picture has no words, and of what its writer took back nothing is left.
      guard receipt.kind == .photo || gone.contains(receipt.id) || message.content.contains(tag.text) else {
        return "\(receipt.id) says \(message.content)"
      }
      guard let lead = e.conversations[message.conversation]?.lead else { return "\(receipt.id) has no conversation" }
      return e.writers(tag).contains(lead) ? nil : "\(receipt.id) is in the conversation of lead \(lead.text)"
    }
  }

  @Sendable private static func forged(_ e: Evidence) throws -> [String] {
    try e.texts(
      """
      select 'message ' || id || ' ' || external_id from messages where external_id like '%forged.\(e.scene.run).%'
      union all
      select 'report about ' || message_id || ' ' || external_id from message_status_history
        where external_id like '%forged.\(e.scene.run).%' and message_id is not null
      union all
      select 'notice ' || id || ' ' || external_id from channel_events where raw::text like '%forged.\(e.scene.run).%'
      union all
      select 'report ' || h.id || ' of another tenant''s message ' || m.id from message_status_history h
        join messages m on m.id = h.message_id where m.tenant_id <> h.tenant_id
      """)
  }
}
