import Core
import FoundationEssentials
import Store
import TestSupport
import Testing

@testable import Flows

/// Between two tenants, for the roles that programs have.
@Suite struct WallTests {
  /// Every program's role, so that a new one is covered by itself.
  private func roles(_ database: Database) throws -> [String] {
    try database.column(
      "select rolname from pg_roles where rolname like 'tistis\\_%' and rolcanlogin and rolname <> 'tistis_owner' order by 1"
    ).compactMap { $0 }
  }

  /// Two businesses, each with something in every table; the second answered and troubled enough for that.
  private func two(_ body: (Database, Shop, Shop) async throws -> Void) async throws {
    try await Database.cloned { database in
      let (a, b) = (try Shop(database), try Shop(database))
      for shop in [a, b] {
        try shop.post(message("¿Cuánto cuesta?", from: newPhone()), message("hola", user: "MX." + uniqueDigits("9")))
      }
      let id = b.tenant.id.text
      try database.run(
        """
        insert into branches (tenant_id, id, name, slug, city) values ('\(id)', '\(id)', 'x', 'x', 'x');
        insert into staff (tenant_id, id, first_name, last_name, email, role)
          values ('\(id)', '\(id)', 'x', 'x', 'x', 'owner');
        insert into staff_branches (tenant_id, staff_id, branch_id) values ('\(id)', '\(id)', '\(id)');
        insert into faqs (tenant_id, question, answer) values ('\(id)', 'x', 'x');
        insert into ai_tenant_context (tenant_id) values ('\(id)');
        insert into ai_usage_logs (tenant_id, ai_provider, ai_model) values ('\(id)', 'local', 'x');
        insert into ai_usage_months (tenant_id, month) values ('\(id)', now());
        insert into ai_steps (tenant_id, conversation_id, job_id, question_id, ordinal, kind, name, output)
          select tenant_id, id, id, id, 1, 'call', 'x', '[]' from conversations where tenant_id = '\(id)';
        insert into webhook_dead_letters (tenant_id, channel, payload, error_message) values ('\(id)', 'x', '{}', 'x');
        insert into lead_merges (tenant_id, survivor_id, merged_id, reason)
          select tenant_id, id, id, 'x' from leads where tenant_id = '\(id)' limit 1;
        insert into message_status_history (tenant_id, channel_connection_id, external_id, status)
          values ('\(id)', '\(b.tenant.connection.text)', 'x', 'sent');
        insert into channel_events (tenant_id, channel_connection_id, kind, external_id)
          values ('\(id)', '\(b.tenant.connection.text)', 'x', 'x');
        insert into message_templates (tenant_id, business_account_id, name, language) values ('\(id)', 'x', 'x', 'es');
        insert into media_files (tenant_id, channel_connection_id, external_id, kind)
          values ('\(id)', '\(b.tenant.connection.text)', 'x', 'image');
        insert into uploads (tenant_id, media_id, bytes) select tenant_id, id, '' from media_files where tenant_id = '\(id)';
        insert into n8n_settings (tenant_id) values ('\(id)');
        insert into outbound_events (tenant_id, event, data) values ('\(id)', 'x', '{}');
        insert into alerts (tenant_id, kind, dedup_key, severity, sentence) values ('\(id)', 'x', 'x', 'act', 'x');
        insert into send_pace (tenant_id, channel_connection_id, contact)
          values ('\(id)', '\(b.tenant.connection.text)', '');
        insert into contact_windows (tenant_id, channel_connection_id, lead_id, last_inbound_at, opened_by)
          select tenant_id, '\(b.tenant.connection.text)', id, now(), 'message' from leads where tenant_id = '\(id)'
          on conflict do nothing;
        insert into contact_consents (tenant_id, lead_id, channel, scope, state, source, said_at)
          select tenant_id, id, 'whatsapp', 'all', 'stopped', 'staff', now() from leads where tenant_id = '\(id)';
        insert into follow_ups (tenant_id, lead_id, silent_since)
          select tenant_id, id, now() from leads where tenant_id = '\(id)';
        insert into sends_in_doubt (tenant_id, message_id)
          select tenant_id, id from messages where tenant_id = '\(id)' limit 1;
        insert into retention_marks (tenant_id) values ('\(id)');
        insert into erased_items (tenant_id, mark, expires_at) values ('\(id)', 'x', now());
        insert into erasure_keys (tenant_id, key) values ('\(id)', 'x');
        insert into erased_stops (tenant_id, mark, channel, scope, source, said_at)
          values ('\(id)', 'x', 'whatsapp', 'all', 'staff', now());
        insert into erasures (tenant_id, lead_ids, erased_by, erased_at, counts) values ('\(id)', '{}', 'x', now(), '{}');
        insert into message_reactions (tenant_id, channel_connection_id, target_external_id, lead_id, emoji, reacted_at)
          select tenant_id, '\(b.tenant.connection.text)', 'x', id, '', now() from leads where tenant_id = '\(id)';
        """)
      try database.run(Self.guide(b.tenant))
      try await body(database, a, b)
    }
  }

