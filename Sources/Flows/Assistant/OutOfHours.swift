import Core
import FoundationEssentials
import Rules
import Store

extension Office {
  /// What a business wants said while it is closed.
  func outOfHours(
    _ found: ConversationToAnswerRow, _ conversation: UUID, _ job: HeldJob, _ log: Log
  ) async -> Settled {
    .notSettled
  }
}
