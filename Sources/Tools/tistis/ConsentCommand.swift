import ArgumentParser
import Core
import Flows
import FoundationEssentials
import Rules
import Store

struct ConsentCommand: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "consent", abstract: "What a person allows a business to send: promotions or none.",
    subcommands: [Show.self, Set.self])

  struct Unknown: Error, CustomStringConvertible { let description = "the tenant has no such lead" }

  struct Show: ParsableCommand {
    static let configuration = CommandConfiguration(
      abstract: "Show what a person said about promotions, by channel; no line: nothing was said.")
    @Option(help: "The tenant's slug.") var tenant: String
    @Option(help: "The lead's id.", transform: uuid) var lead: UUID
    @Flag(help: "As a JSON array.") var json = false

    func run() throws {
      administer([.databaseURL]) { settings in
        let scope = try Selected(tenant, settings).scope
        guard try scope.leadExists(leadId: lead, onlyBranch: nil) else { throw Unknown() }
        let rows = try scope.consentsOf(leadId: lead)
        if json { return say(JSON.array(rows.map(\.json)).text) }
        for row in rows {
          let rest = row.notBefore.map { "  rests until \($0)" } ?? ""
          say("\(row.channel)  \(row.scope)  \(row.state)  by \(row.source)  \(row.saidAt)\(rest)")
        }
        say("\(rows.count) said")
      }
    }
  }

  struct Set: ParsableCommand {
    static let configuration = CommandConfiguration(
      abstract: "Write down what a person told you: stopped or allowed.",
      discussion: "Stopped on one channel stops promotions on all, until the person allows them again there.")
    @Option(help: "The tenant's slug.") var tenant: String
    @Option(help: "The lead's id.", transform: uuid) var lead: UUID
    @Option(help: "\(ChannelName.choice).") var channel = "whatsapp"
    @Option(help: "stopped or allowed.") var state: String
    @Flag(help: "As a JSON object.") var json = false

    func validate() throws {
      guard ["stopped", "allowed"].contains(state) else { throw ValidationError("--state is stopped or allowed.") }
      guard ChannelName(rawValue: channel) != nil else {
        throw ValidationError("--channel is \(ChannelName.choice).")
      }
    }

    func run() throws {
      administer([.databaseURL]) { settings in
        let scope = try Selected(tenant, settings).scope
        guard try scope.leadExists(leadId: lead, onlyBranch: nil) else { throw Unknown() }
        _ = try scope.setConsent(leadId: lead, channel: channel, state: state)
        tell(
          state,
          json ? ["lead": .string(lead.text), "channel": .string(channel), "state": .string(state)] : nil)
      }
    }
  }
}
