import Core
import FoundationEssentials
import Rules
import Store

/// The business's own n8n: `/api/settings/n8n`, for owners and admins. What it was told: `…/events`.
extension Route {
  static let n8n: [Route] = [
    Route(
      "GET", "/api/settings/n8n", "getN8N", "How the business's n8n is told, and whether it answers people",
      .granted(scope: "webhooks:manage", .owners), answers: [(200, ChannelDoor.answer(.maybe(N8NRoutes.shape)))]
    ) { (call) throws(APIProblem) in try N8NRoutes.show(call) },
    Route(
      "PUT", "/api/settings/n8n", "putN8N",
      "Change what is named; secrets go in and never come out. webhook_url null is the platform's n8n",
      .granted(scope: nil, .owners), body: .object(N8NRoutes.members + N8NRoutes.secrets),
      answers: [(200, ChannelDoor.answer(.maybe(N8NRoutes.shape)))]
    ) { (call) throws(APIProblem) in try N8NRoutes.put(call) },
    Route(
      "POST", "/api/settings/n8n/secrets", "makeN8NSecret", "Make a secret; it is shown this once",
      .granted(scope: nil, .owners), body: .object([.needs("kind", .word(["signing_secret", "webhook_secret"]))]),
      answers: [(201, .json(.object([.needs("success", .flag), .needs("kind", .line), .needs("secret", .line)])))]
    ) { (call) throws(APIProblem) in try N8NRoutes.make(call) },
    Route(
      "POST", "/api/settings/n8n/test", "testN8N", "Tell n8n of an event `test`; its state is among the events",
      .granted(scope: nil, .owners),
      answers: [(202, .json(.object([.needs("success", .flag), .needs("event_id", .id)])))]
    ) { (call) throws(APIProblem) in
      try N8NRoutes.known(call)
      let id = try call.store { (scope) throws(StoreError) in try scope.testN8N() }
      call.app.isUrgent = true
      return .json(["success": true, "event_id": .string(id.text)], status: 202)
    },
    Route(
      "GET", "/api/settings/n8n/events", "listN8NEvents", "What n8n was told or is to be told, the latest first",
      .granted(scope: "webhooks:manage", .owners),
      query: [.init("status", .word(["pending", "delivered", "dead"])), .init("limit", .integer(1...500))],
      answers: [(200, ChannelDoor.answer(.list(N8NRoutes.event, atMost: 500)))]
    ) { (call) throws(APIProblem) in
      try call.wholeBusiness("what n8n is told")
      let rows = try call.store { (scope) throws(StoreError) in
        try scope.listEvents(status: call.text("status"), limit: call.int("limit") ?? 100)
      }
      return .json(["success": true, "data": .array(rows.map(\.json))])
    },
    Route(
      "POST", "/api/settings/n8n/events/{id}/replay", "replayN8NEvent", "Tell n8n of an event once more",
      .granted(scope: "webhooks:manage", .owners), answers: [(200, ChannelDoor.done)]
    ) { (call) throws(APIProblem) in
      try call.wholeBusiness("what n8n is told")
      let asked = try call.store { (scope) throws(StoreError) in try scope.replayEvents(id: call.id(), limit: 1) }
      guard asked > 0 else { throw .unknown("event that is not on its way") }
      call.app.isUrgent = true
      return .json(["success": true])
    },
  ]
}

enum N8NRoutes {
  static let members: [Shape.Member] = [
    .may("enabled", .flag), .may("webhook_url", .maybe(.text(0...2000))),
    .may("events", .maybe(.list(.word(BusinessEvent.allCases.map(\.rawValue)), atMost: 50))),
    .may("answers_by", .word(["claude", "n8n"])), .may("answer_event", .word(BusinessEvent.answers)),
    .may("answer_seconds", .integer(5...3600)), .may("answer_fallback", .word(["claude", "people"])),
    .may("plain_callbacks", .flag),
  ]
  static let secrets: [Shape.Member] = N8NSecret.allCases.map { .may($0.rawValue, .text(16...500)) }

