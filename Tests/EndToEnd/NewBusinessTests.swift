import Core
import FoundationEssentials
import TestSupport
import Testing

@testable import Flows

/// `POST /api/branches`, `/api/services`, `/api/staff` as a business that has nothing yet meets them.
@Suite struct NewBusinessTests {
  private static let open: JSON = ["start": "00:00", "end": "24:00", "days": [1, 2, 3, 4, 5, 6, 7]]
  private static let branch: JSON = ["name": "Centro", "city": "Nogales"]
  private static let service: JSON = ["name": "Revisión"]
  private static let member: JSON = ["first_name": "Luz", "last_name": "Paz", "email": "luz@x.mx"]
  private static let all = [("/api/branches", branch), ("/api/services", service), ("/api/staff", member)]

  private func with(_ wish: JSON, _ more: [String: JSON]) -> JSON {
    guard case .object(var members) = wish else { return wish }
    for (name, value) in more { members[name] = value }
    return .object(members)
  }

  private func tistis(_ arguments: String...) async throws -> Field {
    let values = World.current.environment(of: "tistis").map { "\($0.key)='\($0.value)'" }.joined(separator: " ")
    let words = arguments.map { "'\($0)'" }.joined(separator: " ")
    let said = try await onThread {
      shell("env -i PATH=/usr/bin:/bin \(values) '\(World.current.programs)/tistis' \(words)")
    }
    return Field(try JSON.parse(Array(said.output.utf8)))
  }

