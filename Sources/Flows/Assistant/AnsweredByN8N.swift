import Core
import FoundationEssentials
import Rules
import Store

extension Office {
  /// A business may answer by its own n8n instead of Claude: it is told the question by an event, and answers by
  /// `POST /api/webhook`. If it has not by its time, the same job comes again, and Claude or people answer.
  func answeredByN8N(
    _ found: ConversationToAnswerRow, _ conversation: UUID, _ job: HeldJob, _ log: Log
  ) async -> Settled {
    guard found.byN8n, let question = found.lastQuestionId else { return .notSettled }
    let verdict: String
    do throws(StoreError) {
      verdict = try await insist(job.tenant) { (scope) throws(StoreError) in
        try scope.askN8N(
          conversationId: conversation, questionId: question, lastMessages: Int32(Self.lastMessages),
          requestId: job.requestID)
      }
    } catch {
      return .stop(Stop(why: error.sentence, again: true, after: nil))
    }
    log.info("n8n", ["conversation": conversation.text, "verdict": verdict])
    switch verdict {
    case "asked", "waiting": return .nothing("n8n")
    case "people": return .stop(Stop(why: "n8n did not answer in its time", again: false, after: nil))
    default: return .notSettled
    }
  }
}
