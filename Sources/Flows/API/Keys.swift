import Core
import FoundationEssentials
import Rules
import Store

/// Integrators' keys: `/api/settings/api-keys`, for owners and admins; no key makes keys.
extension Route {
  static let keys: [Route] = [
    Route(
      "GET", "/api/settings/api-keys", "listKeys", "The keys, the newest first", .granted(scope: nil, .owners),
      answers: [(200, .json(.object([.needs("data", .list(Keys.shape, atMost: 1000))])))]
    ) { (call) throws(APIProblem) in try Keys.list(call) },
    Route(
      "POST", "/api/settings/api-keys", "createKey", "Make a key; its secret is shown this once",
      .granted(scope: nil, .owners), body: .object(Keys.members), answers: [(201, .json(Keys.made))]
    ) { (call) throws(APIProblem) in try Keys.create(call) },
    Route(
      "GET", "/api/settings/api-keys/{id}", "getKey", "One key", .granted(scope: nil, .owners),
      answers: [(200, .json(.object([.needs("key", Keys.shape)])))]
    ) { (call) throws(APIProblem) in .json(["key": try Keys.read(call, call.id())]) },
    Route(
      "PATCH", "/api/settings/api-keys/{id}", "changeKey", "Change what is named", .granted(scope: nil, .owners),
      body: .object(Keys.changeable), answers: [(200, .json(.object([.needs("key", Keys.shape)])))]
    ) { (call) throws(APIProblem) in try Keys.change(call) },
    Route(
      "DELETE", "/api/settings/api-keys/{id}", "revokeKey", "Nobody is let in by it from now on",
      .granted(scope: nil, .owners), query: [.init("reason", .text(1...500))],
      answers: [(200, .json(.object([.needs("success", .flag), .needs("message", .line)])))]
    ) { (call) throws(APIProblem) in
      _ = try Keys.read(call, call.id())
      _ = try call.store { (scope) throws(StoreError) in
        try scope.revokeAPIKey(id: call.id(), by: call.caller.user, reason: call.text("reason"))
      }
      return .json(["success": true, "message": "revoked"])
    },
    Route(
      "POST", "/api/settings/api-keys/{id}/rotate", "rotateKey",
      "Put another key in its place; for some hours both are taken. With copy_settings false it has the scopes, limits "
        + "and addresses named here, else those of a new key",
      .granted(scope: nil, .owners),
      body: .object([.may("grace_period_hours", .integer(0...168)), .may("copy_settings", .flag)] + Keys.rotatable),
      answers: [(201, .json(Keys.rotated))]
    ) { (call) throws(APIProblem) in try Keys.rotate(call) },
    Route(
      "GET", "/api/settings/api-keys/{id}/usage", "getKeyUsage", "How often a key was used, a day",
      .granted(scope: nil, .owners), query: [.init("days", .integer(1...366), "30 if not said.")],
      answers: [
        (
          200,
          Shape.data(
            .list(.object([.needs("day", .line), .needs("requests", .count)]), atMost: 366))
        )
      ]
    ) { (call) throws(APIProblem) in
      _ = try Keys.read(call, call.id())
      let days = try call.store { (scope) throws(StoreError) in
        try scope.apiKeyUsage(id: call.id(), days: call.int("days") ?? 30)
      }
      return .json(["data": .array(days.map { ["day": .string($0.day), "requests": .number($0.requests)] })])
    },
  ]
}

enum Keys {
  private static let scopes = Shape.list(.word(APIScope.all), atMost: 100)

  static let changeable: [Shape.Member] = [
    .may("name", .text(1...100)), .may("description", .text(0...1000)), .may("scopes", scopes),
    .may("rate_limit_rpm", .integer(1...1000)), .may("rate_limit_daily", .integer(1...1_000_000)),
    .may("ip_whitelist", .list(.text(2...50), atMost: 100)), .may("expires_at", .moment),
  ]
  /// What a key may have of its own that takes another's place.
  static let rotatable = changeable.filter {
    ["scopes", "rate_limit_rpm", "rate_limit_daily", "ip_whitelist"].contains($0.name)
  }
  static let members: [Shape.Member] =
    [
      .needs("name", .text(1...100)), .may("environment", .word(["live", "test"])),
      .may("scope_type", .word(["tenant", "branch"])), .may("branch_id", .id),
    ] + changeable.dropFirst()

