import Core
import FoundationEssentials
import Rules
import Store

/// Where an answer stands when a call of the model is about to be paid for.
struct Asking: Sendable {
  let found: ConversationToAnswerRow
  let conversation: UUID
  let question: UUID
  let job: HeldJob
  let profile: TenantProfile
  /// Calls that this answer has taken before.
  let calls: Int
  /// Why its reply could not leave as things stood a moment ago (a word of `Withheld`); nil: it could. Before the first call
  /// it is nil, since `conversationToAnswer` has just asked.
  let gate: String?
  /// A tool has handed the conversation to people: what is asked for is the assistant's last word.
  let handedOver: Bool
}

extension Office {
  /// Whether one more call of the model may be paid for; `.notSettled`: it may.
  func mayAsk(_ asking: Asking, _ log: Log) async -> Settled {
    guard let gate = asking.gate else { return .notSettled }
    log.info("not_asked", ["conversation": asking.conversation.text, "why": gate, "calls": String(asking.calls)])
    return .nothing(gate)
  }
}
