import Core

/// What a person is told when people take over, once; the assistant is silent then until they give the conversation back.
public enum LastWord {
  /// Where the business has no text of its own (`ai_tenant_context.escalation_message`), by language. Plain text, as short as
  /// every channel takes it.
  public static let texts = JSON.object(
    JSON.Members(Phrases.all.map { .init($0.language, .string($0.lastWord)) }))

  /// The same, with what is said before it (`hand_over`).
  public static func texts(after done: String?) -> JSON {
    guard let done, case .object(var members) = texts else { return texts }
    members["done"] = .string(done)
    return .object(members)
  }

  public static func text(_ assistant: AssistantSettings) -> String {
    assistant.lastWord ?? assistant.phrases.lastWord
  }
}

/// What made people take over (`conversations.escalated_by`).
public enum EscalatedBy: String, Sendable, CaseIterable {
  case tool, keyword, messages, confidence, failure, n8n, budget, closed
  case hotLead = "hot_lead"
}
