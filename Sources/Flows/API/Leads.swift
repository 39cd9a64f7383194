import Core
import FoundationEssentials
import Rules
import Store

/// People: `/api/leads`.
extension Route {
  static let leads: [Route] = [
    Route(
      "GET", "/api/leads", "listLeads", "People, by score or in another order",
      .granted(scope: "leads:read", .everybody),
      query: Listing.parameters(sorts: Lead.sorts, initial: "score") + Lead.filters,
      answers: [(200, Listing.answer(Lead.shape))]
    ) { (call) throws(APIProblem) in try Lead.list(call) },
    Route(
      "POST", "/api/leads", "createLead", "Enter a person", .granted(scope: "leads:write", .everybody),
      body: .object([.needs("phone", .text(7...20))] + Lead.members),
      answers: [(201, Shape.data(Lead.shape))]
    ) { (call) throws(APIProblem) in try Lead.create(call) },
    Route(
      "GET", "/api/leads/{id}", "getLead", "One person, also one that was deleted",
      .granted(scope: "leads:read", .everybody), answers: [(200, Shape.data(Lead.shape))]
    ) { (call) throws(APIProblem) in .json(["data": try Lead.read(call, call.id())]) },
    Route(
      "PATCH", "/api/leads/{id}", "changeLead", "Change what is named", .granted(scope: "leads:write", .everybody),
      body: .object(Lead.changeable), answers: [(200, Shape.data(Lead.shape))]
    ) { (call) throws(APIProblem) in try Lead.change(call) },
    Route(
      "DELETE", "/api/leads/{id}", "deleteLead",
      "Put a person away: appointments are cancelled, conversations closed; can be restored",
      .granted(scope: "leads:write", .managers),
      answers: [
        (
          200,
          .json(
            .object([
              .needs("success", .flag), .needs("message", .line), .needs("lead_id", .id),
              .needs("appointments_cancelled", .count), .needs("conversations_closed", .count),
            ]))
        )
      ]
    ) { (call) throws(APIProblem) in try Lead.delete(call) },
    Route(
      "POST", "/api/leads/{id}", "restoreLead", "Bring a deleted person back",
      .granted(scope: "leads:write", .managers),
      body: .object([.needs("action", .word(["restore"]))]), answers: [Lead.restored]
    ) { (call) throws(APIProblem) in try Lead.restore(call) },
    Route(
      "POST", "/api/leads/{id}/restore", "restoreLeadByAddress", "Bring a deleted person back",
      .granted(scope: "leads:write", .managers), answers: [Lead.restored]
    ) { (call) throws(APIProblem) in try Lead.restore(call) },
  ]
}

enum Lead {
  static let statuses = [
    "new", "contacted", "qualified", "appointment_scheduled", "converted", "lost", "inactive",
  ]
  static let classifications = ["hot", "warm", "cold"]
  static let sources =
    ChannelName.words + ["website", "referral", "walk_in", "phone", "google", "api", "other"]
  static let sorts = [
    "score", "created_at", "status", "classification", "first_name", "last_name", "full_name", "updated_at",
    "deleted_at",
  ]

  static let filters: [Route.Parameter] = [
    .init("search", .text(1...100), "In names, number and e-mail address."),
    .init("status", .word(statuses)), .init("classification", .word(classifications)), .init("branch_id", .id),
    .init("include_deleted", .flag), .init("only_deleted", .flag),
  ]

  static let members: [Shape.Member] = [
    .may("name", .text(0...200)), .may("full_name", .text(0...200)), .may("first_name", .text(0...100)),
    .may("last_name", .text(0...100)), .may("email", .text(0...320)), .may("source", .word(sources)),
    .may("branch_id", .id), .may("assigned_staff_id", .id),
    .may("interested_services", .list(.text(1...200), atMost: 20)), .may("notes", .note),
    .may("tags", .list(.text(1...100), atMost: 50)), .may("custom_fields", .map),
  ]

