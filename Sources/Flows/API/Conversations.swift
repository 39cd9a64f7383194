import Core
import FoundationEssentials
import Rules
import Store

/// Conversations: `/api/conversations`.
extension Route {
  static let conversations: [Route] = [
    Route(
      "GET", "/api/conversations", "listConversations", "Conversations, where something was said last first",
      .granted(scope: "conversations:read", .everybody),
      query: Listing.parameters(sorts: Conversation.sorts, initial: "last_message_at") + Conversation.filters,
      answers: [(200, Listing.answer(Conversation.shape))]
    ) { (call) throws(APIProblem) in try Conversation.list(call) },
    Route(
      "POST", "/api/conversations", "openConversation", "Open a conversation with somebody",
      .granted(scope: "conversations:write", .talkers),
      body: .object([
        .needs("lead_id", .id), .may("channel", .word(ChannelName.words)), .may("branch_id", .id),
        .may("ai_handling", .flag), .may("assigned_staff_id", .id),
      ]), answers: [(201, Shape.data(Conversation.shape))]
    ) { (call) throws(APIProblem) in try Conversation.open(call) },
    Route(
      "GET", "/api/conversations/{id}", "getConversation", "One conversation, with its last messages if asked",
      .granted(scope: "conversations:read", .everybody),
      query: [.init("include_messages", .flag, "The last 100 messages, the oldest first.")],
      answers: [(200, Shape.data(Conversation.shapeWithMessages))]
    ) { (call) throws(APIProblem) in try Conversation.show(call) },
    Route(
      "PATCH", "/api/conversations/{id}", "changeConversation", "Change what is named",
      .granted(scope: "conversations:write", .talkers), body: .object(Conversation.changeable),
      answers: [(200, Shape.data(Conversation.shape))]
    ) { (call) throws(APIProblem) in try Conversation.change(call) },
    Route(
      "POST", "/api/conversations/{id}/take-over", "takeOverConversation",
      "A person takes part: from here on the assistant is silent", .granted(scope: "conversations:write", .talkers),
      answers: [(200, Shape.data(Conversation.shape))]
    ) { (call) throws(APIProblem) in
      try Conversation.act(call, conflict: "the conversation is closed") { (scope, id) throws(StoreError) in
        try scope.takeOverConversation(id: id, staffId: call.caller.staff)
      }
    },
    Route(
      "POST", "/api/conversations/{id}/hand-back", "handBackConversation", "The assistant answers again",
      .granted(scope: "conversations:write", .talkers), answers: [(200, Shape.data(Conversation.shape))]
    ) { (call) throws(APIProblem) in
      try Conversation.act(call, conflict: "the conversation is closed") { (scope, id) throws(StoreError) in
        try scope.handBackConversation(conversationId: id)
      }
    },
    Route(
      "POST", "/api/conversations/{id}/resolve", "resolveConversation", "Close a conversation",
      .granted(scope: "conversations:write", .talkers), body: .object([.may("resolution_notes", .note)]),
      answers: [(200, Shape.data(Conversation.shape))]
    ) { (call) throws(APIProblem) in
      let notes = call.body["resolution_notes"].text
      return try Conversation.act(call) { (scope, id) throws(StoreError) in
        try scope.resolveConversation(notes: notes, id: id) >= 0
      }
    },
    Route(
      "POST", "/api/conversations/{id}/escalate", "escalateConversation", "Hand a conversation to people",
      .granted(scope: "conversations:write", .talkers), body: .object([.may("reason", .note)]),
      answers: [(200, Shape.data(Conversation.shape))]
    ) { (call) throws(APIProblem) in
      let reason = call.body["reason"].text ?? "asked for by the staff"
      return try Conversation.escalate(call, reason)
    },
    Route(
      "POST", "/api/conversations/{id}/read", "readConversation",
      "Somebody of the business has read it; the person sees that at the platform",
      .granted(scope: "conversations:write", .everybody), answers: [(200, Shape.data(Conversation.shape))]
    ) { (call) throws(APIProblem) in
      try Conversation.act(call) { (scope, id) throws(StoreError) in
        // Somebody waits for it, though not long: the person looks whether they were read.
        if try scope.readConversation(id: id, hours: Office.markHours, requestId: call.request.id) {
          call.app.isUrgent = true
        }
        return true
      }
    },
  ]
}

enum Conversation {
  static let statuses = ["active", "waiting_response", "escalated", "resolved", "archived"]
  /// Also where others put what was said: we neither hear nor speak there.
  static let channels = ChannelName.words + ["webchat", "sms"]
  static let sorts = ["last_message_at", "created_at", "status", "channel", "updated_at"]

