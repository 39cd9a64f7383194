import Core
import FoundationEssentials
import Peers
import TestSupport
import Testing

@testable import Flows

@Suite struct AccountNewsTests {
  private func channel(_ shop: Shop) throws -> String? {
    try shop.value("concat_ws(' ', status, stopped_code, messaging_limit, quality)", of: "channel_connections")
  }

  private func alerts(_ shop: Shop) throws -> [String?] {
    try shop.database.column(
      "select kind || ' ' || severity || ' ' || times from alerts where tenant_id = '\(shop.tenant.id.text)' "
        + "and resolved_at is null order by 1")
  }

  /// what came, in that order, the channel afterwards, open alerts
  @Test(arguments: [
    (["account_disabled_now"], "error account_disabled", ["account_disabled act 1"]),
    (["account_disabled"], "connected", ["account_disabled act 1"]),
    (["account_disabled_now", "account_reinstated"], "connected", []),
    (["account_reinstated", "account_disabled_now"], "connected", []),
    (["account_violation"], "connected", ["account_violation act 1"]),
    (["account_restriction"], "error account_restricted", ["account_restricted act 1"]),
    (["account_restriction_of_templates"], "connected", ["account_restricted act 1"]),
    (["account_deleted"], "error account_deleted", ["account_deleted act 1"]),
    (["account_partner_removed"], "error partner_removed", ["partner_removed act 1"]),
    (["account_app_uninstalled"], "error app_removed", ["app_removed act 1"]),
    (["account_offboarded"], "error account_offboarded", ["account_offboarded act 1"]),
    (["account_offboarded", "account_reconnected"], "connected", []),
    (["account_reconnected", "account_offboarded"], "connected", []),
    (["account_violation", "account_restriction", "account_verified"], "connected", []),
    (
      ["account_offboarded", "account_reinstated"], "error account_offboarded",
      ["account_offboarded act 1"]
    ),
    (["account_alert"], "connected", []),
    (["account_number_quality"], "connected TIER_250", ["number_quality watch 1"]),
    (["quality_flagged"], "connected TIER_1K FLAGGED", ["number_quality watch 1"]),
    (["quality_flagged", "quality_unflagged"], "connected 10000 UNFLAGGED", []),
    (["quality_unflagged", "quality_flagged"], "connected 10000 UNFLAGGED", []),
    (["errors_alone"], "connected", ["platform_error_0 watch 1", "platform_error_130429 watch 1"]),
  ])
  func whatFollows(_ names: [String], _ state: String, _ open: [String]) async throws {
    try await Shop.test { shop in
      try shop.join()
      try shop.post(fixtures: names)
      #expect(try channel(shop) == state)
      #expect(try alerts(shop) == open)
      // A second post changes nothing, not even a count.
      try shop.post(fixtures: names)
      #expect(try channel(shop) == state)
      #expect(try alerts(shop) == open)
      #expect(try shop.count("alerts", "sentence = '' or dedup_key not like channel_connection_id || ':%'") == 0)
    }
  }

