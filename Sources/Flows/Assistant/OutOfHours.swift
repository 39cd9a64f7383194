import Core
import FoundationEssentials
import Rules
import Store

extension Office {
  /// What a business wants said while it is closed, once; whoever writes on finds people's answer in the morning.
  func outOfHours(
    _ found: ConversationToAnswerRow, _ conversation: UUID, _ job: HeldJob, _ log: Log
  ) async -> Settled {
    let standing = found.standing
    guard standing.isOpen == false, let text = found.profile.assistant.outOfHours else { return .notSettled }
    if standing.toldClosed { return .nothing("closed, and said so") }
    return .say(Reply(text: text, metadata: ["out_of_hours": true]))
  }
}
