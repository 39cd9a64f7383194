import Core
import FoundationEssentials
import Rules
import Store

extension Office {
  enum FollowedUp: Sendable {
    case asked
    case cold
    case nothing
  }

  private static let nearAtOnce = 200
  /// As `follow_ups_near` reads it.
  static let followUpRule = JSONText(.object(ruleMembers))
  /// Also where the business does without our own follow-ups.
  private static let ruleByHand = JSONText(.object(JSON.Members(ruleMembers.pairs + [.init("by_hand", true)])))
  /// Of who cannot be asked.
  static let unaskedRule: JSONText = {
    var rule = ruleMembers
    rule["since_seconds"] = .number(decimal(FollowUp.forgotten))
    rule["unasked"] = [
      "template": .string(OwnTemplate.followUp.rawValue),
      "usable": .array(OutboundContent.Template.usable.map { .string($0) }),
      "language": .string(Phrases.spanish.language),
    ]
    return JSONText(.object(rule))
  }()
  private static let ruleMembers: JSON.Members = {
    var rule = waysToTell
    rule["silence_seconds"] = .number(decimal(FollowUp.silence))
    rule["since_seconds"] = .number(decimal(FollowUp.late))
    rule["attempts"] = .number(FollowUp.attempts)
    rule["hours"] = FollowUp.hours
    rule["declined_seconds"] = .number(decimal(FollowUp.declined))
    return rule
  }()

  /// Asks again who fell silent, and gives up who cannot be asked. As with reminders one transaction holds the conversation,
  /// decides, stores and counts.
  func followUp(_ job: HeldJob) async throws(StoreError) -> JSON {
    let (asked, cold) = try await followUp(job, canAsk: true)
    let (_, unasked) = try await followUp(job, canAsk: false)
    return ["asked": .number(asked), "cold": .number(cold + unasked)]
  }

  private func followUp(_ job: HeldJob, canAsk: Bool) async throws(StoreError) -> (asked: Int, cold: Int) {
    var asked = 0
    var cold = 0
    var since = UUID(uuid: (0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0))
    while true {
      let after = since
      let near = try await database.tenant(job.tenant) { (scope) throws(StoreError) in
        try scope.followUpsNear(
          rule: canAsk ? Self.followUpRule : Self.unaskedRule, after: after, limit: Int32(Self.nearAtOnce))
      }
      for row in near where row.step(canAsk) != .nothing {
        let requestID = job.requestID
        let one = try await each(job, or: FollowedUp.nothing) { (scope) throws(StoreError) in
          try Self.followUp(row.leadId, row.conversationId, scope, requestID, canAsk: canAsk)
        }
        switch one {
        case .asked: asked += 1
        case .cold: cold += 1
        case .nothing: break
        }
      }
      guard near.count == Self.nearAtOnce, let last = near.last else { break }
      since = last.leadId
    }
    return (asked, cold)
  }

  /// Asks one person again if it is their turn. `byHand`: it is not the clock that asks.
  static func followUp(
    _ lead: UUID, _ conversation: UUID, _ scope: Scope, _ requestID: String?, byHand: Bool = false,
    canAsk: Bool = true
  ) throws(StoreError) -> FollowedUp {
    let rule = byHand ? ruleByHand : canAsk ? followUpRule : unaskedRule
    guard let held = try scope.holdFollowUp(rule: rule, leadId: lead, conversationId: conversation) else {
      return .nothing
    }
    switch held.step(canAsk) {
    case .nothing: return .nothing
    case .giveUp:
      let reason =
        canAsk ? "\(FollowUp.attempts) follow-ups without an answer" : "silent, and no follow-up could reach them"
      let isCold = try scope.giveUpFollowUp(leadId: lead, conversationId: conversation, reason: reason)
      return isCold ? .cold : .nothing
    case .ask(let attempt):
      let outcome = try scope.sendPrepared(
        .followUp(service: held.service), conversation: conversation, onlyBranch: nil, requestId: requestID,
        ownWords: held.ownWords)
      // What the platform would not take is no attempt.
      if case .templateBlocked(let blocked, _) = outcome { try scope.alert(of: blocked) }
      guard case .queued(let message, _) = outcome else { return .nothing }
      try scope.noteFollowUp(
        leadId: lead, messageId: message, silentSince: held.silentSince, attempts: Int32(attempt),
        until: FollowUp.until(openUntil: held.openUntil, minuteOfDay: Int(held.localMinute), held.nowIs))
      return .asked
    }
  }
}

extension FollowUpsNearRow {
  fileprivate func step(_ canAsk: Bool) -> FollowUp.Step {
    FollowUp.step(
      lastSaid: lastSaid, lastAsked: lastAt, attempts: Int(attempts), isOpen: openUntil != nil,
      minuteOfDay: Int(localMinute),
      canAsk: canAsk, nowIs)
  }
}

extension HoldFollowUpRow {
  fileprivate func step(_ canAsk: Bool) -> FollowUp.Step {
    FollowUp.step(
      lastSaid: lastSaid, lastAsked: lastAt, attempts: Int(attempts), isOpen: openUntil != nil,
      minuteOfDay: Int(localMinute),
      canAsk: canAsk, nowIs)
  }
}
