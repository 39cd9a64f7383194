import Core
import FoundationEssentials
import TestSupport

/// What left: once, to whom it belongs, by the account it belongs to, and only what the database says has left.
extension StormCheck {
  static let leavings = [
    StormCheck(name: "doubled: messages that the platform took more than once", find: takenTwice),
    StormCheck(name: "doubled: questions answered more than once", find: answeredTwice),
    StormCheck(name: "sent although the database says that it never left", find: neverLeft),
    StormCheck(name: "crossed: texts of another account, recipient or wording", find: misdirected),
    StormCheck(name: "stuck: messages in `sending`, or pending without a job", find: stuck),
    StormCheck(name: "unsettled: unknown though the platform reported", find: unsettled),
    StormCheck(name: "states below what was reported", find: belowReports),
  ]

  @Sendable private static func takenTwice(_ e: Evidence) -> [String] {
    // What answers a picture on TikTok says the same to every picture, and no id of ours tells two apart.
    let told = e.texts.filter { $0.accepted && ($0.opaque != nil || $0.peer != "tiktok" || Tag(in: $0.text) != nil) }
    let taken = Dictionary(grouping: told) {
      $0.opaque ?? "by \($0.sender) to \($0.to): \($0.text)"
    }
    return taken.filter { $0.value.count > 1 }.map { id, all in
      "\(id) at \(all.map(\.at.description).joined(separator: ", "))"
    }
  }

  @Sendable private static func answeredTwice(_ e: Evidence) -> [String] {
    let answers = e.messages.values.filter { $0.role == "assistant" && $0.left && $0.answers != nil }
    return Dictionary(grouping: answers) { $0.answers }.compactMap { question, replies in
      // Parts of one answer have one job.
      guard let question, Set(replies.map(\.job)).count > 1 else { return nil }
      let list = replies.sorted { $0.at < $1.at }.map { "\($0.id.text) \($0.status) by job \($0.job?.text ?? "?")" }
      return "question \(question.text): \(list.joined(separator: ", "))"
    }
  }

  @Sendable private static func neverLeft(_ e: Evidence) -> [String] {
    e.texts.filter(\.accepted).compactMap { sent in
      guard let message = e.message(sent), ["pending", "withheld"].contains(message.status) else { return nil }
      return "\(message.id.text) is \(message.status) (\(message.errorCode ?? "")), taken at \(sent.at)"
    }
  }

  @Sendable private static func misdirected(_ e: Evidence) -> [String] {
    e.texts.compactMap { sent in
      guard let message = e.message(sent) else { return "\(sent.opaque ?? "no id") at \(sent.at) is nobody's message" }
      guard let shop = e.scene.shop(of: message.tenant), let conversation = e.conversations[message.conversation] else {
        return "\(message.id.text) has no shop or conversation"
      }
      if sent.sender != shop.sender { return "\(message.id.text) left by \(sent.sender)" }
      if sent.text != message.content { return "\(message.id.text) left as \(sent.text)" }
      return e.leads[e.alias(sent, message.tenant)] == conversation.lead ? nil : "\(message.id.text) left to \(sent.to)"
    }
  }

  @Sendable private static func stuck(_ e: Evidence) throws -> [String] {
    try e.texts(
      """
      select m.id || ' is ' || m.status || ' since ' || m.updated_at from messages m
       where m.tenant_id in (\(e.tenants)) and (m.status = 'sending' or m.status = 'pending' and not exists (
         select from jobs j where j.tenant_id = m.tenant_id and j.payload ->> 'message_id' = m.id::text
           and j.status in ('pending', 'processing')))
       order by m.id
      """)
  }

  /// The platform brings our own id back with each report.
  @Sendable private static func unsettled(_ e: Evidence) throws -> [String] {
    let seen = Dictionary(e.texts.map { (e.message($0)?.id.text ?? "", $0.accepted) }) { $0 || $1 }
    for message in e.messages.values where message.status == "unknown" {
      let fate = seen[message.id.text].map { $0 ? "taken" : "seen and not taken" } ?? "never seen"
      e.scene.tally.add(.found, "unknown messages that the platform has \(fate)")
    }
    let echoed = e.messages.values.filter { $0.status == "unknown" && e.echoed.contains($0.id.text) }
    return try echoed.map { "\($0.id.text) is unknown, and its echo was acknowledged" }
      + e.texts(
        """
        select distinct m.id || ' is unknown, reported ' || h.external_id
          from message_status_history h join messages m on m.tenant_id = h.tenant_id
            and m.id::text = h.raw ->> 'biz_opaque_callback_data'
         where h.tenant_id in (\(e.tenants)) and m.status = 'unknown'
           and h.status in ('sent', 'delivered', 'read', 'failed') and h.external_id not like '%forged.%'
        """)
  }

  @Sendable private static func belowReports(_ e: Evidence) throws -> [String] {
    try e.texts(
      """
      select m.id || ' is ' || m.status || ', reported ' || string_agg(h.status, ' ')
        from messages m join message_status_history h on h.tenant_id = m.tenant_id
          and h.channel_connection_id = m.channel_connection_id and h.external_id = m.external_id
       where m.tenant_id in (\(e.tenants)) and h.status in ('sent', 'delivered', 'read')
       group by m.tenant_id, m.id, m.status
      having case m.status when 'failed' then bool_or(h.status <> 'sent')
        else message_status_rank(m.status) < max(message_status_rank(h.status)) end
      """)
  }
}
