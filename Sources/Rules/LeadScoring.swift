/// How likely it is that somebody becomes a customer: 0 to 100, 50 for a stranger. What SQL does when it adds points to a score
/// under its lock (`sql/functions/scores.sql`) is held against this by tests, over every score.
public enum LeadScore {
  public static let bounds = 0...100
  public static let start = 50

  /// What a score is after so many points.
  public static func moved(_ score: Int, by points: Int) -> Int {
    // No signal is worth more than there is, so that the sum cannot overflow.
    let (least, most) = (bounds.lowerBound, bounds.upperBound)
    let step = Swift.min(Swift.max(points, least - most), most - least)
    return Swift.min(Swift.max(Swift.min(Swift.max(score, least), most) + step, least), most)
  }
}

/// `leads.classification`.
public enum LeadClassification: String, Sendable, CaseIterable {
  case hot, warm, cold

  public init(score: Int, _ policy: ScoringPolicy) {
    self = score >= policy.hotFrom ? .hot : score >= ScoringPolicy.warmFrom ? .warm : .cold
  }

  /// The score of whoever is called so by hand, or for another reason than points.
  public func score(_ policy: ScoringPolicy) -> Int {
    switch self {
    case .hot: Swift.max(75, policy.hotFrom)
    case .warm: 55
    case .cold: 25
    }
  }
}

/// How a business wants people scored (`ai_tenant_context.scoring_policy`).
public enum ScoringPolicy: String, Sendable, CaseIterable {
  /// By what people say: each signal adds its points or takes them away.
  case signals
  /// By what people do, as the integration guide's example of a scorer in n8n counts.
  case interactions

  public static let warmFrom = 40
  public var hotFrom: Int {
    switch self {
    case .signals: 70
    case .interactions: 80
    }
  }
}

/// The integration guide's seven signals, with its points.
public enum LeadSignal: String, Sendable, CaseIterable {
  case interested, urgent
  case budgetMentioned = "budget_mentioned"
  case decisionMaker = "decision_maker"
  case comparing
  case notInterested = "not_interested"
  case spam

  public var points: Int {
    switch self {
    case .interested: 10
    case .urgent: 15
    case .budgetMentioned: 20
    case .decisionMaker: 15
    case .comparing: 5
    case .notInterested: -20
    case .spam: -50
    }
  }
}

/// What is known of a person's dealings with the business.
public struct LeadFacts: Sendable, Equatable {
  /// Messages that the person wrote, on all channels.
  public var messages: Int
  /// Wants a service that the business calls its most valuable.
  public var wantsHighValue: Bool
  /// Has, or had and did not cancel, an appointment.
  public var hasAppointment: Bool
  /// Wrote within 24 hours of what the business had written.
  public var answeredQuickly: Bool
  /// What is filled in: `full_name`, `phone`, `email`.
  public var fields: Set<String>
  /// Signals that this person has raised before.
  public var raised: Set<String>

  public init(
    messages: Int = 0, wantsHighValue: Bool = false, hasAppointment: Bool = false, answeredQuickly: Bool = false,
    fields: Set<String> = [], raised: Set<String> = []
  ) {
    self.messages = messages
    self.wantsHighValue = wantsHighValue
    self.hasAppointment = hasAppointment
    self.answeredQuickly = answeredQuickly
    self.fields = fields
    self.raised = raised
  }
}

extension LeadFacts {
  /// The name under which the points of `interactionPoints` are kept.
  public static let interactions = "interactions"

  /// What a person's dealings have come to, above the 50 of a stranger: 2 a message, 15 for a service of high value, 20
  /// for an appointment, 10 for a quick answer; together never more than there is room for.
  public var interactionPoints: Int {
    let room = LeadScore.bounds.upperBound - LeadScore.start
    let points =
      2 * min(max(messages, 0), room) + (wantsHighValue ? 15 : 0) + (hasAppointment ? 20 : 0)
      + (answeredQuickly ? 10 : 0)
    return min(points, room)
  }

  /// For the row that keeps them.
  public var interactionReason: String {
    var parts = [messages == 1 ? "1 message" : "\(messages) messages"]
    if wantsHighValue { parts.append("a service of high value") }
    if hasAppointment { parts.append("an appointment") }
    if answeredQuickly { parts.append("answered within 24 h") }
    return parts.joined(separator: ", ")
  }
}
