import Core
import FoundationEssentials
import Peers
import Rules
import Store
import TestSupport
import Testing

@testable import Flows

extension Shop {
  /// A business with an account elsewhere than at WhatsApp.
  init(on platform: Platform, _ database: Database) throws {
    self.init(try Tenant.make(on: platform, in: database, delay: 60), database)
  }

  func secrets() throws -> SecretStore {
    let settings = try Settings(
      [.inboundKeys, .outboundKeys], from: World.current.environment(of: "tistis"))
    return SecretStore(
      database.connection(), inbound: try Keyring(settings.secret(.inboundKeys)),
      outbound: try Keyring(settings.secret(.outboundKeys)))
  }
}

/// Tokens that end: TikTok's, renewed by the stand-in, which takes each refresh token that it gave out once.
@Suite struct TokenTests {
  /// A TikTok account whose token ends in so many seconds; nil: nobody knows when.
  private func test(
    endsIn seconds: Double? = 3600, token: String = "dev_tiktok_first", refresh: String = "dev_refresh_1",
    _ body: (Shop) async throws -> Void
  ) async throws {
    try await Database.cloned { database in
      // The seeded accounts' tokens have an age of their own.
      try database.run("delete from outbound_tokens")
      let shop = try Shop(on: .tiktok, database)
      let store = try shop.secrets()
      func set(_ token: String, _ kind: String, _ end: Instant?) throws {
        try store.setOutbound(
          Secret(token), kind: kind, connection: shop.tenant.connection, tenant: shop.tenant.id, expires: end)
      }
      try set(token, "access_token", seconds.map { Instant.now + $0 })
      try set(refresh, "refresh_token", nil)
      try await body(shop)
    }
  }

  private func housekeeping(_ shop: Shop, _ changes: [String: String] = [:]) async throws {
    let office = try shop.office(changes)
    await office.renewTokens()
    await office.close()
  }

  private func jobs(_ shop: Shop) throws -> Int { try shop.count("jobs", "job_type = 'refresh_token'") }

  private func token(_ shop: Shop, _ kind: String = "access_token") async throws -> String? {
    let office = try shop.office()
    let row = try shop.database.connection().tenant(shop.tenant.id).sealedValues().first { $0.kind == kind }
    let opened = office.open(row?.sealed, row?.id, tenant: shop.tenant.id)?.reveal()
    await office.close()
    return opened
  }

  private func channel(_ shop: Shop) throws -> String? {
    try shop.value("status || ' ' || coalesce(stopped_code, '-')", of: "channel_connections")
  }

  @Test func whatEndsSoonIsRenewed() async throws {
    try await test { shop in
      try await housekeeping(shop)
      try await housekeeping(shop)
      #expect(try jobs(shop) == 1)
      try await shop.work()
      let fresh = try await token(shop)
      #expect(fresh?.hasPrefix("dev_tiktok_") == true && fresh != "dev_tiktok_first")
      #expect(try await token(shop, "refresh_token")?.hasPrefix("dev_tiktok_refresh_") == true)
      let isDated = "kind = 'access_token' and expires_at > now() + interval '23 hours' and hint is not null"
      #expect(try shop.count("secret_hints", isDated) == 1)
      #expect(try shop.count("outbound_tokens", "renewal is null and renewal_until is null") == 2)
      try await housekeeping(shop)
      #expect(try jobs(shop) == 1)
      // With the refresh token that came with it.
      try shop.run("update secret_hints set expires_at = now() + interval '1 hour' where kind = 'access_token'")
      try await housekeeping(shop)
      try await shop.work()
      #expect(try await token(shop) != fresh)
      #expect(try channel(shop) == "connected -")
    }
  }

  @Test func whatLastsIsLeftAlone() async throws {
    try await test(endsIn: 7 * 3600) { shop in
      try await housekeeping(shop)
      #expect(try jobs(shop) == 0)
      try shop.run("update secret_hints set expires_at = null where kind = 'access_token'")
      try await housekeeping(shop)
      #expect(try jobs(shop) == 0)
      // TikTok's are taken to live a day where nobody said how long.
      try shop.run(
        """
        alter table secret_hints disable trigger touch_updated_at;
        update secret_hints set updated_at = now() - interval '19 hours';
        """)
      try await housekeeping(shop)
      #expect(try jobs(shop) == 1)
      try shop.run("update channel_connections set status = 'disconnected'")
      try await shop.work()
      #expect(try await token(shop) == "dev_tiktok_first")
    }
  }

