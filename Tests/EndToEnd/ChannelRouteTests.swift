import Core
import Flows
import FoundationEssentials
import Store
import Synchronization
import TestSupport
import Testing

#if canImport(Glibc)
  import Glibc
#endif

/// `/api/channels`: secrets go in and never come out; another's account is not there.
@Suite struct ChannelRouteTests {
  private func client(_ tenant: Tenant) throws -> APIClient {
    try APIClient(tenant, scopes: ["channels:read", "channels:write"])
  }

  private func text(_ answer: APIClient.Answer) -> String { answer.body.value?.text ?? "" }

  @Test func fromConnectingToDisconnecting() async throws {
    let tenant = try Tenant.make()
    let client = try client(tenant)
    let (phone, token, secret) = (uniqueDigits("7"), unique("test_hidden_"), unique("app_hidden_"))
    let wish: JSON = [
      "channel": "whatsapp", "account_number": 2, "account_name": "Segunda", "whatsapp_phone_number_id": .string(phone),
      "whatsapp_business_account_id": .string(uniqueDigits("8")), "access_token": .string(token),
      "app_secret": .string(secret),
    ]
    let made = try await client.ask("POST", "/api/channels", wish)
    #expect(made.status == 201 && made.data["status"].text == "connected", "\(text(made))")
    let id = made.data["id"].text ?? ""
    let verify = made.body["verify_token"].text ?? ""
    #expect(verify.utf8.count == 32)
    #expect(made.data["webhook_url"].text?.hasSuffix("/api/webhook/whatsapp/\(tenant.slug)") == true)
    #expect(made.data["secrets"]["access_token"]["hint"].text == "••••" + token.suffix(4))

    // What api sealed, a webhook program opens: Meta's question is answered with the token that was made here.
    let path = "\(tenant.path)?hub.mode=subscribe&hub.challenge=12345&hub.verify_token=\(verify)"
    let asked = try await Web.send("GET", World.current.url + path)
    #expect(asked.status == 200 && String(decoding: asked.body, as: UTF8.self) == "12345")

    let again = try await client.ask("POST", "/api/channels", wish)
    #expect(again.status == 409 && again.code == "DUPLICATE_CHANNEL")
    let other = try Tenant.make()
    let stolen = try await self.client(other).ask(
      "POST", "/api/channels", ["channel": "whatsapp", "account_number": 2, "whatsapp_phone_number_id": .string(phone)])
    // Who has entered it keeps nobody else from it, and nobody learns that it is here.
    #expect(stolen.status == 201, "\(text(stolen))")
    let twice = try await client.ask(
      "PATCH", "/api/channels/\(tenant.connection.text)", ["whatsapp_phone_number_id": .string(phone)])
    #expect(twice.status == 409 && twice.code == "DUPLICATE_CHANNEL")

    let changed = try await client.ask("PATCH", "/api/channels/\(id)", ["account_name": "Otra", "ai_enabled": false])
    #expect(changed.status == 200 && changed.data["account_name"].text == "Otra")
    let put = try await client.ask("PUT", "/api/channels", ["id": .string(id), "ai_enabled": true])
    #expect(put.status == 200 && put.data["ai_enabled"].bool == true)
    let list = try await client.ask("GET", "/api/channels?channel=whatsapp&account_number=2")
    #expect(list.status == 200 && list.data.items.count == 1)
    #expect(list.data[0]["error_count"].integer == 0 && !list.data[0]["branch_id"].exists)
    for answer in [made, again, changed, put, list] {
      #expect(!text(answer).contains(token) && !text(answer).contains(secret))
    }

    #expect(try await client.ask("DELETE", "/api/channels/\(id)").status == 403)
    #expect(try await APIUser(tenant, role: "admin").ask("DELETE", "/api/channels/\(id)").status == 403)
    let owner = try APIUser(tenant, role: "owner")
    #expect(try await owner.ask("DELETE", "/api/channels/\(id)").status == 200)
    let gone = "where channel_connection_id = '\(id)'"
    let kept = try tenant.database.count(
      "select (select count(*) from inbound_secrets \(gone)) + (select count(*) from outbound_tokens \(gone))")
    #expect(kept == 0)
    let back = try await client.ask("POST", "/api/channels", wish)
    #expect(back.status == 201 && back.data["id"].text == id && back.data["status"].text == "connected")
    // What is said along with it is not lost.
    let farewell = try await owner.ask(
      "PUT", "/api/channels",
      ["id": .string(id), "status": "disconnected", "account_name": "Vieja", "echo_takes_over": false])
    #expect(farewell.status == 200 && farewell.data["status"].text == "disconnected")
    #expect(farewell.data["account_name"].text == "Vieja" && farewell.data["echo_takes_over"].bool == false)
    let logs = shell(
      "cat '\(World.current.folder)'/log/*.log '\(World.current.folder)'/logs/*.log 2>/dev/null | grep -c '\(token)\\|\(secret)' || true"
    )
    #expect(logs.output.hasPrefix("0"), "\(logs.output)")
  }

