import Core
import Store

/// What an endpoint's program has: its settings, its log and its one session with Postgres.
///
/// Not Sendable: one thread serves one request at a time.
public final class App {
  public let name: String
  public let settings: Settings
  public let log: Log
  public let database: Connection
  /// The schema that this build needs at least.
  public static let schema: Int32 = 31

  var channels = ChannelDirectory()
  var hearing = ChannelHearing()
  /// What this request has stored is due before a worker would look.
  var isUrgent = false

  public init(_ name: String, settings: Settings) {
    self.name = name
    self.settings = settings
    log = Log(service: name)
    database = Connection(
      settings.text(.databaseURL), settings: connectionSettings(settings, name: name, budget: Limits.requestSeconds - 2)
    )
  }

  /// What every endpoint needs, whatever else it names.
  public static let common: [Setting] = [
    .databaseURL, .databasePrepare, .statementSeconds, .environment, .publicURL, .maxRequests,
  ]

  /// The program's beginning: reads the settings, answers `--help`, `--version`, `--config` and `--check-config`, and
  /// leaves with 78 and every problem at once if something is wrong.
  public static func start(
    _ name: String, needs: [Setting], arguments: [String] = CommandLine.arguments,
    environment: [String: String] = processEnvironment()
  ) -> App {
    // Before there is a second thread: one that lets SIGTERM in would take it, and the loop would go on waiting.
    FastCGILoop.holdSignals()
    let needs = common + needs
    let argument = arguments.dropFirst().first
    if argument == "--version" {
      say("\(name) \(version)")
      leave(0)
    }
    if argument == "--check-config" { ConfigCheck.program(name, needs, environment).finish() }
    if argument == "--help" || (argument != nil && argument != "--config") {
      say(usage(name, needs))
      leave(argument == "--help" ? 0 : 64)
    }
    do throws(Settings.Fault) {
      let settings = try Settings(needs, from: environment)
      if argument == "--config" {
        say(settings.listing(needs))
        leave(0)
      }
      return App(name, settings: settings)
    } catch {
      let log = Log(service: name)
      for problem in error.problems { log.error("configuration", ["problem": problem.description]) }
      leaveMisconfigured()
    }
  }

  private static func usage(_ name: String, _ needs: [Setting]) -> String {
    """
    \(name): a FastCGI program of TIS TIS. It serves the socket on descriptor 0; systemd, spawn-fcgi or multiwatch start it.

      --config         prints the settings as understood, secrets as dots
      --check-config   tries them, and the database; each problem with its cure. Exit 0 all well, 75 only the database is
                       away, 78 something is wrong
      --version        prints the version
      --help           prints this

    It reads from the environment (or, for each NAME, from the file named by NAME_FILE):

    """ + needs.map { "  \($0.name)\n      \($0.help)" }.joined(separator: "\n")
  }

  /// Serves until told to stop. A schema that is too old is refused; a database that is away is not waited for: each
  /// request is told 503 until it is back.
  /// - Parameter anySchema: for who serves without the database as well, and asks it nothing at its start.
  public func serve(anySchema: Bool = false, _ handler: (Request) throws(Refusal) -> Response) {
    do throws(StoreError) {
      if !anySchema { try database.requireSchema(Self.schema) }
    } catch .unavailable(let why) {
      log.warning("database_away", ["why": why])
    } catch {
      log.error("schema", ["why": error.sentence])
      leaveMisconfigured()
    }
    let loop = FastCGILoop(log: log, maxRequests: settings.int(.maxRequests))
    loop.run(after: wakeWorkers) { (request) throws(Refusal) in
      database.deadline = request.deadline
      return try handler(request)
    }
  }

  var isDevelopment: Bool { settings.text(.environment) == "development" }
}

/// How a program named `name` speaks to Postgres: no statement longer than what its caller waits for.
func connectionSettings(_ settings: Settings, name: String, budget: Double) -> ConnectionSettings {
  ConnectionSettings(
    statementTimeout: min(Double(settings.int(.statementSeconds)), budget), connectTimeout: 3,
    prepare: settings.flag(.databasePrepare), applicationName: name)
}

extension StoreError {
  /// As an answer: what is away comes back, and everything else is our own mistake, which a later delivery may find
  /// mended; so both are 503 and nothing that was sent to us is lost.
  var refusal: Refusal {
    retryable
      ? .busy("the database is not available just now", after: 5) : .busy("the request could not be stored", after: 60)
  }
}
