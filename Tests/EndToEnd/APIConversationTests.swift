import Core
import FoundationEssentials
import Store
import TestSupport
import Testing

@testable import Flows

/// `/api/conversations` and what was said in them.
@Suite struct APIConversationTests {
  private static let scopes = ["conversations:read", "conversations:write", "leads:write", "leads:read"]

  @Test func fromTakingOverToResolving() async throws {
    let tenant = try Tenant.make(delay: Tenant.never)
    let client = try APIClient(tenant, scopes: Self.scopes)
    let path = "/api/conversations/\(try await tenant.hears())"
    let fresh = try await client.ask("GET", path + "?include_messages=true")
    #expect(fresh.data["unread"].bool == true && fresh.data["messages"][0]["content"].text == "hola")
    #expect(try await client.ask("POST", path + "/read").data["unread"].bool == false)
    #expect(try await client.ask("POST", path + "/take-over").data["ai_handling"].bool == false)
    #expect(try await client.ask("POST", path + "/hand-back").data["ai_handling"].bool == true)
    for _ in 0..<2 {
      let escalated = try await client.ask("POST", path + "/escalate", ["reason": "queja"])
      #expect(escalated.status == 200 && escalated.data["status"].text == "escalated")
      #expect(escalated.data["escalation_reason"].text == "queja")
      #expect(!escalated.data["escalated_by"].exists, "a person's own decision")
    }
    for _ in 0..<2 {
      let resolved = try await client.ask("POST", path + "/resolve", ["resolution_notes": "listo"])
      #expect(resolved.status == 200 && resolved.data["resolved_at"].exists)
    }
    #expect(try await client.ask("POST", path + "/take-over").status == 409)
    let patched = try await client.ask("PATCH", path, ["status": "active", "satisfaction_score": 5])
    #expect(patched.status == 200 && patched.data["resolved_at"].value == nil, "\(patched.body)")
    #expect(try await client.ask("PATCH", path, ["nothing": 1]).status == 400)
    // Somebody at the business wrote elsewhere: it is kept, not sent, and silences the assistant.
    let noted = try await client.ask(
      "POST", path + "/messages", ["content": "por teléfono", "metadata": ["a": [1, 2]]])
    #expect(noted.status == 201 && noted.data["status"].text == "sent" && noted.data["role"].text == "staff")
    #expect(try await client.ask("GET", path).data["ai_handling"].bool == false)
    #expect(try tenant.count("jobs", where: "job_type = 'send_whatsapp'") == 0)
  }

  /// Who switches the assistant on gives an escalated conversation back, as hand-back does: the next question is answered.
  @Test func switchedOnAgain() async throws {
    let tenant = try Tenant.make()
    try await Sandbox.register(tenant)
    let client = try APIClient(tenant, scopes: Self.scopes)
    let phone = uniqueDigits("521")
    func says(_ text: String) async throws {
      #expect(try await Web.deliver(tenant.payload([Tenant.text(text, from: phone)]), to: tenant).status == 200)
    }
    func answered(_ count: Int) async throws -> Bool {
      try await eventually {
        try tenant.count("messages", where: "role = 'assistant' and external_id is not null") == count
      }
    }
    try await says("¿Cuánto cuesta la limpieza?")
    #expect(try await answered(1))
    let path = "/api/conversations/\(try #require(try tenant.value("id", of: "conversations")))"
    let open = "kind = 'conversation_escalated' and resolved_at is null"
    #expect(try await client.ask("POST", path + "/escalate", ["reason": "queja"]).status == 200)
    #expect(try tenant.count("alerts", where: open) == 1)
    // Whatever else is changed, people still have it.
    #expect(try await client.ask("PATCH", path, ["resolution_notes": "llamar"]).data["status"].text == "escalated")
    let on = try await client.ask("PATCH", path, ["ai_handling": true])
    #expect(on.data["status"].text == "active" && on.data["ai_handling"].bool == true, "\(on.body)")
    #expect(try tenant.count("alerts", where: open) == 0)
    try await says("¿Y un blanqueamiento?")
    #expect(try await answered(2))
    // Somebody who names a status means it; off stays off.
    #expect(try await client.ask("POST", path + "/escalate", ["reason": "otra"]).status == 200)
    let off = try await client.ask("PATCH", path, ["ai_handling": false])
    #expect(off.data["status"].text == "escalated" && off.data["ai_handling"].bool == false)
  }