  static let filters: [Route.Parameter] = [
    .init("status", .word(statuses)), .init("channel", .word(channels)), .init("ai_handling", .flag),
    .init("branch_id", .id), .init("lead_id", .id), .init("assigned_staff_id", .id),
  ]

  static let changeable: [Shape.Member] = [
    .may("status", .word(statuses)), .may("ai_handling", .flag), .may("assigned_staff_id", .id),
    .may("branch_id", .id), .may("escalation_reason", .note), .may("resolution_notes", .note),
    .may("satisfaction_score", .integer(1...5)),
  ]

  private static let members: [Shape.Member] = [
    .needs("id", .id), .needs("lead_id", .id), .needs("branch_id", .maybe(.id)), .needs("channel", .word(channels)),
    .needs("channel_connection_id", .id), .needs("status", .word(statuses)), .needs("ai_handling", .flag),
    .needs("current_intent", .maybe(.line)), .needs("escalated_at", .maybe(.moment)),
    .needs("escalation_reason", .maybe(.note)),
    .needs("escalated_by", .maybe(.word(EscalatedBy.allCases.map(\.rawValue)))),
    .needs("escalation_urgency", .maybe(.integer(1...5))), .needs("escalation_confidence", .maybe(.number)),
    .needs("escalated_to_staff_id", .maybe(.id)),
    .needs("assigned_staff_id", .maybe(.id)), .needs("resolved_at", .maybe(.moment)),
    .needs("resolution_notes", .maybe(.note)), .needs("satisfaction_score", .maybe(.integer(1...5))),
    .needs("message_count", .count), .needs("turn_count", .count), .needs("last_message_at", .maybe(.moment)),
    .needs("last_inbound_at", .maybe(.moment)), .needs("last_human_at", .maybe(.moment)),
    .needs("staff_read_at", .maybe(.moment)), .needs("unread", .flag),
    .needs("first_response_time_seconds", .maybe(.count)), .needs("created_at", .moment),
    .needs("updated_at", .moment),
    .needs(
      "lead",
      .maybe(
        .object([
          .needs("id", .id), .needs("first_name", .maybe(.line)), .needs("last_name", .maybe(.line)),
          .needs("full_name", .maybe(.line)), .needs("phone", .maybe(.line)), .needs("email", .maybe(.line)),
          .needs("classification", .word(Lead.classifications)), .needs("score", .integer(0...100)),
        ]))),
    .needs("branch", .maybe(.object([.needs("id", .id), .needs("name", .line)]))),
    .needs(
      "assigned_staff",
      .maybe(
        .object([
          .needs("id", .id), .needs("first_name", .line), .needs("last_name", .line), .needs("role", .line),
        ]))),
  ]
  static let shape = Shape.object(members)
  static let shapeWithMessages = Shape.object(members + [.may("messages", .list(Said.shape, atMost: 100))])

  static func list(_ call: APICall) throws(APIProblem) -> Response {
    let listing = try Listing(call, "conversations", filters: filters.map(\.name))
    let sort = call.text("sortBy") ?? "last_message_at"
    let descending = call.text("sortOrder") != "asc"
    guard listing.cursor != nil || sort == "last_message_at" && descending else {
      let row = try call.store { (scope) throws(StoreError) in
        try scope.apiConversations(
          branchId: call.branch, status: call.text("status"), channel: call.text("channel"),
          aiHandling: call.flag("ai_handling"), leadId: call.uuid("lead_id"),
          assignedStaffId: call.uuid("assigned_staff_id"), descending: descending, sort: sort, limit: listing.size,
          offset: listing.offset)
      }
      return .json([
        "data": try call.data(row.data, or: "list"), "pagination": listing.pagination(total: row.total, last: nil),
      ])
    }
    let from = listing.cursor ?? .beginning
    let rows = try call.store { (scope) throws(StoreError) in
      try scope.apiConversationsAfter(
        before: from.moment, beforeId: from.id, branchId: call.branch, status: call.text("status"),
        channel: call.text("channel"), aiHandling: call.flag("ai_handling"), leadId: call.uuid("lead_id"),
        assignedStaffId: call.uuid("assigned_staff_id"), limit: listing.size + 1,
        offset: listing.cursor == nil ? listing.offset : 0)
    }
    let shown = rows.prefix(Int(listing.size))
    let more = rows.count > shown.count
    var data: [JSON] = []
    for row in shown { data.append(try call.data(row.data, or: "conversation")) }
    let last = shown.last.map { Cursor(moment: $0.at, id: $0.id) }
    guard listing.cursor == nil else {
      return .json(["data": .array(data), "pagination": listing.pagination(more: more, last: last)])
    }
    let total = try call.store { (scope) throws(StoreError) in
      try scope.countConversations(
        branchId: call.branch, status: call.text("status"), channel: call.text("channel"),
        aiHandling: call.flag("ai_handling"), leadId: call.uuid("lead_id"),
        assignedStaffId: call.uuid("assigned_staff_id"))
    }
    return .json([
      "data": .array(data), "pagination": listing.pagination(total: total, last: more ? last : nil),
    ])
  }

