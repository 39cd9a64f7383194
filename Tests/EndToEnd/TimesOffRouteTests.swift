import Core
import FoundationEssentials
import TestSupport
import Testing

@testable import Flows

/// `/api/times-off` and `/api/services`: what is not offered any more, and how what is offered is booked.
@Suite struct TimesOffRouteTests {
  private func off(_ from: String, _ to: String, _ more: [String: JSON] = [:]) -> JSON {
    var members = JSON.Members([.init("starts_at", .string(from)), .init("ends_at", .string(to))])
    for (name, value) in more { members[name] = value }
    return .object(members)
  }

  @Test func nobodyIsBookedThen() async throws {
    let stage = try TeamStage(try Tenant.make())
    let times = try await stage.times("&limit=60")
    let booked = try await stage.client.ask("POST", "/api/appointments", try stage.wish(times[21]))
    let later = try await stage.client.ask("POST", "/api/appointments", try stage.wish(times[50]))
    let made = try await stage.client.ask(
      "POST", "/api/times-off",
      off(times[20], times[24], ["staff_id": .string(stage.staff.text), "reason": "médico"]))
    #expect(made.status == 201 && made.data["reason"].text == "médico" && later.status == 201, "\(made.body)")
    #expect(made.body["appointments"]["total"].integer == 1)
    #expect(made.body["appointments"]["first"][0]["id"].text == booked.data["id"].text)
    #expect(try stage.tenant.count("appointments", where: "status = 'scheduled'") == 2, "nothing is broken silently")
    let left = try await stage.times("&limit=60")
    #expect(Set(times[20..<24]).isDisjoint(with: left) && left.contains(times[24]) && left.contains(times[19]))
    #expect(try await stage.client.ask("POST", "/api/appointments", try stage.wish(times[22])).code == "OUTSIDE_HOURS")
    let path = "/api/times-off/\(made.data["id"].text ?? "")"
    let read = try await stage.client.ask("GET", path)
    #expect(read.data.value == made.data.value && read.body["appointments"]["total"].integer == 1)
    #expect(try await stage.client.ask("DELETE", path).status == 200)
    #expect(try await stage.client.ask("DELETE", path).status == 404)
    #expect(try await stage.times("&limit=60").contains(times[22]))
  }

  @Test func aClosedBranch() async throws {
    let stage = try TeamStage(try Tenant.make())
    let there = try stage.tenant.branch()
    let elsewhere = try stage.tenant.member(at: [there])
    let times = try await stage.times("&limit=400")
    let closed = try await stage.client.ask(
      "POST", "/api/times-off", off(times[0], times[300], ["branch_id": .string(stage.branch.text)]))
    #expect(closed.status == 201 && !closed.data["staff_id"].exists)
    #expect(try await stage.times("&limit=400").contains(times[299]) == false)
    let not = try await stage.client.ask(
      "POST", "/api/times-off",
      off(times[0], times[9], ["branch_id": .string(stage.branch.text), "staff_id": .string(elsewhere.text)]))
    #expect(not.status == 400 && not.body["path"].text == "$.staff_id", "they do not work there")
    // A branch's key closes its own branch, and neither sees nor opens another.
    let key = try APIClient(stage.tenant, scopes: TeamStage.scopes, branch: there)
    #expect(try await key.ask("GET", "/api/times-off").data.items.isEmpty)
    #expect(try await key.ask("GET", "/api/times-off/\(closed.data["id"].text ?? "")").status == 404)
    #expect(try await key.ask("DELETE", "/api/times-off/\(closed.data["id"].text ?? "")").status == 404)
    let own = try await key.ask("POST", "/api/times-off", off(times[0], times[9]))
    #expect(own.status == 201 && own.data["branch_id"].text == there.text)
    let other = try await key.ask(
      "POST", "/api/times-off", off(times[0], times[9], ["branch_id": .string(stage.branch.text)]))
    #expect(other.status == 400 && other.body["path"].text == "$.branch_id")
    let everybody = try await stage.client.ask("POST", "/api/times-off", off(times[0], times[9]))
    #expect(try await key.ask("GET", "/api/times-off").data.items.count == 2, "its own and everybody's")
    #expect(try await key.ask("DELETE", "/api/times-off/\(everybody.data["id"].text ?? "")").status == 404)
  }

