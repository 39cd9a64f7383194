import Core
import FoundationEssentials
import TestSupport
import Testing

/// What the clock does, with every program in between: cron's command, `jobs`, the platform, and the answer that comes back
/// through nginx.
@Suite struct RoutineRoadTests {
  private func tistis(_ arguments: String, role: String = "tistis") async throws -> Said {
    let values = World.current.environment(of: role).map { "\($0.key)='\($0.value)'" }.joined(separator: " ")
    return try await onThread {
      shell("env -i PATH=/usr/bin:/bin \(values) '\(World.current.programs)/tistis' \(arguments)")
    }
  }

  /// A branch where it is noon, and an appointment in three and a half hours.
  private func appointment(_ tenant: Tenant, _ conversation: String) throws -> UUID {
    let id = UUID()
    try tenant.database.run(
      """
      insert into branches (tenant_id, name, slug, city, timezone)
        select '\(tenant.id.text)', 'Centro', 'centro', 'Nogales', name from pg_timezone_names
         where name like 'Etc/GMT%' and extract(hour from now() at time zone name) = 12 order by name limit 1;
      insert into appointments (tenant_id, id, branch_id, lead_id, service_id, scheduled_at, created_at)
        select c.tenant_id, '\(id.text)', b.id, c.lead_id, s.id, now() + interval '210 minutes', now() - interval '2 days'
          from conversations c join branches b using (tenant_id) join services s using (tenant_id)
         where c.id = '\(conversation)';
      """)
    return id
  }

  @Test func remindedAndConfirmed() async throws {
    let tenant = try Tenant.make()
    try await Sandbox.register(tenant)
    let phone = uniqueDigits("521")
    let id = try appointment(tenant, try await tenant.hears(from: phone))
    #expect(try await eventually { try tenant.count("messages", where: "role = 'assistant' and status = 'read'") == 1 })
    // As cron does: the user of jobs, with what jobs may.
    let asked = try await tistis("routines run reminders --tenant \(tenant.slug) --json", role: "jobs")
    #expect(asked.status == 0 && asked.output.contains(tenant.slug), "\(asked.output)")
    let twice = try await tistis("routines run reminders followups expiries --tenant \(tenant.slug)")
    #expect(twice.status == 0 && twice.output.contains("reminders  asked for in 1 businesses"), "\(twice.output)")
    #expect(
      try await eventually {
        try tenant.count("messages", where: "metadata ->> 'appointment_id' = '\(id.text)' and status = 'read'") == 1
      })
    let selection = "confirmar_cita:\(id.text)"
    let press: JSON = [
      "from": .string(phone), "id": .string(unique("wamid.")), "timestamp": .string(String(Instant.now.seconds)),
      "type": "interactive",
      "interactive": ["type": "button_reply", "button_reply": ["id": .string(selection), "title": "Confirmar"]],
    ]
    let body = tenant.payload([press])
    // The platform delivers twice.
    for _ in 0..<2 { #expect(try await Web.deliver(body, to: tenant).status == 200) }
    #expect(
      try await eventually {
        try tenant.count(
          "messages", where: "role = 'assistant' and status = 'read' and content like '%quedó confirmada%'") == 1
      })
    let state = try tenant.value("status || ' ' || confirmation_status || ' ' || reminder_4h_sent", of: "appointments")
    #expect(state == "confirmed confirmed true")
    // One answer was thought about: the first.
    #expect(try tenant.count("ai_usage_logs") == 1)
  }

  @Test func whatCannotBeAskedFor() async throws {
    for (arguments, status, words) in [
      ("routines run siesta", 64, "there is no routine siesta"), ("routines run", 64, "names"),
      ("routines run reminders --tenant \(unique("none-"))", 69, "there is no active tenant"),
    ] as [(String, Int32, String)] {
      let said = try await tistis(arguments)
      #expect(said.status == status && said.output.contains(words), "\(arguments): \(said.status) \(said.output)")
    }
    let list = try await tistis("routines list --json")
    let rows = Field(try JSON.parse(Array(list.output.utf8)))
    #expect(list.status == 0 && rows.items.compactMap { $0["routine"].text }.contains("followups"))
  }

  @Test func ownWordsAreKept() async throws {
    let tenant = try Tenant.make()
    let set = try await tistis(
      "routines set --tenant \(tenant.slug) --follow-ups off --reminder-text 'Le toca {{servicio}}'")
    #expect(set.status == 0, "\(set.output)")
    func shown() async throws -> Field {
      Field(try JSON.parse(Array(try await tistis("routines show --tenant \(tenant.slug) --json").output.utf8)))
    }
    let first = try await shown()
    #expect(first["follow_ups"].bool == false && first["reminders"].bool == true)
    #expect(first["reminder_text"].text == "Le toca {{servicio}}")
    let reset = try await tistis("routines set --tenant \(tenant.slug) --follow-ups on --reminder-text ''")
    let second = try await shown()
    #expect(reset.status == 0 && second["follow_ups"].bool == true && !second["reminder_text"].exists)
    let unclear = try await tistis("routines set --tenant \(tenant.slug) --reminders perhaps")
    #expect(unclear.status == 64)
  }
}
