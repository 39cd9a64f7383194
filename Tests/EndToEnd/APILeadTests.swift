import Core
import Flows
import FoundationEssentials
import TestSupport
import Testing

/// `/api/leads` and `/api/v1/leads` as an integrator meets them.
@Suite struct APILeadTests {
  @Test func fromEnteringToRestoring() async throws {
    let client = try APIClient(try Tenant.make(), scopes: ["leads:read", "leads:write"])
    let phone = uniqueDigits("6")
    let made = try await client.ask("POST", "/api/leads", ["phone": .string(phone), "name": "Ana %_", "email": nil])
    #expect(made.status == 201, "\(made.body)")
    let id = made.data["id"].text ?? ""
    #expect(made.data["source"].text == "website" && made.data["full_name"].text == "Ana %_")
    let again = try await client.ask("POST", "/api/leads", ["phone": .string("+52 " + phone)])
    #expect(again.status == 409 && again.body["leadId"].text == id)
    let changed = try await client.ask("PATCH", "/api/leads/\(id)", ["classification": "hot", "notes": "llamar"])
    #expect(changed.status == 200 && changed.data["score"].integer == 75 && changed.data["notes"].text == "llamar")
    for (search, found) in [("ana", 1), ("%25_", 1), ("nadie", 0)] {
      let list = try await client.ask("GET", "/api/leads?search=\(search)&classification=hot")
      #expect(list.status == 200 && list.data.items.count == found, "\(search): \(list.body)")
    }
    try client.tenant.database.run(
      """
      insert into appointments (tenant_id, branch_id, lead_id, scheduled_at)
        values ('\(client.tenant.id.text)', '\(try client.tenant.branch().text)', '\(id)', now() + interval '1 day')
      """)
    let gone = try await client.ask("DELETE", "/api/leads/\(id)")
    #expect(gone.body["appointments_cancelled"].integer == 1)
    #expect(gone.status == 200 && gone.body["lead_id"].text == id)
    let deleted = try await client.ask("POST", "/api/leads", ["phone": .string(phone)])
    #expect(deleted.status == 409 && deleted.body["canRestore"].bool == true)
    #expect(try await client.ask("GET", "/api/leads").data.items.isEmpty)
    #expect(try await client.ask("GET", "/api/leads?only_deleted=true").data.items.count == 1)
    let back = try await client.ask("POST", "/api/leads/\(id)", ["action": "restore"])
    #expect(back.status == 200 && back.body["restored_status"].text == "appointment_scheduled")
    #expect(try await client.ask("POST", "/api/leads/\(id)/restore").status == 409)
    let v1 = try await client.ask("GET", "/api/v1/leads")
    #expect(v1.status == 200 && v1.body["total"].integer == 1 && v1.body["filters"]["status"].value == nil)
    let twice = try await client.ask("POST", "/api/v1/leads", ["phone": .string(phone)])
    #expect(twice.status == 409 && twice.code == "DUPLICATE_LEAD" && twice.body["existing_id"].text == id)
    #expect(try await client.ask("GET", "/api/leads/\(id)").data["deleted_at"].value == nil)
    let fresh = try await client.ask(
      "POST", "/api/v1/leads", ["phone": .string(uniqueDigits("6")), "name": "Eva", "source": "zapier"])
    #expect(fresh.status == 201 && fresh.data["source"].text == "other", "\(fresh.body)")
    let bare = try await client.ask("POST", "/api/v1/leads", [:])
    #expect(bare.status == 400 && bare.code == "VALIDATION_ERROR")
  }

}
