import Core
import FoundationEssentials
import Rules
import Store

/// What a person has to know or do: `/api/alerts`. And what customers allow: `/api/leads/{id}/consent`.
extension Route {
  static let alerts: [Route] = [
    Route(
      "GET", "/api/alerts", "listAlerts", "What a person has to know or do, the latest first",
      .granted(scope: "channels:read", .everybody),
      query: [.init("all", .flag, "Also those that are resolved"), .init("limit", .integer(1...500))],
      answers: [(200, ChannelDoor.answer(.list(alert, atMost: 500)))]
    ) { (call) throws(APIProblem) in
      let rows = try call.store { (scope) throws(StoreError) in
        try scope.listAlerts(
          all: call.flag("all") ?? false, onlyBranch: call.caller.branch, limit: call.int("limit") ?? 100)
      }
      return .json(["success": true, "data": .array(rows.map(\.json))])
    },
    Route(
      "POST", "/api/alerts/{id}/resolve", "resolveAlert", "Close an alert; it changes nothing else",
      .granted(scope: "channels:write", .managers), answers: [(200, ChannelDoor.done)]
    ) { (call) throws(APIProblem) in
      let closed = try call.store { (scope) throws(StoreError) in
        try scope.resolveAlert(id: call.id(), onlyBranch: call.caller.branch)
      }
      guard closed else { throw .unknown("open alert") }
      return .json(["success": true])
    },
    Route(
      "GET", "/api/leads/{id}/consent", "getConsent", "What a person said about promotions, by channel",
      .granted(scope: "leads:read", .everybody), answers: [(200, ChannelDoor.answer(.list(consent, atMost: 100)))]
    ) { (call) throws(APIProblem) in try consents(call) },
    Route(
      "PUT", "/api/leads/{id}/consent", "putConsent",
      "Write down what a person told you; stopped on one channel stops promotions on all",
      .granted(scope: "leads:write", .talkers),
      body: .object([.needs("channel", .word(ChannelName.words)), .needs("state", .word(["stopped", "allowed"]))]),
      answers: [(200, ChannelDoor.answer(.list(consent, atMost: 100)))]
    ) { (call) throws(APIProblem) in
      let (channel, state) = (call.body["channel"].text ?? "", call.body["state"].text ?? "")
      try known(call)
      _ = try call.store { (scope) throws(StoreError) in
        try scope.setConsent(leadId: call.id(), channel: channel, state: state)
      }
      return try consents(call)
    },
  ]

  private static func consents(_ call: APICall) throws(APIProblem) -> Response {
    try known(call)
    let rows = try call.store { (scope) throws(StoreError) in try scope.consentsOf(leadId: call.id()) }
    return .json(["success": true, "data": .array(rows.map(\.json))])
  }

  private static func known(_ call: APICall) throws(APIProblem) {
    let there = try call.store { (scope) throws(StoreError) in
      try scope.leadExists(leadId: call.id(), onlyBranch: call.caller.branch)
    }
    guard there else { throw .unknown("lead") }
  }

  private static let alert = Shape.object([
    .needs("id", .id), .may("channel_connection_id", .id), .needs("kind", .line),
    .needs("severity", .word(["act", "watch"])),
    .needs("sentence", .text(0...5000)), .needs("times", .count), .needs("first_at", .moment),
    .needs("last_at", .moment),
    .may("resolved_at", .moment),
  ])

  private static let consent = Shape.object([
    .needs("channel", .line), .needs("scope", .line), .needs("state", .line), .needs("source", .line),
    .needs("said_at", .anything), .needs("not_before", .maybe(.anything)),
  ])
}

extension ListAlertsRow {
  public var json: JSON {
    .object([
      "id": .string(id.text), "channel_connection_id": channelConnectionId.map { .string($0.text) },
      "kind": .string(kind), "severity": .string(severity), "sentence": .string(sentence), "times": .number(times),
      "first_at": .string(firstAt.description), "last_at": .string(lastAt.description),
      "resolved_at": resolvedAt.map { .string($0.description) },
    ])
  }
}
