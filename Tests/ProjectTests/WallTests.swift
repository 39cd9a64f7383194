import Core
import FoundationEssentials
import Store
import TestSupport
import Testing

/// The wall between tenants, tried.
@Suite struct WallTests {
  static let esva = UUID(uuidString: "a0000000-0000-0000-0000-000000000001") ?? UUID()

  /// `health` may read no tenant's table: that is a test of its own.
  static let roles = ["tistis_owner"] + (Programs.written + ["jobs"]).filter { $0 != "health" }.map(Programs.role)

  @Test func healthTouchesNobodysRows() throws {
    let session = Database.world.connection(user: "tistis_health")
    #expect(try tables(of: session).isEmpty)
    #expect(try session.sentences("select due::text from health_queue(1)").count == 1)
  }

  /// The tables with tenants that a role may read, each with the column that says whose a row is.
  private func tables(of session: Connection) throws -> [(name: String, whose: String)] {
    try session.everyone.many(
      "tables", tenantTables + "select name, whose from t where has_table_privilege(oid, 'select') order by 1", []
    ) { row throws(StoreError) in (try row.get(0), try row.get(1)) }
  }

  private func count(_ scope: Scope, _ table: String, _ condition: String = "true") throws -> Int64 {
    try scope.one("count", "select count(*) from \(table) where \(condition)", []) { row throws(StoreError) in
      try row.get(0)
    }
  }

  @Test(arguments: roles) func withoutATenantNothingIsSeen(_ role: String) throws {
    let session = Database.world.connection(user: role)
    let tables = try tables(of: session)
    #expect(!tables.isEmpty)
    for table in tables {
      #expect(try count(session.everyone, table.name) == 0, "\(role) sees rows of \(table.name) without a tenant")
    }
    // A setting that was local to a transaction leaves '' behind.
    _ = try count(session.tenant(Self.esva), tables[0].name)
    #expect(try session.sentences("select current_setting('app.tenant_id', true)") == [""])
    #expect(try session.sentences("select 'null' where current_tenant() is null") == ["null"])
    for table in tables {
      #expect(try count(session.everyone, table.name) == 0, "\(role) sees rows of \(table.name) with the tenant ''")
    }
  }

  @Test(arguments: roles) func aTenantSeesItsOwn(_ role: String) throws {
    _ = try Tenant.make()
    let session = Database.world.connection(user: role)
    for table in try tables(of: session) {
      let strangers = try count(session.tenant(Self.esva), table.name, "\(table.whose) <> '\(Self.esva.text)'")
      #expect(strangers == 0, "\(role) sees rows of \(table.name) that are another tenant's")
    }
    #expect(try count(session.tenant(Self.esva), "tenants") == 1)
  }

  @Test func aTenantWritesItsOwn() throws {
    let other = try Tenant.make()
    let session = Database.world.connection(user: "tistis_owner")
    let refused = #expect(throws: StoreError.self) {
      try session.tenant(Self.esva).exec(
        "insert", "insert into faqs (tenant_id, question, answer) values ($1, '¿?', '')", [other.id.sql])
    }
    guard case .rejected(sqlstate: "42501", _)? = refused else {
      Issue.record("a row for another tenant was refused with \(String(describing: refused)) instead of 42501")
      return
    }
  }

  /// A temporary table of the caller's must not stand in for ours inside a function that has more rights.
  @Test func aDefinerFunctionIsNotFooled() throws {
    let session = Database.world.connection(user: "tistis_webhook_whatsapp")
    try session.script(
      """
      create temporary view tenants as select gen_random_uuid() as id, 'fooled'::text as slug, 'active'::text as status;
      create temporary view channel_connections as select gen_random_uuid() as id, gen_random_uuid() as tenant_id,
        ''::text as channel, ''::text as status, ''::text as account_id,
        ''::text as whatsapp_business_account_id;
      create temporary view inbound_secrets as select gen_random_uuid() as id, gen_random_uuid() as tenant_id,
        gen_random_uuid() as channel_connection_id, ''::text as kind, ''::bytea as sealed;
      grant select on tenants, channel_connections, inbound_secrets to public;
      """)
    let found = try session.sentences("select tenant_id from find_channel('whatsapp', 'fooled')")
    #expect(found == [], "find_channel reads the caller's temporary tables → set search_path = public, pg_temp")
  }
}
