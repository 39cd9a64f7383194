import Core
import FoundationEssentials
import TestSupport
import Testing

@testable import Flows

/// `/api/staff` as whoever plans the week meets it.
@Suite struct TeamRouteTests {
  private static let mornings: JSON = [
    "hours": ["wednesday": [["open": "09:00", "close": "12:00"], ["open": "16:00", "close": "17:00"]]]
  ]

  @Test func theWeekDecidesWhatIsOffered() async throws {
    let stage = try TeamStage(try Tenant.make())
    let fresh = try await stage.client.ask("GET", stage.hours)
    #expect(fresh.status == 200 && fresh.data[0]["timezone"].text == "America/Mexico_City")
    #expect(fresh.data.items.count == 1 && !fresh.data[0]["hours"].exists, "whenever the branch is open")
    #expect(try await stage.slots("&limit=1000").count > 300)
    let set = try await stage.client.ask("PUT", stage.hours, Self.mornings)
    #expect(set.status == 200 && set.body["appointments"]["total"].integer == 0, "\(set.body)")
    #expect(try await stage.client.ask("GET", stage.hours).data.value == set.data.value)
    #expect(set.data[0]["hours"]["wednesday"][1]["open"].text == "16:00")
    #expect(set.data[0]["hours"]["monday"].items.isEmpty && set.data[0]["hours"]["monday"].exists)
    let slots = try await stage.slots("&limit=1000")
    // One Wednesday, or the rest of one and the beginning of the next.
    #expect(!slots.isEmpty && slots.allSatisfy { $0["weekday"].integer == 3 })
    let clocks = Set(slots.compactMap { $0["local_time"].text })
    #expect(clocks == ["09:00", "09:30", "10:00", "10:30", "11:00", "11:30", "16:00", "16:30"])
    // The same again is the same; null is as it was.
    #expect(try await stage.client.ask("PUT", stage.hours, Self.mornings).data.value == set.data.value)
    #expect(try stage.tenant.count("staff_hours") == 2)
    let back = try await stage.client.ask(
      "PUT", stage.hours, ["hours": .null, "branch_id": .string(stage.branch.text)])
    #expect(back.status == 200 && !back.data[0]["hours"].exists)
    #expect(try stage.tenant.count("staff_hours") == 0)
  }

  @Test func anEveningPastMidnight() async throws {
    let stage = try TeamStage(try Tenant.make())
    let night: JSON = ["hours": ["friday": [["open": "22:00", "close": "01:00"]]]]
    let set = try await stage.client.ask("PUT", stage.hours, night)
    #expect(set.data[0]["hours"]["friday"][0]["close"].text == "01:00", "\(set.body)")
    let clocks = Set(try await stage.slots("&limit=1000").compactMap { $0["local_time"].text })
    #expect(clocks == ["22:00", "22:30", "23:00", "23:30", "00:00", "00:30"])
    let late: JSON = ["hours": ["friday": [["open": "20:00", "close": "24:00"]]]]
    #expect(try await stage.client.ask("PUT", stage.hours, late).data[0]["hours"]["friday"][0]["close"].text == "24:00")
  }

  /// Twenty book while the week is changed twice at once: what is outside was told, and nothing is booked outside afterwards.
  @Test func whoBooksMeanwhile() async throws {
    let stage = try TeamStage(try Tenant.make())
    let times = try await stage.times().enumerated().filter { $0.offset % 7 == 3 }.prefix(24).map(\.element)
    let wishes = try times.map { try stage.wish($0) }
    let told = try await withThrowingTaskGroup(of: Int64?.self) { group in
      for (i, wish) in wishes.enumerated() {
        group.addTask {
          let status = try await stage.client.ask("POST", "/api/appointments", wish).status
          #expect([201, 409].contains(status))
          return nil
        }
        guard i == 8 || i == 14 else { continue }
        group.addTask {
          let set = try await stage.client.ask("PUT", stage.hours, Self.mornings)
          #expect(set.status == 200)
          return set.body["appointments"]["total"].integer
        }
      }
      return try await group.reduce(into: [Int64]()) { if let total = $1 { $0.append(total) } }
    }
    let outside = try stage.tenant.count(
      "appointments",
      where: """
        not (extract(isodow from scheduled_at at time zone 'America/Mexico_City') = 3
          and ((scheduled_at at time zone 'America/Mexico_City')::time between '09:00' and '11:30'
            or (scheduled_at at time zone 'America/Mexico_City')::time between '16:00' and '16:30'))
        """)
    #expect(told == [Int64(outside), Int64(outside)], "what is outside is told, to both alike")
    #expect(try stage.tenant.count("staff_hours") == 2)
    for time in times.suffix(3) {
      #expect(try await stage.client.ask("POST", "/api/appointments", try stage.wish(time)).status == 409)
    }
    #expect(try await stage.slots("&limit=1000").allSatisfy { $0["weekday"].integer == 3 })
  }

