import Core
import FoundationEssentials
import TestSupport
import Testing

/// `POST /api/conversations/{id}/read`: what somebody of the business has read, the person sees to be read.
@Suite struct ReadRouteTests {
  private static let scopes = ["conversations:read", "conversations:write"]

  /// What the platform was told of this account besides messages: marks, and "typing…".
  private func marks(_ tenant: Tenant) async throws -> [Field] {
    let requests = try await Sandbox.requests(tenant.platform.rawValue, match: tenant.page ?? tenant.account)
    return requests.filter {
      $0["body"]["sender_action"].exists || $0["body"]["status"].exists || $0["body"]["typing_indicator"].exists
    }
  }

  /// Of which message, or whose, a mark is.
  private func marked(_ mark: Field, on platform: Platform) -> String? {
    let body = mark["body"]
    switch platform {
    case .whatsapp:
      guard body["status"].text == "read", !body["typing_indicator"].exists else { return nil }
      return body["message_id"].text
    case .instagram, .facebook: return body["sender_action"].text == "mark_seen" ? body["recipient"]["id"].text : nil
    case .tiktok: return body["sender_action"].text == "MARK_READ" ? body["recipient"].text : nil
    }
  }

  private func jobs(_ tenant: Tenant, _ condition: String = "true") throws -> Int {
    try tenant.count("jobs", where: "job_type = 'mark_read' and \(condition)")
  }

  @Test(arguments: Platform.allCases) func whatStaffReadIsMarkedOnce(_ platform: Platform) async throws {
    let tenant = try Tenant.make(on: platform, delay: Tenant.never)
    try await Sandbox.register(tenant, strict: true)
    let client = try APIClient(tenant, scopes: Self.scopes)
    let person = uniqueDigits("521")
    var expected: [String?] = []
    var path = ""
    for round in 1...2 {
      // Of several the last is marked, which marks the earlier ones as well.
      try await Sandbox.write("hola", from: person, to: tenant)
      let id = try await Sandbox.write("¿hay alguien?", from: person, to: tenant)
      // TikTok's is the talk's name, which every message of it brings.
      let talk = try tenant.value("contact_address", of: "conversations")
      expected.append(platform == .whatsapp ? id : platform == .tiktok ? talk : person)
      path = "/api/conversations/\(try #require(try tenant.value("id", of: "conversations")))"
      for _ in 0..<3 {
        let read = try await client.ask("POST", path + "/read")
        #expect(read.status == 200 && read.data["unread"].bool == false, "\(read.body)")
      }
      #expect(try await eventually { try jobs(tenant, "status = 'completed'") == round })
      #expect(try jobs(tenant) == round)
      #expect(try jobs(tenant, "result ->> 'marked' = 'true' and attempts = 1 and lane is null") == round)
      let told = try await marks(tenant)
      #expect(told.map { marked($0, on: platform) } == expected)
      #expect(told.allSatisfy { $0["accepted"].bool == true }, "\(told)")
    }
    // Read once more after all is done: there is nothing new.
    #expect(try await client.ask("POST", path + "/read").status == 200)
    #expect(try jobs(tenant) == 2)
  }

  /// It is noted all the same, and nobody is told, now or later.
  @Test(arguments: Platform.allCases) func aStoppedChannelSaysNothing(_ platform: Platform) async throws {
    let tenant = try Tenant.make(on: platform, delay: Tenant.never)
    try await Sandbox.register(tenant)
    let client = try APIClient(tenant, scopes: Self.scopes)
    try await Sandbox.write("hola", from: uniqueDigits("521"), to: tenant)
    let path = "/api/conversations/\(try #require(try tenant.value("id", of: "conversations")))"
    try tenant.database.run(
      "update channel_connections set status = 'error', stopped_code = '190' where id = '\(tenant.connection.text)'")
    let read = try await client.ask("POST", path + "/read")
    #expect(read.status == 200 && read.data["unread"].bool == false)
    #expect(try jobs(tenant) == 0)
    #expect(try await marks(tenant).isEmpty)
  }

  /// Who may only look on reads for themselves.
  @Test func whoMayNotWriteMarksNothing() async throws {
    let tenant = try Tenant.make(delay: Tenant.never)
    let path = "/api/conversations/\(try await tenant.hears())/read"
    let other = try Tenant.make()
    #expect(try await APIClient(tenant, scopes: ["conversations:read"]).ask("POST", path).status == 403)
    #expect(try await APIClient(other, scopes: Self.scopes).ask("POST", path).status == 404)
    #expect(try jobs(tenant) == 0)
  }
}