  static let changeable: [Shape.Member] =
    [.may("phone", .text(7...20)), .may("status", .word(statuses)), .may("classification", .word(classifications))]
    + members + [.may("last_contact_at", .moment), .may("next_followup_at", .moment)]

  static let shape = Shape.object([
    .needs("id", .id), .needs("branch_id", .maybe(.id)), .needs("phone", .maybe(.line)),
    .needs("phone_normalized", .maybe(.line)), .needs("first_name", .maybe(.line)),
    .needs("last_name", .maybe(.line)), .needs("full_name", .maybe(.line)), .needs("name", .maybe(.line)),
    .needs("email", .maybe(.line)), .needs("source", .word(sources)), .needs("status", .word(statuses)),
    .needs("classification", .word(classifications)), .needs("score", .integer(0...100)),
    .needs("interested_services", .list(.line, atMost: 1000)), .needs("notes", .maybe(.text(0...1_000_000))),
    .needs("tags", .list(.line, atMost: 1000)), .needs("custom_fields", .map),
    .needs("assigned_staff_id", .maybe(.id)), .needs("preferred_language", .line),
    .needs("first_contact_at", .maybe(.moment)), .needs("last_contact_at", .maybe(.moment)),
    .needs("last_interaction_at", .maybe(.moment)), .needs("next_followup_at", .maybe(.moment)),
    .needs("converted_at", .maybe(.moment)), .needs("escalated_to_human", .flag),
    .needs("instagram_username", .maybe(.line)), .needs("profile_image_url", .maybe(.text(0...5000))),
    .needs("deleted_at", .maybe(.moment)), .needs("created_at", .moment), .needs("updated_at", .moment),
    .needs("branches", .maybe(.object([.needs("name", .line), .needs("city", .line)]))),
  ])

  static let restored: (status: Int, Route.Answer) = (
    200,
    .json(
      .object([
        .needs("success", .flag), .needs("message", .line), .needs("lead_id", .id),
        .needs("restored_status", .word(statuses)),
      ]))
  )

  static func list(_ call: APICall) throws(APIProblem) -> Response {
    let listing = try Listing(call, "leads", filters: filters.map(\.name))
    let deleted = call.flag("only_deleted") == true ? "only" : call.flag("include_deleted") == true ? "with" : "without"
    if let cursor = listing.cursor {
      let rows = try call.store { (scope) throws(StoreError) in
        try scope.apiLeadsAfter(
          before: cursor.moment, beforeId: cursor.id, branchId: call.branch, status: call.text("status"),
          classification: call.text("classification"), deleted: deleted, search: call.text("search"),
          limit: listing.size + 1)
      }
      let shown = rows.prefix(Int(listing.size))
      var data: [JSON] = []
      for row in shown { data.append(try call.data(row.data, or: "lead")) }
      return .json([
        "data": .array(data),
        "pagination": listing.pagination(
          more: rows.count > shown.count, last: shown.last.map { Cursor(moment: $0.createdAt, id: $0.id) }),
      ])
    }
    let sort = call.text("sortBy") ?? "score"
    let descending = call.text("sortOrder") != "asc"
    let row = try call.store { (scope) throws(StoreError) in
      try scope.apiLeads(
        branchId: call.branch, status: call.text("status"), classification: call.text("classification"),
        deleted: deleted, search: call.text("search"), descending: descending, sort: sort, limit: listing.size,
        offset: listing.offset)
    }
    let data = try call.data(row.data, or: "list")
    // A cursor goes on in the order of creation only.
    let ordered = sort == "created_at" && descending && row.total > listing.page * listing.size
    let last = Field(data).items.last
    return .json([
      "data": data,
      "pagination": listing.pagination(
        total: row.total,
        last: ordered
          ? last.flatMap { last in
            last["created_at"].instant.flatMap { at in last["id"].uuid.map { Cursor(moment: at, id: $0) } }
          } : nil),
    ])
  }

