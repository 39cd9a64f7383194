import ArgumentParser
import Core
import FoundationEssentials
import Store

extension Tenants {
  struct Budget: ParsableCommand {
    static let configuration = CommandConfiguration(
      abstract: "Show or change what a business's automatic answers may cost or take in a month.",
      discussion: """
        At 80 % and at all of it there is an alert; after that people answer, until the month ends in the business's time \
        zone or there is more to spend. Calls that are under way then are given up; answers already paid for leave.

          tistis tenants budget --tenant clinica-sol --usd 25 --tokens none
        """)
    @Option(help: "The tenant's slug.") var tenant: String
    @Option(help: "US dollars a month, such as 25 or 12.50; none: no limit.") var usd: String?
    @Option(help: "Tokens a month; none: no limit.") var tokens: String?
    @Flag(help: "As a JSON object.") var json = false

    func validate() throws {
      if let usd, usd != "none" {
        let parts = usd.split(separator: ".", omittingEmptySubsequences: false)
        let plain = (1...2).contains(parts.count) && parts.allSatisfy { !$0.isEmpty && $0.utf8.allSatisfy(isDigit) }
        guard plain, parts[0].utf8.count <= 7, parts.count == 1 || parts[1].utf8.count <= 4 else {
          throw ValidationError("--usd is an amount such as 25 or 12.50, or none.")
        }
      }
      if let tokens, tokens != "none" {
        guard (1...12).contains(tokens.utf8.count), tokens.utf8.allSatisfy(isDigit) else {
          throw ValidationError("--tokens is a whole number, or none.")
        }
      }
    }

    func run() throws {
      administer([.databaseURL]) { settings in
        let scope = try Selected(tenant, settings).scope
        var change = JSON.Members([])
        if let usd { change["monthly_budget_usd"] = usd == "none" ? .null : .string(usd) }
        if let tokens { change["monthly_token_budget"] = tokens == "none" ? .null : .string(tokens) }
        if !change.pairs.isEmpty { try scope.setBudget(change: JSONText(.object(change))) }
        let budget = try scope.budget().parse()
        say(json ? budget.text : line(Field(budget)))
      }
    }

    private func line(_ budget: Field) -> String {
      func of(_ used: String, _ most: String, _ unit: String) -> String {
        "\(budget[used].loose ?? "0")\(budget[most].loose.map { " of \($0)" } ?? "") \(unit)"
      }
      let state = budget["spent"].bool == true ? "  spent: people answer" : ""
      return "\(budget["month"].loose ?? "")  \(of("cost_usd", "monthly_budget_usd", "USD"))  "
        + of("total_tokens", "monthly_token_budget", "tokens")
        + (budget["percent"].loose.map { "  \($0) %" } ?? "") + state
    }
  }
}

private func isDigit(_ byte: UInt8) -> Bool { (48...57).contains(byte) }
