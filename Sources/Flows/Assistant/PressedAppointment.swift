import Core
import FoundationEssentials
import Rules
import Store

extension Office {
  /// Whoever presses “Confirmar” or “Reagendar” means one appointment, and needs no model.
  func pressedAppointment(
    _ found: ConversationToAnswerRow, _ conversation: UUID, _ job: HeldJob, _ log: Log
  ) async -> Settled {
    .notSettled
  }
}
