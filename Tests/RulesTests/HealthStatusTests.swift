import Rules
import Testing

@Suite struct HealthStatusTests {
  struct Case {
    var latency: Double? = 0.01
    var readOnly = false
    var schema: Int32 = 12
    var silent = false
    var oldestDue: Double? = 0
    var modelRefused = false
    var status: HealthStatus
    var reason: String?
  }

  static let cases: [Case] = [
    Case(status: .healthy),
    Case(schema: 13, oldestDue: 300, status: .healthy),
    Case(latency: 1.2, status: .degraded, reason: "the database is slow"),
    Case(silent: true, status: .degraded, reason: "no run of jobs is alive: cron has stopped"),
    Case(modelRefused: true, status: .degraded, reason: "Anthropic refuses our key: people answer"),
    Case(oldestDue: 301, status: .degraded, reason: "jobs wait longer than 300 s"),
    Case(oldestDue: nil, status: .degraded, reason: "the queue could not be looked at"),
    // What stops the taking in is worse than whatever waits behind it.
    Case(latency: nil, silent: true, status: .unhealthy, reason: "the database does not answer"),
    Case(readOnly: true, silent: true, status: .unhealthy, reason: "the database is read-only"),
    Case(schema: 11, status: .unhealthy, reason: "the schema is version 11, and 12 is needed"),
  ]

  @Test(arguments: cases) func whatWasSeenIsJudged(_ one: Case) {
    var facts = HealthStatus.Facts()
    facts.latency = one.latency
    facts.readOnly = one.readOnly
    facts.schema = one.schema
    facts.neededSchema = 12
    facts.silent = one.silent
    facts.oldestDue = one.oldestDue
    facts.modelRefused = one.modelRefused
    let (status, reasons) = HealthStatus.of(facts)
    #expect(status == one.status)
    #expect(reasons == [one.reason].compactMap { $0 })
  }
}
