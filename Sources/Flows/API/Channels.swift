import Core
import FoundationEssentials
import Store

/// Accounts on the platforms: `/api/channels`. What is secret goes in and never comes out.
extension Route {
  static let channels: [Route] = [
    Route(
      "GET", "/api/channels", "listChannels", "The business's accounts on the platforms", ChannelDoor.read,
      query: [
        .init("channel", .word(ChannelDoor.names)), .init("account_number", .integer(1...2)),
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
      body: .object([.needs("channel", .word(ChannelDoor.names))] + ChannelDoor.placed + ChannelDoor.changeable),
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
  static let names = ["whatsapp", "instagram", "facebook", "tiktok"]
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

  static func show(_ call: APICall, _ id: UUID, status: Int = 200, verifyToken: Secret? = nil) throws(APIProblem)
    -> Response
  {
    let row = try row(call, id, writing: false)
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
    let seals = try SecretSeals(call.app)
    let id: UUID
    do throws(StoreError) {
      id = try call.app.database.tenant(call.caller.tenant).addChannel(fields: JSONText(columns))
    } catch {
      guard case .conflict(let constraint) = error else { throw APIProblem(error) }
      throw taken(constraint)
    }
    // The token is ours to choose, and only now to be seen: it belongs into the platform's form.
    var token: Secret?
    if channel != "tiktok" {
      token = fields.secrets.first { $0.kind == "verify_token" }?.secret ?? Secret(hex(randomBytes(16)))
    }
    try keep(call, fields, token: token, id, seals)
    return try show(call, id, status: 201, verifyToken: token)
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
    let seals = fields.secrets.isEmpty ? nil : try SecretSeals(call.app)
    do throws(StoreError) {
      _ = try call.app.database.tenant(call.caller.tenant).changeChannel(
        connectionId: id, fields: JSONText(fields.columns))
    } catch {
      guard case .conflict(let constraint) = error else { throw APIProblem(error) }
      throw taken(constraint)
    }
    if status == "disconnected" {
      _ = try disconnect(call, id)
      return try show(call, id)
    }
    if let seals { try keep(call, fields, token: nil, id, seals) }
    if status == "connected", fields.secrets.isEmpty { try goOn(call, id) }
    return try show(call, id)
  }

  /// Seals what was given; with an access token the account speaks from now on.
  private static func keep(
    _ call: APICall, _ fields: ChannelFields, token: Secret?, _ id: UUID, _ seals: SecretSeals
  ) throws(APIProblem) {
    let store = SecretStore(call.app.database, inbound: seals.inbound, outbound: seals.outbound)
    do throws(StoreError) {
      let speaks = try store.keep(fields, connection: id, tenant: call.caller.tenant)
      if let token { try store.setInbound(token, kind: "verify_token", connection: id, tenant: call.caller.tenant) }
      guard speaks else { return }
    } catch { throw APIProblem(error) }
    try goOn(call, id)
  }

  /// Connects what was new, resumes what an error had stopped.
  private static func goOn(_ call: APICall, _ id: UUID) throws(APIProblem) {
    let resumed = try call.store { (scope) throws(StoreError) -> Bool in
      if try scope.connectChannel(connectionId: id) { return false }
      return try scope.resumeChannel(connectionId: id) != nil
    }
    if resumed { call.app.isUrgent = true }
    // Whether the account is theirs is for the platform to say: until then the shared webhook gives it nothing.
    guard try row(call, id, writing: false).ownedAt == nil else { return }
    do throws(StoreError) {
      _ = try call.app.database.send(
        .testChannel(id, subscribe: false, requestID: call.request.id), tenant: call.caller.tenant)
    } catch { throw APIProblem(error) }
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
      constraint == "channel_connections_account"
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
