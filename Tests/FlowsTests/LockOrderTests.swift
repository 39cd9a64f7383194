import Core
import FoundationEssentials
import Peers
import Rules
import Store
import TestSupport
import Testing

@testable import Flows

/// The conversation comes before what hangs on it, for everybody: nobody waits in a ring.
@Suite struct LockOrderTests {
  /// What is kept of a tool's use wants the conversation: a reminder that has it waits for no appointment of the tool's.
  @Test(arguments: ["book_appointment", "reschedule_appointment", "cancel_appointment"])
  func aToolThatTakesAnAppointment(_ name: String) async throws {
    try await Clinic.test { clinic in
      let shop = clinic.shop
      let phone = try shop.says("hola")
      let tool = try #require(AssistantTool.all.first { $0.definition.name == name })
      let use = ToolUse(
        id: "toolu_1", name: name, input: Field([:]), tenant: shop.tenant.id,
        conversation: try #require(UUID(uuidString: shop.conversation())), lead: try #require(try shop.lead(phone)),
        branch: nil, question: UUID(), channel: .whatsapp, profile: TenantProfile(Field([:])), requestID: nil)
      try shop.database.connection(user: "tistis_jobs").transaction(tenant: shop.tenant.id) {
        (scope) throws(StoreError) in
        _ = try tool.run(use, scope)
        var sqlstate = "granted"
        do throws(StoreError) {
          try shop.database.connection().script("select 1 from conversations for update nowait")
        } catch .rejected(let state, _) { sqlstate = state }
        #expect(sqlstate == "55P03")
      }
    }
  }

  /// Two turn out to be one while one of them is handed to people.
  @Test func aMergeAndAHandOver() async throws {
    try await Shop.test(delay: 60) { shop in
      _ = try shop.says("hola")
      _ = try shop.says("hola")
      let handing = try Holder(shop, "select 1 from conversations order by id desc limit 1 for update")
      async let merging: [Void] = onThreads(1) { _ in
        try Holder(shop, "select merge_leads(min(id::text)::uuid, max(id::text)::uuid, 'test') from leads")
          .script("commit")
      }
      #expect(try await handing.isWaitedFor())
      try handing.script("update leads set escalated_to_human = true; commit")
      _ = try await merging
      #expect(try shop.count("lead_merges") == 1)
    }
  }

  /// n8n's time for a question is no debounce of the next one.
  @Test func aMergeLeavesN8NItsTime() async throws {
    try await Shop.test { shop in
      try shop.useN8N(["answers_by": "n8n", "events": [], "answer_seconds": 60])
      let phone = newPhone()
      try shop.post(message("hola", user: "MX.abc"))
      try await shop.work()
      try shop.run("delete from jobs where status = 'pending'")
      try shop.post(message("¿Cuánto cuesta?", from: phone))
      try await shop.work()
      let timer = "status = 'pending' and job_type = 'ai_response'"
      let (key, due) = (
        try shop.value("unique_key", of: "jobs", timer), try shop.value("scheduled_for", of: "jobs", timer)
      )
      #expect(key?.hasPrefix("n8n:") == true)
      try shop.post(message("¿Y el sábado?", from: phone, user: "MX.abc"))
      #expect(try shop.count("lead_merges") == 1)
      let moved =
        timer
        + " and unique_key = '\(key ?? "")' and lane = 'answer:' || (select id from conversations where status = 'active')"
      #expect(try shop.count("jobs", moved) == 1)
      #expect(
        try shop.value("abs(extract(epoch from scheduled_for - '\(due ?? "")'::timestamptz)) < 5", of: "jobs", moved)
          == "true")
      #expect(
        try shop.count(
          "jobs", timer + " and unique_key like 'answer:%' and scheduled_for < now() + interval '5 seconds'") == 1)
    }
  }
}
