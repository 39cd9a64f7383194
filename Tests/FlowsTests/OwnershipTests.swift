import Core
import FoundationEssentials
import Peers
import Store
import TestSupport
import Testing

@testable import Flows

/// Whose an account is: who has shown that their token opens it, as long as they have it.
@Suite struct OwnershipTests {
  /// Two businesses in one database. The first has an account, the second has entered the same and shown nothing.
  private struct Rivals {
    let one: Shop
    let two: Shop

    static func test(_ body: (Rivals) async throws -> Void) async throws {
      try await Shop.test(delay: 60) { shop in
        let rivals = Rivals(one: shop, two: Shop(try Tenant.make(in: shop.database, delay: 60), shop.database))
        let business = uniqueDigits("8")
        try await Sandbox.tell(
          "PUT", "numbers/\(shop.tenant.phoneNumberID)",
          ["callback": .string(World.current.url + "/nowhere"), "waba_id": .string(business), "statuses": []])
        try shop.run(
          """
          update channel_connections set whatsapp_business_account_id = '\(business)',
              whatsapp_phone_number_id = '\(shop.tenant.account)',
              owned_at = case when tenant_id = '\(shop.tenant.id.text)' then now() end
            where channel = 'whatsapp' and tenant_id in ('\(shop.tenant.id.text)', '\(rivals.two.tenant.id.text)')
          """)
        try await body(rivals)
      }
    }

    func owns(_ shop: Shop) throws -> Bool {
      try shop.value("owned_at is not null", of: "channel_connections") == "true"
    }

    func alerts(_ shop: Shop) throws -> [String?] {
      try shop.database.column(
        "select kind from alerts where tenant_id = '\(shop.tenant.id.text)' and resolved_at is null order by kind")
    }

    /// Asks for a test of it; the job's id.
    func ask(_ shop: Shop) throws -> UUID {
      let id = try shop.database.connection().send(
        .testChannel(shop.tenant.connection, subscribe: false, requestID: nil), tenant: shop.tenant.id)
      return try #require(id)
    }

    /// Tests it, with all that it asks for on the way.
    func test(_ shop: Shop) async throws -> Field {
      let job = try ask(shop)
      for _ in 0..<5 {
        try await shop.work()
        let found = try shop.database.connection().tenant(shop.tenant.id).findJob(id: job)
        if found?.status != "pending" { return Field((try? found?.result?.parse()) ?? .null) }
        try shop.hurry()
      }
      return Field(.null)
    }
  }

  private func setToken(_ token: String, _ shop: Shop) throws {
    let settings = try Settings([.outboundKeys, .inboundKeys], from: World.current.environment(of: "tistis"))
    try SecretStore(
      shop.database.connection(), inbound: try Keyring(settings.secret(.inboundKeys)),
      outbound: try Keyring(settings.secret(.outboundKeys))
    ).setOutbound(Secret(token), kind: "access_token", connection: shop.tenant.connection, tenant: shop.tenant.id)
  }

  @Test func whatAnotherHasShownIsNotTaken() async throws {
    try await Rivals.test { rivals in
      let (one, two) = (rivals.one, rivals.two)
      for _ in 0..<2 {
        let held = try await rivals.test(two)
        #expect(held["ok"].bool == false, "\(held)")
        #expect(held["checks"].items.last?["name"].text == "ownership")
        #expect(try rivals.owns(one) && !rivals.owns(two))
        #expect(try rivals.alerts(two) == ["account_held"] && rivals.alerts(one) == [])
        #expect(try two.value("test_result ->> 'ok'", of: "channel_connections") == "false")
      }
      // The first's own test is another's affair.
      #expect(try await rivals.test(one)["ok"].bool == true)
      #expect(try rivals.owns(one))

      // Their token opens it no more: who has shown the newer one has it.
      try setToken("test_revoked_since", one)
      #expect(try rivals.owns(one), "a token that fails loses nothing by itself")
      #expect(try await rivals.test(one)["ok"].bool == false)
      #expect(try rivals.owns(one))
      let taken = try await rivals.test(two)
      #expect(taken["ok"].bool == true, "\(taken)")
      #expect(try rivals.owns(two) && !rivals.owns(one))
      #expect(try rivals.alerts(two) == [] && rivals.alerts(one) == ["account_lost"])
      let found = try one.database.scalar(
        "select tenant_id from find_accounts('whatsapp', array['\(one.tenant.account)'])")
      #expect(found?.lowercased() == two.tenant.id.text.lowercased())

      // It comes back with a token that opens it, once the other has let it go.
      try setToken("test_new", one)
      #expect(try await rivals.test(one)["ok"].bool == false)
      _ = try two.database.connection().tenant(two.tenant.id).disconnectChannel(connectionId: two.tenant.connection)
      #expect(try !rivals.owns(two))
      #expect(try await rivals.test(one)["ok"].bool == true)
      #expect(try rivals.owns(one) && rivals.alerts(one) == [])
    }
  }

