import Core
import FoundationEssentials
import Store

/// When nobody is there: `/api/times-off`, of one person, of a branch (it is closed) or of all.
extension Route {
  static let timesOff: [Route] = [
    Route(
      "GET", "/api/times-off", "listTimesOff", "Time off and closings that are not over, the earliest first", Team.read,
      query: [
        .init("from", .moment, "Not over by then; now if not said."), .init("to", .moment, "Begins before."),
        .init("staff_id", .id), .init("branch_id", .id),
      ] + Listing.onward, answers: [(200, Listing.answer(TimesOff.shape))]
    ) { (call) throws(APIProblem) in try TimesOff.list(call) },
    Route(
      "POST", "/api/times-off", "createTimeOff",
      "Nothing is booked then any more; what is booked stays and is told. With an Idempotency-Key once", Team.write,
      body: .object(TimesOff.members),
      answers: [
        (201, .json(.object([.needs("data", TimesOff.shape), .needs("appointments", InTheWay.shape)])))
      ]
    ) { (call) throws(APIProblem) in try TimesOff.create(call) },
    Route(
      "GET", "/api/times-off/{id}", "getTimeOff", "One, with what is booked then", Team.read,
      answers: [
        (200, .json(.object([.needs("data", TimesOff.shape), .needs("appointments", InTheWay.shape)])))
      ]
    ) { (call) throws(APIProblem) in try TimesOff.show(call, call.id()) },
    Route(
      "DELETE", "/api/times-off/{id}", "removeTimeOff", "They are there after all", Team.write,
      answers: [(200, .json(.object([.needs("success", .flag)])))]
    ) { (call) throws(APIProblem) in
      let removed = try call.store { (scope) throws(StoreError) in
        try scope.removeTimeOff(id: call.id(), onlyBranch: call.caller.branch)
      }
      guard removed > 0 else { throw .unknown("time off") }
      return .json(["success": true])
    },
  ]
}

enum TimesOff {
  /// No staff_id: everybody; no branch_id: at all branches (a branch's key: at its own).
  static let members: [Shape.Member] = [
    .needs("starts_at", .moment), .needs("ends_at", .moment), .may("staff_id", .id), .may("branch_id", .id),
    .may("reason", .text(0...500)),
  ]
  private static let longest = 5 * 366 * 86_400.0

  static let shape = Shape.object([
    .needs("id", .id), .needs("branch_id", .maybe(.id)), .needs("staff_id", .maybe(.id)), .needs("starts_at", .moment),
    .needs("ends_at", .moment), .needs("reason", .maybe(.text(0...100_000))), .needs("created_at", .moment),
  ])

  static func list(_ call: APICall) throws(APIProblem) -> Response {
    let listing = try Listing(call, "times-off", filters: ["from", "to", "staff_id", "branch_id"])
    let rows = try call.store { (scope) throws(StoreError) in
      try scope.timesOff(
        since: call.text("from").flatMap { Instant($0) }, until: call.text("to").flatMap { Instant($0) },
        branchId: call.uuid("branch_id"), staffId: call.uuid("staff_id"), onlyBranch: call.caller.branch,
        after: listing.cursor?.moment, afterId: listing.cursor?.id, limit: listing.size + 1)
    }
    return try listing.onward(call, rows.map { ($0.data, Cursor(moment: $0.startsAt, id: $0.id)) })
  }

  static func show(_ call: APICall, _ id: UUID, status: Int = 200) throws(APIProblem) -> Response {
    let row = try call.store { (scope) throws(StoreError) in
      try scope.timeOff(onlyBranch: call.caller.branch, most: InTheWay.most, id: id)
    }
    guard let row else { throw .unknown("time off") }
    return .json(
      [
        "data": try call.data(row.data, or: "time off"),
        "appointments": try call.data(row.appointments, or: "appointments"),
      ], status: status)
  }

  static func create(_ call: APICall) throws(APIProblem) -> Response {
    var wish = try call.change(members)
    guard let from = call.body["starts_at"].instant, let to = call.body["ends_at"].instant, from < to else {
      throw .malformed("$.ends_at", "is not after starts_at")
    }
    guard to - from <= longest else { throw .malformed("$.ends_at", "is more than five years later") }
    if let branch = call.caller.branch {
      if let named = call.body["branch_id"].uuid, named != branch {
        throw .malformed("$.branch_id", "there is no such branch")
      }
      wish["branch_id"] = .string(branch.text)
    }
    let request = JSONText(.object(wish))
    let made = try call.once(["time off", call.body.value?.text ?? ""]) { (scope) throws(StoreError) in
      let row = try scope.addTimeOff(wish: request)
      if let id = row.id { return .success(.string(id.text)) }
      return .failure(
        row.outcome == "unknown_staff"
          ? .malformed("$.staff_id", "there is no such member of the staff there")
          : .malformed("$.branch_id", "there is no such branch"))
    }
    guard let id = Field(made).uuid else { throw .unknown("time off") }
    return try show(call, id, status: 201)
  }
}