  /// Twenty book while somebody takes the time off: what was booked is told, and no more is booked.
  @Test func whoBooksMeanwhile() async throws {
    let stage = try TeamStage(try Tenant.make())
    let times = try await stage.times("&limit=60")
    let wishes = try times[20..<40].map { try stage.wish($0) }
    let wish = off(times[20], times[40], ["staff_id": .string(stage.staff.text)])
    let told = try await withThrowingTaskGroup(of: Int64?.self) { group in
      for (i, one) in wishes.enumerated() {
        group.addTask {
          let status = try await stage.client.ask("POST", "/api/appointments", one).status
          #expect([201, 409].contains(status))
          return nil
        }
        guard i == 9 else { continue }
        group.addTask {
          let made = try await stage.client.ask("POST", "/api/times-off", wish)
          return made.body["appointments"]["total"].integer
        }
      }
      return try await group.reduce(into: [Int64]()) { if let total = $1 { $0.append(total) } }
    }
    #expect(told == [Int64(try stage.tenant.count("appointments"))])
  }

  @Test func onceUnderAKeyAndInPages() async throws {
    let stage = try TeamStage(try Tenant.make())
    let days = (1...5).map { Instant.now + Double($0) * 86_400 }
    let wish = off(days[0].description, days[1].description)
    let headers = [("Idempotency-Key", unique("off-"))]
    let ids = try await withThrowingTaskGroup(of: String?.self) { group in
      for _ in 0..<4 {
        group.addTask {
          try await stage.client.ask("POST", "/api/times-off", wish, headers: headers).data["id"].text
        }
      }
      return try await group.reduce(into: Set<String?>()) { $0.insert($1) }
    }
    #expect(ids.count == 1 && ids.first != .some(nil), "\(ids)")
    #expect(try stage.tenant.count("times_off") == 1)
    let other = try await stage.client.ask(
      "POST", "/api/times-off", off(days[1].description, days[2].description), headers: headers)
    #expect(other.code == "IDEMPOTENCY_KEY_REUSED")
    for i in 1..<4 {
      let made = try await stage.client.ask(
        "POST", "/api/times-off", off(days[i].description, (days[i] + 600).description))
      #expect(made.status == 201)
    }
    let first = try await stage.client.ask("GET", "/api/times-off?pageSize=3")
    let cursor = try #require(first.body["pagination"]["next_cursor"].text)
    let second = try await stage.client.ask("GET", "/api/times-off?pageSize=3&cursor=\(cursor)")
    let starts = (first.data.items + second.data.items).compactMap { $0["starts_at"].instant }
    #expect(starts.count == 4 && starts == starts.sorted() && !second.body["pagination"]["next_cursor"].exists)
    #expect(
      try await stage.client.ask("GET", "/api/times-off?staff_id=\(stage.staff.text)&pageSize=3").data.items.isEmpty)
    #expect(try await stage.client.ask("GET", "/api/times-off?from=\(days[2] + 601)").data.items.count == 1)
    #expect(try await stage.client.ask("GET", "/api/times-off?to=\(days[1] + -1)").data.items.count == 1)
    #expect(try await stage.client.ask("GET", "/api/times-off?pageSize=3&to=\(days[1])&cursor=\(cursor)").status == 400)
  }

  @Test func othersDoNot() async throws {
    let (stage, other) = (try TeamStage(try Tenant.make()), try TeamStage(try Tenant.make()))
    let (from, to) = ((Instant.now + 3600).description, (Instant.now + 7200).description)
    let made = try await stage.client.ask("POST", "/api/times-off", off(from, to))
    let path = "/api/times-off/\(made.data["id"].text ?? "")"
    #expect(try await other.client.ask("GET", path).status == 404)
    #expect(try await other.client.ask("DELETE", path).status == 404)
    #expect(try await other.client.ask("GET", "/api/times-off").data.items.isEmpty)
    for (name, id) in [("staff_id", stage.staff), ("branch_id", stage.branch)] {
      let refused = try await other.client.ask("POST", "/api/times-off", off(from, to, [name: .string(id.text)]))
      #expect(refused.status == 400 && refused.body["path"].text == "$." + name)
    }
    let service = "/api/services/\(stage.service.text)"
    #expect(try await other.client.ask("GET", service).status == 404)
    #expect(try await other.client.ask("PATCH", service, ["is_bookable": false]).status == 404)
    let reader = try APIClient(stage.tenant, scopes: ["staff:read", "services:read"])
    #expect(try await reader.ask("POST", "/api/times-off", off(from, to)).code == "SCOPE_REQUIRED")
    #expect(try await reader.ask("DELETE", path).code == "SCOPE_REQUIRED")
    #expect(try await reader.ask("PATCH", service, ["is_bookable": false]).code == "SCOPE_REQUIRED")
    #expect(try await APIUser(stage.tenant, role: "staff").ask("DELETE", path).code == "ROLE_REQUIRED")
    let key = try APIClient(stage.tenant, scopes: TeamStage.scopes, branch: stage.branch)
    #expect(try await key.ask("PATCH", service, ["is_bookable": false]).code == "BRANCH_KEY")
    #expect(try stage.tenant.count("times_off") == 1)
    #expect(try stage.tenant.count("services", where: "not is_bookable") == 0)
  }

  @Test func howAServiceIsBooked() async throws {
    let stage = try TeamStage(try Tenant.make())
    let times = try await stage.times("&limit=60")
    let booked = try await stage.client.ask("POST", "/api/appointments", try stage.wish(times[30]))
    let path = "/api/services/\(stage.service.text)"
    let change: JSON = ["duration_minutes": 60, "buffer_after_minutes": 30]
    let changed = try await stage.client.ask("PATCH", path, change)
    #expect(changed.status == 200 && changed.data["duration_minutes"].integer == 60, "\(changed.body)")
    #expect(changed.data["buffer_after_minutes"].integer == 30 && changed.data["buffer_before_minutes"].integer == 0)
    #expect(changed.data["staff_ids"].items.map(\.text) == [stage.staff.text])
    #expect(try await stage.client.ask("PATCH", path, change).data["duration_minutes"].integer == 60)
    // An hour and then half an hour are free nowhere nearer than three half hours before what is booked.
    let left = try await stage.times("&limit=60")
    #expect(
      left.contains(times[27]) && !left.contains(times[28]) && !left.contains(times[29]) && left.contains(times[31]))
    let kept = try await stage.client.ask("GET", "/api/appointments/\(booked.data["id"].text ?? "")")
    #expect(kept.data["duration_minutes"].integer == 30, "what is booked stays as it is")
    #expect(try await stage.client.ask("PATCH", path, ["is_bookable": false]).status == 200)
    #expect(try await stage.times().isEmpty)
    func listed(_ query: String) async throws -> Field? {
      try await stage.client.ask("GET", "/api/services?pageSize=100" + query).data.items.first {
        $0["id"].text == stage.service.text
      }
    }
    let (one, all) = (try await stage.client.ask("GET", path), try await listed(""))
    #expect(all?.value == one.data.value)
    let (offered, not) = (try await listed("&is_bookable=true"), try await listed("&is_bookable=false"))
    #expect(offered == nil && not != nil)
  }

  @Test func howABranchIsBooked() async throws {
    let (stage, path) = (try TeamStage(try Tenant.make()), "/api/branches/")
    let (mine, there) = (path + stage.branch.text, try stage.tenant.branch())
    let wish: JSON = [
      "slot_minutes": 60, "operating_hours": ["thursday": [["open": "09:00", "close": "12:00"]], "friday": .null],
    ]
    let changed = try await stage.client.ask("PATCH", mine, wish)
    #expect(changed.status == 200 && changed.data["operating_hours"]["thursday"][0]["close"].text == "12:00")
    #expect(try await stage.client.ask("PATCH", mine, wish).data["slot_minutes"].integer == 60)
    #expect(try await stage.client.ask("GET", mine).data["booking_notice_minutes"].integer == 0)
    let slots = try await stage.slots("&limit=1000")
    #expect(Set(slots.compactMap { $0["local_time"].text }) == ["09:00", "10:00", "11:00"])
    #expect(slots.allSatisfy { $0["weekday"].integer == 4 })
    #expect(try await stage.client.ask("GET", "/api/branches").data.items.contains { $0["id"].text == there.text })
    for (body, fault): (JSON, String) in [
      ([:], "$"), (["slug": "x"], "$"), (["slot_minutes": 1], "$.slot_minutes"), (["places": -1], "$.places"),
      (["operating_hours": ["lunes": []]], "$.operating_hours.lunes"),
      (["operating_hours": ["monday": ["open": "9", "close": "10:00"]]], "$.operating_hours.monday.open"),
    ] {
      let answer = try await stage.client.ask("PATCH", mine, body)
      #expect(answer.status == 400 && answer.body["path"].text == fault, "\(body.text): \(answer.body)")
    }
    // Neither a branch's key elsewhere, nor a key that only reads, nor another business's.
    let key = try APIClient(stage.tenant, scopes: TeamStage.scopes, branch: stage.branch)
    #expect(try await key.ask("GET", "/api/branches").data.items.map(\.["id"].text) == [stage.branch.text])
    #expect(try await key.ask("PATCH", path + there.text, ["places": 9]).status == 404)
    #expect(try await key.ask("PATCH", mine, ["places": 9]).data["places"].integer == 9)
    let reader = try APIClient(stage.tenant, scopes: ["services:read"])
    #expect(try await reader.ask("PATCH", mine, ["places": 8]).code == "SCOPE_REQUIRED")
    #expect(try await APIUser(stage.tenant, role: "staff").ask("PATCH", mine, ["places": 8]).code == "ROLE_REQUIRED")
    let other = try TeamStage(try Tenant.make())
    #expect(try await other.client.ask("GET", mine).status == 404)
    #expect(try await other.client.ask("PATCH", mine, ["places": 8]).status == 404)
    #expect(try await stage.client.ask("GET", mine).data["places"].integer == 9)
  }

  @Test func junk() async throws {
    let stage = try TeamStage(try Tenant.make())
    let (id, at) = (UUID().text, "2026-12-01T10:00:00Z")
    let service = "/api/services/\(stage.service.text)"
    let cases: [(String, String, JSON?, String)] = [
      ("POST", "/api/times-off", [:], "$.starts_at"), ("POST", "/api/times-off", off("mañana", at), "$.starts_at"),
      ("POST", "/api/times-off", off(at, at), "$.ends_at"),
      ("POST", "/api/times-off", off(at, "2026-11-01T10:00:00Z"), "$.ends_at"),
      ("POST", "/api/times-off", off(at, "2099-11-01T10:00:00Z"), "$.ends_at"),
      ("POST", "/api/times-off", off(at, "2026-12-02T10:00:00Z", ["staff_id": "1"]), "$.staff_id"),
      ("POST", "/api/times-off", off(at, "2026-12-02T10:00:00Z", ["staff_id": .string(id)]), "$.staff_id"),
      (
        "POST", "/api/times-off",
        off(at, "2026-12-02T10:00:00Z", ["reason": .string(String(repeating: "a", count: 501))]), "$.reason"
      ),
      ("GET", "/api/times-off?from=x", nil, "?from"), ("GET", "/api/times-off?cursor=x", nil, "?cursor"),
      ("GET", "/api/times-off?pageSize=0", nil, "?pageSize"), ("PATCH", service, [:], "$"),
      ("PATCH", service, ["slug": "x"], "$"), ("PATCH", service, ["duration_minutes": 0], "$.duration_minutes"),
      ("PATCH", service, ["duration_minutes": "30"], "$.duration_minutes"),
      ("PATCH", service, ["buffer_before_minutes": 481], "$.buffer_before_minutes"),
      ("PATCH", service, ["is_bookable": .null], "$"), ("GET", "/api/services?is_active=x", nil, "?is_active"),
    ]
    for (method, path, body, fault) in cases {
      let answer = try await stage.client.ask(method, path, body)
      #expect(
        answer.status == 400 && answer.body["path"].text == fault,
        "\(method) \(path) \(body?.text ?? ""): \(answer.body)")
    }
    #expect(try await stage.client.ask("DELETE", "/api/times-off/\(id)").status == 404)
    #expect(try stage.tenant.count("times_off") == 0)
  }
}