  /// What cannot be sealed was not made either: the verify token is told once, so the next try has to make it.
  @Test func aHalfMadeAccountIsNone() async throws {
    let tenant = try Tenant.make()
    let client = try client(tenant)
    let wish: JSON = [
      "channel": "facebook", "facebook_page_id": .string(uniqueDigits("7")), "access_token": "test_half",
    ]
    // In a schema of its own: other tests read what the world's own holds.
    let name = "half_" + uniqueDigits("1")
    try tenant.database.run(
      """
      create schema \(name);
      create function \(name).refuse() returns trigger language plpgsql as
        $$ begin raise exception 'the disk is full' using errcode = '53100'; end $$;
      create trigger \(name) before insert on outbound_tokens for each row
        when (new.tenant_id = '\(tenant.id.text)') execute function \(name).refuse();
      """)
    let broken = try await Web.send(
      "POST", World.current.url + "/api/channels",
      headers: [("Authorization", "Bearer " + client.key.reveal()), ("Content-Type", "application/json")],
      body: wish.bytes)
    try tenant.database.run("drop schema \(name) cascade")
    #expect(broken.status == 503)
    #expect(try tenant.count("channel_connections", where: "channel = 'facebook'") == 0)
    let made = try await client.ask("POST", "/api/channels", wish)
    #expect(made.status == 201 && made.body["verify_token"].text?.utf8.count == 32, "\(text(made))")
  }

  @Test func whatIsAnothersIsNotThere() async throws {
    let (mine, other) = (try Tenant.make(), try Tenant.make())
    let client = try client(mine)
    let id = other.connection.text
    for (method, path) in [
      ("GET", ""), ("PATCH", ""), ("POST", "/test"), ("GET", "/health"), ("GET", "/ai-config"), ("PUT", "/ai-config"),
    ] {
      let answer = try await client.ask(
        method, "/api/channels/\(id)\(path)", method == "GET" ? nil : ["account_name": "mía"])
      #expect(answer.status == 404, "\(method) \(path)")
    }
    #expect(try await APIUser(mine, role: "owner").ask("DELETE", "/api/channels/\(id)").status == 404)
    #expect(try await APIUser(mine, role: "owner").ask("DELETE", "/api/channels?id=\(id)").status == 404)
    let name = try other.value("coalesce(account_name, '')", of: "channel_connections")
    #expect(name == "")
    let reader = try APIClient(mine, scopes: ["channels:read"])
    #expect(try await reader.ask("PATCH", "/api/channels/\(mine.connection.text)", ["account_name": "x"]).status == 403)
  }