  @Test func openingOne() async throws {
    let tenant = try Tenant.make(delay: Tenant.never)
    let client = try APIClient(tenant, scopes: Self.scopes)
    let lead = try await client.ask("POST", "/api/leads", ["phone": .string(uniqueDigits("6"))]).data["id"]
    let made = try await client.ask("POST", "/api/conversations", ["lead_id": lead.value ?? nil, "ai_handling": false])
    #expect(made.status == 201 && made.data["ai_handling"].bool == false, "\(made.body)")
    let again = try await client.ask("POST", "/api/conversations", ["lead_id": lead.value ?? nil])
    #expect(again.status == 409 && again.body["conversationId"].text == made.data["id"].text)
    let elsewhere = try await client.ask(
      "POST", "/api/conversations", ["lead_id": lead.value ?? nil, "channel": "instagram"])
    #expect(elsewhere.status == 400 && elsewhere.body["path"].text == "$.channel")
  }

  /// Every conversation once, however the pages fall, and while something new comes.
  @Test func pagesByCursor() async throws {
    let tenant = try Tenant.make(delay: Tenant.never)
    let client = try APIClient(tenant, scopes: Self.scopes)
    var all: Set<String> = []
    for _ in 0..<7 { all.insert(try await tenant.hears()) }
    var seen: [String] = []
    var page = try await client.ask("GET", "/api/conversations?pageSize=3")
    let first = page.body["pagination"]
    #expect(first["total"].integer == 7 && first["totalPages"].integer == 3 && first["page"].integer == 1)
    let late = try await tenant.hears()
    while true {
      seen += page.data.items.compactMap { $0["id"].text }
      guard let cursor = page.body["pagination"]["next_cursor"].text else { break }
      page = try await client.ask("GET", "/api/conversations?pageSize=3&cursor=\(cursor)")
      #expect(page.status == 200, "\(page.body)")
    }
    #expect(seen.count == 7 && Set(seen) == all && !seen.contains(late))
    let second = try await client.ask("GET", "/api/conversations?pageSize=3&page=3&sortBy=created_at&sortOrder=asc")
    #expect(second.data.items.count == 2 && second.body["pagination"]["hasMore"].bool == false)
  }

  @Test func aCursorThatWasTamperedWith() async throws {
    let (tenant, other) = (try Tenant.make(delay: Tenant.never), try Tenant.make(delay: Tenant.never))
    let client = try APIClient(tenant, scopes: Self.scopes)
    for _ in 0..<2 { _ = try await tenant.hears() }
    let page = try await client.ask("GET", "/api/conversations?pageSize=1")
    let cursor = try #require(page.body["pagination"]["next_cursor"].text)
    let changed = String(cursor.dropLast(4)) + (cursor.hasSuffix("AAAA") ? "BBBB" : "AAAA")
    let stranger = try APIClient(other, scopes: Self.scopes)
    let asked = [
      (client, "cursor=\(changed)"), (client, "cursor=\(cursor.dropLast())"), (client, "cursor=%00"),
      (client, "cursor=\(String(repeating: "A", count: 290))"), (client, "cursor=\(cursor)&status=active"),
      (stranger, "cursor=\(cursor)"),
    ]
    for (who, query) in asked {
      let answer = try await who.ask("GET", "/api/conversations?\(query)")
      #expect(answer.status == 400 && answer.body["path"].text == "?cursor", "\(query): \(answer.body)")
    }
    #expect(try await client.ask("GET", "/api/leads?cursor=\(cursor)").status == 400)
  }

