import Core
import FoundationEssentials
import Rules
import Store

/// Branches, and how they are booked: `/api/branches`.
extension Route {
  static let branches: [Route] = [
    Route(
      "GET", "/api/branches", "listBranches", "The branches, the newest first", Branches.read,
      query: [.init("is_active", .flag)] + Listing.onward, answers: [(200, Listing.answer(Branches.shape))]
    ) { (call) throws(APIProblem) in try Branches.list(call) },
    Route(
      "GET", "/api/branches/{id}", "getBranch", "One branch", Branches.read,
      answers: [(200, Shape.data(Branches.shape))]
    ) { (call) throws(APIProblem) in .json(["data": try Branches.one(call)]) },
    Route(
      "PATCH", "/api/branches/{id}", "changeBranch",
      "Change what is named of when it is open and how it is booked; what is booked already stays as it is",
      .granted(scope: "services:write", .managers), body: .object(Branches.changeable),
      answers: [(200, Shape.data(Branches.shape))]
    ) { (call) throws(APIProblem) in try Branches.change(call) },
  ]
}

enum Branches {
  static let read = Access.granted(scope: "services:read", .everybody)

  /// `operating_hours`: as in PUT /api/ai-config; of nothing ({}): the business's.
  static let changeable: [Shape.Member] = [
    .may("operating_hours", .map), .may("slot_minutes", .integer(5...480)),
    .may("booking_notice_minutes", .integer(0...43_200)), .may("advance_booking_days", .integer(0...730)),
    .may("appointment_duration_default", .integer(5...1440)), .may("places", .integer(0...1000)),
  ]

  static let shape = Shape.object([
    .needs("id", .id), .needs("name", .line), .needs("slug", .line), .needs("city", .line), .needs("timezone", .line),
    .needs("is_headquarters", .flag), .needs("is_active", .flag), .needs("operating_hours", .map),
    .needs("slot_minutes", .count), .needs("booking_notice_minutes", .count), .needs("advance_booking_days", .count),
    .needs("appointment_duration_default", .count), .needs("places", .count), .needs("created_at", .moment),
    .needs("updated_at", .moment),
  ])

  static func list(_ call: APICall) throws(APIProblem) -> Response {
    let listing = try Listing(call, "branches", filters: ["is_active"])
    let rows = try call.store { (scope) throws(StoreError) in
      try scope.apiBranches(
        onlyBranch: call.caller.branch, active: call.flag("is_active"), beforeId: listing.cursor?.id,
        limit: listing.size + 1)
    }
    return try listing.onward(call, rows.map { ($0.data, Cursor(moment: $0.createdAt, id: $0.id)) })
  }

  static func one(_ call: APICall) throws(APIProblem) -> JSON {
    try call.data(
      try call.store { (scope) throws(StoreError) in
        try scope.apiBranch(id: call.id(), onlyBranch: call.caller.branch)
      }, or: "branch")
  }

  static func change(_ call: APICall) throws(APIProblem) -> Response {
    let change = try call.change(changeable)
    _ = try one(call)
    if call.body["operating_hours"].exists, let fault = openingHoursFault(call.body["operating_hours"]) {
      throw .malformed(fault.path, fault.fault)
    }
    let text = JSONText(.object(change))
    let changed = try call.transaction { (scope) throws(StoreError) in
      try scope.changeBranch(id: call.id(), change: text)
    }
    return .json(["data": try call.data(changed, or: "branch")])
  }
}
