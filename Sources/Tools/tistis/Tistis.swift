import ArgumentParser
import Core
import Flows
import FoundationEssentials
import Store

@main
struct Tistis: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "tistis", abstract: "Administration of a TIS TIS installation.",
    discussion:
      """
      Reads DATABASE_URL (the owner's) and whatever else a command names. With --json standard output is one JSON text.

      Exit 0: done; 1: a look found something wrong (doctor: 2 for warnings only); 64: usage; 69: no such thing, or not all \
      of it was done; 70: the database refused it; 75: try later; 78: settings.
      """,
    version: "tistis \(version)",
    subcommands: [
      DoctorCommand.self, Tenants.self, Channels.self, Keys.self, Templates.self, Conversations.self,
      ConsentCommand.self,
      JobsCommand.self, RoutinesCommand.self, Webhooks.self, N8NCommand.self, Alerts.self, Prune.self, Erase.self,
      Seed.self, Seals.self,
      Environment.self,
    ])

  @Flag(help: "Try the settings and the database; each problem with its cure. Exit 75: only the database is away; 78.")
  var checkConfig = false

  func run() throws {
    guard checkConfig else { throw CleanExit.helpRequest(self) }
    let needs: [Setting] = [.databaseURL, .inboundKeys, .outboundKeys, .environment, .publicURL]
    ConfigCheck.owner("tistis", needs, processEnvironment()).finish()
  }
}

struct Environment: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "env", abstract: "Print an example of the environment, every setting with its sentence.")

  func run() throws { say(Settings.example) }
}

/// Runs a command's work; what goes wrong is said in one line and becomes an exit code.
func administer(_ needs: [Setting], _ work: (Settings) throws -> Void) {
  let log = Log(service: "tistis")
  do {
    try work(try Settings(needs, from: processEnvironment()))
  } catch let fault as Settings.Fault {
    for problem in fault.problems { log.error("configuration", ["problem": problem.description]) }
    leave(78)
  } catch let fault as Keyring.Fault {
    log.error("configuration", ["problem": "INBOUND_KEYS or OUTBOUND_KEYS: \(fault)"])
    leave(78)
  } catch let error as StoreError {
    log.error("store", ["why": error.sentence])
    leave(error.retryable ? 75 : 70)
  } catch let error as ValidationError {
    // What only the settings could tell to be wrong.
    log.error("usage", ["why": error.message])
    leave(64)
  } catch {
    log.error("failed", ["why": "\(error)"])
    leave(69)
  }
}

/// A tenant named by its slug, and a session in its name.
struct Selected {
  let database: Connection
  let tenant: UUID
  var scope: Scope { database.tenant(tenant) }

  struct Unknown: Error, CustomStringConvertible { let description: String }

  init(_ slug: String, _ settings: Settings) throws {
    database = Connection(settings.text(.databaseURL))
    guard let id = try database.everyone.tenantOfSlug(slug: slug) else {
      throw Unknown(description: "there is no tenant \(slug)")
    }
    tenant = id
  }

  /// Needs INBOUND_KEYS and OUTBOUND_KEYS.
  func secrets(_ settings: Settings) throws -> SecretStore {
    SecretStore(
      database, inbound: try Keyring(settings.secret(.inboundKeys)),
      outbound: try Keyring(settings.secret(.outboundKeys)))
  }

  func channel(_ id: UUID) throws(StoreError) -> ChannelDetailsRow? {
    try scope.channelDetails(id: id, channel: nil, accountNumber: nil, limit: 1).first
  }
}

/// An id as a person types it.
func uuid(_ text: String) throws -> UUID {
  guard let id = UUID(uuidString: text) else { throw ValidationError("\(text) is no UUID.") }
  return id
}

/// For what is told as JSON in any case.
struct AnywayJSON: ParsableArguments {
  @Flag(help: "As a JSON object, which it is anyway.") var json = false
}

/// What came of it: for people, or for machines if they asked.
func tell(_ plain: String, _ json: JSON?) { say(json?.text ?? plain) }
