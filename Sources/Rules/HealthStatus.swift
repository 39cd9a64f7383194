/// How the whole stands, for those who watch it. What takes messages in decides between "up" and "down": as long as that
/// works a monitor is told 2xx, whatever waits behind it.
public enum HealthStatus: String, Sendable {
  case healthy, degraded, unhealthy

  /// What was seen.
  public struct Facts: Sendable {
    /// Seconds that the database took to answer; nil: it did not.
    public var latency: Double?
    public var readOnly = false
    public var schema: Int32 = 0
    public var neededSchema: Int32 = 0
    /// Nobody has worked on the queue for too long.
    public var silent = false
    /// The model's platform takes none of our calls.
    public var modelRefused = false
    /// Age of the oldest job that is due, in seconds; nil: the queue could not be looked at.
    public var oldestDue: Double?

    public init() {}
  }

  static let slowSeconds = 1.0
  static let waitingSeconds = 300.0

  /// The status, and in words why it is no better.
  public static func of(_ facts: Facts) -> (status: HealthStatus, reasons: [String]) {
    guard let latency = facts.latency else { return (.unhealthy, ["the database does not answer"]) }
    if facts.readOnly { return (.unhealthy, ["the database is read-only"]) }
    if facts.schema < facts.neededSchema {
      return (.unhealthy, ["the schema is version \(facts.schema), and \(facts.neededSchema) is needed"])
    }
    var reasons = [String]()
    if latency > slowSeconds { reasons.append("the database is slow") }
    if facts.silent { reasons.append("no run of jobs is alive: cron has stopped") }
    if facts.modelRefused { reasons.append("Anthropic refuses our key: people answer") }
    switch facts.oldestDue {
    case nil: reasons.append("the queue could not be looked at")
    case .some(let age) where age > waitingSeconds: reasons.append("jobs wait longer than \(Int(waitingSeconds)) s")
    default: break
    }
    return (reasons.isEmpty ? .healthy : .degraded, reasons)
  }
}
