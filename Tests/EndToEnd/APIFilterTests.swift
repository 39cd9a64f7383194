import Core
import FoundationEssentials
import TestSupport
import Testing

/// What the filters and sorts of the lists find, and in which order.
@Suite struct APIFilterTests {
  /// Asks each query and compares the rows by their place in `ids`.
  private func check(_ client: APIClient, _ path: String, _ ids: [String], _ table: [(String, [Int])]) async throws {
    for (query, expected) in table {
      let answer = try await client.ask("GET", path + "?" + query)
      let found = answer.data.items.map { $0["id"].text.flatMap { ids.firstIndex(of: $0) } ?? -1 }
      #expect(answer.status == 200 && found == expected, "\(path)?\(query): \(found)")
      #expect(answer.body["pagination"]["total"].integer == Int64(expected.count), "\(query)")
    }
  }

  @Test func conversations() async throws {
    let tenant = try Tenant.make()
    let accounts = [tenant.connection, try tenant.also(on: .facebook).connection, tenant.connection]
    let branch = try tenant.branch().text
    let staff = try tenant.member(at: []).text
    let ids = accounts.map { _ in UUID().text }
    let leads = accounts.map { _ in UUID().text }
    // Status, channel, whether the assistant answers, branch, staff; minutes ago: said last, created, changed.
    let rows = [
      "'active', 'whatsapp', true, '\(branch)', null, 1, 4, 2",
      "'resolved', 'facebook', false, null, '\(staff)', 3, 2, 4",
      "'escalated', 'whatsapp', false, '\(branch)', null, 2, 3, 1",
    ]
    for i in 0..<3 {
      try tenant.database.run(
        """
        insert into leads (tenant_id, id) values ('\(tenant.id.text)', '\(leads[i])');
        insert into conversations (tenant_id, id, lead_id, channel_connection_id, contact_kind, contact_address, status,
            channel, ai_handling, branch_id, assigned_staff_id, last_message_at, created_at, updated_at)
          select '\(tenant.id.text)', '\(ids[i])', '\(leads[i])', '\(accounts[i].text)', 'phone', '1', x.s, x.c, x.a,
              x.b::uuid, x.t::uuid, now() - x.l * interval '1 minute', now() - x.m * interval '1 minute',
              now() - x.u * interval '1 minute'
            from (values (\(rows[i]))) x (s, c, a, b, t, l, m, u)
        """)
    }
    let client = try APIClient(tenant, scopes: ["conversations:read"])
    let table: [(String, [Int])] = [
      ("page=1", [0, 2, 1]), ("status=resolved", [1]), ("status=archived", []), ("channel=whatsapp", [0, 2]),
      ("ai_handling=true", [0]), ("ai_handling=false", [2, 1]), ("branch_id=\(branch)", [0, 2]),
      ("lead_id=\(leads[1])", [1]), ("assigned_staff_id=\(staff)", [1]), ("branch_id=\(branch)&status=active", [0]),
      ("sortBy=last_message_at&sortOrder=asc", [1, 2, 0]), ("sortBy=created_at", [1, 2, 0]),
      ("sortBy=created_at&sortOrder=asc", [0, 2, 1]), ("sortBy=updated_at", [2, 0, 1]), ("sortBy=status", [1, 2, 0]),
      ("channel=facebook", [1]), ("sortBy=created_at&ai_handling=false", [1, 2]),
    ]
    try await check(client, "/api/conversations", ids, table)
  }

  @Test func leads() async throws {
    let tenant = try Tenant.make()
    let branch = try tenant.branch().text
    let ids = (0..<3).map { _ in UUID().text }
    // Status, branch, score, names; when deleted; minutes ago: created, changed.
    let rows = [
      "'qualified', '\(branch)', 80, 'Ana', 'Paz', null, 3, 2", "'contacted', null, 10, 'Luz', 'Cruz', null, 1, 3",
      "'new', null, 50, 'Eva', 'Baro', now()::text, 2, 1",
    ]
    for i in 0..<3 {
      try tenant.database.run(
        """
        insert into leads (tenant_id, id, status, branch_id, score, first_name, last_name, deleted_at, created_at,
            updated_at)
          select '\(tenant.id.text)', '\(ids[i])', x.s, x.b::uuid, x.p, x.f, x.n, x.d::timestamptz,
              now() - x.m * interval '1 minute', now() - x.u * interval '1 minute'
            from (values (\(rows[i]))) x (s, b, p, f, n, d, m, u)
        """)
    }
    let client = try APIClient(tenant, scopes: ["leads:read"])
    let all = "include_deleted=true&sortBy="
    let table: [(String, [Int])] = [
      ("page=1", [0, 1]), ("status=contacted", [1]), ("status=new", []), ("status=new&include_deleted=true", [2]),
      ("branch_id=\(branch)", [0]), ("only_deleted=true", [2]), (all + "score", [0, 2, 1]),
      (all + "score&sortOrder=asc", [1, 2, 0]), (all + "created_at", [1, 2, 0]), (all + "updated_at", [2, 0, 1]),
      (all + "status&sortOrder=asc", [1, 2, 0]), (all + "classification&sortOrder=asc", [1, 0, 2]),
      (all + "first_name&sortOrder=asc", [0, 2, 1]), (all + "last_name&sortOrder=asc", [2, 1, 0]),
      (all + "full_name&sortOrder=asc", [0, 2, 1]), ("only_deleted=true&sortBy=deleted_at", [2]),
    ]
    try await check(client, "/api/leads", ids, table)
  }
}
