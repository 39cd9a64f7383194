import Core
import FoundationEssentials
import Rules
import Store

/// When somebody works: `/api/staff/{id}/hours`.
extension Route {
  static let teamHours: [Route] = [
    Route(
      "GET", "/api/staff/{id}/hours", "getMemberHours",
      "Their week at each branch, by its clock; hours null: whenever the branch is open", Team.read,
      answers: [(200, Shape.data(TeamHours.shape))]
    ) { (call) throws(APIProblem) in
      try Team.member(call)
      return .json(["data": try TeamHours.all(call)])
    },
    Route(
      "PUT", "/api/staff/{id}/hours", "putMemberHours",
      "Their week at a branch, all of it; what is booked outside stays booked and is told", Team.write,
      body: .object([.may("branch_id", .id), .needs("hours", .maybe(TeamHours.week(.request)))]),
      answers: [
        (200, .json(.object([.needs("data", TeamHours.shape), .needs("appointments", InTheWay.shape)])))
      ]
    ) { (call) throws(APIProblem) in try TeamHours.put(call) },
  ]
}

enum TeamHours {
  private static let span = Shape.object([.needs("open", .text(5...5)), .needs("close", .text(5...5))])
  private static let days = ["monday", "tuesday", "wednesday", "thursday", "friday", "saturday", "sunday"]

  /// Whoever asks may leave days out; we answer them all.
  static func week(_ judge: Shape.Judge) -> Shape {
    let day = Shape.list(span, atMost: judge == .request ? 10 : 1440)
    return .object(days.map { judge == .request ? .may($0, day) : .needs($0, day) })
  }

  static let shape = Shape.list(
    .object([
      .needs("branch_id", .id), .needs("branch_name", .line), .needs("timezone", .line),
      .needs("hours", .maybe(week(.answer))),
    ]), atMost: 10_000)

  static func all(_ call: APICall) throws(APIProblem) -> JSON {
    try call.data(
      try call.store { (scope) throws(StoreError) in
        try scope.staffHours(id: call.id(), onlyBranch: call.caller.branch)
      }, or: "member of the staff")
  }

  static func put(_ call: APICall) throws(APIProblem) -> Response {
    let member = Field(try Team.member(call))
    let branch = try branch(call, member)
    var spans: [JSON] = []
    if call.body["hours"].exists {
      let week: [WorkSpan]
      do throws(Refusal) { week = try WorkSpan.week(call.body["hours"]) } catch { throw APIProblem(error) }
      guard !week.isEmpty else {
        throw .malformed("$.hours", "no hour at all: null is whenever the branch is open; who is away has time off")
      }
      spans = week.map {
        ["weekday": .number($0.weekday), "opens": .string(clock($0.opens)), "closes": .string(clock($0.closes))]
      }
    }
    let rows = JSONText(.array(spans))
    let (outcome, outside) = try call.transaction { (scope) throws(StoreError) in
      (
        try scope.setStaffHours(id: call.id(), branchId: branch, spans: rows),
        try scope.appointmentsOutside(id: call.id(), branchId: branch, most: InTheWay.most)
      )
    }
    guard outcome == "set" else { throw .unknown("member of the staff at that branch") }
    return .json(["data": try all(call), "appointments": try call.data(outside, or: "appointments")])
  }

  /// The branch that is named, else the caller's, else the only one where they work.
  private static func branch(_ call: APICall, _ member: Field) throws(APIProblem) -> UUID {
    let theirs = member["branches"].items.compactMap(\.["id"].uuid)
    guard let named = call.body["branch_id"].uuid ?? call.caller.branch ?? (theirs.count == 1 ? theirs[0] : nil) else {
      throw .malformed("$.branch_id", theirs.isEmpty ? "they work at no branch" : "is missing: they work at several")
    }
    guard theirs.contains(named) else { throw .malformed("$.branch_id", "they do not work at such a branch") }
    return named
  }

  /// `09:00`; the day after begins anew.
  private static func clock(_ minutes: Int) -> String {
    let minutes = minutes > 1440 ? minutes - 1440 : minutes
    func two(_ number: Int) -> String { (number < 10 ? "0" : "") + String(number) }
    return two(minutes / 60) + ":" + two(minutes % 60)
  }
}

/// What is booked when nobody will be there: it stays booked, and somebody has to move it.
enum InTheWay {
  static let most: Int32 = 100

  /// How many, and the first of them.
  static let shape = Shape.object([
    .needs("total", .count),
    .needs(
      "first",
      .list(
        .object([
          .needs("id", .id), .needs("lead_id", .maybe(.id)), .needs("branch_id", .id), .needs("staff_id", .maybe(.id)),
          .needs("service_id", .maybe(.id)), .needs("scheduled_at", .moment), .needs("end_time", .moment),
          .needs("status", .word(Appointment.statuses)),
        ]), atMost: Int(most))),
  ])
}
