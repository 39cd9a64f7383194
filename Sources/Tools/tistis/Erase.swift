import ArgumentParser
import Core
import Flows
import FoundationEssentials
import Store

#if canImport(Glibc)
  import Glibc
#endif

struct Erase: ParsableCommand {
  static let configuration = CommandConfiguration(
    abstract: "Erase a person's data.", subcommands: [Lead.self])

  struct Unknown: Error, CustomStringConvertible { let description = "the tenant has no such lead" }
  struct Lead: ParsableCommand {
    static let configuration = CommandConfiguration(
      abstract: "Erase everything about one person, under all their names.",
      discussion: """
        Conversations, messages, attachments, reports, raw items and jobs go; what answering cost stays as figures. \
        That they asked to be left alone stays known by a digest of the address. Files are removed by `jobs`: run this \
        again to see whether any still wait. It changes no backup, and no log.
        """)
    @Option(help: "The tenant's slug.") var tenant: String
    @Option(help: "The lead's id.", transform: uuid) var lead: UUID
    @Option(help: "Who asked for it, for the record (default: this user).") var by: String?
    @Flag(help: "Really do it.") var yes = false
    @Flag(help: "Say how much it would be and change nothing.") var dryRun = false
    @Flag(help: "As a JSON object.") var json = false

    func validate() throws {
      guard yes || dryRun else {
        throw ValidationError("This cannot be undone: say --yes, or --dry-run to see how much it is.")
      }
    }

    func run() throws {
      administer([.databaseURL]) { settings in
        let selected = try Selected(tenant, settings)
        let database = Connection(
          settings.text(.databaseURL), settings: ConnectionSettings(statementTimeout: 300, applicationName: "tistis"))
        let author = by ?? "uid \(getuid())"
        if let counts = try database.erase(lead, by: author, of: selected.tenant, reallyDo: !dryRun) {
          return tell(dryRun ? "would erase" : "erased", counts, files: nil)
        }
        guard let done = try selected.scope.erasureOf(leadId: lead) else { throw Unknown() }
        tell("erased before, at \(done.erasedAt) by \(done.erasedBy)", done.counts, files: done.waiting)
      }
    }

    private func tell(_ what: String, _ counts: JSONText, files: Int64?) {
      let counts = (try? counts.parse()) ?? .null
      if json {
        return say(
          JSON.object([
            "state": .string(what), "counts": counts, "files_waiting": files.map { .number($0) },
          ]).text)
      }
      say(what)
      if case .object(let members) = counts {
        for member in members.pairs { say("  \(member.key)  \(member.value.text)") }
      }
      if let files { say("  files that wait to be removed  \(files)") }
    }
  }
}