  static func read(_ call: APICall, _ id: UUID) throws(APIProblem) -> JSON {
    try call.data(
      try call.store { (scope) throws(StoreError) in try scope.apiLead(id: id, onlyBranch: call.caller.branch) },
      or: "lead")
  }

  static func create(_ call: APICall) throws(APIProblem) -> Response {
    let made = try enter(call, call.body)
    guard made.outcome == "created" else {
      throw .conflict(
        made.outcome == "deleted" ? "LEAD_DELETED" : "DUPLICATE_LEAD",
        made.outcome == "deleted" ? "this person was deleted and can be restored" : "this person is there already",
        [.init("leadId", .string(made.id.text))] + (made.outcome == "deleted" ? [.init("canRestore", true)] : []))
    }
    return .json(["data": try read(call, made.id)], status: 201)
  }

  /// Enters a person; what else became of it is in the outcome.
  static func enter(_ call: APICall, _ lead: Field) throws(APIProblem) -> (outcome: String, id: UUID) {
    var members = (try? lead.object()) ?? .init()
    if let branch = call.caller.branch {
      if let named = lead["branch_id"].uuid, named != branch {
        throw .malformed("$.branch_id", "there is no such branch")
      }
      members["branch_id"] = .string(branch.text)
    }
    let row = try call.store { (scope) throws(StoreError) in
      try scope.createLead(lead: JSONText(.object(members)))
    }
    return (row.outcome, try settled(row.outcome, row.id))
  }

  /// The id, unless something that was named is not there.
  private static func settled(_ outcome: String, _ id: UUID?) throws(APIProblem) -> UUID {
    if let id { return id }
    switch outcome {
    case "branch": throw .malformed("$.branch_id", "there is no such branch")
    case "staff": throw .malformed("$.assigned_staff_id", "there is no such member of the staff")
    default: throw .malformed("$.phone", "this is no number")
    }
  }

  static func change(_ call: APICall) throws(APIProblem) -> Response {
    guard changeable.contains(where: { call.body.has($0.name) }) else {
      throw .malformed("$", "expected one of " + changeable.map(\.name).joined(separator: ", "))
    }
    if let branch = call.caller.branch, call.body.has("branch_id"), call.body["branch_id"].uuid != branch {
      throw .malformed("$.branch_id", "there is no such branch")
    }
    let row = try call.store { (scope) throws(StoreError) in
      try scope.updateLead(
        id: call.id(), onlyBranch: call.caller.branch, change: JSONText(call.body.value ?? .null))
    }
    guard let row else { throw .unknown("lead") }
    let id = try settled(row.outcome, row.id)
    guard row.outcome == "updated" else {
      throw .conflict("DUPLICATE_LEAD", "this number is somebody else's", [.init("leadId", .string(id.text))])
    }
    return .json(["data": try read(call, id)])
  }

  static func delete(_ call: APICall) throws(APIProblem) -> Response {
    let row = try call.store { (scope) throws(StoreError) in
      try scope.softDeleteLead(by: call.caller.user, id: call.id(), onlyBranch: call.caller.branch)
    }
    guard let row, row.success else { throw .unknown("lead") }
    return .json([
      "success": true, "message": "deleted", "lead_id": .string(call.id().text),
      "appointments_cancelled": .number(row.appointmentsCancelled),
      "conversations_closed": .number(row.conversationsClosed),
    ])
  }

  static func restore(_ call: APICall) throws(APIProblem) -> Response {
    let row = try call.store { (scope) throws(StoreError) in
      try scope.restoreLead(by: call.caller.user, id: call.id(), onlyBranch: call.caller.branch)
    }
    guard let row else { throw .unknown("lead") }
    guard row.success, let status = row.restoredStatus else {
      throw .conflict("NOT_DELETED", "this person is not deleted")
    }
    return .json([
      "success": true, "message": "restored", "lead_id": .string(call.id().text), "restored_status": .string(status),
    ])
  }
}

extension Field {
  /// Whether a member is named, were it as null.
  func has(_ name: String) -> Bool { value?[name] != nil }
}
