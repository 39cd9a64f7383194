import Core
import FoundationEssentials
import Rules
import Store

/// How integrators' keys are used and refused: `/api/settings/api-keys/audit/stats`, and what of it needs somebody's eye:
/// `/api/settings/api-keys/alerts`.
extension Route {
  static let keyLooks: [Route] = [
    Route(
      "GET", "/api/settings/api-keys/audit/stats", "getKeyStats",
      "What was done to the keys, calls taken and calls refused, a day (UTC) and a key",
      .granted(scope: nil, .owners),
      query: [
        .init("from", .text(10...10), "The first day, as 2026-02-03; 30 days with the last if not said."),
        .init("to", .text(10...10), "The last day, at most a year later; today if not said."),
        .init("api_key_id", .id),
      ], answers: [(200, Shape.data(KeyLooks.stats))]
    ) { (call) throws(APIProblem) in try KeyLooks.stats(call) },
    Route(
      "GET", "/api/settings/api-keys/alerts", "listKeyAlerts",
      "Keys that end within 14 days, that nobody has used for 90, and with which calls were refused in the last 7; what "
        + "is to be done first comes first",
      .granted(scope: nil, .owners), answers: [(200, Shape.data(.list(KeyLooks.alert, atMost: 10_000)))]
    ) { (call) throws(APIProblem) in try KeyLooks.alerts(call) },
  ]
}

enum KeyLooks {
  private static let many = Shape.integer(0...Int64.max)
  private static let refusals = ["revoked", "expired", "address", "scope", "rate"]
  private static let counts: [Shape.Member] = [
    .needs("calls", many), .needs("actions", .object(KeyAudit.actions.map { .needs($0, many) })),
    .needs("refusals", .object(refusals.map { .needs($0, many) })),
  ]

  static let stats = Shape.object([
    .needs("from", .line), .needs("to", .line), .needs("total", .object(counts)),
    .needs("days", .list(.object([.needs("day", .line)] + counts), atMost: 366)),
    .needs(
      "keys",
      .list(
        .object(
          [.needs("api_key_id", .id), .needs("name", .line), .needs("last_used_at", .maybe(.moment))] + counts),
        atMost: 1000)),
  ])

  /// `times`, `last_ip`, `last_endpoint`: of the calls that were refused.
  static let alert = Shape.object([
    .needs("api_key_id", .id), .needs("name", .line), .needs("kind", .word(KeyAlert.kinds)),
    .needs("severity", .word(["act", "watch"])), .needs("sentence", .line), .needs("at", .moment),
    .may("times", many), .may("last_ip", .line), .may("last_endpoint", .line),
  ])

  static func stats(_ call: APICall) throws(APIProblem) -> Response {
    for name in ["from", "to"] {
      if let text = call.text(name), !isDay(text) { throw .malformed("?" + name, "expected a day, as 2026-02-03") }
    }
    let key = call.uuid("api_key_id")
    if let key { _ = try Keys.read(call, key) }
    let found = try call.store { (scope) throws(StoreError) in
      try scope.apiKeyStats(from: call.text("from"), to: call.text("to"), keyId: key)
    }
    guard let found else { throw .malformed("?to", "is before from, or more than a year after it") }
    return .json(["data": try call.data(found, or: "range")])
  }

  static func alerts(_ call: APICall) throws(APIProblem) -> Response {
    let rows = try call.store { (scope) throws(StoreError) in try scope.keyFacts(days: Int32(KeyAlert.lately)) }
    var (urgent, others): ([JSON], [JSON]) = ([], [])
    for row in rows {
      let refused = Field(try call.data(row.refusals, or: "key")).items
      let facts = KeyFacts(
        isActive: row.isActive, created: row.createdAt, expires: row.expiresAt, ends: row.deactivatesAt,
        lastUsed: row.lastUsedAt,
        refusals: refused.compactMap { one in
          one["last_at"].instant.map {
            .init(reason: one["reason"].text ?? "", times: one["times"].integer ?? 0, last: $0)
          }
        })
      for alert in KeyAlert.all(facts, now: row.now) {
        let last = refused.first { $0["last_at"].instant == alert.at && alert.times != nil }
        let json = JSON.object([
          "api_key_id": .string(row.id.text), "name": .string(row.name), "kind": .string(alert.kind),
          "severity": alert.isUrgent ? "act" : "watch", "sentence": .string(alert.sentence),
          "at": .string(alert.at.description), "times": alert.times.map { .number($0) },
          "last_ip": last?["address"].text.map { .string($0) },
          "last_endpoint": last?["endpoint"].text.map { .string($0) },
        ])
        if alert.isUrgent { urgent.append(json) } else { others.append(json) }
      }
    }
    return .json(["data": .array(urgent + others)])
  }
}
