import Core
import FoundationEssentials
import Rules
import Store
import TestSupport
import Testing

@testable import Flows

/// Where a business knows many people, what names one of them looks at one of them.
@Suite struct ManyPeopleTests {
  @Test func namesAndReports() async throws {
    try await Account.test(.whatsapp) { account in
      let person = account.stranger
      try account.receive(account.message("hola", from: person))
      try account.run(
        """
        with l as (insert into leads (tenant_id) select '\(account.tenant.text)' from generate_series(1, 5000)
          returning tenant_id, id)
        insert into lead_aliases (tenant_id, kind, value, lead_id, address)
          select tenant_id, 'phone', 'x' || id, id, id from l;
        analyze lead_aliases
        """)
      func rows(_ event: InboundEvent) throws -> Int64 {
        let batch = JSONText(.array([event.row(connection: account.connection)]))
        return try account.database.connection(user: "tistis_webhook_whatsapp").transaction(tenant: account.tenant) {
          (scope) throws(StoreError) in
          _ = try scope.receiveEvents(events: batch, policy: JSONText(receivePolicy(delaySeconds: 0)), requestId: "r")
          return try scope.one(
            "rows",
            """
            select coalesce(seq_tup_read, 0) + coalesce(idx_tup_fetch, 0) from pg_stat_xact_user_tables
             where relname = 'lead_aliases'
            """, []
          ) { (row) throws(StoreError) -> Int64 in try row.get(0) }
        }
      }
      let contact = InboundEvent(
        kind: .contact, externalID: unique("c."), aliases: [person], profileName: "Ana", at: .now, content: "", raw: [:]
      )
      #expect(try rows(contact) < 100)
      #expect(try account.count("leads", "name = 'Ana'") == 1)
      let judgement = SendJudgement(code: "131056", .pair)
      let report = InboundEvent(
        kind: .status, externalID: "theirs", aliases: [person], at: .now,
        status: StatusReport(state: "failed", errorCode: "131056", judgement: judgement), raw: [:])
      #expect(try rows(report) < 100)
      #expect(try account.count("send_pace", "contact <> ''") == 1)
    }
  }
}
