import ArgumentParser
import Core
import Flows
import FoundationEssentials
import Store

@main
struct Jobs: AsyncParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "jobs",
    abstract: "Works on the queue: answers conversations, sends messages. Cron starts one every half minute.",
    discussion: """
      It stays awake until its successor has registered, then finishes what it holds: there is no hole between two \
      runs, and a hung one is superseded within the minute. SIGTERM drains.

      Settings come from the environment; `jobs --config` prints them.
      """,
    version: "jobs \(version)")

  @Option(name: .customLong("for"), help: "Seconds to stay awake (default: until a successor has registered).")
  var seconds: Double?
  @Option(help: "Jobs to take at most.")
  var max: Int?
  @Option(help: "Only jobs of this kind, such as ai_response.")
  var kind: String?
  @Option(help: "Only this job, even if it is not due.")
  var id: String?
  @Flag(help: "Leave when nothing is due.")
  var drain = false
  @Flag(help: "Print what is due and change nothing.")
  var dryRun = false
  @Flag(help: "Print the settings as understood, secrets as dots.")
  var config = false
  @Flag(help: "Try the settings and the database; each problem with its cure. Exit 75: only the database is away; 78.")
  var checkConfig = false

  func validate() throws {
    if let seconds, seconds < 0 { throw ValidationError("--for must not be negative.") }
    if let max, max < 1 { throw ValidationError("--max must be at least 1.") }
    if let id, UUID(uuidString: id) == nil { throw ValidationError("--id must be a UUID.") }
  }

  func run() async throws {
    if checkConfig { ConfigCheck.program("jobs", Office.needs, processEnvironment()).finish() }
    let log = Log(service: "jobs")
    let settings: Settings
    do { settings = try Settings(Office.needs, from: processEnvironment()) } catch {
      for problem in error.problems { log.error("configuration", ["problem": problem.description]) }
      leave(78)
    }
    if config {
      say(settings.listing(Office.needs))
      return
    }
    if dryRun { return try list(settings) }
    refuseOldSchema(settings, log)
    let office: Office
    do { office = try Office("jobs", settings: settings) } catch {
      log.error("configuration", ["problem": "OUTBOUND_KEYS cannot be read: \(error)"])
      leave(78)
    }
    Worker.drainOnSignals()
    await Worker(
      office,
      WorkerOptions(
        seconds: seconds, most: max, kind: kind, id: id.flatMap { UUID(uuidString: $0) }, drainOnly: drain)
    ).run()
  }

  /// An older schema is refused; a database that is away is waited for like any other trouble.
  private func refuseOldSchema(_ settings: Settings, _ log: Log) {
    let database = Connection(settings.text(.databaseURL))
    do {
      try database.requireSchema(App.schema)
    } catch .unavailable(let why) {
      log.warning("database_away", ["why": why])
    } catch {
      log.error("schema", ["why": error.sentence])
      leave(78)
    }
  }

  private func list(_ settings: Settings) throws {
    let database = Connection(settings.text(.databaseURL))
    do {
      let rows = try database.everyone.listJobs(
        limit: Int32(max ?? 100), kind: kind, id: id.flatMap { UUID(uuidString: $0) })
      for row in rows {
        say(
          "\(row.scheduledFor)  \(row.id.text)  \(row.jobType)  attempts \(row.attempts)  " + (row.errorMessage ?? ""))
      }
      say("\(rows.count) due")
    } catch {
      Log(service: "jobs").error("store", ["why": error.sentence])
      leave(error.retryable ? 75 : 70)
    }
  }
}