  static let shape = Shape.object([
    .needs("id", .id), .needs("name", .line), .needs("description", .maybe(.note)),
    .needs("environment", .word(["live", "test"])), .needs("key_prefix", .line), .needs("key_hint", .line),
    .needs("scopes", .list(.line, atMost: 100)), .needs("scope_type", .word(["tenant", "branch"])),
    .needs("branch_id", .maybe(.id)), .needs("rate_limit_rpm", .count), .needs("rate_limit_daily", .count),
    .needs("ip_whitelist", .list(.line, atMost: 100)), .needs("expires_at", .maybe(.moment)),
    .needs("is_active", .flag), .needs("revoked_at", .maybe(.moment)), .needs("revoked_by", .maybe(.id)),
    .needs("revoke_reason", .maybe(.line)), .needs("deactivates_at", .maybe(.moment)),
    .needs("replaced_by_id", .maybe(.id)), .needs("last_used_at", .maybe(.moment)),
    .needs("last_used_ip", .maybe(.line)), .needs("last_used_endpoint", .maybe(.line)), .needs("metadata", .map),
    .needs("created_by", .maybe(.id)), .needs("usage_count", .integer(0...Int64.max)),
    .needs("usage_count_today", .count), .needs("created_at", .moment), .needs("updated_at", .moment),
  ])
  static let made = Shape.object([.needs("key", shape), .needs("api_key_secret", .line), .needs("message", .line)])
  static let rotated = Shape.object([
    .needs(
      "old_key", .object([.needs("id", .id), .needs("name", .line), .needs("deactivation_scheduled_at", .moment)])),
    .needs("new_key", .object([.needs("id", .id), .needs("name", .line), .needs("api_key_secret", .line)])),
    .needs("message", .line),
  ])

  static func list(_ call: APICall) throws(APIProblem) -> Response {
    let rows = try call.store { (scope) throws(StoreError) in try scope.apiKeys() }
    var data: [JSON] = []
    for row in rows { data.append(try call.data(row, or: "key")) }
    return .json(["data": .array(data)])
  }

  static func read(_ call: APICall, _ id: UUID) throws(APIProblem) -> JSON {
    try call.data(try call.store { (scope) throws(StoreError) in try scope.apiKey(id: id) }, or: "key")
  }

  private static func allowance(_ call: APICall) throws(APIProblem) -> (APIScope.Allowance, keys: Int64) {
    let ground = try call.store { (scope) throws(StoreError) in try scope.apiKeyGround() }
    return (APIScope.allowance(plan: ground.plan), ground.keys)
  }

  /// The limits that the plan allows.
  private static func check(_ body: Field, _ allowed: APIScope.Allowance) throws(APIProblem) {
    let most = [("rate_limit_rpm", allowed.mostPerMinute), ("rate_limit_daily", allowed.mostPerDay)]
    let faults = most.compactMap { name, most in
      (body[name].integer ?? 0) > most ? ShapeFault(path: "$." + name, fault: "the plan allows at most \(most)") : nil
    }
    guard faults.isEmpty else { throw .malformed(faults) }
    if let expires = body["expires_at"].instant, expires <= .now { throw .malformed("$.expires_at", "is over already") }
  }

  static func create(_ call: APICall) throws(APIProblem) -> Response {
    let body = call.body
    let (allowed, keys) = try allowance(call)
    try check(body, allowed)
    guard keys < allowed.keys else {
      throw APIProblem(403, "KEY_LIMIT_REACHED", "the plan allows \(allowed.keys) keys; revoke one first")
    }
    let branch = try branch(call)
    var wish = NewAPIKey(
      name: body["name"].text ?? "", scopes: body["scopes"].texts, branch: branch,
      perMinute: Int(body["rate_limit_rpm"].integer ?? Int64(allowed.perMinute)),
      perDay: Int(body["rate_limit_daily"].integer ?? Int64(allowed.perDay)))
    wish.description = body["description"].text
    wish.isTest = body["environment"].text == "test"
    wish.addresses = body["ip_whitelist"].texts
    wish.expires = body["expires_at"].instant
    wish.creator = call.caller.user
    let key = APIKey.make(test: wish.isTest)
    let id = try named { () throws(APIProblem) in
      try call.store { (scope) throws(StoreError) in try wish.add(key, to: scope) }
    }
    guard let id else { throw .conflict("conflict", "try again") }
    return .json(
      [
        "key": try read(call, id), "api_key_secret": .string(key.reveal()),
        "message": "keep the secret: it is not shown again",
      ], status: 201)
  }