  @Test func whatIsOutsideIsTold() async throws {
    let stage = try TeamStage(try Tenant.make())
    let at = try #require(try await stage.slots("&limit=1000").last { $0["weekday"].integer == 5 }?["starts_at"].text)
    let booked = try await stage.client.ask("POST", "/api/appointments", try stage.wish(at))
    let set = try await stage.client.ask("PUT", stage.hours, Self.mornings)
    #expect(set.body["appointments"]["total"].integer == 1, "\(set.body)")
    #expect(set.body["appointments"]["first"][0]["id"].text == booked.data["id"].text)
    #expect(try stage.tenant.value("status", of: "appointments") == "scheduled", "nothing is broken silently")
  }

  @Test func whatSomebodyDoes() async throws {
    let stage = try TeamStage(try Tenant.make())
    let (other, path) = (try stage.tenant.service("Limpieza"), "/api/staff/\(stage.staff.text)")
    let wish: JSON = ["service_ids": [.string(other.text), .string(other.text)]]
    let set = try await stage.client.ask("PUT", path + "/services", wish)
    #expect(set.status == 200 && set.data["services"].items.map(\.["name"].text) == ["Limpieza"], "\(set.body)")
    #expect(set.body["without_staff"].items.map(\.["id"].text) == [stage.service.text])
    #expect(try await stage.client.ask("GET", path).data.value == set.data.value)
    #expect(try await stage.client.ask("PUT", path + "/services", wish).body["without_staff"].items.isEmpty)
    let unknown: JSON = ["service_ids": [.string(other.text), .string(UUID().text)]]
    let refused = try await stage.client.ask("PUT", path + "/services", unknown)
    #expect(refused.status == 400 && refused.body["path"].text == "$.service_ids[1]")
    #expect(try stage.tenant.count("staff_services") == 1)
    let free = try await stage.client.ask("GET", "/api/slots?service_id=\(other.text)&staff_id=\(stage.staff.text)")
    #expect(!free.data.items.isEmpty)
  }

  @Test func theTeamInPages() async throws {
    let stage = try TeamStage(try Tenant.make())
    let there = try stage.tenant.branch()
    for _ in 0..<4 { _ = try stage.tenant.member(at: [there]) }
    let both = try stage.tenant.member(at: [stage.branch, there])
    var (seen, path) = ([String](), "/api/staff?pageSize=2")
    for _ in 0..<5 {
      let page = try await stage.client.ask("GET", path)
      seen += page.data.items.compactMap { $0["id"].text }
      guard let next = page.body["pagination"]["next_cursor"].text else { break }
      path = "/api/staff?pageSize=2&cursor=\(next)"
    }
    #expect(seen.count == 6 && Set(seen).count == 6)
    #expect(try await stage.client.ask("GET", "/api/staff?branch_id=\(there.text)").data.items.count == 5)
    #expect(try await stage.client.ask("GET", "/api/staff?service_id=\(stage.service.text)").data.items.count == 1)
    #expect(try await stage.client.ask("GET", "/api/staff?is_active=false").data.items.isEmpty)
    // A branch's key sees who works there, there.
    let key = try APIClient(stage.tenant, scopes: TeamStage.scopes, branch: there)
    let members = try await key.ask("GET", "/api/staff").data.items
    #expect(members.count == 5 && members.allSatisfy { $0["branches"].items.map(\.["id"].text) == [there.text] })
    #expect(try await key.ask("GET", stage.hours).status == 404)
    #expect(try await key.ask("PUT", stage.hours, Self.mornings).status == 404)
    let path2 = "/api/staff/\(both.text)"
    #expect(try await key.ask("PUT", path2 + "/services", ["service_ids": []]).code == "BRANCH_KEY")
    let elsewhere = try await key.ask(
      "PUT", path2 + "/hours", ["hours": .null, "branch_id": .string(stage.branch.text)])
    #expect(elsewhere.status == 400 && elsewhere.body["path"].text == "$.branch_id")
    #expect(try await key.ask("PUT", path2 + "/hours", Self.mornings).data.items.count == 1)
    // Of several one has to be named.
    let unnamed = try await stage.client.ask("PUT", path2 + "/hours", Self.mornings)
    #expect(unnamed.status == 400 && unnamed.body["path"].text == "$.branch_id")
    #expect(try stage.tenant.count("staff_hours", where: "branch_id = '\(there.text)'") == 2)
  }

