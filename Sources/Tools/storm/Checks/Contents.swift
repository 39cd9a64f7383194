import Core
import FoundationEssentials
import TestSupport

/// Who is answered what, and who has the last word.
extension StormCheck {
  static let contents = [
    StormCheck(name: "crossed: answers that speak of somebody else's question", find: ofAnother),
    StormCheck(name: "the assistant's own words taken for a person's", find: ownWords),
    StormCheck(name: "answers that left after a human's message", find: afterStaff),
    StormCheck(name: "answers that left after a human wrote in the app", find: afterEcho),
  ]

  @Sendable private static func ofAnother(_ e: Evidence) -> [String] {
    e.messages.values.compactMap { message in
      guard message.role == "assistant", let tag = Tag(in: message.content) else { return nil }
      guard let lead = e.conversations[message.conversation]?.lead else { return "\(message.id.text) is nowhere" }
      let isOwn =
        tag.shop < e.scene.shops.count && e.shop(tag.shop).tenant.id == message.tenant
        && e.writers(tag).contains(lead)
      return isOwn ? nil : "\(message.id.text) to lead \(lead.text) says \(message.content)"
    }
  }

  /// The platforms echo what we send: it is in the books already. People of the businesses say nothing but these two.
  @Sendable private static func ownWords(_ e: Evidence) -> [String] {
    let human = ["Le atiende Ana, ", "Le escribe Luis, "]
    return e.messages.values.filter { message in
      message.role == "staff" && !human.contains { message.content.hasPrefix($0) }
        || message.role == "user" && message.content.hasPrefix("Respuesta t")
    }
    .map { "\($0.id.text) (\($0.role) \($0.externalID ?? "")): \($0.content)" }
  }

  /// Known under the lock that everybody takes: what was pending then, and any answer to the same question that came
  /// later, must never leave.
  @Sendable private static func afterStaff(_ e: Evidence) -> [String] {
    let taken = Set(e.texts.filter(\.accepted).compactMap { e.message($0)?.id })
    let answers = Dictionary(grouping: e.messages.values.filter { $0.role == "assistant" }) { $0.answers }
    let staff = Set(e.messages.values.filter { $0.role == "staff" }.map(\.content))
    return e.ledger.staff.flatMap { note -> [String] in
      guard staff.contains(note.content) else { return ["\(note.content) was confirmed and is missing"] }
      // Who edits a question that was given back to the assistant asks it anew.
      let isAskedAgain = note.question.flatMap { e.messages[$0]?.externalID }.map { e.changed.contains($0) } ?? false
      let later = isAskedAgain ? [] : note.question.flatMap { answers[$0] } ?? []
      let held = Set(note.pending + later.map(\.id).filter { !note.gone.contains($0) })
      return held.compactMap { id in
        guard let answer = e.messages[id], answer.left || taken.contains(id) else { return nil }
        return "\(id.text) is \(answer.status) although \(note.content) came before it left"
      }
    }
  }

  /// Of an echo only the moment of its acknowledgement is known: what left well after it left in spite of it.
  @Sendable private static func afterEcho(_ e: Evidence) -> [String] {
    let first = Dictionary(e.texts.filter(\.accepted).map { (e.message($0)?.id.text ?? "", $0.at) }) { min($0, $1) }
    let answers = Dictionary(grouping: e.messages.values.filter { $0.role == "assistant" }) { $0.conversation }
    return e.ledger.acknowledged.flatMap { receipt, at -> [String] in
      guard receipt.kind == .echo, let echo = e.stored[receipt.id]?.first,
        // Two conversations of one person may have become one since.
        let person = Tag(in: receipt.id).map({ e.person($0) }), person.phone == nil || person.userID == nil
      else { return [] }
      return (answers[echo.conversation] ?? []).compactMap { answer in
        guard let question = answer.answers.flatMap({ e.messages[$0] }), question.at < echo.at,
          !e.changed.contains(question.externalID ?? ""),
          let left = first[answer.id.text], left - at > 5
        else { return nil }
        return "\(answer.id.text) left at \(left), \(receipt.id) was acknowledged at \(at)"
      }
    }
  }
}
