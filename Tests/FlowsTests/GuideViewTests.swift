import Core
import FoundationEssentials
import Store
import TestSupport
import Testing

@testable import Flows

/// The guide's views: what they show, what they hide, and what may be written through them.
@Suite struct GuideViewTests {
  private func secrets(_ shop: Shop) throws -> SecretStore {
    let settings = try Settings([.inboundKeys, .outboundKeys], from: World.current.environment(of: "tistis"))
    return SecretStore(
      shop.database.connection(), inbound: try Keyring(settings.secret(.inboundKeys)),
      outbound: try Keyring(settings.secret(.outboundKeys)))
  }

  @Test(arguments: [
    ("EAAG0123456789abc3f9c", "3f9c"), ("0123456789abcdef", "cdef"), ("0123456789abcde", nil), ("", nil),
    ("contraseña-señal-ñandú", "andú"),
  ]) func hints(_ secret: String, _ hint: String?) {
    #expect(SecretStore.hint(of: Secret(secret)) == hint)
  }

  @Test func secretsAreMasked() async throws {
    try await Shop.test(secrets: false, token: false) { shop in
      let (client, store) = (try GuideClient(shop), try secrets(shop))
      let (tenant, connection) = (shop.tenant.id, shop.tenant.connection)
      let shown = """
        select concat_ws(' ', coalesce(whatsapp_access_token, '-'), coalesce(access_token, '-'),
          coalesce(whatsapp_verify_token, '-'), coalesce(webhook_secret, '-'), coalesce(instagram_access_token, '-'),
          whatsapp_token_expires_at at time zone 'UTC') from channel_connections_guide
        """
      #expect(try client.ask(shown) == ["- - - - -"])
      let expiry = Instant(seconds: 1_800_000_000)
      try store.setOutbound(
        Secret("EAAG-secret-of-the-shop-3f9c"), kind: "access_token", connection: connection, tenant: tenant,
        expires: expiry)
      try store.setInbound(Secret("short"), kind: "verify_token", connection: connection, tenant: tenant)
      try store.setInbound(
        Secret("an-app-secret-of-meta-77aa"), kind: "app_secret", connection: connection, tenant: tenant)
      #expect(try client.ask(shown) == ["••••3f9c ••••3f9c •••• ••••77aa - 2027-01-15 08:00:00"])
      // Replaced, and taken away.
      try store.setOutbound(
        Secret("another-token-of-it-0001"), kind: "access_token", connection: connection, tenant: tenant)
      try shop.run("delete from inbound_secrets where kind = 'app_secret'")
      #expect(try client.ask(shown) == ["••••0001 ••••0001 •••• - -"])
      // What was sealed can still be opened, and read by nobody of the outside.
      for table in ["outbound_tokens", "inbound_secrets"] {
        #expect(try client.refused("select count(*) from \(table)") == "42501")
      }
      let everything = try client.ask("select string_agg(c::text, ' ') from channel_connections_guide c").joined()
      #expect(!everything.contains("another-token") && !everything.contains("short"))
    }
  }

