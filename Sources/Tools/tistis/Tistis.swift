import ArgumentParser
import Core
import Flows
import FoundationEssentials
import Store

@main
struct Tistis: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "tistis", abstract: "Administration of a TIS TIS installation.", version: "tistis \(version)",
    subcommands: [Seed.self, Environment.self])
}

struct Seed: ParsableCommand {
  static let configuration = CommandConfiguration(
    abstract: "Seal the development secrets of the demonstration tenants.",
    discussion: """
      After `migrate --seed`. Reads DATABASE_URL (the owner's), INBOUND_KEYS, OUTBOUND_KEYS and TISTIS_ENV, \
      which must be development: these secrets are public.
      """)

  static let needs: [Setting] = [
    .databaseURL, .inboundKeys, .outboundKeys, .environment,
  ]

  func run() throws {
    let log = Log(service: "tistis")
    do {
      let settings = try Settings(Self.needs, from: processEnvironment())
      guard settings.text(.environment) == "development" else {
        log.error("seed", ["why": "these secrets are public: only with TISTIS_ENV=development"])
        leave(78)
      }
      let store = SecretStore(
        Connection(settings.text(.databaseURL)), inbound: try Keyring(settings.secret(.inboundKeys)),
        outbound: try Keyring(settings.secret(.outboundKeys)))
      for line in try store.seedDevelopment() { say("sealed " + line) }
    } catch let fault as Settings.Fault {
      for problem in fault.problems { log.error("configuration", ["problem": problem]) }
      leave(78)
    } catch let error as StoreError {
      log.error("store", ["why": error.sentence])
      leave(error.retryable ? 75 : 70)
    }
  }
}

struct Environment: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "env", abstract: "Print an example of the environment, every setting with its sentence.")

  func run() throws { say(Settings.example) }
}
