import Core
import Store

/// The server, the schema, and who may do what in it.
extension Doctor {
  static let skewSeconds = 2.0

  mutating func examineServer(_ database: Connection, isDevelopment: Bool) throws(StoreError) {
    let role = try database.everyone.roleGround()
    let before = clock()
    let server = try database.everyone.serverGround()
    let now = before + (clock() - before) / 2
    if server.readOnly {
      add(
        "database", .problem, "PostgreSQL \(server.version) is read-only: nothing can be taken in",
        "it is a standby or was set so: name the primary, or alter database … reset default_transaction_read_only")
    } else {
      add("database", .ok, "PostgreSQL \(server.version), \(role.database) as \(role.name)")
    }
    var lax = [String]()
    if !server.fsync { lax.append("fsync") }
    if !server.fullPageWrites { lax.append("full_page_writes") }
    if server.synchronousCommit == "off" { lax.append("synchronous_commit") }
    if !lax.isEmpty {
      add(
        "database", isDevelopment ? .warning : .problem,
        "\(lax.joined(separator: ", ")) is off: what was acknowledged may be lost with the power",
        "turn it on in postgresql.conf, then: select pg_reload_conf()")
    }
    if role.superuser || role.bypasses {
      add(
        "roles", .problem, "\(role.name), of DATABASE_URL, stands above the wall between tenants",
        "use the role that owns the database and has CREATEROLE, no more")
    }
    let sessions = "\(server.sessions) of \(server.sessionsAtMost) sessions are taken"
    if Double(server.sessions) > 0.8 * Double(server.sessionsAtMost) {
      add(
        "database", .warning, sessions + ": programs may be refused one",
        "a session each process, JOBS_CONNECTIONS + 1 each run of jobs: raise max_connections, or run fewer")
    } else {
      add("database", .ok, sessions)
    }
    let skew = server.clock - now
    if abs(skew) > Self.skewSeconds {
      add(
        "clock", .problem, "this machine's clock and the database's are \(Int(abs(skew))) s apart",
        "let both follow one source of time: timedatectl status")
    } else {
      add("clock", .ok, "less than \(Int(Self.skewSeconds)) s from the database's")
    }
  }

  mutating func examineSchema(_ database: Connection, _ settings: Settings) throws(StoreError) {
    let version = try database.schemaVersion()
    if version < App.schema {
      add("schema", .problem, "it is version \(version), and this release needs \(App.schema)", "migrate")
    } else if version > App.schema {
      add(
        "schema", .warning, "it is version \(version), newer than this release's \(App.schema)",
        "install the release that migrated it; older programs go on meanwhile")
    } else {
      add("schema", .ok, "version \(version)")
    }
    guard let sql else { return }
    do throws(MigrationFault) {
      let status = try Migrator(settings.text(.databaseURL), SQLFolder(path: sql)) { _ in }.status()
      for migration in status.pending { add("schema", .problem, "\(migration.file.name) is not applied", "migrate") }
      if status.pending.isEmpty, status.replacedDiffer {
        add("schema", .problem, "its functions and policies are not those of \(sql)", "migrate")
      }
    } catch { add("schema", .problem, error.sentence, "name the folder of the release that is installed: --sql") }
  }

  mutating func examineRoles(_ database: Connection) throws(StoreError) {
    let roles = try database.everyone.programRoles(names: programs.keys.sorted().map(Footing.role))
    let before = findings.count
    for role in roles {
      guard role.present else {
        add("roles", .problem, "there is no role \(role.name)", "migrate --force makes it, with its grants")
        continue
      }
      if !role.login { add("roles", .problem, "\(role.name) may not log in", "alter role \(role.name) login") }
      if !role.excess.isEmpty {
        add(
          "roles", .problem, "\(role.name) is \(role.excess): more than a program may be",
          "alter role … no…, revoke, or alter … owner to the owner")
      }
    }
    for (program, functions) in programs.sorted(by: { $0.key < $1.key }) {
      let role = Footing.role(program)
      guard roles.contains(where: { $0.name == role && $0.present }) else { continue }
      let missing = try database.everyone.missingFunctions(functions: functions, role: role)
      if !missing.isEmpty {
        add("roles", .problem, "\(role) cannot call \(missing.joined(separator: ", "))", "migrate --force")
      }
    }
    if findings.count == before { add("roles", .ok, "\(roles.count), with their grants and no more") }
    let broken = try database.everyone.brokenWalls()
    for wall in broken {
      add(
        "wall", .problem, "row-level security of \(wall.table) \(wall.fault): tenants could see each other's rows",
        "migrate --force builds it")
    }
    if broken.isEmpty { add("wall", .ok, "in force on every table with a tenant") }
  }
}
