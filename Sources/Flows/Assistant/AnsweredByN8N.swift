import Core
import FoundationEssentials
import Rules
import Store

extension Office {
  /// A business may answer by its own n8n instead of Claude.
  func answeredByN8N(
    _ found: ConversationToAnswerRow, _ conversation: UUID, _ job: HeldJob, _ log: Log
  ) async -> Settled {
    .notSettled
  }
}
