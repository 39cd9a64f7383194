import Core
import FoundationEssentials
import Peers
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
  /// Whether one more call of the model may be paid for; `.notSettled`: it may. A month's budget that is spent is no reason
  /// to leave the person without an answer: people take over.
  func mayAsk(_ asking: Asking, _ log: Log) async -> Settled {
    let spent = Withheld.budgetSpent.rawValue
    guard let gate = asking.gate ?? (asking.found.budgetSpent ? spent : nil) else { return .notSettled }
    log.info("not_asked", ["conversation": asking.conversation.text, "why": gate, "calls": String(asking.calls)])
    return gate == spent ? await tooDear(asking, log) : .nothing(gate)
  }

  /// People take over, and the person is told so: by the tool's words, where a tool has handed over before.
  private func tooDear(_ asking: Asking, _ log: Log) async -> Settled {
    let why = "the month's budget for automatic answers is spent"
    if asking.handedOver { return .stop(Stop(why: why, again: false, after: nil)) }
    return await settled(asking.conversation, by: .budget, why: why, asking.job, log)
  }

  /// A call was given up while the model thought. What it cost is not told to whoever hangs up; what it read is counted by
  /// its length.
  func gaveUp(
    _ call: ClaudeCall, _ asking: Asking, why: String, _ started: Instant, _ log: Log
  ) async -> Settled {
    log.info("given_up", ["conversation": asking.conversation.text, "why": why])
    await record(unheardRow(call, asking, "given_up", why: why, said: 0, started), asking.job, log)
    return why == Withheld.budgetSpent.rawValue ? await tooDear(asking, log) : .nothing(why)
  }

  /// A call failed. If it may have been paid for, it is counted: what it read by its length, and as much said as it was
  /// allowed, or a model that is too slow would be asked for ever on no budget.
  func failed(_ call: ClaudeCall, _ asking: Asking, _ error: PeerError, _ started: Instant, _ log: Log) async {
    guard error.mayHaveCost else { return }
    let word = if case .unparseable = error { "unreadable" } else { "no_answer" }
    let row = unheardRow(call, asking, word, why: error.sentence, said: call.mostTokens, started)
    await record(row, asking.job, log)
  }
}
