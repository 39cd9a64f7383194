import ArgumentParser
import Core
import Flows
import FoundationEssentials
import Rules
import Store

struct Templates: ParsableCommand {
  static let configuration = CommandConfiguration(
    abstract: "Message templates: what may leave while a person's window is closed.",
    subcommands: [List.self, Sync.self, Create.self])

  struct NoAccount: Error, CustomStringConvertible {
    let description =
      "the tenant has no WhatsApp channel with a whatsapp_business_account_id: tistis channels add --field whatsapp_business_account_id=…"
  }

  struct List: ParsableCommand {
    static let configuration = CommandConfiguration(
      abstract: "List a tenant's templates as the platform told of them; only APPROVED ones leave.",
      discussion: "`tistis templates sync` asks the platform anew.")
    @Option(help: "The tenant's slug.") var tenant: String
    @Flag(help: "Also those that are gone.") var all = false
    @Flag(help: "As a JSON array.") var json = false
    @Option(help: "How many at most.") var limit = 1000

    func run() throws {
      administer([.databaseURL]) { settings in
        let rows = try Selected(tenant, settings).scope.listTemplates(all: all, limit: Int64(limit))
        if json { return say(JSON.array(rows.map(\.json)).text) }
        for row in rows {
          var line =
            "\(row.name)  \(row.language)  \(row.status)  \(row.category ?? "-")  quality \(row.quality ?? "-")"
          if let reason = row.reason { line += "  \(reason)" }
          say(line)
        }
        say("\(rows.count) in all")
      }
    }
  }

  struct Sync: ParsableCommand {
    static let configuration = CommandConfiguration(
      abstract: "Ask the platform for a tenant's templates.",
      discussion: "`jobs` does the asking. Exit 75: nobody has done it within the time; the job stays.")
    @Option(help: "The tenant's slug.") var tenant: String
    @Option(help: "Seconds to wait for each business account.") var seconds = 120
    @Flag(help: "As a JSON array.") var json = false

    func run() throws { try Templates.bring(tenant, create: false, seconds: seconds, json: json) }
  }

  struct Create: ParsableCommand {
    static let configuration = CommandConfiguration(
      abstract: "Submit our templates that a tenant lacks, and see what became of them.",
      discussion: """
        \(OwnTemplate.allCases.map(\.rawValue).joined(separator: ", ")), in the tenant's language (\
        \(Phrases.all.map(\.templateLanguage).joined(separator: ", "))). Meta reviews each; until it says APPROVED \
        nothing is sent by it. What is there already is left as it is, so that this may be run again.
        """)
    @Option(help: "The tenant's slug.") var tenant: String
    @Option(help: "Seconds to wait for each business account.") var seconds = 120
    @Flag(help: "Print the definitions as they would be submitted, and submit nothing.") var dryRun = false
    @Flag(help: "As a JSON array.") var json = false

    func run() throws {
      if dryRun {
        return administer([.databaseURL]) { settings in
          let language = try Selected(tenant, settings).scope.businessLanguage()
          for definition in TemplateDefinition.all(in: .of(language)) { say(definition.json.text) }
        }
      }
      try Templates.bring(tenant, create: true, seconds: seconds, json: json)
    }
  }

  private static func bring(_ tenant: String, create: Bool, seconds: Int, json: Bool) throws {
    administer([.databaseURL]) { settings in
      let selected = try Selected(tenant, settings)
      let accounts = try selected.scope.templateAccounts()
      guard !accounts.isEmpty else { throw NoAccount() }
      var results = [JSON]()
      var isRefused = false
      for account in accounts {
        let result = try selected.result(
          of: .syncTemplates(account.id, create: create, requestID: nil), seconds: seconds, silent: json)
        results.append(result.value ?? .null)
        isRefused = isRefused || !result["refused"].items.isEmpty
        guard !json else { continue }
        say("\(account.businessId)  listed \(result["listed"].loose ?? "0")  gone \(result["gone"].loose ?? "0")")
        for name in result["created"].items { say("  submitted  \(name.text ?? "")") }
        for refused in result["refused"].items {
          say("  refused  \(refused["name"].text ?? "")  \(refused["code"].text ?? "")  \(refused["why"].text ?? "")")
        }
      }
      if json { say(JSON.array(results).text) }
      if isRefused { leave(69) }
    }
  }
}
