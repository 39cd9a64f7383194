import Core
import FoundationEssentials
import Rules
import Store

extension Office {
  /// Words, and lengths of talk, after which the business wants people to take over.
  func escalationWords(
    _ found: ConversationToAnswerRow, _ conversation: UUID, _ job: HeldJob, _ log: Log
  ) async -> Settled {
    .notSettled
  }
}