  /// From `tistis tenants create` and `tistis keys create` to an appointment, by REST alone.
  @Test func fromNothingToAnAppointment() async throws {
    let slug = unique("n-")
    let made = try await tistis(
      "tenants", "create", "--slug", slug, "--name", "Clínica Sol", "--vertical", "dental", "--timezone",
      "America/Hermosillo", "--json")
    let key = try await tistis(
      "keys", "create", "--tenant", slug, "--name", "x", "--scope", "services:read", "--scope", "services:write",
      "--scope", "staff:read", "--scope", "staff:write", "--scope", "leads:write", "--scope", "leads:read", "--scope",
      "appointments:read", "--scope", "appointments:write", "--json")
    let secret = try #require(key["api_key_secret"].text)
    #expect(made["id"].text != nil)
    func ask(_ method: String, _ path: String, _ body: JSON? = nil) async throws -> APIClient.Answer {
      try await APIClient.ask(method, path, body?.bytes, headers: [("Authorization", "Bearer " + secret)])
    }
    #expect(try await ask("GET", "/api/branches").data.items.map(\.["slug"].text) == ["matriz"])
    let branch = try await ask("POST", "/api/branches", with(Self.branch, ["address": "Obregón 5"]))
    #expect(branch.status == 201 && branch.data["timezone"].text == "America/Hermosillo", "\(branch.body)")
    #expect(branch.data["slug"].text == "centro" && branch.data["is_headquarters"].bool == false)
    let price = with(Self.service, ["price_min": 500, "price_max": .number("650.5"), "duration_minutes": 30])
    let service = try await ask("POST", "/api/services", price)
    #expect(service.status == 201 && service.data["currency"].text == "MXN", "\(service.body)")
    let (place, what) = (branch.data["id"].text ?? "", service.data["id"].text ?? "")
    let slots = "/api/slots?service_id=\(what)&branch_id=\(place)"
    let places = try await ask("GET", slots).data[0]
    #expect(
      places["starts_at"].exists && !places["staff_id"].exists, "the business's hours, and one of the branch's places")
    let member = try await ask(
      "POST", "/api/staff",
      with(Self.member, ["branch_ids": [.string(place)], "service_ids": [.string(what)], "role": "dentist"]))
    #expect(member.status == 201 && member.data["branches"][0]["is_primary"].bool == true, "\(member.body)")
    #expect(try await ask("PATCH", "/api/branches/\(place)", ["operating_hours": Self.open]).status == 200)
    // The first may be over before it is booked.
    let free = try await ask("GET", slots).data[1]
    #expect(free["staff_id"].text == member.data["id"].text)
    let lead = try await ask("POST", "/api/leads", ["phone": .string(uniqueDigits("6"))])
    let wish: JSON = [
      "lead_id": .string(lead.data["id"].text ?? ""), "branch_id": .string(place), "service_id": .string(what),
      "scheduled_at": .string(free["starts_at"].text ?? ""),
    ]
    let booked = try await ask("POST", "/api/appointments", wish)
    #expect(booked.status == 201, "\(booked.body)")
    let (cheap, path) = (try await ask("PATCH", "/api/services/\(what)", ["price_max": 499]), "$.price_max")
    #expect(cheap.status == 400 && cheap.body["path"].text == path, "it begins at 500")
    let dear = try await ask("PATCH", "/api/services/\(what)", ["price_max": 700, "description": "Con radiografía"])
    #expect(dear.data["price_max"].value?.text == "700.00" && dear.data["price_min"].value?.text == "500.00")
    // Who left is not booked any more; what is booked stays.
    let left = try await ask("PATCH", "/api/staff/\(member.data["id"].text ?? "")", ["is_active": false])
    #expect(left.data["is_active"].bool == false, "\(left.body)")
    #expect(try await ask("GET", slots).data.items.isEmpty)
    #expect(
      try await ask("GET", "/api/appointments/\(booked.data["id"].text ?? "")").data["status"].text == "scheduled")
  }

  /// The same name twice is one, in whatever letters; ten at once make one.
  @Test func theSameNameIsThere() async throws {
    let stage = try APIClient(try Tenant.make(), scopes: TeamStage.scopes) { $0.perMinute = 1000 }
    for (path, wish) in Self.all {
      let answers = try await withThrowingTaskGroup(of: APIClient.Answer.self) { group in
        for _ in 0..<10 { group.addTask { try await stage.ask("POST", path, wish) } }
        return try await group.reduce(into: [APIClient.Answer]()) { $0.append($1) }
      }
      let made = try #require(answers.first { $0.status == 201 })
      let refused = answers.filter { $0.status == 409 }
      #expect(refused.count == 9 && refused.allSatisfy { $0.body["existing_id"].text == made.data["id"].text })
    }
    let loud =
      [
        with(Self.branch, ["name": "  CENTRO "]), with(Self.service, ["name": "revisión "]),
        ["first_name": "LUZ", "last_name": "paz", "email": "otra@x.mx"],
        ["first_name": "Ana", "last_name": "Sol", "email": "LUZ@x.mx"],
      ] as [JSON]
    let codes = ["DUPLICATE_BRANCH", "DUPLICATE_SERVICE", "DUPLICATE_STAFF", "DUPLICATE_STAFF"]
    for (i, wish) in loud.enumerated() {
      #expect(try await stage.ask("POST", Self.all[min(i, 2)].0, wish).code == codes[i], "\(wish.text)")
    }
    // Another Luz Paz is shown by another name.
    let second: JSON = ["first_name": "Luz", "last_name": "Paz", "email": "luz2@x.mx", "display_name": "Luz (niños)"]
    let other = try await stage.ask("POST", "/api/staff", second)
    #expect(other.status == 201, "\(other.body)")
    let path = "/api/staff/\(other.data["id"].text ?? "")"
    #expect(try await stage.ask("PATCH", path, ["display_name": "luz paz"]).code == "DUPLICATE_STAFF")
    #expect(try await stage.ask("PATCH", path, ["specialty": "niños"]).data["specialty"].text == "niños")
    // Names that make the same slug, and one that makes none.
    for name in ["Centro!", "¡Centro?", "中心"] {
      #expect(try await stage.ask("POST", "/api/branches", with(Self.branch, ["name": .string(name)])).status == 201)
    }
    let slugs = try await stage.ask("GET", "/api/branches").data.items.compactMap { $0["slug"].text }
    #expect(Set(slugs) == ["centro", "centro-2", "centro-3", "n"])
    let renamed = try await stage.ask("GET", "/api/branches").data[0]["id"].text ?? ""
    #expect(try await stage.ask("PATCH", "/api/branches/\(renamed)", ["name": "centro"]).code == "DUPLICATE_BRANCH")
    let same = try await stage.ask("PATCH", "/api/branches/\(renamed)", ["name": " Norte ", "is_active": false])
    #expect(same.data["name"].text == "Norte" && same.data["is_active"].bool == false)
  }

  @Test func underAKeyOnce() async throws {
    let tenant = try Tenant.make()
    let stage = try APIClient(tenant, scopes: TeamStage.scopes) { $0.perMinute = 1000 }
    for (path, wish) in Self.all {
      let header = [("Idempotency-Key", UUID().text)]
      let first = try await stage.ask("POST", path, wish, headers: header)
      let again = try await stage.ask("POST", path, wish, headers: header)
      #expect(first.status == 201 && again.status == 201 && again.data.value == first.data.value, "\(again.body)")
      let name = path.hasSuffix("staff") ? "first_name" : "name"
      let other = with(wish, [name: "Otra"])
      #expect(try await stage.ask("POST", path, other, headers: header).code == "IDEMPOTENCY_KEY_REUSED")
    }
    #expect(try tenant.count("branches") == 1)
  }

  @Test func othersDoNot() async throws {
    let (stage, foreign) = (try TeamStage(try Tenant.make()), try TeamStage(try Tenant.make()))
    let (reader, key) = (
      try APIClient(stage.tenant, scopes: ["staff:read", "services:read"]),
      try APIClient(stage.tenant, scopes: TeamStage.scopes, branch: stage.branch)
    )
    let desk = try APIUser(stage.tenant, role: "receptionist")
    let gone = try APIClient(stage.tenant, scopes: TeamStage.scopes) { $0.expires = .now + 0.001 }
    let before = try ["branches", "services", "staff"].map { try stage.tenant.count($0) }
    for (path, wish) in Self.all {
      #expect(try await reader.ask("POST", path, wish).code == "SCOPE_REQUIRED")
      #expect(try await key.ask("POST", path, wish).code == "BRANCH_KEY")
      #expect(try await desk.ask("POST", path, wish).code == "ROLE_REQUIRED")
      #expect(try await gone.ask("POST", path, wish).code == "KEY_EXPIRED")
    }
    let wishes: [JSON] = [
      ["branch_ids": [.string(stage.branch.text), .string(foreign.branch.text)]],
      ["service_ids": [.string(foreign.service.text)]],
    ]
    for wish in wishes {
      guard case .object(let more) = wish else { continue }
      let ana: JSON = ["first_name": "Ana", "last_name": "Sol", "email": "ana@x.mx"]
      let body = with(ana, Dictionary(uniqueKeysWithValues: more.pairs.map { ($0.key, $0.value) }))
      #expect(try await stage.client.ask("POST", "/api/staff", body).status == 404)
    }
    let own = "/api/staff/\(stage.staff.text)"
    let moved = try await stage.client.ask(
      "PATCH", own, ["role_title": "Dra.", "branch_ids": [.string(foreign.branch.text)]])
    #expect(moved.status == 404)
    #expect(try await stage.client.ask("GET", own).data["role_title"].exists == false, "nothing of it was done")
    #expect(try await foreign.client.ask("PATCH", own, ["is_active": false]).status == 404)
    #expect(try await key.ask("PATCH", own, ["is_active": false]).code == "BRANCH_KEY")
    #expect(try ["branches", "services", "staff"].map { try stage.tenant.count($0) } == before)
    // Whose name it is elsewhere does not matter here.
    #expect(try await foreign.client.ask("POST", "/api/branches", Self.branch).code == "DUPLICATE_BRANCH")
    #expect(try await foreign.client.ask("POST", "/api/services", ["name": "Sólo aquí"]).status == 201)
    #expect(try await stage.client.ask("POST", "/api/services", ["name": "Sólo aquí"]).status == 201)
  }

  /// Who works elsewhere from now on keeps the hours of where they stay.
  @Test func whereSomebodyWorks() async throws {
    let stage = try TeamStage(try Tenant.make())
    let there = try await stage.client.ask("POST", "/api/branches", ["name": "Norte", "city": "Nogales"])
    let (own, norte) = ("/api/staff/\(stage.staff.text)", there.data["id"].text ?? "")
    let week: JSON = ["hours": ["monday": [["open": "09:00", "close": "12:00"]]]]
    #expect(try await stage.client.ask("PUT", stage.hours, week).status == 200)
    let both = try await stage.client.ask(
      "PATCH", own, ["branch_ids": [.string(norte), .string(stage.branch.text), .string(norte)]])
    #expect(both.data["branches"].items.map(\.["id"].text) == [norte, stage.branch.text], "\(both.body)")
    #expect(try stage.tenant.count("staff_hours") == 1)
    let moved = try await stage.client.ask("PATCH", own, ["branch_ids": [.string(norte)]])
    #expect(moved.data["branches"].items.count == 1)
    #expect(try stage.tenant.count("staff_hours") == 0)
    #expect(try await stage.slots().isEmpty)
  }

  @Test(
    arguments: [
      (0, ["name": "X"], "$.city"), (0, ["name": "  ", "city": "X"], "$.name"),
      (0, ["name": "X", "city": "X", "timezone": "Mars/Olympus"], "$.timezone"),
      (0, ["name": "X", "city": "X", "operating_hours": ["lunes": []]], "$.operating_hours.lunes"),
      (0, ["name": "X", "city": "X", "places": 1001], "$.places"), (0, ["name": 7, "city": "X"], "$.name"),
      (1, [:], "$.name"), (1, ["name": "X", "price_min": -1], "$.price_min"),
      (1, ["name": "X", "price_max": 1_000_000_000], "$.price_max"),
      (1, ["name": "X", "price_min": 9, "price_max": 8], "$.price_max"),
      (1, ["name": "X", "currency": "mxn"], "$.currency"),
      (1, ["name": "X", "duration_minutes": 4], "$.duration_minutes"),
      (2, ["first_name": "L", "last_name": "P"], "$.email"),
      (2, ["first_name": "L", "last_name": "P", "email": "a@b@c"], "$.email"),
      (2, ["first_name": " ", "last_name": "P", "email": "a@b"], "$.first_name"),
      (2, ["first_name": "L", "last_name": "P", "email": "a@b", "role": "king"], "$.role"),
      (2, ["first_name": "L", "last_name": "P", "email": "a@b", "branch_ids": ["x"]], "$.branch_ids[0]"),
    ] as [(Int, JSON, String)])
  func whatIsWrongIsNamed(_ which: Int, _ wish: JSON, _ path: String) async throws {
    let tenant = try Tenant.make()
    let answer = try await APIClient(tenant, scopes: TeamStage.scopes).ask("POST", Self.all[which].0, wish)
    #expect(answer.status == 400 && answer.body["path"].text == path, "\(wish.text): \(answer.body)")
    #expect(try tenant.count("branches") + tenant.count("staff") == 0)
  }
}
