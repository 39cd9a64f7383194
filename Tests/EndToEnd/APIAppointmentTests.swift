import Core
import FoundationEssentials
import TestSupport
import Testing

@testable import Flows

/// `/api/appointments` and `/api/slots` as an integrator meets them.
@Suite struct APIAppointmentTests {
  private static let scopes = ["appointments:read", "appointments:write", "leads:read"]

  /// A business that is open around the clock, with somebody who does one thing.
  private struct Clinic {
    let client: APIClient
    let tenant: Tenant
    let branch: UUID
    let service = UUID()
    let staff = UUID()

    init(_ tenant: Tenant, branchKey: Bool = false) throws {
      self.tenant = tenant
      branch = try tenant.branch()
      let id = tenant.id.text
      try tenant.database.run(
        """
        update branches set operating_hours = '{"start": "00:00", "end": "24:00", "days": [1,2,3,4,5,6,7]}'
          where id = '\(branch.text)';
        insert into services (tenant_id, id, name, slug, duration_minutes)
          values ('\(id)', '\(service.text)', 'Revisión', 'revision', 30);
        insert into staff (tenant_id, id, first_name, last_name, email, role)
          values ('\(id)', '\(staff.text)', 'Luz', 'Paz', 'l@x.mx', 'dentist');
        insert into staff_branches (tenant_id, staff_id, branch_id) values ('\(id)', '\(staff.text)', '\(branch.text)');
        insert into staff_services (tenant_id, staff_id, service_id) values ('\(id)', '\(staff.text)', '\(service.text)')
        """)
      client = try APIClient(tenant, scopes: APIAppointmentTests.scopes, branch: branchKey ? branch : nil)
    }

    func lead() throws -> String {
      let id = UUID().text
      try tenant.database.run(
        "insert into leads (tenant_id, id, name, branch_id) values ('\(tenant.id.text)', '\(id)', 'Ana', '\(branch.text)')"
      )
      return id
    }

    func wish(_ lead: String, _ at: String) -> JSON {
      [
        "lead_id": .string(lead), "branch_id": .string(branch.text), "service_id": .string(service.text),
        "scheduled_at": .string(at), "source": "website",
      ]
    }

    /// When the next free ones begin.
    func times(_ count: Int) async throws -> [String] {
      let times = try await slots("&limit=\(count)").compactMap { $0["starts_at"].text }
      return try #require(times.count == count ? times : nil)
    }

    /// The next free ones.
    func slots(_ query: String = "") async throws -> [Field] {
      try await client.ask("GET", "/api/slots?service_id=\(service.text)&branch_id=\(branch.text)" + query).data.items
    }
  }

  /// A service takes as long as it takes; without one it is said, or the branch's usual.
  @Test func howLong() async throws {
    let clinic = try Clinic(try Tenant.make())
    let (client, times) = (clinic.client, try await clinic.times(20))
    func minutes(_ wish: JSON) async throws -> Int64? {
      let made = try await client.ask("POST", "/api/appointments", wish)
      #expect(made.status == 201, "\(made.body)")
      return made.data["duration_minutes"].integer
    }
    #expect(try await minutes(clinic.wish(clinic.lead(), times[2]).with("duration_minutes", 120)) == 30)
    var wish = clinic.wish(try clinic.lead(), times[6])
    if case .object(var members) = wish {
      members["service_id"] = nil
      wish = .object(members)
    }
    #expect(try await minutes(wish.with("duration_minutes", 20)) == 20)
    try clinic.tenant.database.run(
      "update branches set appointment_duration_default = 45 where id = '\(clinic.branch.text)'")
    let other = wish.with("lead_id", .string(try clinic.lead())).with("scheduled_at", .string(times[10]))
    #expect(try await minutes(other) == 45)
    // What was held is what is booked.
    let held = clinic.wish(try clinic.lead(), times[14]).with("duration_minutes", 120)
    #expect(try await client.ask("POST", "/api/slots/holds", held).status == 201)
    #expect(try await clinic.times(20).contains(times[15]))
  }

