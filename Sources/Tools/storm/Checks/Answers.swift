import Core
import FoundationEssentials
import TestSupport

/// Every question has its answer, or a reason.
extension StormCheck {
  static let answers = [
    StormCheck(name: "questions without an answer and without a reason", find: unanswered)
  ]

  /// The last question of each open conversation: an older one is covered by the answer to a newer.
  @Sendable private static func unanswered(_ e: Evidence) throws -> [String] {
    let dead = Set(
      try e.texts(
        """
        select payload ->> 'conversation_id' from jobs
          where status = 'dead' and job_type = 'ai_response' and tenant_id in (\(e.tenants))
        """))
    let answers = Dictionary(grouping: e.messages.values.filter { $0.role == "assistant" }) { $0.conversation }
    let back = Dictionary(e.ledger.handedBack.map { ($0.conversation, $0.at) }) { max($0, $1) }
    return e.conversations.values.sorted { $0.id.text < $1.id.text }.compactMap { c in
      guard c.isOpen, let id = c.question else { return nil }
      guard let question = e.messages[id] else { return "conversation \(c.id.text): its question \(id.text) is gone" }
      let replies = (answers[c.id] ?? []).filter { ($0.answers?.text ?? "") >= id.text }
      var reason = reply(replies)
      if reason == nil, question.isDeleted { reason = "its writer deleted it" }
      if reason == nil, c.status == "escalated" { reason = "escalated" }
      if reason == nil, !c.bot { reason = "a human has the conversation" }
      if reason == nil, let at = c.humanAt, at > question.at { reason = "a human wrote afterwards" }
      if reason == nil, let at = back[c.id], question.at < at { reason = "a human had the conversation" }
      if reason == nil, dead.contains(c.id.text) { reason = "its job is dead" }
      e.scene.tally.add(.found, "last questions: \(reason ?? "NO REASON")")
      guard reason == nil else { return nil }
      let said = replies.map { "\($0.id.text) \($0.status) \($0.errorCode ?? "")" }.joined(separator: ", ")
      return "conversation \(c.id.text) of \(c.tenant.text): question \(id.text) at \(question.at); replies: \(said)"
    }
  }

  private static func reply(_ replies: [Evidence.Message]) -> String? {
    if replies.contains(where: \.left) {
      return replies.contains { $0.left && $0.status != "unknown" } ? "answered" : "the answer's fate is unknown"
    }
    if replies.contains(where: { $0.status == "failed" }) { return "the platform refused the answer" }
    // To the last question of a conversation none can be newer; every other reason is one.
    let why = replies.first { $0.status == "withheld" && $0.errorCode != "newer_inbound" }?.errorCode
    return why.map { "withheld: \($0)" }
  }
}
