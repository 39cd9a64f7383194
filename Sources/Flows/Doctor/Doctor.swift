import Core
import Store

/// Looks at the whole installation and says what is wrong with it, and what to do. It changes nothing, and goes on where
/// the database is away.
public struct Doctor {
  let environment: [String: String]
  /// nginx's main configuration; nil: Debian's, where there is one.
  let nginx: String?
  /// The folder of this release's SQL; nil: not compared.
  let sql: String?
  /// The folder of the programs' settings.
  let etc: String
  /// Replaced by tests.
  var programs = Footing.functions
  var clock: () -> Instant = { .now }
  var isRoot = runsAsRoot
  var leastSpace = (bytes: 1 << 30, part: 0.05)

  var findings: [Finding] = []

  public init(environment: [String: String], nginx: String? = nil, sql: String? = nil, etc: String = "/etc/tistis") {
    self.environment = environment
    self.nginx = nginx
    self.sql = sql
    self.etc = etc
  }

  /// All of it, in the order in which one would mend it.
  public mutating func examine() -> [Finding] {
    findings = []
    examineFiles()
    examineNginx()
    examineMedia()
    do throws(Settings.Fault) {
      let needs: [Setting] = [.databaseURL, .databasePrepare, .statementSeconds, .environment, .publicURL]
      let settings = try Settings(needs, from: environment)
      if settings.text(.environment) == "production", settings.text(.publicURL).isEmpty {
        add(
          "settings", .warning, "TISTIS_PUBLIC_URL is empty: settings made for development would not be refused",
          "write the https address under which the platforms reach us into \(etc)/common.env")
      }
      examineDatabase(settings)
    } catch {
      for problem in error.problems { add("settings", .problem, problem.what, problem.cure) }
    }
    return findings
  }

  private mutating func examineDatabase(_ settings: Settings) {
    let database = Connection(
      settings.text(.databaseURL), settings: connectionSettings(settings, name: "tistis-doctor", budget: 5))
    do throws(StoreError) {
      try examineServer(database, isDevelopment: settings.text(.environment) == "development")
      try examineSchema(database, settings)
      try examineRoles(database)
      try examineQueue(database)
      try examineRoutines(database, isDevelopment: settings.text(.environment) == "development")
      try examineTenants(database)
    } catch .unavailable(let why) {
      add(
        "database", .problem, "the database is away: \(why)",
        "start it, or mend DATABASE_URL: pg_lsclusters; psql with the same string")
      add("database", .skipped, "what it would have told was not looked at")
    } catch {
      add("database", .problem, error.sentence, "migrate with the owner's DSN, then look again")
    }
  }

  mutating func add(_ area: String, _ level: Finding.Level, _ sentence: String, _ cure: String? = nil) {
    findings.append(Finding(area, level, sentence, cure: cure))
  }
}
