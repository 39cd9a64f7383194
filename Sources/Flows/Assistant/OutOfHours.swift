import Core
import FoundationEssentials
import Rules
import Store

extension Office {
  /// What a business wants said while it is closed, once. Whoever wrote is answered when it opens, by a job that is asked for
  /// before they are told; where it does not open within the week, people are called.
  func outOfHours(
    _ found: ConversationToAnswerRow, _ conversation: UUID, _ job: HeldJob, _ log: Log
  ) async -> Settled {
    let standing = found.standing
    guard standing.isOpen == false, let text = found.profile.assistant.outOfHours else { return .notSettled }
    do throws(StoreError) {
      if let opens = standing.opensAt {
        try await insist(job.tenant) { (scope) throws(StoreError) in
          try scope.answerAtOpening(conversationId: conversation, opensAt: opens, requestId: job.requestID)
        }
      } else {
        let why = "wrote while it is closed, and it does not open within a week"
        try await callPeople(conversation, why: why, tell: !standing.toldClosed, job)
      }
    } catch {
      return .stop(Stop(why: error.sentence, again: true, after: nil))
    }
    // By the opening nobody would know of it any more: a day later it is no news.
    let done = await untold(conversation, job, log)
    let words = [done, standing.toldClosed ? nil : text].compactMap { $0 }
    guard !words.isEmpty else { return .nothing("closed, and said so") }
    return .say(
      Reply(
        text: words.joined(separator: " "),
        metadata: .object(["out_of_hours": true, "told_done": done == nil ? nil : true])))
  }

  /// An answer that was promised for the opening may not leave any more: its window is over, say.
  func tooLate(
    _ gate: String, _ found: ConversationToAnswerRow, _ conversation: UUID, _ job: HeldJob, _ log: Log
  ) async {
    var over: [Withheld] = [.windowClosed, .stale, .perUserLimit, .dailyLimit, .assistantOff]
    // Who took back all that they asked waits for nothing.
    if !found.saidInOneGo.isEmpty { over.append(.questionDeleted) }
    guard over.map(\.rawValue).contains(gate) else { return }
    do throws(StoreError) {
      try await callPeople(
        conversation, why: "wrote while it was closed, and could not be answered at the opening: \(gate)", tell: false,
        job)
    } catch {
      log.error("promise_broken", ["conversation": conversation.text, "why": error.sentence])
    }
  }

  private func callPeople(
    _ conversation: UUID, why: String, tell: Bool, _ job: HeldJob
  ) async throws(StoreError) {
    let details: JSON = ["by": .string(EscalatedBy.closed.rawValue), "tell": .bool(tell)]
    _ = try await insist(job.tenant) { (scope) throws(StoreError) in
      try scope.escalateWith(conversationId: conversation, reason: why, details: JSONText(details.text))
    }
  }
}
