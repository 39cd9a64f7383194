import Core
import FoundationEssentials
import Rules
import Store

/// Accounts on the platforms: `/api/channels`. What is secret goes in and never comes out.
extension Route {
  static let channels: [Route] = [
    Route(
      "GET", "/api/channels", "listChannels", "The business's accounts on the platforms", ChannelDoor.read,
      query: [
        .init("channel", .word(ChannelName.words)), .init("account_number", .integer(1...2)),
      ],
      answers: [(200, ChannelDoor.answer(.list(ChannelDoor.shape, atMost: 1000)))]
    ) { (call) throws(APIProblem) in
      let rows = try call.store { (scope) throws(StoreError) in
        try scope.channelDetails(
          id: nil, channel: call.text("channel"), accountNumber: call.int("account_number").map { Int32($0) },
          limit: 1000)
      }
      let base = call.app.settings.text(.publicURL)
      let seen = rows.filter { ChannelDoor.sees(call, $0) }
      return .json(["success": true, "data": .array(seen.map { $0.json(base: base) })])
    },
    Route(
      "POST", "/api/channels", "addChannel",
      "Connect an account; the answer holds the verify token that belongs into the platform's form", ChannelDoor.write,
      body: .object([.needs("channel", .word(ChannelName.words))] + ChannelDoor.placed + ChannelDoor.changeable),
      answers: [
        (
          201,
          .json(.object([.needs("success", .flag), .needs("data", ChannelDoor.shape), .may("verify_token", .line)]))
        )
      ]
    ) { (call) throws(APIProblem) in try ChannelDoor.add(call) },
    Route(
      "PUT", "/api/channels", "putChannel", "Change what is named, of the account with this id", ChannelDoor.write,
      body: .object(
        [.needs("id", .id), .may("status", .word(["connected", "disconnected"]))] + ChannelDoor.changeable),
      answers: [(200, ChannelDoor.answer(ChannelDoor.shape))]
    ) { (call) throws(APIProblem) in
      guard let id = call.body["id"].uuid else { throw .malformed("$.id", "expected an id") }
      return try ChannelDoor.change(call, id)
    },
    Route(
      "DELETE", "/api/channels", "endChannel", "Disconnect the account with this id: its secrets are removed",
      .granted(scope: nil, .owner), query: [.init("id", .id)], answers: [(200, ChannelDoor.done)]
    ) { (call) throws(APIProblem) in
      guard let id = call.uuid("id") else { throw .malformed("?id", "expected an id") }
      return try ChannelDoor.disconnect(call, id)
    },
    Route(
      "GET", "/api/channels/{id}", "getChannel", "One account", ChannelDoor.read,
      answers: [(200, ChannelDoor.answer(ChannelDoor.shape))]
    ) { (call) throws(APIProblem) in try ChannelDoor.show(call, call.id()) },
    Route(
      "PATCH", "/api/channels/{id}", "changeChannel",
      "Change what is named; a new access token lets an account go on that was stopped", ChannelDoor.write,
      body: .object([.may("status", .word(["connected", "disconnected"]))] + ChannelDoor.changeable),
      answers: [(200, ChannelDoor.answer(ChannelDoor.shape))]
    ) { (call) throws(APIProblem) in try ChannelDoor.change(call, call.id()) },
    Route(
      "DELETE", "/api/channels/{id}", "disconnectChannel",
      "Disconnect: its secrets are removed, nothing comes in or leaves; its conversations stay",
      .granted(scope: nil, .owner), answers: [(200, ChannelDoor.done)]
    ) { (call) throws(APIProblem) in try ChannelDoor.disconnect(call, call.id()) },
    Route(
      "POST", "/api/channels/{id}/test", "testChannel",
      "Ask the platform whether the account works; 202: it takes longer, and the health will show it",
      ChannelDoor.write,
      body: .object([.may("subscribe", .flag)]), answers: Awaited.answers(ChannelDoor.testShape)
    ) { (call) throws(APIProblem) in
      _ = try ChannelDoor.row(call, call.id(), writing: true)
      return try Awaited.answer(
        call,
        .testChannel(
          call.id(), subscribe: call.body["subscribe"].bool ?? false, requestID: call.request.id))
    },
    Route(
      "GET", "/api/channels/{id}/health", "getChannelHealth",
      "How the account is: its errors, its last message, its last test, what waits", ChannelDoor.read,
      answers: [(200, ChannelDoor.answer(ChannelDoor.healthShape))]
    ) { (call) throws(APIProblem) in
      let row = try ChannelDoor.row(call, call.id(), writing: false)
      let waits = try call.store { (scope) throws(StoreError) in try scope.channelWaits(connectionId: row.id) }
      return .json(["success": true, "data": row.health(sends: waits.sends, alerts: waits.alerts)])
    },
  ]
}

