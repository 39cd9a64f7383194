import Core
import FoundationEssentials
import Store

extension Office {
  /// Seconds after which a call is looked after: most answers have come by then.
  static let longThought = 1.0

  /// Ends the calls whose answers could not leave any more: the person wrote again, people took over, the month's budget is
  /// spent … One query for all of this worker's, whosever they are; called once a second, by its heartbeat.
  func giveUpSuperseded() async {
    let thoughts = thinking.now.filter { Instant.now - $0.since >= Self.longThought }
    guard !thoughts.isEmpty else { return }
    let asked = JSON.array(
      thoughts.map { thought in
        [
          "tenant_id": .string(thought.tenant.text), "conversation_id": .string(thought.conversation.text),
          "question_id": .string(thought.question.text), "job_id": .string(thought.job.text),
          "policy": (try? thought.policy.parse()) ?? [:],
        ]
      })
    do throws(StoreError) {
      let over = try await database.everyone { (scope) throws(StoreError) in
        try scope.supersededQuestions(asked: JSONText(asked.text))
      }
      for row in over { thinking.cancel(row.jobId, why: row.reason) }
    } catch {
      log.warning("thoughts_not_looked_after", ["why": error.sentence])
    }
  }
}