  /// body, path of the fault
  @Test(arguments: [
    (#"{"channel": "telegram"}"#, "$.channel"), (#"{"channel": "whatsapp", "account_number": 3}"#, "$.account_number"),
    (#"{"channel": "whatsapp", "status": "connected"}"#, "$.status"),
    (#"{"channel": "whatsapp", "refresh_token": "abcdefgh"}"#, "$.refresh_token"),
    (#"{"channel": "whatsapp", "whatsapp_phone_number_id": "1 or 1=1"}"#, "$.whatsapp_phone_number_id"),
    (#"{"channel": "whatsapp", "access_token": "with a space"}"#, "$.access_token"),
    (#"{"channel": "whatsapp", "branch_id": "b0000000-0000-0000-0000-000000000099"}"#, "$.branch_id"),
    (#"{"channel": "whatsapp", "id": "b0000000-0000-0000-0000-000000000099"}"#, "$.id"),
    (#"{"channel": "whatsapp", "sealed": "x"}"#, "$.sealed"), ("[]", "$"),
  ])
  func badInput(_ body: String, _ path: String) async throws {
    let client = try client(try Tenant.make())
    let answer = try await client.ask("POST", "/api/channels", try JSON.parse(Array(body.utf8)))
    #expect(answer.status == 400 && answer.body["path"].text == path, "\(text(answer))")
  }

  /// Entering somebody's page does not bring its customers' messages: the platform has to confirm that the token opens it.
  @Test func whatIsOnlyClaimedGetsNothing() async throws {
    let tenant = try Tenant.make(on: .facebook, delay: Tenant.never)
    let client = try client(tenant)
    let page = uniqueDigits("7")
    let made = try await client.ask(
      "POST", "/api/channels",
      ["channel": "facebook", "account_number": 2, "facebook_page_id": .string(page), "access_token": "test_of_nobody"])
    #expect(made.status == 201, "\(text(made))")
    func health(_ id: String) async throws -> Field { try await client.ask("GET", "/api/channels/\(id)/health").data }
    let claimed = made.data["id"].text ?? ""
    #expect(try await eventually { try await health(claimed)["tested_at"].exists })
    let looked = try await health(claimed)
    #expect(looked["test"]["ok"].bool == false && !looked["owned_at"].exists)
    func share(_ account: String) async throws {
      let body = tenant.platform.text("hola", from: uniqueDigits("61"), to: account)
      let answer = try await Web.send(
        "POST", World.current.url + tenant.platform.sharedPath,
        headers: [(tenant.platform.signatureHeader, tenant.platform.signature(body, tenant.platform.sharedSecret))],
        body: body)
      #expect(answer.status == 200)
    }
    try await share(page)
    #expect(try tenant.count("messages") == 0)

    // An administrator's word counts; an account that is changed by the interface is a claim again.
    try await share(tenant.account)
    #expect(try tenant.count("messages") == 1)
    let other = uniqueDigits("7")
    _ = try await client.ask("PATCH", "/api/channels/\(tenant.connection.text)", ["facebook_page_id": .string(other)])
    try await share(other)
    #expect(try tenant.count("messages") == 1)
    _ = try await client.ask(
      "PATCH", "/api/channels/\(tenant.connection.text)", ["facebook_page_id": .string(tenant.account)])
    try await Sandbox.register(tenant)
    // Again where the machine was too slow for one of its questions.
    let isOwned = try await eventually {
      let tested = try await client.ask("POST", "/api/channels/\(tenant.connection.text)/test", ["subscribe": true])
      #expect(tested.status == 200 || tested.status == 202, "\(text(tested))")
      return try await health(tenant.connection.text)["owned_at"].exists
    }
    #expect(isOwned)
    try await share(tenant.account)
    #expect(try tenant.count("messages") == 2)
  }

  /// A revoked token is found by the test, a new one lets the channel go on: whoever gives one has looked after the account,
  /// also where it was locked (131031) or blocked (368).
  @Test(arguments: ["190", "131031", "368"]) func aTokenIsTestedAndReplaced(_ code: String) async throws {
    let tenant = try Tenant.make()
    let client = try client(tenant)
    let id = tenant.connection.text
    try await Sandbox.register(tenant)
    let bad = try await client.ask("PATCH", "/api/channels/\(id)", ["access_token": "test_revoked_by_meta"])
    #expect(bad.status == 200)
    try tenant.database.run(
      """
      select set_config('app.tenant_id', '\(tenant.id.text)', false);
      select stop_channel('\(id)', 'expired', '\(code)', '{"kind": "channel_stopped", "key": "k", "severity": "act",
        "sentence": "make a new token"}');
      """)
    let alerts = try await client.ask("GET", "/api/alerts")
    #expect(alerts.data.items.map { $0["kind"].text } == ["channel_stopped"])
    func result() async throws -> Field {
      let before = try await client.ask("GET", "/api/channels/\(id)/health").data["tested_at"].text
      let answer = try await client.ask("POST", "/api/channels/\(id)/test", [:])
      #expect(answer.status == 200 || answer.status == 202, "\(text(answer))")
      var health = try await client.ask("GET", "/api/channels/\(id)/health")
      _ = try await eventually {
        health = try await client.ask("GET", "/api/channels/\(id)/health")
        return answer.status == 200 || health.data["tested_at"].text != before
      }
      return health.data
    }
    let sick = try await result()
    #expect(sick["test"]["ok"].bool == false && sick["status"].text == "error" && sick["stopped_code"].text == code)
    #expect(sick["test"]["checks"][0]["name"].text == "token" && sick["test"]["checks"][0]["state"].text == "failed")
    #expect(sick["open_alerts"].integer == 1)
    let mended = try await client.ask("PATCH", "/api/channels/\(id)", ["whatsapp_access_token": "test_new_token"])
    #expect(mended.status == 200 && mended.data["status"].text == "connected")
    let open = try tenant.count("alerts", where: "resolved_at is null")
    #expect(open == 0)
    var well = try await result()
    for _ in 0..<5 where well["test"]["checks"][0]["state"].text == "unknown" { well = try await result() }
    #expect(well["test"]["checks"][0]["state"].text == "ok")
    #expect(well["status"].text == "connected" && well["stopped_code"].text == nil && well["open_alerts"].integer == 0)
  }

  private final class Hand: Sendable {
    let holds = Mutex(false)
    let isOpen = Mutex(false)
  }

  /// A platform that takes its time is waited for ten seconds: then the job is named, and the health shows what came of it.
  @Test func aTestThatTakesLonger() async throws {
    let tenant = try Tenant.make()
    let client = try client(tenant)
    let path = "/api/channels/\(tenant.connection.text)"
    try await Sandbox.register(tenant)
    // Not by PATCH, which begins a test of its own.
    try tenant.database.run(
      """
      update channel_connections set whatsapp_business_account_id = '\(uniqueDigits("8"))'
        where id = '\(tenant.connection.text)'
      """)
    // What comes of it cannot be written down until we let it.
    let hand = Hand()
    async let holding: Void = onThread {
      try tenant.database.connection().transaction(tenant: tenant.id) { (scope) throws(StoreError) in
        let sql = "select id from channel_connections where id = $1 for no key update"
        let _: String? = try scope.one("hold", sql, [tenant.connection.text]) { row throws(StoreError) in try row.get(0)
        }
        hand.holds.withLock { $0 = true }
        while !hand.isOpen.withLock({ $0 }) { usleep(20_000) }
      }
    }
    defer { hand.isOpen.withLock { $0 = true } }
    #expect(await eventually { hand.holds.withLock { $0 } })
    // A program of its own, for nobody else is to wait behind it.
    let api = try Program("api")
    let socket = api.socket
    let said = try await onThread {
      let call = try FastCGIClient(socket: socket)
      call.begin(
        "POST", path + "/test", length: 2,
        headers: [
          ("HTTP_AUTHORIZATION", "Bearer " + client.key.reveal()), ("CONTENT_TYPE", "application/json"),
          ("REMOTE_ADDR", "127.0.0.1"),
        ])
      call.body(Array("{}".utf8))
      call.body([])
      return call.answer()
    }
    #expect(said.hasPrefix("Status: 202") && said.contains("\"job_id\":"), "\(said)")
    let early = try await client.ask("GET", path + "/health")
    #expect(early.status == 200 && !early.data["test"].exists, "it is not known yet")
    hand.isOpen.withLock { $0 = true }
    _ = try await holding
    #expect(try await eventually { try tenant.count("channel_connections", where: "test_result is not null") == 1 })
    let late = try await client.ask("GET", path + "/health")
    #expect(late.data["test"]["checks"][0]["state"].text == "ok", "\(text(late))")
  }

  /// Instagram's own login has an app secret beside Meta's: both are kept, either signs.
  @Test func twoSecretsOfInstagram() async throws {
    let tenant = try Tenant.make(on: .instagram, secrets: false, delay: Tenant.never)
    let client = try client(tenant)
    let (meta, instagram) = (unique("meta_secret_"), unique("instagram_secret_"))
    for wish in [["app_secret": meta, "webhook_secret": unique("older_")], ["webhook_secret": instagram]] {
      let body = JSON.object(JSON.Members(wish.map { .init($0.key, .string($0.value)) }))
      let given = try await client.ask("PATCH", "/api/channels/\(tenant.connection.text)", body)
      #expect(given.status == 200 && !text(given).contains(meta) && !text(given).contains(instagram))
    }
    for (secret, status) in [(meta, 200), (instagram, 200), (unique("other_"), 401)] {
      let body = Platform.instagram.text("hola", from: uniqueDigits("61"), to: tenant.account)
      let said = try await Web.deliver(
        body, to: tenant, signature: Platform.instagram.signature(body, Secret(secret)))
      #expect(said.status == status || (status == 401 && said.status == 403))
    }
    #expect(try tenant.count("messages") == 2)
  }

  @Test func theAssistantOfAnAccount() async throws {
    let tenant = try Tenant.make()
    let client = try client(tenant)
    let path = "/api/channels/\(tenant.connection.text)/ai-config"
    let before = try await client.ask("GET", path)
    #expect(before.status == 200 && before.data["ai_personality"].text == "professional", "\(text(before))")
    let after = try await client.ask(
      "PUT", path, ["ai_personality_override": "formal", "first_message_delay_seconds": 1800, "ai_enabled": false])
    #expect(after.data["ai_personality"].text == "formal" && after.data["first_message_delay_seconds"].integer == 1800)
    #expect(try await client.ask("PUT", path, ["first_message_delay_seconds": 1801]).status == 400)
    #expect(try await client.ask("PUT", path, ["access_token": "test_token_x"]).status == 400)
  }

  /// What api can do with what it sealed: put it there, and nothing else.
  @Test func theProgramCannotReadWhatItSealed() throws {
    let database = Database.world
    for table in ["inbound_secrets", "outbound_tokens"] {
      let reads = try database.scalar("select has_column_privilege('tistis_api', '\(table)', 'sealed', 'select')")
      let puts = try database.scalar("select has_table_privilege('tistis_api', '\(table)', 'insert')")
      #expect(reads == "false" && puts == "true")
    }
    let environment = World.current.environment(of: "api")
    #expect(
      environment["OUTBOUND_SEAL"] != nil && environment["OUTBOUND_KEYS"] == nil && environment["INBOUND_KEYS"] == nil)
  }
}
