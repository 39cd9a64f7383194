import ArgumentParser
import Core
import Flows
import FoundationEssentials
import Store

struct Channels: ParsableCommand {
  static let configuration = CommandConfiguration(
    abstract: "A tenant's accounts on the platforms.",
    subcommands: [
      List.self, Add.self, SetSecret.self, TestCommand.self, Health.self, Resume.self, Disconnect.self,
    ])

  struct Unknown: Error, CustomStringConvertible {
    let description = "the tenant has no such channel, or it is not one that an error stopped"
  }
  struct NoToken: Error, CustomStringConvertible { let description = "the file holds no token" }

  struct List: ParsableCommand {
    static let configuration = CommandConfiguration(
      abstract: "List a tenant's channels with their ids: how they stand, and how many messages wait.")
    @Option(help: "The tenant's slug.") var tenant: String
    @Flag(help: "As a JSON array.") var json = false

    func run() throws {
      administer([.databaseURL]) { settings in
        let rows = try Selected(tenant, settings).scope.listChannels()
        if json { return say(JSON.array(rows.map(\.json)).text) }
        for row in rows {
          var line = "\(row.id.text)  \(row.channel) \(row.accountNumber)  \(row.accountId ?? "-")  \(row.status)"
          if let code = row.stoppedCode { line += " (\(code))" }
          line += "  \(row.waiting) waiting"
          if let until = row.blockedUntil, until > .now { line += "  rests until \(until) (\(row.reason ?? "-"))" }
          if let until = row.initiatedBlockedUntil, until > .now { line += "  templates rest until \(until)" }
          if row.status == "error" { line += "  \(row.lastErrorMessage ?? "")" }
          say(line)
        }
      }
    }
  }

  struct Resume: ParsableCommand {
    static let configuration = CommandConfiguration(
      abstract: "Let a channel send again after somebody has mended what stopped it.",
      discussion: """
        What waited leaves in its order, if it still may; the alerts that asked somebody to act are resolved. If the \
        platform still refuses, the channel stops again at the first message.
        """)
    @Option(help: "The tenant's slug.") var tenant: String
    @Option(help: "The channel's id.", transform: uuid) var channel: UUID
    @Option(help: "A file with the new access token; it is sealed in the database (INBOUND_KEYS, OUTBOUND_KEYS).")
    var tokenFile: String?
    @Flag(help: "As a JSON object.") var json = false

    func run() throws {
      let keys: [Setting] = tokenFile == nil ? [] : [.inboundKeys, .outboundKeys]
      administer([.databaseURL] + keys) { settings in
        let selected = try Selected(tenant, settings)
        guard try selected.scope.listChannels().contains(where: { $0.id == channel }) else { throw Unknown() }
        if let tokenFile {
          let text = String((readFile(tokenFile) ?? "").filter { !$0.isWhitespace })
          guard !text.isEmpty else { throw NoToken() }
          try selected.secrets(settings).setOutbound(
            Secret(text), kind: "access_token", connection: channel, tenant: selected.tenant)
          if !json { say("sealed the new token") }
        }
        guard let due = try selected.scope.resumeChannel(connectionId: channel) else { throw Unknown() }
        selected.database.wakeWorkers()
        tell(
          "resumed; \(due) conversations go on",
          json ? ["id": .string(channel.text), "status": "connected", "conversations": .number(Int(due))] : nil)
      }
    }
  }
}

extension ListChannelsRow {
  fileprivate var json: JSON {
    .object([
      "id": .string(id.text), "channel": .string(channel), "account_number": .number(accountNumber),
      "account_id": accountId.map { .string($0) }, "status": .string(status), "quality": quality.map { .string($0) },
      "stopped_code": stoppedCode.map { .string($0) }, "stopped_at": stoppedAt.map { .string($0.description) },
      "last_error": lastErrorMessage.map { .string($0) }, "waiting": .number(waiting),
      "blocked_until": blockedUntil.map { .string($0.description) },
      "initiated_blocked_until": initiatedBlockedUntil.map { .string($0.description) },
      "blocked_by": reason.map { .string($0) },
    ])
  }
}