/// What routes of accounts have in common.
enum ChannelDoor {
  static let read = Access.granted(scope: "channels:read", .everybody)
  static let write = Access.granted(scope: "channels:write", .owners)

  /// A branch's key sees its branch's accounts, and those of the whole business.
  static func sees(_ call: APICall, _ row: ChannelDetailsRow) -> Bool {
    call.caller.branch == nil || row.branchId == nil || row.branchId == call.caller.branch
  }

  /// The account, if it is one that the caller may see, or change.
  static func row(_ call: APICall, _ id: UUID, writing: Bool) throws(APIProblem) -> ChannelDetailsRow {
    let found = try call.store { (scope) throws(StoreError) in
      try scope.channelDetails(id: id, channel: nil, accountNumber: nil, limit: 1)
    }
    guard let row = found.first, sees(call, row) else { throw .unknown("channel") }
    guard !writing || call.caller.branch == nil || row.branchId == call.caller.branch else { throw .unknown("channel") }
    guard !writing || row.status != "disconnected" else {
      throw .conflict("DISCONNECTED", "the channel was disconnected: connect it again by POST /api/channels")
    }
    return row
  }

  static func show(_ call: APICall, _ id: UUID) throws(APIProblem) -> Response {
    try shown(call, try row(call, id, writing: false))
  }

  private static func shown(
    _ call: APICall, _ row: ChannelDetailsRow?, status: Int = 200, verifyToken: Secret? = nil
  ) throws(APIProblem) -> Response {
    guard let row else { throw .unknown("channel") }
    return .json(
      .object([
        "success": true, "data": row.json(base: call.app.settings.text(.publicURL)),
        "verify_token": verifyToken.map { .string($0.reveal()) },
      ]), status: status)
  }

  static func add(_ call: APICall) throws(APIProblem) -> Response {
    let channel = call.body["channel"].text ?? ""
    let fields = try fields(call, channel, placed: true, without: [])
    var columns = fields.columns
    if let branch = call.caller.branch {
      guard call.body["branch_id"].uuid.map({ $0 == branch }) ?? true else {
        throw .malformed("$.branch_id", "there is no such branch")
      }
      if case .object(var members) = columns {
        members["branch_id"] = .string(branch.text)
        columns = .object(members)
      }
    }
    if let branch = call.body["branch_id"].uuid {
      let there = try call.store { (scope) throws(StoreError) in try scope.branchIsThere(id: branch) }
      guard there else { throw .malformed("$.branch_id", "there is no such branch") }
    }
    let store = try store(call)
    // The token is ours to choose, and only now to be seen: it belongs into the platform's form.
    let given = fields.secrets.first { $0.kind == "verify_token" }?.secret
    let token = channel == "tiktok" ? nil : given ?? Secret(hex(randomBytes(16)))
    let row = try together(call) { (scope) throws(StoreError) -> ChannelDetailsRow? in
      let id = try scope.addChannel(fields: JSONText(columns))
      if let token, given == nil {
        try store.setInbound(token, kind: "verify_token", connection: id, tenant: call.caller.tenant, in: scope)
      }
      if try store.keep(fields, connection: id, tenant: call.caller.tenant, in: scope) { try goOn(call, id, in: scope) }
      return try details(id, in: scope)
    }
    return try shown(call, row, status: 201, verifyToken: token)
  }

