import Core
import FoundationEssentials
import Peers
import Rules
import Store

extension Office {
  /// Stores what is to be said, in parts that the channel takes, and sends the first of them at once if nothing else is
  /// on its way to this person: one round trip from the answer's arrival to the request that takes it on.
  func deliver(
    _ reply: Reply, _ found: ConversationToAnswerRow, _ conversation: UUID, _ question: UUID, _ job: HeldJob, _ log: Log
  ) async -> [JobResult] {
    guard let channel = ChannelName(rawValue: found.channel) else {
      await record(reply.usage, job, log)
      return [JobResult(job, .bury(why: "no channel \(found.channel)"))]
    }
    let parts = ChannelLimits.of(channel).spoken(markdown: reply.text)
    guard !parts.isEmpty else {
      await record(reply.usage, job, log)
      let stop = Stop(why: "Claude's answer was nothing but marks", again: true, after: nil)
      return [JobResult(job, await give(up: stop, conversation, job, log))]
    }
    let turn = judged(found.turn)
    let metadata = JSONText(reply.metadata.text)
    let (me, attempt) = (worker, UUID())
    do throws(StoreError) {
      let begun = try await insist(job.tenant) { (scope) throws(StoreError) in
        try scope.beginReply(
          conversationId: conversation, parts: parts, answers: question, jobId: job.id, workerId: me,
          metadata: metadata, requestId: job.requestID, usage: reply.usage, attempt: attempt,
          policy: gatePolicy(channel), turn: turn)
      }
      guard let begun else { return [JobResult(job, .done(["skipped": "answered before"]))] }
      let done = JobResult(job, .done(["response_message_id": .string(begun.messageId.text)]))
      guard let sendJob = begun.sendJobId else { return [done] }
      let sending = HeldJob(
        tenant: job.tenant, id: sendJob, work: .send(message: begun.messageId, channel: channel), attempt: 1,
        maxAttempts: SendPace.tries, requestID: job.requestID)
      return [done, JobResult(sending, await send(begun.messageId, channel, sending, begun: (attempt, begun)))]
    } catch {
      await record(reply.usage, job, log)
      return [
        JobResult(job, await give(up: Stop(why: error.sentence, again: true, after: nil), conversation, job, log))
      ]
    }
  }
}