  @Test func fromLookingToComing() async throws {
    let clinic = try Clinic(try Tenant.make())
    let (client, lead) = (clinic.client, try clinic.lead())
    let (free, times) = (try await clinic.slots(), try await clinic.times(20))
    #expect(free.first?["staff_name"].text == "Luz Paz" && free.first?["timezone"].text == "America/Mexico_City")
    let made = try await client.ask("POST", "/api/appointments", clinic.wish(lead, times[2]))
    #expect(made.status == 201 && made.data["status"].text == "scheduled", "\(made.body)")
    #expect(made.data["staff"]["first_name"].text == "Luz" && made.data["lead"]["full_name"].text == "Ana")
    #expect(made.data["source"].text == "website" && made.data["duration_minutes"].integer == 30)
    #expect(try await clinic.times(20).contains(times[2]) == false)
    let id = made.data["id"].text ?? ""
    let path = "/api/appointments/\(id)"
    let moved = try await client.ask("PATCH", path, ["scheduled_at": .string(times[6]), "notes": "con frenos"])
    #expect(
      moved.status == 200 && moved.data["id"].text == id && moved.data["notes"].text == "con frenos", "\(moved.body)")
    let again = try await client.ask("POST", path + "/reschedule", ["scheduled_at": .string(times[8])])
    let new = again.data["id"].text ?? ""
    #expect(again.status == 201 && new != id && again.data["rescheduled_from_id"].text == id, "\(again.body)")
    #expect(try await client.ask("GET", path).data["status"].text == "rescheduled")
    #expect(try await client.ask("PATCH", path, ["status": "confirmed"]).code == "FROZEN")
    #expect(try await client.ask("POST", path + "/reschedule", ["scheduled_at": .string(times[9])]).code == "FROZEN")
    let newPath = "/api/appointments/\(new)"
    for status in ["confirmed", "in_progress", "completed"] {
      let changed = try await client.ask("PATCH", newPath, ["status": .string(status)])
      #expect(changed.status == 200 && changed.data["status"].text == status, "\(changed.body)")
    }
    let came = try await client.ask("GET", newPath)
    #expect(
      came.data["completed_at"].text != nil && came.data["patient_id"].text != nil
        && came.data["confirmation_status"].text == "confirmed")
    #expect(try await client.ask("GET", "/api/leads/\(lead)").data["status"].text == "converted")
    #expect(try await client.ask("PATCH", newPath, ["status": "scheduled"]).code == "FROZEN")
    #expect(try await client.ask("PATCH", newPath, ["outcome": "sin caries"]).data["outcome"].text == "sin caries")
    #expect(try await client.ask("DELETE", newPath).code == "FROZEN")
  }

  @Test func cancelledAndPutBack() async throws {
    let clinic = try Clinic(try Tenant.make())
    let (client, times) = (clinic.client, try await clinic.times(5))
    let made = try await client.ask("POST", "/api/appointments", clinic.wish(try clinic.lead(), times[3]))
    let path = "/api/appointments/\(made.data["id"].text ?? "")"
    let gone = try await client.ask("DELETE", path + "?reason=viaje")
    #expect(
      gone.status == 200 && gone.data["status"].text == "cancelled" && gone.data["cancellation_reason"].text == "viaje")
    #expect(try await client.ask("DELETE", path).status == 200)
    #expect(try await client.ask("PATCH", path, ["scheduled_at": .string(times[4])]).code == "FROZEN")
    let back = try await client.ask("PATCH", path, ["status": "scheduled"])
    #expect(back.status == 200 && back.data["cancelled_at"].value == nil, "\(back.body)")
    #expect(try await client.ask("DELETE", path).status == 200)
    _ = try await client.ask("POST", "/api/appointments", clinic.wish(try clinic.lead(), times[3]))
    let taken = try await client.ask("PATCH", path, ["status": "scheduled"])
    #expect(taken.status == 409 && taken.code == "STAFF_CONFLICT")
  }

  /// What has begun is neither moved nor cancelled; a PATCH that names the same time moves nothing.
  @Test func begunAndMoved() async throws {
    let clinic = try Clinic(try Tenant.make())
    let (client, times) = (clinic.client, try await clinic.times(9))
    let wish = clinic.wish(try clinic.lead(), times[3]).with("confirmation_sent", true)
    let made = try await client.ask("POST", "/api/appointments", wish)
    #expect(made.status == 201 && made.data["confirmation_sent"].bool == true, "\(made.body)")
    let path = "/api/appointments/\(made.data["id"].text ?? "")"
    #expect(try await client.ask("PATCH", path, ["status": "confirmed"]).status == 200)
    let same = try await client.ask("PATCH", path, ["scheduled_at": .string(times[3])])
    #expect(same.data["status"].text == "confirmed" && same.data["confirmation_sent"].bool == true, "\(same.body)")
    // Off the grid too: the desk knows what it does.
    let at = try #require(Instant(times[6])) + 420
    let moved = try await client.ask("PATCH", path, ["scheduled_at": .string(at.description)])
    #expect(
      moved.data["status"].text == "scheduled" && moved.data["confirmation_status"].text == "not_required"
        && moved.data["confirmation_sent"].bool == false, "\(moved.body)")
    try clinic.tenant.database.run(
      "update appointments set scheduled_at = now() - interval '5 minutes' where tenant_id = '\(clinic.tenant.id.text)'"
    )
    let move: JSON = ["scheduled_at": .string(times[8])]
    for (method, path, body) in [
      ("DELETE", path, nil), ("PATCH", path, move), ("PATCH", path, ["status": "cancelled"]),
      ("POST", path + "/reschedule", move),
    ] as [(String, String, JSON?)] {
      let answer = try await client.ask(method, path, body)
      #expect(answer.status == 409 && answer.code == "BEGUN", "\(method) \(path): \(answer.body)")
    }
    #expect(try await client.ask("PATCH", path, ["status": "no_show"]).data["status"].text == "no_show")
  }

  @Test func conflictsAndKeys() async throws {
    let clinic = try Clinic(try Tenant.make())
    let (client, lead) = (clinic.client, try clinic.lead())
    let times = try await clinic.times(12)
    let wish = clinic.wish(lead, times[4])
    let headers = [("Idempotency-Key", unique("k-"))]
    let first = try await client.ask("POST", "/api/appointments", wish, headers: headers)
    let second = try await client.ask("POST", "/api/appointments", wish, headers: headers)
    #expect(first.status == 201 && second.status == 201 && second.data["id"].text == first.data["id"].text)
    let other = try await client.ask("POST", "/api/appointments", clinic.wish(lead, times[5]), headers: headers)
    #expect(other.status == 409 && other.code == "IDEMPOTENCY_KEY_REUSED")
    let taken = try await client.ask("POST", "/api/appointments", clinic.wish(try clinic.lead(), times[4]))
    #expect(taken.status == 409 && taken.code == "STAFF_CONFLICT")
    let twice = try await client.ask("POST", "/api/appointments", wish)
    #expect(twice.status == 409 && twice.code == "PATIENT_CONFLICT")
    // Held for one, not free for another, free when it is let go.
    let held = try await client.ask("POST", "/api/slots/holds", clinic.wish(lead, times[8]))
    #expect(held.status == 201 && held.data["expires_at"].text != nil, "\(held.body)")
    let other2 = try clinic.lead()
    #expect(try await client.ask("POST", "/api/appointments", clinic.wish(other2, times[8])).code == "STAFF_CONFLICT")
    let hold = "/api/slots/holds/\(held.data["id"].text ?? "")"
    #expect(try await client.ask("DELETE", hold).status == 200)
    #expect(try await client.ask("DELETE", hold).status == 404)
    #expect(try await client.ask("POST", "/api/appointments", clinic.wish(other2, times[8])).status == 201)
    try clinic.tenant.database.run("update services set is_active = false where id = '\(clinic.service.text)'")
    let inactive = try await client.ask("POST", "/api/appointments", clinic.wish(lead, times[10]))
    #expect(inactive.status == 400 && inactive.code == "INACTIVE")
  }

  /// Twenty want one time: one has it.
  @Test func manyAtOnce() async throws {
    let clinic = try Clinic(try Tenant.make())
    try clinic.tenant.database.run(
      "update api_keys set rate_limit_rpm = 1000 where tenant_id = '\(clinic.tenant.id.text)'")
    let at = try #require(try await clinic.slots("&limit=3").last?["starts_at"].text)
    let leads = try (0..<20).map { _ in try clinic.lead() }
    let statuses = try await withThrowingTaskGroup(of: Int.self) { group in
      for lead in leads {
        group.addTask { try await clinic.client.ask("POST", "/api/appointments", clinic.wish(lead, at)).status }
      }
      return try await group.reduce(into: []) { $0.append($1) }
    }
    #expect(statuses.count { $0 == 201 } == 1 && statuses.count { $0 == 409 } == 19, "\(statuses)")
  }

  @Test func anothersIdsAreUnknown() async throws {
    let (one, two) = (try Clinic(try Tenant.make()), try Clinic(try Tenant.make()))
    let (mine, theirs) = (try two.lead(), try one.lead())
    let at = try #require(try await two.slots("&limit=3").last?["starts_at"].text)
    let booked = try await one.client.ask("POST", "/api/appointments", one.wish(theirs, at))
    let path = "/api/appointments/\(booked.data["id"].text ?? "")"
    let wish = two.wish(mine, at)
    let asked: [(String, String, JSON?)] = [
      ("GET", path, nil), ("PATCH", path, ["notes": "mine"]), ("PATCH", path, ["status": "cancelled"]),
      ("DELETE", path, nil),
      ("POST", path + "/reschedule", ["scheduled_at": .string(at)]),
      ("POST", "/api/appointments", wish.with("lead_id", .string(theirs))),
      ("POST", "/api/appointments", wish.with("branch_id", .string(one.branch.text))),
      ("POST", "/api/appointments", wish.with("service_id", .string(one.service.text))),
      ("POST", "/api/appointments", wish.with("staff_id", .string(one.staff.text))),
      ("POST", "/api/slots/holds", wish.with("lead_id", .string(theirs))),
      ("GET", "/api/slots?branch_id=\(one.branch.text)", nil),
      ("GET", "/api/slots?service_id=\(one.service.text)", nil),
      ("GET", "/api/slots?staff_id=\(one.staff.text)", nil),
    ]
    for (method, path, body) in asked {
      let answer = try await two.client.ask(method, path, body)
      #expect(answer.status == 404, "\(method) \(path): \(answer.status) \(answer.body)")
    }
    #expect(try await two.client.ask("GET", "/api/appointments?branch_id=\(one.branch.text)").data.items.isEmpty)
    #expect(try one.tenant.value("status", of: "appointments") == "scheduled")
    #expect(try two.tenant.count("appointments") == 0)
  }

  @Test func aBranchsKeySeesItsBranch() async throws {
    let clinic = try Clinic(try Tenant.make(), branchKey: true)
    let whole = try APIClient(clinic.tenant, scopes: Self.scopes)
    let there = try clinic.tenant.branch()
    try clinic.tenant.database.run(
      """
      update branches set operating_hours = '{"start": "00:00", "end": "24:00", "days": [1,2,3,4,5,6,7]}'
        where tenant_id = '\(clinic.tenant.id.text)'
      """)
    let lead = try clinic.lead()
    let at = try #require(try await clinic.slots("&limit=3").last?["starts_at"].text)
    let elsewhere: JSON = ["lead_id": .string(lead), "branch_id": .string(there.text), "scheduled_at": .string(at)]
    let booked = try await whole.ask("POST", "/api/appointments", elsewhere)
    #expect(booked.status == 201, "\(booked.body)")
    let path = "/api/appointments/\(booked.data["id"].text ?? "")"
    #expect(try await clinic.client.ask("GET", path).status == 404)
    #expect(try await clinic.client.ask("DELETE", path).status == 404)
    #expect(try await clinic.client.ask("PATCH", path, ["notes": "x"]).status == 404)
    #expect(try await clinic.client.ask("POST", "/api/appointments", elsewhere).status == 404)
    #expect(try await clinic.client.ask("GET", "/api/appointments").data.items.isEmpty)
    #expect(try await whole.ask("GET", "/api/appointments").data.items.count == 1)
  }

  @Test func pages() async throws {
    let clinic = try Clinic(try Tenant.make())
    let times = try await clinic.times(48)
    for i in [9, 3, 6] {
      let made = try await clinic.client.ask("POST", "/api/appointments", clinic.wish(try clinic.lead(), times[i]))
      #expect(made.status == 201)
    }
    func listed(_ query: String) async throws -> [String] {
      try await clinic.client.ask("GET", "/api/appointments?" + query).data.items.compactMap {
        $0["scheduled_at"].instant?.description
      }
    }
    let moments = times.compactMap { Instant($0)?.description }
    #expect(try await listed("") == [moments[3], moments[6], moments[9]])
    #expect(try await listed("sortOrder=desc&pageSize=2") == [moments[9], moments[6]])
    #expect(try await listed("date_from=\(times[4])") == [moments[6], moments[9]])
    #expect(try await listed("date_to=\(times[4])") == [moments[3]])
    #expect(try await listed("date_to=2020-01-01") == [])
    #expect(try await listed("date_from=2020-01-01&status=scheduled&staff_id=\(clinic.staff.text)").count == 3)
    #expect(try await listed("status=completed") == [])
    let first = try await clinic.client.ask("GET", "/api/appointments?sortBy=created_at&sortOrder=desc&pageSize=2")
    let cursor = try #require(first.body["pagination"]["next_cursor"].text)
    #expect(try await listed("cursor=\(cursor)") == [moments[9]])
  }

  @Test func junk() async throws {
    let clinic = try Clinic(try Tenant.make())
    let (client, id) = (clinic.client, UUID().text)
    let at = try #require(try await clinic.slots("&limit=3").last?["starts_at"].text)
    let lead = try clinic.lead()
    let wish = clinic.wish(lead, at)
    let cases: [(String, String, JSON?, Int)] = [
      ("POST", "/api/appointments", [:], 400), ("POST", "/api/appointments", [], 400),
      ("POST", "/api/appointments", wish.with("lead_id", "1"), 400),
      ("POST", "/api/appointments", wish.with("lead_id", nil), 400),
      ("POST", "/api/appointments", wish.with("scheduled_at", "mañana"), 400),
      ("POST", "/api/appointments", wish.with("scheduled_at", "2020-01-01T00:00:00Z"), 400),
      ("POST", "/api/appointments", wish.with("scheduled_at", "9999-01-01T00:00:00Z"), 400),
      ("POST", "/api/appointments", wish.with("duration_minutes", 0), 400),
      ("POST", "/api/appointments", wish.with("duration_minutes", 99999), 400),
      ("POST", "/api/appointments", wish.with("party_size", -1), 400),
      ("POST", "/api/appointments", wish.with("source", "x"), 400),
      ("POST", "/api/appointments", wish.with("anytime", "yes"), 400), ("PATCH", "/api/appointments/\(id)", [:], 400),
      ("PATCH", "/api/appointments/\(id)", ["anytime": true], 400),
      ("PATCH", "/api/appointments/\(id)", ["status": "rescheduled"], 400),
      ("PATCH", "/api/appointments/\(id)", ["notes": "x"], 404),
      ("GET", "/api/appointments/\(id)", nil, 404), ("DELETE", "/api/appointments/\(id)", nil, 404),
      ("GET", "/api/appointments/1", nil, 404), ("GET", "/api/appointments?date_from=2026-02-30", nil, 400),
      ("GET", "/api/appointments?date_from=ayer-mismo", nil, 400),
      ("GET", "/api/appointments?date_to=2026-02-03T10:00", nil, 400),
      ("GET", "/api/appointments?status=x", nil, 400), ("GET", "/api/slots?from=x", nil, 400),
      ("GET", "/api/slots?limit=0", nil, 400), ("GET", "/api/slots?branch_id=x", nil, 400),
      ("GET", "/api/slots?from=2026-03-02T00:00:00Z&to=2026-03-01T00:00:00Z", nil, 400),
      ("GET", "/api/slots?from=0001-01-01T00:00:00Z&to=9999-01-01T00:00:00Z&limit=2", nil, 200),
      ("GET", "/api/slots?branch_id=\(id)", nil, 404), ("DELETE", "/api/slots/holds/\(id)", nil, 404),
      ("POST", "/api/slots/holds", wish.with("hold_minutes", 0), 400), ("PUT", "/api/slots", nil, 405),
    ]
    for (method, path, body, status) in cases {
      let answer = try await client.ask(method, path, body)
      #expect(answer.status == status, "\(method) \(path) \(body?.text ?? ""): \(answer.status) \(answer.body)")
    }
    #expect(try clinic.tenant.count("appointments") == 0)
    let readOnly = try APIClient(clinic.tenant, scopes: ["appointments:read"])
    #expect(try await readOnly.ask("POST", "/api/appointments", wish).status == 403)
  }
}

extension JSON {
  /// With another value of a member.
  fileprivate func with(_ name: String, _ value: JSON) -> JSON {
    guard case .object(var members) = self else { return self }
    members[name] = value
    return .object(members)
  }
}