  static func read(_ call: APICall, _ id: UUID) throws(APIProblem) -> JSON {
    try call.data(
      try call.store { (scope) throws(StoreError) in
        try scope.apiConversation(id: id, onlyBranch: call.caller.branch)
      }, or: "conversation")
  }

  static func show(_ call: APICall) throws(APIProblem) -> Response {
    var data = try read(call, call.id())
    if call.flag("include_messages") == true, case .object(var members) = data {
      members["messages"] = .array(try Said.latest(call, call.id(), 100))
      data = .object(members)
    }
    return .json(["data": data])
  }

  static func open(_ call: APICall) throws(APIProblem) -> Response {
    if let branch = call.caller.branch, let named = call.body["branch_id"].uuid, named != branch {
      throw .malformed("$.branch_id", "there is no such branch")
    }
    let row = try call.store { (scope) throws(StoreError) in
      try scope.openConversation(wish: JSONText(call.body.value ?? .null), onlyBranch: call.caller.branch)
    }
    switch row.outcome {
    case "created": break
    case "exists":
      throw .conflict(
        "CONVERSATION_EXISTS", "there is an open conversation with this person",
        row.id.map { [.init("conversationId", .string($0.text))] } ?? [])
    case "lead": throw .unknown("lead")
    case "branch": throw .malformed("$.branch_id", "there is no such branch")
    case "staff": throw .malformed("$.assigned_staff_id", "there is no such member of the staff")
    case "address": throw .malformed("$.channel", "this person has no address on that channel")
    default: throw .malformed("$.channel", "the business has no account on that channel")
    }
    guard let id = row.id else { throw .unknown("conversation") }
    return .json(["data": try read(call, id)], status: 201)
  }

  static func change(_ call: APICall) throws(APIProblem) -> Response {
    guard changeable.contains(where: { call.body.has($0.name) }) else {
      throw .malformed("$", "expected one of " + changeable.map(\.name).joined(separator: ", "))
    }
    if let role = call.caller.role {
      for name in ["ai_handling", "assigned_staff_id", "branch_id"] where call.body.has(name) {
        guard Roles.managers.allow(role) else {
          throw APIProblem(403, "ROLE_REQUIRED", "the role \(role) may not change \(name)")
        }
      }
    }
    if let branch = call.caller.branch, call.body.has("branch_id"), call.body["branch_id"].uuid != branch {
      throw .malformed("$.branch_id", "there is no such branch")
    }
    let row = try call.store { (scope) throws(StoreError) in
      try scope.changeConversation(
        id: call.id(), onlyBranch: call.caller.branch, change: JSONText(call.body.value ?? .null))
    }
    switch row {
    case "changed": return .json(["data": try read(call, call.id())])
    case "branch": throw .malformed("$.branch_id", "there is no such branch")
    case "staff": throw .malformed("$.assigned_staff_id", "there is no such member of the staff")
    default: throw .unknown("conversation")
    }
  }

  /// Does something with the conversation and tells how it is then.
  /// - Parameter conflict: what it means when nothing was done.
  static func act(
    _ call: APICall, conflict: String = "nothing to do", _ body: (Scope, UUID) throws(StoreError) -> Bool
  ) throws(APIProblem) -> Response {
    _ = try read(call, call.id())
    let done = try call.store { (scope) throws(StoreError) in try body(scope, call.id()) }
    let data = try read(call, call.id())
    guard done else { throw .conflict("CONVERSATION_CLOSED", conflict) }
    return .json(["data": data])
  }

  /// One that people have already stays as it is.
  static func escalate(_ call: APICall, _ reason: String) throws(APIProblem) -> Response {
    let before = Field(try read(call, call.id()))
    if before["status"].text == "escalated" { return .json(["data": before.value ?? .null]) }
    return try act(call, conflict: "the conversation is closed") { (scope, id) throws(StoreError) in
      try scope.escalateConversation(conversationId: id, reason: reason)
    }
  }
}
