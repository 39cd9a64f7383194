import Core
import FoundationEssentials
import Store

/// `/api/slots`: free times, and holding one.
extension Route {
  static let slots: [Route] = [
    Route(
      "GET", "/api/slots", "listSlots", "Free times, the earliest first",
      .granted(scope: "appointments:read", .everybody),
      query: [
        .init("branch_id", .id), .init("service_id", .id), .init("staff_id", .id),
        .init("from", .moment, "Now if not said."),
        .init("to", .moment, "A week later if not said; two months at most."),
        .init("limit", .integer(1...1000), "100 if not said."),
      ],
      answers: [(200, .json(.object([.needs("data", .list(BookableSlot.shape, atMost: 1000))])))]
    ) { (call) throws(APIProblem) in try BookableSlot.list(call) },
    Route(
      "POST", "/api/slots/holds", "holdSlot",
      "Keep a time for a person who is still deciding: one a person, the next replaces it, booking ends it",
      .granted(scope: "appointments:write", .everybody),
      body: .object([
        .needs("lead_id", .id), .needs("branch_id", .id), .needs("scheduled_at", .moment), .may("service_id", .id),
        .may("staff_id", .id), .may("duration_minutes", .integer(1...1440)), .may("hold_minutes", .integer(1...60)),
      ]),
      answers: [
        (
          201,
          Shape.data(
            .object([.needs("id", .id), .needs("expires_at", .moment), .needs("staff_id", .maybe(.id))]))
        )
      ]
    ) { (call) throws(APIProblem) in try BookableSlot.hold(call) },
    Route(
      "DELETE", "/api/slots/holds/{id}", "freeHold", "Let a time go", .granted(scope: "appointments:write", .everybody),
      answers: [(200, .json(.object([.needs("success", .flag)])))]
    ) { (call) throws(APIProblem) in try BookableSlot.free(call) },
  ]
}

enum BookableSlot {
  private static let week: Double = 7 * 86_400

  static let shape = Shape.object([
    .needs("starts_at", .moment), .needs("ends_at", .moment), .needs("starts_at_local", .moment),
    .needs("local_date", .line), .needs("local_time", .line), .needs("weekday", .integer(1...7)),
    .needs("timezone", .line), .needs("branch_id", .id), .needs("branch_name", .line), .needs("staff_id", .maybe(.id)),
    .needs("staff_name", .maybe(.line)),
  ])

  static func list(_ call: APICall) throws(APIProblem) -> Response {
    if let branch = call.caller.branch, let named = call.uuid("branch_id"), named != branch { throw .unknown("branch") }
    let from = call.text("from").flatMap { Instant($0) }
    // What is past the database's clock says, not this machine's.
    let since = from ?? .now + -86_400
    let until = call.text("to").flatMap { Instant($0) } ?? (from ?? .now) + week
    guard since < until else { throw .malformed("?to", "is not after from") }
    let (branch, service, staff) = (call.branch, call.uuid("service_id"), call.uuid("staff_id"))
    let (there, rows) = try call.transaction { (scope) throws(StoreError) in
      (
        try scope.bookables(branchId: branch, serviceId: service, staffId: staff),
        try scope.freeSlots(
          branchId: branch, serviceId: service, staffId: staff, since: since, until: until,
          limit: Int32(call.int("limit") ?? 100))
      )
    }
    if branch != nil, there.branch == nil { throw .unknown("branch") }
    if service != nil, there.service == nil { throw .unknown("service") }
    if staff != nil, there.staff == nil { throw .unknown("member of the staff") }
    return .json([
      "data": .array(
        rows.map { row in
          [
            "starts_at": .string(row.startsAt.description), "ends_at": .string(row.endsAt.description),
            "starts_at_local": .string(row.startsAtLocal), "local_date": .string(row.localDate),
            "local_time": .string(row.localTime), "weekday": .number(row.weekday), "timezone": .string(row.timezone),
            "branch_id": .string(row.branchId.text), "branch_name": .string(row.branchName),
            "staff_id": row.staffId.map { .string($0.text) } ?? .null,
            "staff_name": row.staffName.map { .string($0) } ?? .null,
          ]
        })
    ])
  }

  static func hold(_ call: APICall) throws(APIProblem) -> Response {
    let request = JSONText(.object(try Appointment.members(call)))
    if call.caller.branch != nil, let lead = call.body["lead_id"].uuid { _ = try Lead.read(call, lead) }
    let row = try call.store { (scope) throws(StoreError) in try scope.holdSlot(request: request) }
    guard row.outcome == "held", let id = row.holdId else { throw Appointment.problem(row.outcome) }
    let detail = Field(try call.data(row.detail, or: "hold"))
    return .json(
      [
        "data": [
          "id": .string(id.text), "expires_at": detail["expires_at"].value ?? .null,
          "staff_id": detail["staff_id"].value ?? .null,
        ]
      ], status: 201)
  }

  static func free(_ call: APICall) throws(APIProblem) -> Response {
    let freed = try call.store { (scope) throws(StoreError) in
      try scope.freeHold(id: call.id(), onlyBranch: call.caller.branch)
    }
    guard freed > 0 else { throw .unknown("hold") }
    return .json(["success": true])
  }
}
