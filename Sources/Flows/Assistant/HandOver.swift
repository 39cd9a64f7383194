import Core
import FoundationEssentials
import Rules
import Store

extension Office {
  /// People take over, and the person is told so if nobody has told them yet.
  func handOver(
    _ conversation: UUID, by cause: EscalatedBy, why: String, _ job: HeldJob, _ log: Log
  ) async throws(StoreError) {
    let told = try await tell(conversation, ["by": .string(cause.rawValue)], why: why, job)
    log.warning("escalated", ["conversation": conversation.text, "by": cause.rawValue, "told": told ? "1" : "0"])
  }

  /// The same, as the end of a question that no model is asked.
  func settled(
    _ conversation: UUID, by cause: EscalatedBy, why: String, _ job: HeldJob, _ log: Log
  ) async -> Settled {
    do throws(StoreError) {
      try await handOver(conversation, by: cause, why: why, job, log)
      return .nothing("escalated: " + cause.rawValue)
    } catch {
      return .stop(Stop(why: error.sentence, again: true, after: nil))
    }
  }

  /// Of a conversation that people have: a worker that handed it over may have died before it said so.
  func sayLastWord(_ conversation: UUID, _ job: HeldJob) async -> Outcome {
    do throws(StoreError) {
      let told = try await tell(conversation, [:], why: nil, job)
      return .done(["withheld": .string(Withheld.escalated.rawValue), "told": .bool(told)])
    } catch {
      return .retry(after: pause(nil, job), why: error.sentence)
    }
  }

  private func tell(
    _ conversation: UUID, _ details: JSON, why: String?, _ job: HeldJob
  ) async throws(StoreError) -> Bool {
    try await insist(job.tenant) { (scope) throws(StoreError) in
      try scope.handOver(
        conversationId: conversation, reason: why, details: JSONText(details.text),
        texts: JSONText(LastWord.texts.text), jobId: job.id, requestId: job.requestID)
    }
  }
}
