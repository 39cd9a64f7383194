import ArgumentParser
import Core
import Flows
import Store

struct Seed: ParsableCommand {
  static let configuration = CommandConfiguration(
    abstract: "Seal the development secrets of the demonstration tenants.",
    discussion: """
      After `migrate --seed`. Reads INBOUND_KEYS, OUTBOUND_KEYS and TISTIS_ENV, which must be development: these \
      secrets are public.
      """)

  struct Public: Error, CustomStringConvertible {
    let description = "these secrets are public: only with TISTIS_ENV=development"
  }

  @Flag(help: "As a JSON object.") var json = false

  func run() throws {
    administer([.databaseURL, .inboundKeys, .outboundKeys, .environment, .publicURL]) { settings in
      guard settings.text(.environment) == "development" else { throw Public() }
      let store = SecretStore(
        Connection(settings.text(.databaseURL)), inbound: try Keyring(settings.secret(.inboundKeys)),
        outbound: try Keyring(settings.secret(.outboundKeys)))
      let lines = try store.seedDevelopment()
      if json { return say(JSON.object(["sealed": .array(lines.map { .string($0) })]).text) }
      for line in lines { say("sealed " + line) }
    }
  }
}
