import Core
import FoundationEssentials
import TestSupport

/// What was acknowledged has had its effect: once, and on nobody else's.
extension StormCheck {
  static let effects = [
    StormCheck(name: "lost or doubled: acknowledged reactions, edits and deletions", find: changes),
    StormCheck(name: "without effect: presses, pictures, reactions, edits, deletions", find: withoutEffect),
    StormCheck(name: "without effect: what was delivered or read until a moment", find: watermarks),
    StormCheck(name: "answers to what no customer said", find: unasked),
  ]

  @Sendable private static func changes(_ e: Evidence) -> [String] {
    e.ledger.acknowledged.keys.compactMap { receipt in
      guard receipt.isChange, let tag = Tag(in: receipt.about) else { return nil }
      let kept = (e.changes[receipt.id] ?? []).filter { $0.tenant == e.shop(receipt.shop).tenant.id }
      guard kept.count == 1 else { return "\(receipt.id) is there \(kept.count) times" }
      if e.stored[receipt.id] != nil { return "\(receipt.id) is a message" }
      return e.writers(tag).contains(kept[0].lead) ? nil : "\(receipt.id) is of lead \(kept[0].lead?.text ?? "none")"
    }
  }

  @Sendable private static func withoutEffect(_ e: Evidence) -> [String] {
    e.ledger.acknowledged.keys.compactMap { receipt in
      guard let message = e.stored[receipt.isMessage ? receipt.id : receipt.about]?.first else { return nil }
      let found: String?
      switch receipt.kind {
      case .press:
        found = message.selection == Tag(in: receipt.id).map(Payload.selection) ? nil : message.selection ?? "-"
      case .photo:
        let files = e.files[message.id]
        found = files == "stored" ? nil : "files: \(files ?? "none")"
      case .reaction:
        let emoji = e.reactions["\(message.tenant.text) \(receipt.about)"]
        found = emoji == Payload.heart ? nil : "reactions: \(emoji ?? "none")"
      case .edit: found = message.content.hasPrefix(Payload.correction) ? nil : message.content
      case .deletion:
        found = message.isDeleted && message.content == "[mensaje eliminado]" ? nil : message.content
      default: found = nil
      }
      return found.map { "\(receipt.kind) \(receipt.id) of \(message.id.text): \($0)" }
    }
  }

  /// Said of a conversation, and true of each of its messages that had left by then.
  @Sendable private static func watermarks(_ e: Evidence) throws -> [String] {
    let byLead = Dictionary(grouping: e.conversations.values) { $0.lead }
    let unheard = e.ledger.acknowledged.keys.compactMap { receipt -> String? in
      guard receipt.kind == .watermark, let until = receipt.until else { return nil }
      let shop = e.shop(receipt.shop)
      let name = Evidence.Alias(tenant: shop.tenant.id, kind: shop.platform.aliasKind, value: receipt.id)
      let own = e.leads[name].flatMap { byLead[$0] } ?? []
      let known = own.compactMap { receipt.state == "read" ? $0.readUntil : $0.deliveredUntil }.max()
      return known.map { $0 >= until } ?? false
        ? nil : "\(receipt.state) until \(until) by \(receipt.id) of \(shop.tenant.slug)"
    }
    return try unheard
      + e.texts(
        """
        select m.id || ' is ' || m.status || ', delivered until ' || coalesce(c.delivered_until::text, '-')
            || ', read until ' || coalesce(c.read_until::text, '-')
          from messages m join conversations c on c.tenant_id = m.tenant_id and c.id = m.conversation_id
         where m.tenant_id in (\(e.tenants)) and m.role <> 'user' and m.external_id is not null
           and (m.status in ('accepted', 'sent', 'delivered')
               and coalesce(m.attempted_at, m.external_timestamp, m.sent_at) <= c.read_until
             or m.status in ('accepted', 'sent')
               and coalesce(m.attempted_at, m.external_timestamp, m.sent_at) <= c.delivered_until)
        """)
  }

  @Sendable private static func unasked(_ e: Evidence) -> [String] {
    e.messages.values.compactMap { answer in
      guard answer.role == "assistant", let question = answer.answers.flatMap({ e.messages[$0] }),
        question.role != "user"
      else { return nil }
      return "\(answer.id.text) answers \(question.id.text) of \(question.role): \(question.content)"
    }
  }
}