  /// Instagram's own login: nobody says how old a token is that a person enters, and nothing is asked of a page's.
  @Test(arguments: ["instagram", "page", nil]) func whatAPersonEnteredOfInstagram(_ login: String?) async throws {
    try await Database.cloned { database in
      try database.run("delete from outbound_tokens")
      let shop = try Shop(on: .instagram, database)
      let fields = try ChannelFields(
        Field(["login": login.map { .string($0) } ?? .null, "access_token": "dev_instagram_first"]),
        channel: "instagram", placed: false)
      try shop.run(
        """
        update channel_connections set login = \(login.map { "'\($0)'" } ?? "null")
          where id = '\(shop.tenant.connection.text)'
        """)
      try shop.database.connection().transaction(tenant: shop.tenant.id) { (scope) throws(StoreError) in
        let store: SecretStore
        do { store = try shop.secrets() } catch { throw .shape("\(error)") }
        try store.keep(fields, connection: shop.tenant.connection, tenant: shop.tenant.id, in: scope)
      }
      try await housekeeping(shop)
      #expect(try jobs(shop) == 0)
      try shop.run(
        """
        alter table secret_hints disable trigger touch_updated_at;
        update secret_hints set updated_at = now() - interval '21 days';
        """)
      try await housekeeping(shop)
      #expect(try jobs(shop) == (login == "instagram" ? 1 : 0))
      // Asked for all the same: a page's token would be refused there, and the account would stand still.
      #expect(try begin(shop, UUID()).verdict == (login == "instagram" ? "go" : "gone"))
      try shop.run("update outbound_tokens set renewal = null, renewal_until = null")
      try await shop.work()
      #expect(try await token(shop) != "dev_instagram_first" || login != "instagram")
      #expect(try channel(shop) == "connected -")
      let isDated = "kind = 'access_token' and expires_at > now() + interval '50 days'"
      #expect(try shop.count("secret_hints", isDated) == (login == "instagram" ? 1 : 0))
    }
  }

