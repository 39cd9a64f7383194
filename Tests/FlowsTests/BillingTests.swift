import Core
import TestSupport
import Testing

@testable import Flows

@Suite struct BillingTests {
  /// A message of ours that was sent as `wamid.out`, or is on its way.
  private func outbound(_ shop: Shop, _ external: String?) throws -> String {
    try shop.post(message("hola", from: newPhone()))
    try shop.run(
      """
      insert into messages (tenant_id, conversation_id, channel_connection_id, role, content, status, external_id)
        select tenant_id, conversation_id, channel_connection_id, 'staff', 'x', 'sending',
            \(external.map { "'\($0)'" } ?? "null") from messages
      """)
    return try #require(try shop.value("id", of: "messages", "role = 'staff'"))
  }

  private func billing(_ shop: Shop) throws -> String? {
    try shop.value(
      "concat_ws(' ', billing #>> '{pricing,pricing_model}', billing #>> '{pricing,category}', "
        + "billing #>> '{conversation,expiration_timestamp}')", of: "messages", "role = 'staff' and billing is not null"
    )
  }

  private func report(_ word: String, _ pricing: JSON?) -> JSON {
    guard case .object(var members) = status(word, of: "wamid.out") else { return .null }
    members["pricing"] = pricing
    return .object(members)
  }

  @Test func whatAMessageCosts() async throws {
    try await Shop.test { shop in
      _ = try outbound(shop, "wamid.out")
      try shop.post(fixtures: ["status_pricing_cbp", "status_pricing_cbp"])
      #expect(try billing(shop) == "CBP marketing 1763895600")
      #expect(try shop.value("status", of: "messages", "role = 'staff'") == "delivered")
      // A report without a price takes none away.
      try shop.post(statuses: [report("read", nil)])
      #expect(try billing(shop) == "CBP marketing 1763895600")
    }
  }

  /// The report of the highest rank says it, in whatever order they come.
  @Test(arguments: [["sent", "delivered"], ["delivered", "sent"]]) func theLastWord(_ order: [String]) async throws {
    try await Shop.test { shop in
      _ = try outbound(shop, "wamid.out")
      for word in order {
        let category: JSON = word == "sent" ? "utility" : "service"
        try shop.post(statuses: [report(word, ["pricing_model": "PMP", "category": category])])
      }
      #expect(try billing(shop) == "PMP service")
    }
  }

  /// The platform's report may be quicker than the answer to our own request.
  @Test func aReportBeforeTheAnswer() async throws {
    try await Shop.test { shop in
      let id = try outbound(shop, nil)
      try shop.post(fixtures: ["status_pricing_cbp"])
      #expect(try billing(shop) == nil)
      try shop.run(at: .now, "select end_send('\(id)', null, 'accepted', 'wamid.out', null, null, '[]', '{}')")
      #expect(try billing(shop) == "CBP marketing 1763895600")
    }
  }
}
