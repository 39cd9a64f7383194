/// What a platform's refusal of a message means for us, in nobody's own words: each platform has its table of codes.
public enum SendConsequence: Sendable, Equatable {
  /// Passing trouble: this message again, `tries` times in all, not before so many seconds.
  case again(tries: Int, after: Double? = nil)
  /// Too fast to this one person: what waits for them rests, four times as long each time in a row.
  case pair
  /// Too fast for a bucket that many share: everything of that scope rests, twice as long each time in a row.
  case slow(Scope, after: Double)
  /// The platform is displeased: the account rests so long, or only what the business begins of itself.
  case pause(initiatedOnly: Bool, seconds: Double)
  /// Credentials, permission, payment, a lock: nothing leaves until a person acts, and everything waits.
  case stop
  /// The person wants no marketing.
  case optOut
  /// The platform spares the person more marketing for now.
  case spare
  /// The template may not be sent any more.
  case blockTemplate(TemplateBlock)
  /// The same message will be refused again.
  case final

  /// Whose sends a limit is counted for.
  public enum Scope: String, Sendable {
    /// One of the business's accounts (WhatsApp: a number).
    case number
    /// All that belong to the same business account of the platform.
    case account
    /// All of the tenant's on this platform: they are reached by one app.
    case app
  }

  /// The platform's words, as a template's status keeps them.
  public enum TemplateBlock: String, Sendable {
    case paused = "PAUSED"
    case disabled = "DISABLED"
  }
}

/// A refusal as its platform's table reads it.
public struct SendJudgement: Sendable, Equatable {
  /// The platform's code, for people.
  public var code: String
  public var consequence: SendConsequence
  /// What somebody of the business has to do about it; nil: nothing.
  public var advice: String?

  public init(code: String, _ consequence: SendConsequence, advice: String? = nil) {
    self.code = code
    self.consequence = consequence
    self.advice = advice
  }
}

/// How much of its calls a platform says that we have used.
public struct SendUsage: Sendable, Equatable {
  /// Of what is allowed; 100 and more: nothing is left.
  public var percent: Int
  /// Until calls are possible again, if it said.
  public var regainSeconds: Double?

  public init(percent: Int, regainSeconds: Double? = nil) {
    self.percent = percent
    self.regainSeconds = regainSeconds
  }
}