  static func change(_ call: APICall, _ id: UUID) throws(APIProblem) -> Response {
    let row = try row(call, id, writing: true)
    let status = call.body["status"].text
    if status == "disconnected" {
      guard call.caller.role.map(Roles.owner.allow) ?? false else {
        throw APIProblem(403, "ROLE_REQUIRED", "only an owner may disconnect a channel")
      }
    }
    let fields = try fields(call, row.channel, placed: false, without: ["id", "status"])
    let store = fields.secrets.isEmpty ? nil : try store(call)
    let changed = try together(call) { (scope) throws(StoreError) -> ChannelDetailsRow? in
      _ = try scope.changeChannel(connectionId: id, fields: JSONText(fields.columns))
      if status == "disconnected" {
        _ = try scope.disconnectChannel(connectionId: id)
      } else {
        let speaks = try store?.keep(fields, connection: id, tenant: call.caller.tenant, in: scope) ?? false
        if speaks || status == "connected" && fields.secrets.isEmpty {
          try goOn(call, id, in: scope)
        } else if fields.namesAccount {
          // Other ids have to be shown to be theirs, or the shared webhook would give it nothing until somebody asks.
          try prove(call, id, in: scope)
        }
      }
      return try details(id, in: scope)
    }
    return try shown(call, changed)
  }

  private static func store(_ call: APICall) throws(APIProblem) -> SecretStore {
    let seals = try SecretSeals(call.app)
    return SecretStore(call.app.database, inbound: seals.inbound, outbound: seals.outbound)
  }

  private static func details(_ id: UUID, in scope: Scope) throws(StoreError) -> ChannelDetailsRow? {
    try scope.channelDetails(id: id, channel: nil, accountNumber: nil, limit: 1).first
  }

  /// All of it or nothing: of an account that is half made nobody would know the verify token.
  private static func together<T>(
    _ call: APICall, _ body: (Scope) throws(StoreError) -> T
  ) throws(APIProblem) -> T {
    var clash: String?
    let value: T
    do throws(APIProblem) {
      value = try call.transaction { (scope) throws(StoreError) in
        do throws(StoreError) { return try body(scope) } catch {
          if case .conflict(let constraint) = error { clash = constraint }
          throw error
        }
      }
    } catch { throw clash.map(taken) ?? error }
    call.app.database.wakeWorkers()
    return value
  }

  /// Connects what was new, resumes what an error had stopped.
  private static func goOn(_ call: APICall, _ id: UUID, in scope: Scope) throws(StoreError) {
    if try !scope.connectChannel(connectionId: id), try scope.resumeChannel(connectionId: id) != nil {
      call.app.isUrgent = true
    }
    try prove(call, id, in: scope)
  }

  /// Whether the account is theirs is for the platform to say: until then the shared webhook gives it nothing.
  private static func prove(_ call: APICall, _ id: UUID, in scope: Scope) throws(StoreError) {
    guard let row = try details(id, in: scope), row.ownedAt == nil else { return }
    let look = Errand.testChannel(id, subscribe: false, requestID: call.request.id)
    _ = try scope.requestJob(job: JSONText(look.job))
  }

  static func disconnect(_ call: APICall, _ id: UUID) throws(APIProblem) -> Response {
    let found = try call.store { (scope) throws(StoreError) in try scope.disconnectChannel(connectionId: id) }
    guard found else { throw .unknown("channel") }
    return .json(["success": true])
  }

  private static func fields(
    _ call: APICall, _ channel: String, placed: Bool, without: [String]
  ) throws(APIProblem) -> ChannelFields {
    var members = JSON.Members()
    if case .object(let given)? = call.body.value {
      members = JSON.Members(given.pairs.filter { !without.contains($0.key) })
    }
    do throws(Refusal) {
      return try ChannelFields(Field(.object(members)), channel: channel, placed: placed)
    } catch { throw APIProblem(error) }
  }

  private static func taken(_ constraint: String) -> APIProblem {
    .conflict(
      "DUPLICATE_CHANNEL",
      constraint.hasPrefix("channel_connections_account")
        ? "this account of the platform is connected already"
        : "there is a channel with this account number already: change it, or connect the other as number 2")
  }
}

/// What `api` seals with. It cannot open what it has sealed, nor read what is stored.
struct SecretSeals {
  let inbound: Seal
  let outbound: Seal

  init(_ app: App) throws(APIProblem) {
    guard let inbound = Seal(app.settings.text(.inboundSeal)), let outbound = Seal(app.settings.text(.outboundSeal))
    else {
      throw APIProblem(
        .unconfigured(
          "secrets cannot be taken here: INBOUND_SEAL and OUTBOUND_SEAL are not set for api; tistis seals prints them"))
    }
    self.inbound = inbound
    self.outbound = outbound
  }
}
