/// What a business's own automations (n8n) can be told of. The names are the guide's, and are what SQL emits.
public enum BusinessEvent: String, Sendable, CaseIterable {
  case leadCreated = "lead-created"
  case leadScoreChanged = "lead-score-changed"
  case leadHot = "lead-hot"
  case messageReceived = "message-received"
  case conversationEscalated = "conversation-escalated"
  case appointmentScheduled = "appointment-scheduled"
  case appointmentReminder = "appointment-reminder"
  case appointmentCancelled = "appointment-cancelled"
  /// What the business's own systems told us (`/api/v1/webhook/{tenantId}`); ours, not the guide's.
  case externalEvent = "external-event"

  /// By which n8n is asked to answer; not to be chosen, since who answers is a choice of its own.
  public static let answers = ["ai-conversation", "ai-response-needed"]
}
