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
      "POST", "/api/branches", "createBranch",
      "Open a branch; without a time zone it has the headquarters'. With an Idempotency-Key once", Branches.write,
      body: .object(Branches.members), answers: [(201, Shape.data(Branches.shape))]
    ) { (call) throws(APIProblem) in try Branches.create(call) },
    Route(
      "PATCH", "/api/branches/{id}", "changeBranch",
      "Change what is named of it, of when it is open and how it is booked; what is booked already stays as it is",
      Branches.write, body: .object(Branches.changeable),
      answers: [(200, Shape.data(Branches.shape))]
    ) { (call) throws(APIProblem) in try Branches.change(call) },
  ]
}

enum Branches {
  static let read = Access.granted(scope: "services:read", .everybody)
  static let write = Access.granted(scope: "services:write", .managers)

  private static let named: [Shape.Member] = [.needs("name", .text(1...100)), .needs("city", .text(1...200))]
  static let members = named + [.may("timezone", .text(1...100))] + more
  static let changeable = named.map { Shape.Member.may($0.name, $0.shape) } + more

  /// `operating_hours`: as in PUT /api/ai-config; of nothing ({}): the business's.
  private static let more: [Shape.Member] = [
    .may("address", .text(0...500)), .may("phone", .text(0...50)), .may("is_active", .flag),
    .may("operating_hours", .map), .may("slot_minutes", .integer(5...480)),
    .may("booking_notice_minutes", .integer(0...43_200)), .may("advance_booking_days", .integer(0...730)),
    .may("appointment_duration_default", .integer(5...1440)), .may("places", .integer(0...1000)),
  ]

  static let shape = Shape.object([
    .needs("id", .id), .needs("name", .line), .needs("slug", .line), .needs("city", .line),
    .needs("address", .maybe(.note)), .needs("phone", .maybe(.line)), .needs("timezone", .line),
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

  static func create(_ call: APICall) throws(APIProblem) -> Response {
    try call.wholeBusiness("a branch")
    let wish = JSONText(.object(try wish(call, members)))
    let made = try call.once(["branch", call.body.value?.text ?? ""]) { (scope) throws(StoreError) in
      let row = try scope.createBranch(wish: wish)
      guard row.outcome == "created", let id = row.id else { return .failure(refusal(row.outcome, row.id)) }
      return .success(.string(id.text))
    }
    guard let id = Field(made).uuid else { throw .unknown("branch") }
    let found = try call.store { (scope) throws(StoreError) in try scope.apiBranch(id: id, onlyBranch: nil) }
    return .json(["data": try call.data(found, or: "branch")], status: 201)
  }

  static func change(_ call: APICall) throws(APIProblem) -> Response {
    let change = JSONText(.object(try wish(call, changeable)))
    _ = try one(call)
    let row = try call.transaction { (scope) throws(StoreError) in
      try scope.changeBranch(id: call.id(), change: change)
    }
    guard row.outcome == "changed" else { throw refusal(row.outcome, row.id) }
    return .json(["data": try call.data(row.data, or: "branch")])
  }

  private static func wish(_ call: APICall, _ members: [Shape.Member]) throws(APIProblem) -> JSON.Members {
    let wish = try call.change(members)
    try call.spelled("name", "city")
    if call.body["operating_hours"].exists, let fault = openingHoursFault(call.body["operating_hours"]) {
      throw .malformed(fault.path, fault.fault)
    }
    return wish
  }

  private static func refusal(_ outcome: String, _ other: UUID?) -> APIProblem {
    switch outcome {
    case "exists": .namesake("DUPLICATE_BRANCH", "branch", other)
    case "unknown_zone": .malformed("$.timezone", "there is no such time zone: write one such as America/Hermosillo")
    default: .unknown("branch")
    }
  }
}