  @Test func othersDoNot() async throws {
    let (stage, other) = (try TeamStage(try Tenant.make()), try TeamStage(try Tenant.make()))
    let path = "/api/staff/\(stage.staff.text)"
    for (method, path, body): (String, String, JSON?) in [
      ("GET", path, nil), ("GET", stage.hours, nil), ("PUT", stage.hours, Self.mornings),
      ("PUT", path + "/services", ["service_ids": []]),
    ] {
      #expect(try await other.client.ask(method, path, body).status == 404, "\(method) \(path)")
    }
    let foreign = try await other.client.ask(
      "PUT", "/api/staff/\(other.staff.text)/services", ["service_ids": [.string(stage.service.text)]])
    #expect(foreign.status == 400 && foreign.body["path"].text == "$.service_ids[0]")
    let branch = try await other.client.ask(
      "PUT", other.hours, ["hours": .null, "branch_id": .string(stage.branch.text)])
    #expect(branch.status == 400 && branch.body["path"].text == "$.branch_id")
    #expect(try await other.client.ask("GET", "/api/staff?branch_id=\(stage.branch.text)").data.items.isEmpty)
    let reader = try APIClient(stage.tenant, scopes: ["staff:read", "appointments:write"])
    #expect(try await reader.ask("PUT", stage.hours, Self.mornings).code == "SCOPE_REQUIRED")
    let stranger = try APIClient(stage.tenant, scopes: ["appointments:read", "appointments:write"])
    #expect(try await stranger.ask("GET", "/api/staff").code == "SCOPE_REQUIRED")
    let desk = try APIUser(stage.tenant, role: "receptionist")
    #expect(try await desk.ask("GET", stage.hours).status == 200)
    #expect(try await desk.ask("PUT", stage.hours, Self.mornings).code == "ROLE_REQUIRED")
    #expect(try await APIUser(stage.tenant, role: "manager").ask("PUT", stage.hours, Self.mornings).status == 200)
  }

  @Test(
    arguments: [
      ([:], "$.hours"), (["hours": []], "$.hours"), (["hours": [:]], "$.hours"),
      (["hours": ["lunes": []]], "$.hours.lunes"),
      (["hours": ["monday": [["open": "09:00"]]]], "$.hours.monday[0].close"),
      (["hours": ["monday": [["open": "9:00", "close": "10:00"]]]], "$.hours.monday[0].open"),
      (["hours": ["monday": [["open": "aa:bb", "close": "10:00"]]]], "$.hours.monday[0].open"),
      (["hours": ["monday": [["open": "18:00", "close": "09:00"]]]], "$.hours.monday[0].close"),
      (
        ["hours": ["monday": [["open": "09:00", "close": "14:00"], ["open": "13:00", "close": "15:00"]]]],
        "$.hours.monday[1]"
      ),
      (["hours": .null, "branch_id": "x"], "$.branch_id"),
    ] as [(JSON, String)])
  func whatNobodyCanWorkIsNamed(_ wish: JSON, _ path: String) async throws {
    let stage = try TeamStage(try Tenant.make())
    let answer = try await stage.client.ask("PUT", stage.hours, wish)
    #expect(answer.status == 400 && answer.body["path"].text == path, "\(wish.text): \(answer.body)")
    #expect(try stage.tenant.count("staff_hours") == 0)
  }
}
