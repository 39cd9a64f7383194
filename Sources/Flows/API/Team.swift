import Core
import FoundationEssentials
import Store

/// The team: `/api/staff`. What each of them does; when they work is in TeamHours.
extension Route {
  static let team: [Route] = [
    Route(
      "GET", "/api/staff", "listStaff", "The team, the newest first", Team.read,
      query: [
        .init("branch_id", .id, "Who works there"), .init("service_id", .id, "Who is named for it"),
        .init("is_active", .flag),
      ] + Listing.onward, answers: [(200, Listing.answer(Team.shape))]
    ) { (call) throws(APIProblem) in try Team.list(call) },
    Route(
      "GET", "/api/staff/{id}", "getMember", "One of the team", Team.read, answers: [(200, Shape.data(Team.shape))]
    ) { (call) throws(APIProblem) in .json(["data": try Team.member(call)]) },
    Route(
      "PUT", "/api/staff/{id}/services", "putMemberServices",
      "What they do, all of it; a service that nobody does takes a place of the branch instead of a person", Team.write,
      body: .object([.needs("service_ids", .list(.id, atMost: 500))]),
      answers: [
        (200, .json(.object([.needs("data", Team.shape), .needs("without_staff", .list(Team.name, atMost: 500))])))
      ]
    ) { (call) throws(APIProblem) in try Team.putServices(call) },
  ]
}

enum Team {
  static let read = Access.granted(scope: "staff:read", .everybody)
  static let write = Access.granted(scope: "staff:write", .managers)

  static let name = Shape.object([.needs("id", .id), .needs("name", .line)])

  static let shape = Shape.object([
    .needs("id", .id), .needs("first_name", .line), .needs("last_name", .line), .needs("display_name", .maybe(.line)),
    .needs("role", .line), .needs("role_title", .maybe(.line)), .needs("specialty", .maybe(.line)),
    .needs("is_active", .flag), .needs("created_at", .moment),
    .needs(
      "branches",
      .list(.object([.needs("id", .id), .needs("name", .line), .needs("is_primary", .flag)]), atMost: 10_000)),
    .needs("services", .list(name, atMost: 10_000)),
  ])

  static func list(_ call: APICall) throws(APIProblem) -> Response {
    let listing = try Listing(call, "staff", filters: ["branch_id", "service_id", "is_active"])
    let rows = try call.store { (scope) throws(StoreError) in
      try scope.apiStaff(
        onlyBranch: call.caller.branch, branchId: call.uuid("branch_id"), serviceId: call.uuid("service_id"),
        active: call.flag("is_active"), beforeId: listing.cursor?.id, limit: listing.size + 1)
    }
    return try listing.onward(call, rows.map { ($0.data, Cursor(moment: $0.createdAt, id: $0.id)) })
  }

  /// Whom the path names, as far as the caller sees them.
  @discardableResult static func member(_ call: APICall) throws(APIProblem) -> JSON {
    try call.data(
      try call.store { (scope) throws(StoreError) in
        try scope.apiMember(onlyBranch: call.caller.branch, id: call.id())
      }, or: "member of the staff")
  }

  static func putServices(_ call: APICall) throws(APIProblem) -> Response {
    try call.wholeBusiness("what somebody does")
    let row = try call.transaction { (scope) throws(StoreError) in
      try scope.setStaffServices(id: call.id(), serviceIds: call.body["service_ids"].items.compactMap(\.uuid))
    }
    switch row.outcome {
    case "set":
      return .json(["data": try member(call), "without_staff": try call.data(row.leftAlone, or: "service")])
    case "unknown_service": throw .malformed("$.service_ids[\(row.place ?? 0)]", "there is no such service")
    default: throw .unknown("member of the staff")
    }
  }
}