  /// A place in a talk is that talk's and that business's: carried elsewhere or changed it is none.
  @Test(arguments: ["before", "after"]) func aPlaceThatWasTamperedWith(_ name: String) async throws {
    let (tenant, other) = (try Tenant.make(delay: Tenant.never), try Tenant.make(delay: Tenant.never))
    let client = try APIClient(tenant, scopes: Self.scopes)
    let stranger = try APIClient(other, scopes: Self.scopes)
    let (id, sibling) = (try await tenant.hears(), try await tenant.hears())
    func path(_ conversation: String, _ cursor: String) -> String {
      "/api/conversations/\(conversation)/messages?\(name)=\(cursor)"
    }
    func place(_ client: APIClient, _ conversation: String) async throws -> String {
      let page = try await client.ask("GET", "/api/conversations/\(conversation)/messages")
      return try #require(page.body["pagination"][name].text)
    }
    let cursor = try await place(client, id)
    #expect(try await client.ask("GET", path(id, cursor)).status == 200)

    let theirs = try await other.hears()
    let words = try #require(bytes(base64URL: cursor))
    let parts = String(decoding: words, as: UTF8.self).split(separator: ".").map(String.init)
    func forged(_ moment: String, _ id: String, _ check: String) -> String {
      base64URL(Array("\(moment).\(id).\(check)".utf8))
    }
    let listed = try await client.ask("GET", "/api/conversations?pageSize=1").body["pagination"]["next_cursor"].text
    let tampered = [
      (client, id, try await place(client, sibling)), (client, sibling, cursor), (client, id, try #require(listed)),
      (client, id, try await place(stranger, theirs)), (stranger, theirs, cursor), (stranger, id, cursor),
      (client, id, forged(parts[0], UUID().text, parts[2])),
      (client, id, forged(String((Int64(parts[0]) ?? 0) + 1), parts[1], parts[2])),
      (client, id, forged(parts[0], parts[1], String(parts[2].dropLast()) + (parts[2].hasSuffix("0") ? "1" : "0"))),
      (client, id, forged(parts[0], parts[1], "")), (client, id, String(cursor.dropLast())),
      (client, id, cursor + "AAAA"),
      (client, id, "%00"), (client, id, String(repeating: "A", count: 290)),
    ]
    for (who, conversation, text) in tampered {
      let answer = try await who.ask("GET", path(conversation, text))
      #expect(answer.status == 400 && answer.body["path"].text == "?" + name, "\(text): \(answer.body)")
    }
  }

  /// Ten thousand messages: any page is found by the index, and all of them once.
  @Test func aVeryLongTalk() async throws {
    let tenant = try Tenant.make(delay: Tenant.never)
    let client = try APIClient(tenant, scopes: Self.scopes)
    let id = try await tenant.hears()
    try tenant.database.run(
      """
      insert into messages (tenant_id, conversation_id, channel_connection_id, role, content, status, created_at)
        select '\(tenant.id.text)', '\(id)', '\(tenant.connection.text)', 'assistant', 'mensaje ' || n, 'sent', now()
          from generate_series(1, 10000) n
      """)
    let path = "/api/conversations/\(id)/messages?limit=100"
    var page = try await client.ask("GET", path)
    #expect(
      page.body["pagination"]["total"].integer == 10_001 && page.data.items.last?["content"].text == "mensaje 10000")
    var seen = Set(page.data.items.compactMap { $0["id"].text })
    // All of it, page by page: each message once.
    for _ in 0..<99 {
      let before = page.body["pagination"]["before"].text ?? ""
      page = try await client.ask("GET", path + "&before=\(before)")
      let ids = page.data.items.compactMap { $0["id"].text }
      #expect(ids.count == 100 && seen.isDisjoint(with: ids) && page.body["pagination"]["hasMore"].bool == true)
      seen.formUnion(ids)
    }
    let after = try await client.ask("GET", path + "&after=\(page.body["pagination"]["after"].text ?? "")")
    #expect(after.data.items.count == 100 && seen.isSuperset(of: after.data.items.compactMap { $0["id"].text }))
    let year = try await client.ask("GET", path + "&before=2020-01-01T00:00:00Z")
    #expect(year.data.items.isEmpty && year.body["pagination"]["hasMore"].bool == false)
    let all = try await client.ask("GET", path + "&after=2020-01-01T00:00:00%2B00:00")
    #expect(all.data[0]["content"].text == "hola")
    #expect(try await client.ask("GET", path + "&before=yesterday").status == 400)
    #expect(try await client.ask("GET", path + "&before=\(seen.first ?? "")").status == 400)
    // What a page costs is what it shows, wherever it lies: its messages, and what came with them.
    try tenant.database.run(
      """
      insert into media_files (tenant_id, message_id, channel_connection_id, external_id, kind)
        select tenant_id, id, channel_connection_id, 'long.' || id, 'image' from messages where conversation_id = '\(id)';
      analyze messages, media_files
      """)
    let session = tenant.database.connection(user: "tistis_api")
    func rows(_ body: (Scope) throws(StoreError) -> Int) throws -> Int64 {
      try session.transaction(tenant: tenant.id) { (scope) throws(StoreError) in
        func touched() throws(StoreError) -> Int64 {
          try scope.one(
            "touched",
            """
            select sum(coalesce(seq_tup_read, 0) + coalesce(idx_tup_fetch, 0))::bigint from pg_stat_xact_user_tables
             where relname in ('messages', 'media_files')
            """, []
          ) { (row) throws(StoreError) -> Int64 in try row.get(0) }
        }
        let before = try touched()
        #expect(try body(scope) == 101)
        return try touched() - before
      }
    }
    let conversation = try #require(UUID(uuidString: id))
    let ids = try tenant.database.column("select id from messages where conversation_id = '\(id)' order by id")
      .compactMap {
        UUID(uuidString: $0 ?? "")
      }
    for place in [200, 5000, 9800] {
      let back = try rows { (scope) throws(StoreError) in
        try scope.messagesBefore(conversationId: conversation, before: ids[place], beforeAt: nil, limit: 101).count
      }
      let on = try rows { (scope) throws(StoreError) in
        try scope.messagesAfter(conversationId: conversation, after: ids[place], afterAt: nil, limit: 101).count
      }
      #expect((202..<500).contains(back) && (202..<500).contains(on), "\(place): \(back) and \(on)")
    }
  }
}
