import Core
import FoundationEssentials
import Rules
import Store

extension Appointment {
  /// A day of the branch's calendar or a moment, of `date_from` and `date_to`.
  private struct Bound {
    var day: String?
    var moment: Instant?

    init(_ call: APICall, _ name: String) throws(APIProblem) {
      guard let text = call.text(name) else { return }
      switch WishedTime(text) {
      case .moment(let at): moment = at
      default:
        guard isDay(text) else {
          throw .malformed("?" + name, "expected a day (2026-02-03) or a time as RFC 3339 writes it")
        }
        day = text
      }
    }
  }

  static func list(_ call: APICall) throws(APIProblem) -> Response {
    let listing = try Listing(call, "appointments", filters: filters.map(\.name))
    let (from, to) = (try Bound(call, "date_from"), try Bound(call, "date_to"))
    if let cursor = listing.cursor {
      let rows = try call.store { (scope) throws(StoreError) in
        try scope.apiAppointmentsAfter(
          beforeId: cursor.id, branchId: call.branch, staffId: call.uuid("staff_id"), leadId: call.uuid("lead_id"),
          status: call.text("status"), since: from.moment, until: to.moment, firstDay: from.day, lastDay: to.day,
          limit: listing.size + 1)
      }
      let shown = rows.prefix(Int(listing.size))
      var data: [JSON] = []
      for row in shown { data.append(try call.data(row.data, or: "appointment")) }
      return .json([
        "data": .array(data),
        "pagination": listing.pagination(
          more: rows.count > shown.count, last: shown.last.map { Cursor(moment: $0.createdAt, id: $0.id) }),
      ])
    }
    let sort = call.text("sortBy") ?? "scheduled_at"
    let descending = call.text("sortOrder") == "desc"
    let row = try call.store { (scope) throws(StoreError) in
      try scope.apiAppointments(
        branchId: call.branch, staffId: call.uuid("staff_id"), leadId: call.uuid("lead_id"),
        status: call.text("status"),
        since: from.moment, until: to.moment, firstDay: from.day, lastDay: to.day, descending: descending, sort: sort,
        limit: listing.size, offset: listing.offset)
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
}