  @Test func aRefusalStopsTheChannelAndSaysSo() async throws {
    try await test(refresh: "dev_refresh_expired") { shop in
      try await housekeeping(shop)
      try await shop.work()
      #expect(try channel(shop) == "error token_expired")
      #expect(
        try shop.count("alerts", "kind = 'channel_stopped' and severity = 'act' and resolved_at is null") == 1)
      let sentence = try shop.value("sentence", of: "alerts", "kind = 'channel_stopped'") ?? ""
      #expect(sentence.contains("40105") && sentence.contains("tistis channels resume"))
      // Nobody asks again and again.
      try await housekeeping(shop)
      #expect(try jobs(shop) == 1)
      // Until somebody has connected it again.
      try shop.secrets().setOutbound(
        Secret("dev_tiktok_second"), kind: "access_token", connection: shop.tenant.connection, tenant: shop.tenant.id)
      let scope = shop.database.connection().tenant(shop.tenant.id)
      #expect(try scope.resumeChannel(connectionId: shop.tenant.connection) != nil)
      #expect(try channel(shop) == "connected -")
      #expect(try shop.count("alerts", "resolved_at is null") == 0)
    }
  }

  @Test func troubleOfTheirsIsTriedAgain() async throws {
    let refresh = unique("dev_refresh_")
    try await test(refresh: refresh) { shop in
      try await Sandbox.fail("tiktok", "503", match: refresh)
      try await housekeeping(shop)
      // Once: a slow machine would do again what is due within a second.
      try await shop.work(most: 1)
      #expect(try shop.value("status || ' ' || attempts", of: "jobs", "job_type = 'refresh_token'") == "pending 1")
      #expect(try await token(shop) == "dev_tiktok_first")
      #expect(try channel(shop) == "connected -")
      try shop.hurry()
      try await shop.work()
      #expect(try await token(shop) != "dev_tiktok_first")
    }
  }

  /// Whose app it is: ours, or the tenant's own with its own secret.
  @Test func withoutAnAppItIsSaid() async throws {
    try await test { shop in
      try shop.run("update channel_connections set tiktok_client_key = 'their own app'")
      try await housekeeping(shop)
      try await shop.work()
      #expect(try await token(shop) == "dev_tiktok_first")
      #expect(try shop.count("alerts", "kind = 'token_ends' and sentence like '%TIKTOK_CLIENT_KEY%'") == 1)
      #expect(try channel(shop) == "connected -")
      try shop.secrets().setOutbound(
        Secret("their secret"), kind: "client_secret", connection: shop.tenant.connection, tenant: shop.tenant.id)
      try shop.hurry()
      try await shop.work()
      #expect(try await token(shop) != "dev_tiktok_first")
      #expect(try shop.count("alerts", "kind = 'token_ends' and resolved_at is not null") == 1, "it does not end now")
    }
  }

  // MARK: Stopped before

  /// Somebody asks; what TikTok says of the answer's token stops the account.
  private func stop(_ shop: Shop) async throws {
    try await Sandbox.register(shop.tenant, statuses: [])
    let body = Platform.tiktok.text("¿Cuánto cuesta la limpieza?", from: uniqueDigits("61"), to: shop.tenant.account)
    let events = try Channel.tiktok.read(Field(try JSON.parse(body)))
    let session = shop.database.connection(user: "tistis_webhook_tiktok")
    _ = try session.tenant(shop.tenant.id).receiveEvents(
      events: JSONText(.array(events.map { $0.row(connection: shop.tenant.connection) })),
      policy: JSONText(receivePolicy(delaySeconds: 0)), requestId: "r")
    for _ in 0..<6 where try channel(shop) == "connected -" {
      try shop.hurry()
      try await shop.work(most: 1)
    }
  }

  private func said(_ shop: Shop, _ status: String) throws -> Int {
    try shop.count("messages", "role = 'assistant' and status = '\(status)'")
  }

  @Test func whatWaitedForATokenLeaves() async throws {
    // Whoever stores it has said that it lives longer: nobody renews it in time.
    try await test(endsIn: 7 * 3600, token: "ended") { shop in
      try await stop(shop)
      #expect(try channel(shop) == "error 40105")
      #expect(try said(shop, "pending") == 1)
      try shop.run("update secret_hints set expires_at = now() + interval '1 hour' where kind = 'access_token'")
      // The distance between two messages to one person is another test's.
      try shop.run("delete from send_pace")
      try await housekeeping(shop)
      try await shop.work()
      try await shop.work()
      #expect(try channel(shop) == "connected -")
      #expect(try said(shop, "accepted") == 1)
      #expect(try shop.count("alerts", "resolved_at is null") == 0)
    }
  }

  /// Another token does not pay a bill, nor undo a block.
  @Test(arguments: ["368", "account_blocked", "200"]) func anotherStopStays(_ code: String) async throws {
    try await test { shop in
      try shop.run(
        """
        do $$ begin
          perform set_config('app.tenant_id', '\(shop.tenant.id.text)', true);
          perform stop_channel('\(shop.tenant.connection.text)', 'x', '\(code)',
            '\(alert("channel_stopped", code: code, .act, "x").text)');
        end $$
        """)
      try await housekeeping(shop)
      try await shop.work()
      #expect(try await token(shop) != "dev_tiktok_first")
      #expect(try channel(shop) == "error \(code)")
      #expect(try shop.count("alerts", "kind = 'channel_stopped' and resolved_at is null") == 1)
    }
  }

  /// A person has given another token meanwhile, and has not said that the account may go on: ours was not stored.
  @Test func whatWasNotStoredResumesNothing() async throws {
    try await test { shop in
      let attempt = UUID()
      let taken = try begin(shop, attempt)
      try shop.run("update channel_connections set status = 'error', stopped_code = '40105', stopped_at = now()")
      func end(_ used: UUID, _ tenant: UUID) throws -> EndRenewalRow {
        let tokens: JSON = [
          ["kind": "access_token", "used": .string(used.text), "id": .string(UUID().text), "sealed": "00"]
        ]
        return try shop.database.connection(user: "tistis_jobs").tenant(tenant).endRenewal(
          connectionId: shop.tenant.connection, attempt: attempt, tokens: JSONText(tokens.text),
          tokenStops: TokenLife.stops)
      }
      let used = try #require(taken.tokenId)
      #expect(try end(UUID(), shop.tenant.id).stored == 0)
      #expect(try end(used, try Shop(on: .tiktok, shop.database).tenant.id).stored == 0)
      #expect(try channel(shop) == "error 40105")
      #expect(try end(used, shop.tenant.id).due == 0)
      #expect(try channel(shop) == "connected -")
      // The same answer once more.
      #expect(try end(used, shop.tenant.id).stored == 0)
    }
  }

  // MARK: One at a time

  private func begin(_ shop: Shop, _ attempt: UUID, seconds: Double = 60) throws -> BeginRenewalRow {
    try shop.database.connection(user: "tistis_jobs").tenant(shop.tenant.id).beginRenewal(
      connectionId: shop.tenant.connection, attempt: attempt, policy: Office.renewalPolicy, seconds: seconds)
  }

  @Test func twoAtOnceAreOne() async throws {
    try await test { shop in
      let verdicts = await withTaskGroup(of: String.self) { group in
        for _ in 0..<8 {
          group.addTask { (try? await onThread { try self.begin(shop, UUID()).verdict }) ?? "failed" }
        }
        return await group.reduce(into: [String]()) { $0.append($1) }
      }
      #expect(verdicts.filter { $0 == "go" }.count == 1)
      #expect(verdicts.filter { $0 == "held" }.count == 7)
    }
  }

  /// An answer that was lost is asked for again under the same name; a killed attempt holds nobody up for ever.
  @Test func killedHalfWay() async throws {
    try await test { shop in
      let first = UUID()
      #expect(try begin(shop, first).verdict == "go")
      #expect(try begin(shop, first).verdict == "go")
      #expect(try begin(shop, UUID()).verdict == "held")
      try shop.run("update outbound_tokens set renewal_until = now() - interval '1 second' where renewal is not null")
      #expect(try begin(shop, UUID()).verdict == "go")
    }
  }

  /// A person has given another token while ours was under way: theirs stays, and a refusal of the old one stops nothing.
  @Test func aPersonsTokenIsNewer() async throws {
    try await test { shop in
      let attempt = UUID()
      let taken = try begin(shop, attempt)
      try shop.secrets().setOutbound(
        Secret("dev_tiktok_by_hand"), kind: "access_token", connection: shop.tenant.connection,
        tenant: shop.tenant.id)
      let scope = shop.database.connection(user: "tistis_jobs").tenant(shop.tenant.id)
      let tokens: JSON = [
        [
          "kind": "access_token", "used": .string(try #require(taken.tokenId).text), "id": .string(UUID().text),
          "sealed": "00",
        ]
      ]
      #expect(
        try scope.endRenewal(
          connectionId: shop.tenant.connection, attempt: attempt, tokens: JSONText(tokens.text),
          tokenStops: TokenLife.stops
        ).stored == 0)
      #expect(try await token(shop) == "dev_tiktok_by_hand")
      let notice = JSONText(alert("channel_stopped", code: "token_expired", .act, "x").text)
      #expect(
        try !scope.refuseRenewal(
          connectionId: shop.tenant.connection, attempt: attempt, tokenId: try #require(taken.tokenId), sentence: "x",
          alert: notice))
      #expect(try channel(shop) == "connected -")
    }
  }

  @Test func anotherTenantsAccountIsNone() async throws {
    try await test { shop in
      let other = try Shop(on: .tiktok, shop.database)
      let job = HeldJob(
        tenant: other.tenant.id, id: UUID(), work: .refreshToken(connection: shop.tenant.connection), attempt: 1,
        maxAttempts: 5, requestID: nil)
      let office = try shop.office()
      #expect(await office.refreshToken(shop.tenant.connection, job) == .done(["token": "gone"]))
      await office.close()
      #expect(try await token(shop) == "dev_tiktok_first")
    }
  }
}
