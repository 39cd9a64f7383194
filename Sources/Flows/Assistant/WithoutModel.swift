import Core
import FoundationEssentials
import Rules
import Store

/// What became of a question before any model was asked.
enum Settled {
  /// A model is asked.
  case notSettled
  /// This is said, and no model is asked.
  case say(Office.Reply)
  /// Nothing is said, or somebody else says it: the job is done, and the word says why.
  case nothing(String)
  /// It cannot go on.
  case stop(Office.Stop)
}

extension Office {
  /// Whoever can settle a question without a model, in their order, after `pressedAppointments`; the first that does so
  /// decides. Each is asked again when a job runs twice, so each must come to the same end then.
  func withoutModel(
    _ found: ConversationToAnswerRow, _ conversation: UUID, _ job: HeldJob, _ log: Log
  ) async -> Settled {
    let ways = [escalationWords, outOfHours, answeredByN8N]
    for way in ways {
      let settled = await way(found, conversation, job, log)
      if case .notSettled = settled { continue }
      return settled
    }
    return .notSettled
  }
}