  /// Nothing leaves, what people write is kept, and it goes on when the platform says so.
  @Test func aStoppedChannel() async throws {
    try await Shop.test { shop in
      try shop.join()
      let phone = newPhone()
      try shop.post(message("hola", from: phone))
      try shop.post(fixtures: ["account_offboarded"])
      let conversation = try #require(try shop.value("id", of: "conversations"))
      func gate() throws -> String? {
        try shop.ask("staff_gate('\(conversation)', '{\"window_hours\": 24, \"stale_seconds\": 3600}', null)")
      }
      #expect(try gate() == "channel_inactive")
      try shop.post(message("¿siguen ahí?", from: phone))
      #expect(try shop.count("messages") == 2)
      #expect(
        try shop.count("channel_connections", "stopped_at is not null and last_error_message like '%connect it again%'")
          == 1)
      try shop.post(fixtures: ["account_reconnected"])
      #expect(try gate() == nil)
      #expect(try shop.count("channel_connections", "stopped_at is null") == 1)
    }
  }

  /// What stands still for another reason does not run again when this one is over.
  @Test func anotherReason() async throws {
    try await Shop.test { shop in
      try shop.join()
      try shop.run("update channel_connections set status = 'error', stopped_code = '190', stopped_at = now()")
      try shop.post(fixtures: ["account_offboarded"])
      #expect(try channel(shop) == "error 190")
      #expect(try alerts(shop) == ["account_offboarded act 1"])
      try shop.post(fixtures: ["account_reconnected"])
      #expect(try channel(shop) == "error 190")
      #expect(try alerts(shop) == [])
    }
  }

  // MARK: Whose news it is

  /// A business with several numbers: found by its account's id, and all of its numbers stop.
  @Test(arguments: [true, false]) func severalNumbers(_ shared: Bool) async throws {
    try await Shop.test { shop in
      try shop.join()
      try shop.run(
        """
        insert into channel_connections (tenant_id, channel, status, account_number, whatsapp_phone_number_id,
            whatsapp_business_account_id)
          values ('\(shop.tenant.id.text)', 'whatsapp', 'connected', 2, '\(uniqueDigits("8"))', '\(Shop.business)');
        insert into branches (tenant_id, id, name, slug, city)
          values ('\(shop.tenant.id.text)', '\(UUID().text)', 'x', 'x', 'x');
        insert into channel_connections (tenant_id, branch_id, channel, status, whatsapp_phone_number_id,
            whatsapp_business_account_id)
          select tenant_id, id, 'whatsapp', 'connected', '\(uniqueDigits("9"))', '902200000000777' from branches
            where slug = 'x';
        """)
      func post(_ name: String) throws {
        guard shared else { return try shop.post(fixtures: [name]) }
        let body = try shop.fixture(name)
        let app = try shop.app(["META_APP_SECRET": shop.tenant.appSecret])
        #expect(try app.receive(.whatsapp, shop.request(body, path: "/api/webhook/whatsapp")).status == 200)
      }
      try post("account_deleted")
      #expect(try shop.count("channel_connections", "stopped_code = 'account_deleted'") == 2)
      #expect(try shop.count("channel_connections", "status = 'connected'") == 1)
      #expect(try shop.count("alerts") == 1)
      try post("template_approved")
      #expect(try shop.count("message_templates") == 1)
      try post("account_verified")
      #expect(try shop.count("channel_connections", "status = 'connected' and stopped_at is null") == 3)
      #expect(try shop.count("alerts", "resolved_at is null") == 0)
    }
  }

  /// A number's own trouble is not its siblings'; an account of nobody's, or of the neighbour's, is not ours.
  @Test func notTheirs() async throws {
    try await Database.cloned { database in
      let shop = try Shop(database)
      let other = try Shop(database)
      try shop.join()
      try other.join("902200000000999")
      try other.post(fixtures: ["account_deleted", "quality_flagged"])
      for one in [shop, other] {
        #expect(try channel(one) == "connected")
        #expect(try one.count("alerts") + one.count("channel_events") == 0)
      }
      // Nobody has entered which account it is, and there is only one number: it can be no other's.
      try database.run("update channel_connections set whatsapp_business_account_id = null")
      try other.post(fixtures: ["account_deleted"])
      #expect(try channel(other) == "error account_deleted")
      #expect(try channel(shop) == "connected")
    }
  }

  @Test func everybodyAtOnce() async throws {
    try await Shop.test { shop in
      try shop.join()
      let names = [
        "account_offboarded", "account_reconnected", "account_disabled_now", "quality_flagged", "account_verified",
      ]
      _ = try await onThreads(6) { _ in
        let app = try shop.app()
        for name in names.shuffled() { try shop.post(try shop.fixture(name), app) }
      }
      #expect(try channel(shop) == "connected TIER_1K FLAGGED")
      #expect(try alerts(shop) == ["number_quality watch 1"])
    }
  }

  @Test func junk() async throws {
    try await Shop.test { shop in
      let values: [JSON] = [
        [:], ["event": 7], ["event": "SOMETHING_NEW"], ["event": "DISABLED_UPDATE", "ban_info": ["x"]],
        ["event": "account_restriction", "restriction_info": "x"],
      ]
      for value in values { try shop.post(shop.tenant.change("account_update", value)) }
      try shop.post(shop.tenant.change("phone_number_quality_update", ["event": ["x": 1], "current_limit": [:]]))
      #expect(try shop.count("channel_events", "kind = 'account'") == 6)
      #expect(try channel(shop) == "error account_disabled")
      #expect(try alerts(shop) == ["account_disabled act 1", "account_restricted act 1"])
    }
  }
}