  /// What a former test found is no evidence against a token that was given since.
  @Test func anOldFaultDoesNotCount() async throws {
    try await Rivals.test { rivals in
      try setToken("test_revoked_once", rivals.one)
      #expect(try await rivals.test(rivals.one)["ok"].bool == false)
      try setToken("test_good", rivals.one)
      #expect(try await rivals.test(rivals.two)["ok"].bool == false)
      #expect(try rivals.owns(rivals.one) && !rivals.owns(rivals.two))
    }
  }

  /// The platform lets the first's token to the account, it may only do too little there: that is no loss.
  @Test func aTokenThatLacksAPermissionLosesNothing() async throws {
    try await Rivals.test { rivals in
      try setToken("test_narrow", rivals.one)
      #expect(try await rivals.test(rivals.one)["ok"].bool == false)
      let held = try await rivals.test(rivals.two)
      #expect(held["ok"].bool == false && held["checks"].items.last?["name"].text == "ownership", "\(held)")
      #expect(try rivals.owns(rivals.one) && !rivals.owns(rivals.two))
    }
  }

  /// What a business had that is cancelled is free, for an administrator's word too.
  @Test func cancelledItIsNobodys() async throws {
    try await Rivals.test { rivals in
      try rivals.one.run("update tenants set status = 'cancelled' where id = '\(rivals.one.tenant.id.text)'")
      #expect(try !rivals.owns(rivals.one))
      let two = rivals.two
      #expect(
        try two.database.connection().tenant(two.tenant.id).changeChannel(
          connectionId: two.tenant.connection,
          fields: JSONText(["whatsapp_phone_number_id": .string(rivals.one.tenant.account)] as JSON)) == true)
      #expect(try rivals.owns(two))
    }
  }

  /// Both show it at once: one has it, the other is told so, and no attempt is lost by that.
  @Test func atOnce() async throws {
    try await Rivals.test { rivals in
      let (one, two) = (rivals.one, rivals.two)
      try one.run("update channel_connections set owned_at = null")
      let account = "'account|whatsapp|\(one.tenant.account)'"
      let door = try Holder(one, "select pg_advisory_xact_lock(hashtextextended(\(account), 0))")
      let jobs = [try rivals.ask(one), try rivals.ask(two)]
      async let first: Void = one.workOnce(jobs[0])
      async let second: Void = two.workOnce(jobs[1])
      #expect(try await door.isWaitedFor(by: 2))
      try door.script("commit")
      _ = try await (first, second)
      #expect(try one.database.count("select count(*) from channel_connections where owned_at is not null") == 1)
      let said = try one.database.column(
        """
        select concat_ws(' ', status, attempts, result ->> 'ok', split_part(error_message, ' of', 1)) from jobs
         where id in ('\(jobs[0].text)', '\(jobs[1].text)') order by 1
        """)
      #expect(said == ["completed 1 true", "pending 1 another business"])
    }
  }

  /// Brought back, it is a claim if that came by REST, and believed of an administrator.
  @Test func disconnectedItIsNobodys() async throws {
    try await Rivals.test { rivals in
      let shop = rivals.one
      let session = shop.database.connection().tenant(shop.tenant.id)
      _ = try session.disconnectChannel(connectionId: shop.tenant.connection)
      #expect(try !rivals.owns(shop))
      let fields = JSONText(
        ["channel": "whatsapp", "account_number": 1, "whatsapp_phone_number_id": .string(shop.tenant.account)] as JSON)
      #expect(try session.addChannel(fields: fields) == shop.tenant.connection)
      #expect(try rivals.owns(shop))
      let api = shop.database.connection(user: "tistis_api").tenant(shop.tenant.id)
      _ = try api.disconnectChannel(connectionId: shop.tenant.connection)
      #expect(try api.addChannel(fields: fields) == shop.tenant.connection)
      #expect(try !rivals.owns(shop))
    }
  }

  /// What was looked at was the account of before: nothing is shown of the one that was entered meanwhile.
  @Test(arguments: ["whatsapp_phone_number_id", "whatsapp_business_account_id"])
  func changedWhileItIsTested(_ column: String) async throws {
    try await Rivals.test { rivals in
      let shop = rivals.two
      try shop.run(
        "update channel_connections set owned_at = null where tenant_id = '\(rivals.one.tenant.id.text)'")
      // Changed, and not yet committed: the test reads the old ids and has to wait when it writes its result.
      let changing = try Holder(
        shop,
        """
        update channel_connections set \(column) = '99887766', owned_at = null where tenant_id = current_tenant()
        """)
      let id = try rivals.ask(shop)
      async let working: Void = shop.workOnce(id)
      #expect(try await changing.isWaitedFor())
      try changing.script("commit")
      try await working
      let job = try shop.database.connection().tenant(shop.tenant.id).findJob(id: id)
      #expect(job?.status == "pending", "it is looked at anew")
      #expect(try shop.value("owned_at is null and test_result is null", of: "channel_connections") == "true")
      guard column == "whatsapp_phone_number_id" else { return }
      #expect(try await rivals.test(shop)["ok"].bool == false)
      #expect(try !rivals.owns(shop))
    }
  }
}