  static let shape = Shape.object([
    .needs("enabled", .flag), .needs("webhook_url", .maybe(.text(0...2000))),
    .needs("events", .maybe(.list(.line, atMost: 50))), .needs("answers_by", .line), .needs("answer_event", .line),
    .needs("answer_seconds", .count), .needs("answer_fallback", .line), .needs("plain_callbacks", .flag),
    .needs("api_key", .maybe(.line)), .needs("signing_secret", .maybe(.line)), .needs("webhook_secret", .maybe(.line)),
    .needs("updated_at", .moment),
  ])

  static let event = Shape.object([
    .needs("id", .id), .needs("event", .line), .needs("status", .line), .needs("attempts", .count),
    .needs("http_status", .maybe(.integer(0...999))), .needs("error_message", .maybe(.note)),
    .needs("lead_id", .maybe(.id)), .needs("occurred_at", .moment), .needs("last_attempt_at", .maybe(.moment)),
    .needs("delivered_at", .maybe(.moment)),
  ])

  static func show(_ call: APICall) throws(APIProblem) -> Response {
    let row = try call.store { (scope) throws(StoreError) in try scope.n8nSettings() }
    return .json(["success": true, "data": row?.json ?? .null])
  }

  static func known(_ call: APICall) throws(APIProblem) {
    guard try call.store({ (scope) throws(StoreError) in try scope.n8nSettings() }) != nil else {
      throw .unknown("n8n; PUT /api/settings/n8n makes it known")
    }
  }

  static func put(_ call: APICall) throws(APIProblem) -> Response {
    guard case .object(var change)? = call.body.value else { throw .malformed("$", "expected an object") }
    if let url = call.body["webhook_url"].text {
      let fault = N8NAddress.fault(url, development: call.app.isDevelopment)
      if let fault { throw .malformed("$.webhook_url", fault) }
    }
    var given: [(N8NSecret, Secret)] = []
    for which in N8NSecret.allCases {
      guard let text = call.body[which.rawValue].text else { continue }
      if let fault = which.fault(Secret(text)) { throw .malformed("$.\(which.rawValue)", fault) }
      given.append((which, Secret(text)))
    }
    let seals = given.isEmpty ? nil : try SecretSeals(call.app)
    change.pairs.removeAll { pair in N8NSecret(rawValue: pair.key) != nil }
    if let enabled = change["enabled"], enabled != .null { change["is_enabled"] = enabled }
    try call.store { (scope) throws(StoreError) in try scope.putN8NSettings(change: JSONText(.object(change))) }
    if let seals {
      for (which, secret) in given { try keep(secret, which, seals, call) }
    }
    return try show(call)
  }

  static func make(_ call: APICall) throws(APIProblem) -> Response {
    guard let which = call.body["kind"].text.flatMap(N8NSecret.init) else {
      throw .malformed("$.kind", "expected signing_secret or webhook_secret")
    }
    try known(call)
    let secret = N8NSecret.make()
    try keep(secret, which, try SecretSeals(call.app), call)
    return .json(
      ["success": true, "kind": .string(which.rawValue), "secret": .string(secret.reveal())], status: 201)
  }

  private static func keep(
    _ secret: Secret, _ which: N8NSecret, _ seals: SecretSeals, _ call: APICall
  ) throws(APIProblem) {
    let store = SecretStore(call.app.database, inbound: seals.inbound, outbound: seals.outbound)
    do throws(StoreError) { try store.set(secret, which, tenant: call.caller.tenant) } catch { throw APIProblem(error) }
  }
}

extension ListEventsRow {
  public var json: JSON {
    func moment(_ value: Instant?) -> JSON { value.map { .string($0.description) } ?? .null }
    return [
      "id": .string(id.text), "event": .string(event), "status": .string(status), "attempts": .number(attempts),
      "http_status": httpStatus.map { .number($0) } ?? .null,
      "error_message": errorMessage.map { .string($0) } ?? .null, "lead_id": leadId.map { .string($0.text) } ?? .null,
      "occurred_at": .string(occurredAt.description), "last_attempt_at": moment(lastAttemptAt),
      "delivered_at": moment(deliveredAt),
    ]
  }
}
