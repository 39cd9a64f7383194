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
      return later(error, job, after: pause(nil, job))
    }
  }

  private func tell(
    _ conversation: UUID, _ details: JSON, why: String?, _ job: HeldJob
  ) async throws(StoreError) -> Bool {
    try await insistTogether(job.tenant) { (scope) throws(StoreError) in
      let done = try scope.untold(conversation)
      let before = done.isEmpty ? nil : done.joined(separator: " ")
      let told = try scope.handOver(
        conversationId: conversation, reason: why, details: JSONText(details.text),
        texts: JSONText(LastWord.texts(after: before).text), jobId: job.id, requestId: job.requestID)
      // Who heard the last word before hears no other: staff have to tell them.
      if !told, !done.isEmpty {
        _ = try scope.tellStaffUntold(conversationId: conversation, done: sentences(done))
      }
      return told
    }
  }

  /// A conversation whose answer's job died without a word: each worker that took it was gone before it ended. Whatever was
  /// answered meanwhile, or is people's, stays so.
  func handOver(
    _ conversation: UUID, _ channel: ChannelName, forlorn answer: UUID, _ job: HeldJob
  ) async -> Outcome {
    let log = log.with(["req": job.requestID, "job": job.id.text])
    do throws(StoreError) {
      let found = try await insist(job.tenant) { (scope) throws(StoreError) in
        try scope.conversationToAnswer(
          jobId: answer, policy: gatePolicy(channel), lastMessages: 1, conversationId: conversation)
      }
      guard let found, found.lastQuestionId != nil else { return .done(["skipped": "nobody waits for an answer"]) }
      if found.gate == Withheld.escalated.rawValue { return await sayLastWord(conversation, job) }
      guard !found.answered else { return .done(["skipped": "nobody waits for an answer"]) }
      if found.gate == Withheld.channelInactive.rawValue { return .snooze(after: 60, why: found.gate ?? "") }
      if let gate = found.gate {
        await tellStaff(conversation, why: gate, job, log)
        if found.promised { await tooLate(gate, found, conversation, job, log) }
        return .done(["withheld": .string(gate)])
      }
      try await handOver(
        conversation, by: .failure, why: "assistant: its worker stopped at every attempt", job, log)
      return .done(["escalated": .string(EscalatedBy.failure.rawValue)])
    } catch {
      return later(error, job, after: pause(nil, job))
    }
  }
}
