import Core
import Store

/// `--check-config`: everything that a start, or the first request after it, would stumble over. It changes nothing.
public struct ConfigCheck {
  public private(set) var problems: [Problem] = []
  /// The database could not be asked; that passes by itself, or the connection string is wrong.
  private var away: Problem?
  private var told: [String] = []
  private let name: String

  private init(_ name: String) { self.name = name }

  /// Of a program with a role of its own.
  public static func program(_ name: String, _ needs: [Setting], _ environment: [String: String]) -> ConfigCheck {
    var check = ConfigCheck(name)
    check.settings(needs, environment)
    check.database(environment) { (check, database, ground) throws(StoreError) in
      try check.programRole(database, ground)
      try check.schema(database)
    }
    return check
  }

  /// Of `tistis`, which works as the owner of the tables.
  public static func owner(_ name: String, _ needs: [Setting], _ environment: [String: String]) -> ConfigCheck {
    var check = ConfigCheck(name)
    check.settings(needs, environment)
    check.database(environment) { (check, database, ground) throws(StoreError) in
      check.ownerRole(ground)
      if !ground.owns {
        check.add(
          "\(ground.name) does not own the tables", "give it the owner's DATABASE_URL: the one that migrate has")
      }
      try check.schema(database)
    }
    return check
  }

  /// Of `migrate`, which makes roles and tables; the database may still be empty.
  /// - Parameter sql: the folder of the SQL.
  public static func migrate(_ dsn: String, sql: String) -> ConfigCheck {
    var check = ConfigCheck("migrate")
    let cure = "name the folder of this release's SQL: --sql"
    do throws(MigrationFault) {
      if try SQLFolder(path: sql).migrations.isEmpty { check.add("there are no migrations in \(sql)", cure) }
    } catch {
      check.add(error.sentence, cure)
    }
    check.database(["DATABASE_URL": dsn]) { (check, _, ground) throws(StoreError) in
      check.ownerRole(ground)
      if !ground.ownsDatabase {
        check.add(
          "\(ground.name) does not own the database \(ground.database)",
          "alter database \(ground.database) owner to \(ground.name)")
      }
      if !ground.createsRoles, !ground.superuser {
        check.add("\(ground.name) may not create the programs' roles", "alter role \(ground.name) createrole")
      }
    }
    return check
  }

  /// Says it, a line a problem, and leaves: 0 all well, 75 only the database is away, 78 something is wrong.
  public func finish() -> Never {
    for problem in problems + [away].compactMap({ $0 }) { say(problem.description) }
    if problems.isEmpty, away == nil { say("ok \(name): " + told.joined(separator: ", ")) }
    leave(!problems.isEmpty ? 78 : away != nil ? 75 : 0)
  }

  /// All of it, for tests.
  var everything: [Problem] { problems + [away].compactMap { $0 } }

  private mutating func add(_ what: String, _ cure: String) { problems.append(Problem(what, cure: cure)) }
}

/// What can be seen without the database.
extension ConfigCheck {
  private mutating func settings(_ needs: [Setting], _ environment: [String: String]) {
    do throws(Settings.Fault) {
      let settings = try Settings(needs, from: environment)
      told.append("\(needs.count) settings")
      if has(needs, .mediaFolder) { media(settings.text(.mediaFolder), keeps: !has(needs, .inboundSeal)) }
      for setting in [Setting.inboundSeal, .outboundSeal] where has(needs, setting) {
        let text = settings.text(setting)
        if !text.isEmpty, Seal(text) == nil { add("\(setting.name) is no seal", "write what tistis seals prints") }
      }
    } catch {
      problems += error.problems
    }
    for need in needs {
      guard let path = environment[need.name + "_FILE"] else { continue }
      if environment[need.name] != nil {
        add("\(need.name) and \(need.name)_FILE are both set, and the file is not read", "leave one of them out")
      } else if need.isSecret, FileState.isOpenToAll(path) {
        add("\(need.name)_FILE: everybody on the machine may use \(path)", "chmod o= \(path)")
      }
    }
  }

  private func has(_ needs: [Setting], _ setting: Setting) -> Bool { needs.contains { $0.name == setting.name } }

  /// - Parameter keeps: whether it puts attachments there; `api` only shows them.
  private mutating func media(_ folder: String, keeps: Bool) {
    if !FileState.isFolder(folder) {
      add("MEDIA_DIR: there is no folder \(folder)", MediaFolder.cure(folder))
    } else if keeps, !FileState.isWritable(folder) {
      add(
        "MEDIA_DIR: \(userName) may not write to \(folder)",
        MediaFolder.cure(folder) + "; adduser \(userName) tistis_media")
    }
  }
}

/// What the database is asked.
extension ConfigCheck {
  private mutating func database(
    _ environment: [String: String],
    _ body: (inout ConfigCheck, Connection, RoleGroundRow) throws(StoreError) -> Void
  ) {
    let needs: [Setting] = [.databaseURL, .databasePrepare, .statementSeconds]
    guard let settings = try? Settings(needs, from: environment) else { return }
    guard Connection.understands(settings.text(.databaseURL)) else {
      return add("DATABASE_URL is no connection string", "host=… dbname=… user=…, or postgresql://user@host/dbname")
    }
    let database = Connection(
      settings.text(.databaseURL),
      settings: connectionSettings(settings, name: name, budget: 5))
    do throws(StoreError) {
      let ground = try database.everyone.roleGround()
      told.append("database \(ground.database) as \(ground.name)")
      if ground.readOnly {
        add(
          "the database \(ground.database) is read-only",
          "name the primary: target_session_attrs=read-write finds it among several hosts")
      }
      try body(&self, database, ground)
    } catch .unavailable(let why) {
      away = Problem(
        "the database is away: \(why)", cure: "see that it runs and lets this role in: psql with the same DATABASE_URL")
    } catch {
      add(error.sentence, "migrate, then check again")
    }
  }

  private mutating func programRole(_ database: Connection, _ ground: RoleGroundRow) throws(StoreError) {
    let cure = "give it the role that migrate makes for it: \(Footing.role(name))"
    if ground.superuser {
      add("\(ground.name) is a superuser, whom no wall between tenants stops", cure)
    } else if ground.bypasses {
      add("\(ground.name) has BYPASSRLS: no wall between tenants stops it", cure)
    } else if ground.owns {
      add("\(ground.name) owns the tables, or is a member of their owner", cure)
    }
    let missing = try database.everyone.missingFunctions(functions: Footing.functions[name] ?? [], role: ground.name)
    if !missing.isEmpty {
      add("\(ground.name) cannot call \(missing.joined(separator: ", "))", "run migrate with the owner's DSN; " + cure)
    }
  }

  private mutating func ownerRole(_ ground: RoleGroundRow) {
    guard ground.superuser || ground.bypasses else { return }
    add(
      "\(ground.name) is \(ground.superuser ? "a superuser" : "BYPASSRLS"), whom no wall between tenants stops",
      "use the role that owns the database and has CREATEROLE, no more")
  }

  private mutating func schema(_ database: Connection) throws(StoreError) {
    let version = try database.schemaVersion()
    told.append("schema \(version)")
    if version < App.schema {
      add("the schema is version \(version), and this program needs \(App.schema)", "run migrate with the owner's DSN")
    }
  }
}