  @Test func accountsAreWrittenButNotTheirSecrets() async throws {
    try await Shop.test { shop in
      let owner = shop.database.connection(user: "tistis_owner").tenant(shop.tenant.id)
      func write(_ sql: String) throws -> String? {
        do {
          try owner.exec("write", sql, [])
          return nil
        } catch {
          return error.sentence
        }
      }
      let before = try shop.count("outbound_tokens")
      for column in [
        "whatsapp_access_token", "whatsapp_verify_token", "webhook_secret", "tiktok_client_secret", "access_token",
      ] {
        let refusal = try write("update channel_connections_guide set \(column) = 'x'")
        #expect(
          refusal?.contains("0A000") == true && refusal?.contains(column) == true, "\(column): \(refusal ?? "written")")
      }
      #expect(
        try write(
          "insert into channel_connections_guide (tenant_id, channel, access_token) values (current_tenant(), 'webchat', 'x')"
        )
          != nil)
      #expect(try write("update channel_connections_guide set messages_sent = 7")?.contains("computed") == true)
      #expect(try write("update channel_connections_guide set account_name = 'Clínica', ai_enabled = false") == nil)
      #expect(try shop.value("account_name || ' ' || ai_enabled", of: "channel_connections") == "Clínica false")
      #expect(
        try write("insert into channel_connections_guide (tenant_id, channel) values (current_tenant(), 'webchat')")
          == nil)
      #expect(try shop.value("status", of: "channel_connections", "channel = 'webchat'") == "pending")
      #expect(try write("delete from channel_connections_guide where channel = 'webchat'") == nil)
      #expect(try shop.count("channel_connections") == 1)
      #expect(try shop.count("outbound_tokens") == before)
      let stranger = try Shop(shop.database)
      #expect(try write("delete from channel_connections_guide where id = '\(stranger.tenant.connection.text)'") == nil)
      #expect(try stranger.count("channel_connections") == 1)
    }
  }

  @Test func theAssistantsSettingsHaveTwoNames() async throws {
    try await Shop.test { shop in
      let owner = shop.database.connection(user: "tistis_owner").tenant(shop.tenant.id)
      try owner.exec(
        "insert",
        "insert into ai_tenant_config (tenant_id, custom_instructions, use_emojis) values (current_tenant(), 'Sé breve', true)",
        [])
      #expect(
        try shop.value("system_prompt || ' ' || use_emojis || ' ' || max_tokens", of: "ai_tenant_context")
          == "Sé breve true 500")
      try owner.exec(
        "update",
        """
        update ai_tenant_config set ai_personality = 'formal', ai_temperature = 0.2, max_turns_before_escalation = 8,
          business_hours_start = '10:00', business_hours_days = '{1,6}'
        """, [])
      #expect(
        try shop.value(
          "concat_ws(' ', response_style, temperature, auto_escalate_after_messages, business_hours ->> 'start', business_hours ->> 'end', business_hours -> 'days')",
          of: "ai_tenant_context") == "formal 0.20 8 10:00 18:00 [1, 6]")
      let client = try GuideClient(shop)
      #expect(
        try client.ask(
          "select concat_ws(' ', ai_personality, business_hours_start, business_hours_end, business_hours_days) from ai_tenant_config"
        )
          == ["formal 10:00 18:00 {1,6}"])
      // Clients write it, too; taking it away is the owner's.
      #expect(try client.refusedWrite("delete from ai_tenant_config") == "42501")
      try owner.exec("delete", "delete from ai_tenant_config", [])
      #expect(try shop.count("ai_tenant_context") == 0)
      try client.write(
        "insert into ai_tenant_config (tenant_id, custom_instructions) values (current_tenant(), 'Sé breve')")
      try client.write("update ai_tenant_config set ai_model = 'otro', enable_scoring = false")
      #expect(
        try shop.value("concat_ws(' ', system_prompt, model, enable_scoring)", of: "ai_tenant_context")
          == "Sé breve otro f")
    }
  }

  /// A client may change of messages and jobs what the guide's functions change, and no more.
  @Test func whatDecidesAboutSendingIsNobodys() async throws {
    try await Shop.test { shop in
      try shop.post(message("hola", from: newPhone()))
      let client = try GuideClient(shop)
      let closed = [
        "messages": ["send_attempt", "payload", "role", "answers_message_id", "historical"],
        "jobs": ["worker_id", "attempts", "max_attempts", "lane", "job_type", "result"],
        "alerts": ["resolved_at"], "send_pace": ["blocked_until"], "message_templates": ["status"],
      ]
      for (table, columns) in closed {
        for column in columns {
          #expect(try client.refusedWrite("update \(table) set \(column) = \(column)") == "42501", "\(table).\(column)")
        }
      }
      try client.write("update messages set metadata = '{}'")
    }
  }

  @Test func theContextIsOneObject() async throws {
    try await Shop.test { shop in
      try shop.run(
        """
        insert into ai_custom_instructions (tenant_id, instruction_type, title, instruction, priority)
          select '\(shop.tenant.id.text)', 'custom', 'n' || n, 'haz ' || n, n from generate_series(1, 7) n;
        update ai_scoring_rules set is_active = false where tenant_id = '\(shop.tenant.id.text)' and signal_name = 'spam'
        """)
      let client = try GuideClient(shop)
      let context = try JSON.parse(
        Array(try client.ask("select get_tenant_ai_context($1::uuid)", [client.id]).joined().utf8))
      guard case .object(let members) = context else {
        Issue.record("not an object")
        return
      }
      let keys = Set(members.pairs.map { $0.key })
      let expected = [
        "tenant_id", "tenant_name", "vertical", "timezone", "ai_config", "services", "faqs", "branches", "doctors",
        "scoring_rules", "custom_instructions", "business_policies", "knowledge_articles", "response_templates",
        "competitor_handling",
      ]
      #expect(keys.isSuperset(of: expected))
      let count = "select jsonb_array_length(get_tenant_ai_context($1::uuid) -> $2)"
      let lists = [
        "services": 1, "faqs": 0, "doctors": 0, "scoring_rules": 6, "custom_instructions": 5, "business_policies": 0,
      ]
      for (key, n) in lists { #expect(try client.ask(count, [client.id, key]) == ["\(n)"], "\(key)") }
      #expect(
        try client.ask("select get_tenant_ai_context($1::uuid) #>> '{custom_instructions,0,title}'", [client.id]) == [
          "n7"
        ])
      let config =
        "select count(*) from jsonb_object_keys(get_tenant_ai_context($1::uuid) -> 'ai_config') k where k = any ($2::text[])"
      let names = """
        {system_prompt,model,temperature,response_style,max_response_length,enable_scoring,auto_escalate_keywords,\
        max_turns_before_escalation,escalate_on_hot_lead,business_hours}
        """
      #expect(try client.ask(config, [client.id, names]) == ["10"])
      #expect(try client.refused("select get_tenant_ai_context($1::uuid)", [UUID().text]) == "42501")
      #expect(try client.refused("select get_tenant_ai_context(null)") == "42501")
    }
  }

  /// The tenant's delays, where the account has none of its own.
  @Test func theTenantsDelays() async throws {
    try await Shop.test { shop in
      let phone = newPhone()
      try shop.run(
        """
        insert into ai_tenant_context (tenant_id, default_first_message_delay, default_subsequent_message_delay)
          values ('\(shop.tenant.id.text)', 100, 200);
        update channel_connections set first_message_delay_seconds = null, subsequent_message_delay_seconds = null
          where tenant_id = '\(shop.tenant.id.text)'
        """)
      try shop.post(message("hola", from: phone))
      #expect(try shop.job("scheduled_for - created_at") == "00:01:40")
      try shop.run("update jobs set status = 'cancelled', completed_at = now()")
      try shop.post(message("¿y bien?", from: phone))
      #expect(try shop.value("scheduled_for - created_at", of: "jobs", "status = 'pending'") == "00:03:20")
    }
  }

  @Test func nobodyIsBookedTwice() async throws {
    try await Shop.test { shop in
      let tenant = shop.tenant.id.text
      try shop.run(
        """
        insert into branches (tenant_id, name, slug, city) values ('\(tenant)', 'Centro', 'centro', 'Puebla');
        insert into staff (tenant_id, first_name, last_name, email, role)
          values ('\(tenant)', 'Ana', 'Ruiz', 'a@x.mx', 'dentist'), ('\(tenant)', 'Luz', 'Paz', 'l@x.mx', 'dentist')
        """)
      let book = """
        insert into appointments (tenant_id, branch_id, staff_id, scheduled_at, duration_minutes)
          select s.tenant_id, b.id, s.id, '2027-01-01 10:00Z'::timestamptz + make_interval(mins => $2::int), 30
            from staff s join branches b using (tenant_id) where s.tenant_id = current_tenant() and s.email = $1
        """
      let won = try await onThreads(20) { i in
        let owner = shop.database.connection(user: "tistis_owner").tenant(shop.tenant.id)
        do {
          try owner.exec("book", book, ["a@x.mx", String(i)])
          return true
        } catch {
          guard case .conflict(constraint: "appointments_staff_once")? = error as? StoreError else { throw error }
          return false
        }
      }
      #expect(won.count { $0 } == 1)
      let owner = shop.database.connection(user: "tistis_owner").tenant(shop.tenant.id)
      try owner.exec("book", book, ["l@x.mx", "0"])
      #expect(
        try shop.value(
          "min(end_time) at time zone 'UTC'", of: "appointments",
          "staff_id in (select id from staff where email = 'l@x.mx')") == "2027-01-01 10:30:00")
      // A cancelled one is in nobody's way; the end follows the length.
      try owner.exec("cancel", "update appointments set status = 'cancelled'", [])
      #expect(try shop.count("appointments", "cancelled_at is not null") == 2)
      try owner.exec("book", book, ["a@x.mx", "0"])
      try owner.exec("book", book, ["a@x.mx", "30"])
      try owner.exec("move", "update appointments set duration_minutes = 20 where status = 'scheduled'", [])
      #expect(try shop.count("appointments", "end_time = scheduled_at + interval '20 minutes'") == 2)
    }
  }
}
