import Core
import FoundationEssentials
import Rules
import Store

extension Office {
  /// Words, lengths of talk and leads for which the business wants people to take over.
  func escalationWords(
    _ found: ConversationToAnswerRow, _ conversation: UUID, _ job: HeldJob, _ log: Log
  ) async -> Settled {
    guard let cause = takeOver(found.profile.assistant, found.standing, said: found.said) else { return .notSettled }
    return await settled(conversation, by: cause.by, why: cause.why, job, log)
  }
}
