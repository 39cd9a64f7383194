import Core
import FoundationEssentials
import Rules
import Store

/// What a person's turn comes to, as `score_turn` reads it: {"message", "signals": [{"signal", "points" or "total",
/// "reason"}]}. `turn` is as `turn_to_score` gives it; nil: nothing was said, or the business wants no scores.
func judged(_ turn: JSONText?) -> JSONText? {
  guard let turn, let field = try? Field(turn.parse()), let message = field["message"].text else { return nil }
  let facts = LeadFacts(field["facts"])
  let signals: [JSON]
  switch ScoringPolicy(rawValue: field["policy"].text ?? "") ?? .signals {
  case .signals:
    let rules = field["rules"].items.compactMap { ScoringRule($0) }
    signals = raisedSignals(said: field["said"].items.compactMap(\.text), rules, facts).map {
      ["signal": .string($0.signal), "points": .number($0.points), "reason": .string($0.reason)]
    }
  case .interactions:
    signals = [
      [
        "signal": .string(LeadFacts.interactions), "total": .number(facts.interactionPoints),
        "reason": .string(facts.interactionReason),
      ]
    ]
  }
  return JSONText(JSON.object(["message": .string(message), "signals": .array(signals)]).text)
}

extension LeadFacts {
  /// From {"messages", "fields", "raised", "wants_high_value", "has_appointment", "answered_quickly"}.
  init(_ field: Field) {
    self.init(
      messages: Int(clamping: field["messages"].integer ?? 0),
      wantsHighValue: field["wants_high_value"].bool ?? false,
      hasAppointment: field["has_appointment"].bool ?? false,
      answeredQuickly: field["answered_quickly"].bool ?? false,
      fields: Set(field["fields"].items.compactMap(\.text)), raised: Set(field["raised"].items.compactMap(\.text)))
  }
}

extension Office {
  /// Counts what a turn came to whose question was not answered. It may be lost: it costs nobody an answer.
  func score(_ turn: JSONText?, _ conversation: UUID, _ job: HeldJob, _ log: Log) async {
    guard let judged = judged(turn) else { return }
    do throws(StoreError) {
      try await database.tenant(job.tenant) { (scope) throws(StoreError) in
        try scope.scoreTurn(conversationId: conversation, turn: judged)
      }
    } catch {
      log.warning("not_scored", ["conversation": conversation.text, "why": error.sentence])
    }
  }

  /// Scores what a person said where nobody but people answers, or nobody at all.
  func score(_ conversation: UUID, _ job: HeldJob) async -> Outcome {
    do throws(StoreError) {
      let turn = try await database.tenant(job.tenant) { (scope) throws(StoreError) in
        try scope.turnToScore(conversationId: conversation)
      }
      guard let judged = judged(turn) else { return .done(["skipped": "nothing new"]) }
      try await insist(job.tenant) { (scope) throws(StoreError) in
        try scope.scoreTurn(conversationId: conversation, turn: judged)
      }
      return .done([:])
    } catch {
      return later(error, job, after: pause(nil, job))
    }
  }
}
