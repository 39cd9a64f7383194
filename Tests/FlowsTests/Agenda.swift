import Core
import FoundationEssentials
import Store
import TestSupport

@testable import Flows

/// A business with a branch, a service and people who do it, at a time of the test's own.
struct Agenda: Sendable {
  let shop: Shop
  let branch = UUID()
  let service = UUID()
  let staff: [UUID]

  struct Plan: Sendable {
    var zone = "America/Hermosillo"
    var hours = #"{"monday": {"open": "09:00", "close": "14:00"}, "tuesday": {"open": "09:00", "close": "14:00"}}"#
    /// A Monday, 07:00 in Hermosillo.
    var now = "2026-03-02T14:00:00Z"
    var staff = 1
    var places = 1
    var minutes = 30
    var buffers = (before: 0, after: 0)
    var step = 30
  }

  static func test(_ plan: Plan = Plan(), _ body: (Agenda) async throws -> Void) async throws {
    try await Shop.test { shop in try await body(try Agenda(shop, plan)) }
  }

  init(_ shop: Shop, _ plan: Plan) throws {
    self.shop = shop
    staff = (0..<plan.staff).map { _ in UUID() }
    let id = shop.tenant.id.text
    try shop.run(
      """
      alter database \(shop.database.name) set app.now = '\(plan.now)';
      insert into branches (tenant_id, id, name, slug, city, timezone, operating_hours, places, slot_minutes, advance_booking_days)
        values ('\(id)', '\(branch.text)', 'Centro', 'centro', 'Nogales', '\(plan.zone)', '\(plan.hours)', \(plan.places),
          \(plan.step), 60);
      insert into services (tenant_id, id, name, slug, duration_minutes, buffer_before_minutes, buffer_after_minutes)
        values ('\(id)', '\(service.text)', 'Revisión', 'revision', \(plan.minutes), \(plan.buffers.before),
          \(plan.buffers.after))
      """)
    for (i, person) in staff.enumerated() {
      try shop.run(
        """
        insert into staff (tenant_id, id, first_name, last_name, email, role)
          values ('\(id)', '\(person.text)', 'Doctora \(i + 1)', 'Ruiz', '\(i)@x.mx', 'dentist');
        insert into staff_branches (tenant_id, staff_id, branch_id) values ('\(id)', '\(person.text)', '\(branch.text)');
        insert into staff_services (tenant_id, staff_id, service_id) values ('\(id)', '\(person.text)', '\(service.text)')
        """)
    }
  }

  /// As a program's role sees it.
  func scope(_ role: String = "tistis_jobs") -> Scope { shop.database.connection(user: role).tenant(shop.tenant.id) }

  func person(_ name: String = "Ana") throws -> UUID {
    let id = UUID()
    try shop.run("insert into leads (tenant_id, id, name) values ('\(shop.tenant.id.text)', '\(id.text)', '\(name)')")
    return id
  }

  /// A wish with these members besides the usual ones.
  func wish(_ lead: UUID?, _ at: String, _ more: KeyValuePairs<String, JSON?> = [:]) -> JSONText {
    var members = JSON.Members([
      .init("branch_id", .string(branch.text)), .init("service_id", .string(service.text)),
      .init("scheduled_at", .string(at)),
    ])
    if let lead { members["lead_id"] = .string(lead.text) }
    for (name, value) in more { members[name] = value }
    return JSONText(.object(members))
  }

  @discardableResult
  func book(_ lead: UUID?, _ at: String, _ more: KeyValuePairs<String, JSON?> = [:]) throws -> BookAppointmentRow {
    try scope().bookAppointment(request: wish(lead, at, more))
  }

  /// When one could come, as the branch's clock says it.
  func free(
    _ from: String, _ to: String, service: UUID?? = nil, staff: UUID? = nil, limit: Int32 = 1000
  ) throws -> [String] {
    try scope().freeSlots(
      branchId: branch, serviceId: service ?? self.service, staffId: staff, since: Instant(from)!, until: Instant(to)!,
      limit: limit
    ).map(\.startsAtLocal)
  }

  /// The hours of a day of that week: `09:00`.
  func times(_ day: String, staff: UUID? = nil) throws -> [String] {
    try scope().freeSlots(
      branchId: branch, serviceId: service, staffId: staff, since: Instant(day + "T07:00:00Z")!,
      until: Instant(day + "T07:00:00Z")! + 86_400, limit: 1000
    ).map(\.localTime)
  }

  func change(_ function: String, _ request: JSON) throws -> (outcome: String, detail: Field) {
    let scope = scope()
    let (outcome, detail): (String, JSONText)
    switch function {
    case "reschedule":
      let row = try scope.rescheduleAppointment(request: JSONText(request))
      (outcome, detail) = (row.outcome, row.detail)
    case "cancel":
      let row = try scope.cancelAppointment(request: JSONText(request))
      (outcome, detail) = (row.outcome, row.detail)
    default: throw Complaint(function)
    }
    return (outcome, Field((try? detail.parse()) ?? .null))
  }

  /// One that is booked, as its id.
  func booked(_ lead: UUID?, _ at: String, _ more: KeyValuePairs<String, JSON?> = [:]) throws -> String {
    let row = try book(lead, at, more)
    guard row.outcome == "booked", let id = row.appointmentId else { throw Complaint(row.outcome) }
    return id.text
  }

  /// Pairs of active appointments of one person, or of one place, that touch each other.
  func overlaps() throws -> Int {
    try shop.database.count(
      """
      select count(*) from occupied_times a join occupied_times b on a.tenant_id = b.tenant_id and a.id < b.id
        and a.resource_id = b.resource_id and a.place = b.place and a.starts_at < b.ends_at and a.ends_at > b.starts_at
      """)
  }
}
