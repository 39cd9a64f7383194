import Core
import FoundationEssentials
import Store
import TestSupport
import Testing

@testable import Flows

/// Two leads turn out to be one person: what either was asked counts.
@Suite struct FollowUpMergeTests {
  /// Asked under two names they were asked all the same; the webhook that finds it out carries it along.
  @Test func whoIsOnePersonAfterAll() async throws {
    try await Shop.test { shop in
      let (client, phone) = (try GuideClient(shop), newPhone())
      let (a, b) = (
        try client.lead("+" + phone),
        try client.row("lead_id", "find_or_create_channel_lead($1::uuid, null, 'whatsapp', 'MX.abc')", client.id)
      )
      func write(_ rows: String) throws {
        try shop.run(
          """
          delete from follow_ups;
          insert into follow_ups (tenant_id, lead_id, silent_since, attempts, last_at, ended)
            select '\(client.id)', l::uuid, d::timestamptz, n, d::timestamptz + interval '2 days', e
              from (values \(rows)) v (l, d, n, e);
          """)
      }
      func merged() throws -> String? {
        try client.write("select merge_follow_ups('\(a)', '\(b)')")
        return try shop.value(
          "concat_ws(' ', silent_since::date, attempts, last_at::date, ended)", of: "follow_ups", "lead_id = '\(a)'")
      }
      let cases = [
        ("('\(a)', '2026-03-01 12:00', 3, 'cold'), ('\(b)', '2026-03-05 12:00', 1, null)", "2026-03-05 3 2026-03-07"),
        ("('\(a)', '2026-03-05 12:00', 1, null), ('\(b)', '2026-03-01 12:00', 2, 'unsent')", "2026-03-05 2 2026-03-07"),
        (
          "('\(a)', '2026-03-01 12:00', 1, null), ('\(b)', '2026-03-05 12:00', 3, 'cold')",
          "2026-03-05 3 2026-03-07 cold"
        ),
        (
          "('\(a)', '2026-03-05 12:00', 1, null), ('\(b)', '2026-03-01 12:00', 1, 'declined')",
          "2026-03-05 1 2026-03-07 declined"
        ),
        (
          "('\(a)', '2026-03-01 12:00', 1, 'declined'), ('\(b)', '2026-03-05 12:00', 2, null)",
          "2026-03-05 2 2026-03-07 declined"
        ),
        ("('\(a)', '2026-03-01 12:00', 2, null)", "2026-03-01 2 2026-03-03"),
      ]
      for (rows, expected) in cases {
        try write(rows)
        #expect(try merged() == expected)
        #expect(try merged() == expected, "twice")
      }
      try write("('\(b)', '2026-03-01 12:00', 2, 'declined')")
      try shop.post(message("hola", from: phone, user: "MX.abc"))
      #expect(try shop.value("merged_into_id", of: "leads", "id = '\(b)'") == a)
      #expect(try shop.value("attempts || ' ' || ended", of: "follow_ups", "lead_id = '\(a)'") == "2 declined")
    }
  }
}
