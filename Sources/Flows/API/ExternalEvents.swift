import Core
import FoundationEssentials
import Rules
import Store

/// What the business's own systems tell: kept a while, and told on to its n8n. `/api/v1/webhook/{tenantId}`, as the contract
/// has it.
extension Route {
  static let externalEvents: [Route] = [
    Route(
      "GET", ExternalEvents.path, "getWebhookV1", "What is expected here, and what was told last",
      .granted(scope: "webhook:read", .managers), answers: [(200, .json(ExternalEvents.state))], takesAnyID: true
    ) { (call) throws(APIProblem) in try ExternalEvents.look(call) },
    Route(
      "POST", ExternalEvents.path, "tellWebhookV1",
      "Tell something of the business's own; its n8n hears of it as external-event. With an Idempotency-Key, or an id, once",
      .granted(scope: "webhook:write", .managers), body: .object(ExternalEvents.members),
      answers: [
        (200, .json(.object([.needs("received", .flag), .needs("id", .id), .needs("event", .text(1...100))])))
      ], takesAnyID: true
    ) { (call) throws(APIProblem) in try ExternalEvents.take(call) },
  ]
}

enum ExternalEvents {
  static let beginning = "/api/v1/webhook/"
  static let path = beginning + "{tenantId}"
  static let shown: Int64 = 10

  /// `id`: the teller's own name for it.
  static let members: [Shape.Member] = [
    .needs("event", .text(1...100)), .needs("data", .map), .may("timestamp", .moment), .may("id", .text(1...255)),
  ]

  static let state = Shape.object([
    .needs("status", .word(["ready"])), .needs("tenant_id", .id), .needs("n8n", .flag), .needs("expected", .map),
    .needs(
      "recent",
      .list(.object([.needs("id", .id), .needs("event", .line), .needs("at", .moment)]), atMost: Int(shown))),
  ])

  static func look(_ call: APICall) throws(APIProblem) -> Response {
    try ours(call)
    let (rows, wanted) = try call.store { (scope) throws(StoreError) in
      (
        try scope.externalEvents(onlyBranch: call.caller.branch, limit: shown),
        try scope.wantsEvent(event: BusinessEvent.externalEvent.rawValue)
      )
    }
    return .json([
      "status": "ready", "tenant_id": .string(call.caller.tenant.text), "n8n": .bool(wanted),
      "expected": Shape.object(members).schema(.request),
      "recent": .array(
        rows.map {
          ["id": .string($0.id.text), "event": .string($0.event), "at": .string($0.receivedAt.description)]
        }),
    ])
  }

  static func take(_ call: APICall) throws(APIProblem) -> Response {
    try ours(call)
    try call.spelled("event")
    let (body, key) = (call.body, call.request.headers["idempotency-key"])
    if let key, !(1...255).contains(key.unicodeScalars.count) || key.utf8.contains(0) {
      throw .malformed("Idempotency-Key", "expected 1 to 255 characters")
    }
    let said = ["event", "data", "timestamp"].map { body[$0].value?.text ?? "null" }
    let told = JSONText(
      .object([
        "event": body["event"].value, "data": body["data"].value, "timestamp": body["timestamp"].value,
        "key": key.map { .string($0) }, "name": body["id"].value,
        "digest": .string(hex(sha256(Array(said.joined(separator: "\u{1f}").utf8)))),
      ]))
    let row = try call.transaction { (scope) throws(StoreError) in
      try scope.takeExternalEvent(told: told, asker: call.caller.name, branchId: call.caller.branch)
    }
    guard row.outcome != "key_reused", let id = row.id else {
      throw .conflict("IDEMPOTENCY_KEY_REUSED", "something else was told under this key")
    }
    return .json(["received": true, "id": .string(id.text), "event": body["event"].value ?? .null])
  }

  /// - Throws: 404 for every other business's id, whether there is such a one or not.
  private static func ours(_ call: APICall) throws(APIProblem) {
    guard let tenant = call.ids["tenantId"] else {
      throw APIProblem(400, "INVALID_TENANT_ID", "the last word of the address is the business's id, a UUID")
    }
    guard tenant == call.caller.tenant else {
      throw APIProblem(404, "TENANT_MISMATCH", "this is not the address of the business that asks")
    }
  }
}