  /// A row in each of the tables that only the integration guide's clients fill.
  private static func guide(_ tenant: Tenant) -> String {
    let (id, connection) = (tenant.id.text, tenant.connection.text)
    return """
      insert into user_roles (tenant_id, user_id, role) values ('\(id)', '\(id)', 'owner');
      insert into api_keys (tenant_id, id, name, key_hash, key_prefix, key_hint, scope_type)
        values ('\(id)', '\(id)', 'x', repeat(md5('\(id)'), 2), 'x', 'x', 'tenant');
      insert into api_key_usage (tenant_id, api_key_id, day, minute) values ('\(id)', '\(id)', now(), now());
      insert into api_key_audit (tenant_id, api_key_id, action) values ('\(id)', '\(id)', 'created');
      insert into api_key_refusals (tenant_id, api_key_id, day, reason, last_at)
        values ('\(id)', '\(id)', now(), 'scope', now());
      insert into external_events (tenant_id, asker, event, data, digest) values ('\(id)', 'x', 'x', '{}', 'x');
      insert into api_requests (tenant_id, asker, idempotency_key, digest) values ('\(id)', 'x', 'x', 'x');
      insert into patients (tenant_id, first_name, last_name) values ('\(id)', 'x', 'x');
      insert into appointments (tenant_id, branch_id, scheduled_at) values ('\(id)', '\(id)', now());
      insert into staff_services (tenant_id, staff_id, service_id)
        select tenant_id, '\(id)', id from services where tenant_id = '\(id)';
      insert into staff_hours (tenant_id, staff_id, branch_id, weekday, opens, closes)
        values ('\(id)', '\(id)', '\(id)', 1, '09:00', '10:00');
      insert into times_off (tenant_id, starts_at, ends_at) values ('\(id)', now(), now() + interval '1 day');
      insert into lead_score_history (tenant_id, lead_id, previous_score, new_score, score_change, change_source)
        select tenant_id, id, 50, 60, 10, 'manual' from leads where tenant_id = '\(id)';
      insert into channel_rate_limits (tenant_id, channel_connection_id, window_start)
        values ('\(id)', '\(connection)', now());
      insert into rate_limits (tenant_id, identifier, window_start) values ('\(id)', 'x', now());
      insert into ai_custom_instructions (tenant_id, instruction_type, title, instruction)
        values ('\(id)', 'custom', 'x', 'x');
      insert into integration_connections (tenant_id, id, integration_type) values ('\(id)', '\(id)', 'x');
      insert into external_products (tenant_id, integration_id, external_id, external_source, name)
        values ('\(id)', '\(id)', 'x', 'x', 'x');
      insert into external_inventory (tenant_id, integration_id, external_id, external_source, name)
        values ('\(id)', '\(id)', 'x', 'x', 'x');
      insert into ai_dead_letter_queue (tenant_id, original_message, error_message, processing_stage)
        values ('\(id)', 'x', 'x', 'x');
      insert into webhook_events (tenant_id, event_id, event_type) values ('\(id)', 'x', 'x');
      """
  }

  /// A session of a role, also of one that only others are members of.
  private func session(_ database: Database, _ role: String) throws -> Connection {
    guard role == "tistis_guide" else { return database.connection(user: role) }
    let session = database.connection()
    try session.script("set role \(role)")
    return session
  }

  private func tables(_ database: Database) throws -> [String] {
    try database.column(
      """
      select c.relname from pg_class c join pg_attribute a on a.attrelid = c.oid and a.attname = 'tenant_id'
       where c.relkind in ('r', 'p') and c.relnamespace = 'public'::regnamespace order by 1
      """
    ).compactMap { $0 }
  }

  /// What a statement of A's came to: rows, or why not.
  private func attempt(_ session: Connection, _ tenant: UUID?, _ sql: String) -> String {
    do throws(StoreError) {
      let scope = tenant.map { session.tenant($0) } ?? session.everyone
      return String(try scope.count("attempt", sql, []))
    } catch {
      if case .rejected(let sqlstate, _) = error { return sqlstate }
      if case .data(let sqlstate, _) = error { return sqlstate }
      return error.sentence
    }
  }