  private static func branch(_ call: APICall) throws(APIProblem) -> UUID? {
    guard call.body["scope_type"].text ?? "branch" == "branch" else {
      if call.body["branch_id"].exists { throw .malformed("$.branch_id", "a key of scope tenant has no branch") }
      return nil
    }
    guard let branch = call.body["branch_id"].uuid else {
      throw .malformed("$.branch_id", "is missing: a key is one branch's, unless scope_type is tenant")
    }
    let there = try call.store { (scope) throws(StoreError) in try scope.branchIsThere(id: branch) }
    guard there else { throw .malformed("$.branch_id", "there is no such branch") }
    return branch
  }

  /// A name that is taken, and an address that is none, as their faults.
  private static func named<T>(_ body: () throws(APIProblem) -> T) throws(APIProblem) -> T {
    do throws(APIProblem) { return try body() } catch {
      switch error.status {
      case 409: throw .conflict("NAME_TAKEN", "another key has this name")
      case 400 where error.faults.isEmpty:
        throw .malformed("$.ip_whitelist", "expected addresses or networks, as 203.0.113.7 or 203.0.113.0/24")
      default: throw error
      }
    }
  }

  static func change(_ call: APICall) throws(APIProblem) -> Response {
    guard changeable.contains(where: { call.body.has($0.name) }) else {
      throw .malformed("$", "expected one of " + changeable.map(\.name).joined(separator: ", "))
    }
    try check(call.body, try allowance(call).0)
    _ = try read(call, call.id())
    let changed = try named { () throws(APIProblem) in
      try call.store { (scope) throws(StoreError) in
        try scope.changeAPIKey(id: call.id(), change: JSONText(call.body.value ?? .null), by: call.caller.user)
      }
    }
    guard changed else { throw .conflict("KEY_REVOKED", "the key has been revoked") }
    return .json(["key": try read(call, call.id())])
  }

  static func rotate(_ call: APICall) throws(APIProblem) -> Response {
    let hours = Int(call.body["grace_period_hours"].integer ?? 24)
    let old = Field(try read(call, call.id()))
    let own = try ownSettings(call)
    let key = APIKey.make(test: old["environment"].text == "test")
    let made = try named { () throws(APIProblem) in
      try call.transaction { (scope) throws(StoreError) in
        let next = try scope.replaceKey(call.id(), with: key, keptFor: hours, by: call.caller.user)
        // In the same transaction: nobody is let in by the new key with what the old one was allowed.
        if let next, let own { _ = try scope.changeAPIKey(id: next.id, change: own, by: call.caller.user) }
        return next
      }
    }
    guard let made else {
      throw .conflict("KEY_NOT_ACTIVE", "the key has been revoked or replaced already")
    }
    return .json(
      [
        "old_key": [
          "id": .string(call.id().text), "name": .string(made.name),
          "deactivation_scheduled_at": .string(made.ends.description),
        ],
        "new_key": ["id": .string(made.id.text), "name": .string(made.name), "api_key_secret": .string(key.reveal())],
        "message": "both keys are taken until the old one ends; the new secret is not shown again",
      ], status: 201)
  }

  /// What a key that takes another's place has of its own: what is named, else what a new key gets. nil: it copies, and
  /// naming some of it then would be silently in vain. Name, branch and end are the old one's either way.
  private static func ownSettings(_ call: APICall) throws(APIProblem) -> JSONText? {
    let body = call.body
    guard body["copy_settings"].bool == false else {
      for member in rotatable where body[member.name].exists {
        throw .malformed("$." + member.name, "the old key's are copied: only with copy_settings false")
      }
      return nil
    }
    let allowed = try allowance(call).0
    try check(body, allowed)
    return JSONText([
      "scopes": .array(body["scopes"].texts.map { .string($0) }),
      "ip_whitelist": .array(body["ip_whitelist"].texts.map { .string($0) }),
      "rate_limit_rpm": .number(body["rate_limit_rpm"].integer ?? Int64(allowed.perMinute)),
      "rate_limit_daily": .number(body["rate_limit_daily"].integer ?? Int64(allowed.perDay)),
    ])
  }
}
