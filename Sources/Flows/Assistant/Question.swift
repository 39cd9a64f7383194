import Core
import Rules
import Store

/// What is read of a conversation, as Rules know it.
extension ConversationToAnswerRow {
  var profile: TenantProfile { TenantProfile(Field((try? context.parse()) ?? [:])) }

  var standing: ConversationState { ConversationState(Field((try? state.parse()) ?? [:])) }

  /// What was said, oldest first.
  var said: [StoredMessage] {
    Field((try? turns.parse()) ?? []).items.compactMap { item in
      guard let role = item["role"].text.flatMap(StoredMessage.Role.init), let content = item["content"].text else {
        return nil
      }
      return StoredMessage(
        role: role, content: content, contentType: item["content_type"].text ?? "text",
        isAutomatic: item["automatic"].bool ?? false,
        at: item["at"].text.flatMap { Instant($0) } ?? Instant(microseconds: 0))
    }
  }

  /// What the person said in one go, oldest first; the last is the question.
  var saidInOneGo: [BurstMessage] {
    Field((try? burst.parse()) ?? []).items.compactMap { item in
      guard let id = item["id"].text else { return nil }
      return BurstMessage(
        id: id, content: item["content"].text ?? "", contentType: item["content_type"].text ?? "text",
        selection: item["selection"].text)
    }
  }

  /// What holds for this answer only, as the model is told it.
  var moment: String {
    momentWords(weekday: weekday, time: localTime, customer: leadName, standing)
  }
}