  @Test func theOthersRowsAreInvisibleAndNotWritable() async throws {
    try await two { database, a, b in
      let tables = try tables(database)
      #expect(tables.count >= 26)
      let roles = try roles(database) + ["tistis_guide"]
      #expect(roles.count >= 4)
      for role in roles {
        let session = try session(database, role)
        for table in tables {
          #expect(
            try database.count("select count(*) from \(table) where tenant_id = '\(b.tenant.id.text)'") > 0, "\(table)")
          let theirs = "where tenant_id = '\(b.tenant.id.text)'"
          for (sql, allowed) in [
            ("select 1 from \(table) \(theirs)", ["0", "42501"]),
            ("update \(table) set tenant_id = tenant_id \(theirs)", ["0", "42501"]),
            ("delete from \(table) \(theirs)", ["0", "42501"]),
            // Their rows cannot be copied to us, nor ours made theirs.
            ("update \(table) set tenant_id = '\(b.tenant.id.text)'", ["0", "42501"]),
            ("insert into \(table) (tenant_id) values ('\(b.tenant.id.text)')", ["42501", "23502"]),
          ] {
            let result = attempt(session, a.tenant.id, sql)
            #expect(allowed.contains(result), "\(role): \(sql): \(result)")
          }
          let nobody = attempt(session, nil, "select 1 from \(table)")
          #expect(["0", "42501"].contains(nobody), "\(role) without a tenant: \(table): \(nobody)")
        }
        // `health` reads nobody's rows, not even its caller's.
        let blind = role == "tistis_health"
        let tenants = attempt(session, a.tenant.id, "select 1 from tenants")
        #expect(tenants == (blind ? "42501" : "1"))
        #expect(attempt(session, nil, "select 1 from tenants") == (blind ? "42501" : "0"))
      }
    }
  }

  /// A row of ours cannot hang on one of theirs, although the check of a foreign key sees all rows.
  @Test func theOthersRowsCannotBeReferenced() async throws {
    try await two { database, a, b in
      let session = database.connection(user: "tistis_webhook_whatsapp")
      func of(_ shop: Shop, _ table: String) throws -> String {
        try database.scalar("select id from \(table) where tenant_id = '\(shop.tenant.id.text)' order by id limit 1")
          ?? ""
      }
      let (mine, conversation, lead) = (a.tenant.id.text, try of(b, "conversations"), try of(b, "leads"))
      let connection = a.tenant.connection.text
      for sql in [
        """
        insert into messages (tenant_id, conversation_id, channel_connection_id, role, content, status)
          values ('\(mine)', '\(conversation)', '\(connection)', 'user', 'x', 'received')
        """,
        """
        insert into messages (tenant_id, conversation_id, channel_connection_id, role, content, status)
          values ('\(mine)', '\(try of(a, "conversations"))', '\(b.tenant.connection.text)', 'user', 'x', 'received')
        """,
        """
        insert into lead_aliases (tenant_id, kind, value, lead_id, address)
          values ('\(mine)', 'phone', '1', '\(lead)', '1')
        """,
        "update conversations set lead_id = '\(lead)' where id = '\(try of(a, "conversations"))'",
        "update leads set merged_into_id = '\(lead)'",
        """
        insert into channel_events (tenant_id, channel_connection_id, kind, external_id)
          values ('\(mine)', '\(b.tenant.connection.text)', 'x', 'x')
        """,
      ] {
        #expect(attempt(session, a.tenant.id, sql) == "23503", "\(sql)")
      }
    }
  }

  @Test func secretsAreForThoseWhoNeedThem() async throws {
    try await two { database, a, _ in
      let webhook = database.connection(user: "tistis_webhook_whatsapp")
      let jobs = database.connection(user: "tistis_jobs")
      #expect(attempt(webhook, a.tenant.id, "select 1 from outbound_tokens") == "42501")
      #expect(attempt(webhook, a.tenant.id, "select 1 from inbound_secrets") == "42501")
      #expect(attempt(jobs, a.tenant.id, "select 1 from inbound_secrets") == "42501")
      #expect(attempt(jobs, a.tenant.id, "select 1 from outbound_tokens") == "1")
      #expect(attempt(webhook, nil, "select 1 from find_channel('whatsapp', '\(a.tenant.slug)')") == "1")
      #expect(attempt(jobs, nil, "select 1 from find_channel('whatsapp', '\(a.tenant.slug)')") == "42501")
      // The queue across tenants is the worker's; a webhook can only add to its own tenant's.
      #expect(attempt(webhook, nil, "select 1 from claim_jobs('\(UUID().text)', 1, null, null, null)") == "42501")
      #expect(attempt(webhook, nil, "select settle_jobs('[]')") == "42501")
      for session in [webhook, jobs] {
        #expect(attempt(session, a.tenant.id, "create table x ()") == "42501")
        #expect(attempt(session, a.tenant.id, "set role tistis_definer") == "42501")
        #expect(attempt(session, a.tenant.id, "select 1 from workers") == "42501")
      }
    }
  }
}
