import ArgumentParser
import Core
import Flows
import FoundationEssentials
import Rules
import Store

struct N8NCommand: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "n8n", abstract: "A business's n8n: what it is told, and whether it answers people.",
    subcommands: [Show.self, Put.self, SetSecret.self, MakeSecret.self, Events.self, Replay.self, Test.self])

  struct Unknown: Error, CustomStringConvertible { let description: String }

  static let none = Unknown(description: "the tenant has no n8n yet: tistis n8n set --tenant SLUG")

  struct Show: ParsableCommand {
    static let configuration = CommandConfiguration(
      abstract: "Show a business's n8n as JSON; of secrets whether they are there, and their ends.")
    @Option(help: "The tenant's slug.") var tenant: String
    @OptionGroup var form: AnywayJSON

    func run() throws {
      administer([.databaseURL]) { settings in
        guard let row = try Selected(tenant, settings).scope.n8nSettings() else { throw none }
        say(row.json.text)
      }
    }
  }

  struct Put: ParsableCommand {
    static let configuration = CommandConfiguration(
      commandName: "set", abstract: "Change what is named; the first time it switches n8n on.",
      discussion: """
        Without --url ever, events go to the platform's n8n (N8N_WEBHOOK_URL).

          tistis n8n set --tenant clinica-sol --url https://n8n.example.com/webhook
          tistis n8n set --tenant clinica-sol --answers-by n8n --seconds 45 --fallback people
          tistis n8n set --tenant clinica-sol --events lead-hot,conversation-escalated
        """)
    @Option(help: "The tenant's slug.") var tenant: String
    @Option(help: "The address of its Webhook nodes; `platform`: the platform's n8n.") var url: String?
    @Option(help: "Whether it is told anything: on or off.") var enabled: String?
    @Option(help: "The events it wants, a comma between; `all`.") var events: String?
    @Option(help: "Who answers people: claude or n8n.") var answersBy: String?
    @Option(help: "By which event n8n is asked: ai-conversation or ai-response-needed.") var answerEvent: String?
    @Option(help: "Seconds that n8n has for an answer (5 to 3600).") var seconds: Int?
    @Option(help: "Who answers after that: claude or people.") var fallback: String?
    @Option(help: "Whether call-backs are believed without key and signature: on or off.") var plain: String?
    @OptionGroup var form: AnywayJSON

    func validate() throws {
      try one(of: ["on", "off"], enabled, "--enabled")
      try one(of: ["on", "off"], plain, "--plain")
      try one(of: ["claude", "n8n"], answersBy, "--answers-by")
      try one(of: BusinessEvent.answers, answerEvent, "--answer-event")
      try one(of: ["claude", "people"], fallback, "--fallback")
      for name in named(events) ?? [] {
        try one(of: BusinessEvent.allCases.map(\.rawValue), name, "--events")
      }
      if let seconds, !(5...3600).contains(seconds) { throw ValidationError("--seconds is 5 to 3600.") }
    }

    private func one(of words: [String], _ word: String?, _ option: String) throws {
      guard let word, !words.contains(word) else { return }
      throw ValidationError("\(option): \(word) is none of \(words.joined(separator: ", ")).")
    }

    private func named(_ events: String?) -> [String]? {
      events == "all" ? nil : events?.split(separator: ",").map(String.init)
    }

    func run() throws {
      administer([.databaseURL, .environment]) { settings in
        if let url, url != "platform" {
          let fault = N8NAddress.fault(url, development: settings.text(.environment) == "development")
          if let fault { throw ValidationError("--url: " + fault) }
        }
        let change = JSON.object([
          "is_enabled": enabled.map { .bool($0 == "on") },
          "webhook_url": url.map { $0 == "platform" ? .null : .string($0) },
          "events": events.map { _ in named(events).map { .array($0.map { .string($0) }) } ?? .null },
          "answers_by": answersBy.map { .string($0) }, "answer_event": answerEvent.map { .string($0) },
          "answer_seconds": seconds.map { .number($0) }, "answer_fallback": fallback.map { .string($0) },
          "plain_callbacks": plain.map { .bool($0 == "on") },
        ])
        let scope = try Selected(tenant, settings).scope
        try scope.putN8NSettings(change: JSONText(change))
        guard let row = try scope.n8nSettings() else { throw none }
        say(row.json.text)
      }
    }
  }

  struct SetSecret: ParsableCommand {
    static let configuration = CommandConfiguration(
      abstract: "Seal a secret that is read from standard input.",
      discussion: """
        api_key is shown to n8n as X-N8N-API-KEY; signing_secret signs our events; webhook_secret is what n8n signs its \
        call-backs with.
        """)
    @Option(help: "The tenant's slug.") var tenant: String
    @Option(help: "api_key, signing_secret or webhook_secret.", transform: which) var kind: N8NSecret
    @Flag(help: "As a JSON object.") var json = false

    func run() throws {
      administer([.databaseURL, .inboundKeys, .outboundKeys]) { settings in
        let secret = Secret(readLine(strippingNewline: true) ?? "")
        if let fault = kind.fault(secret) { throw Unknown(description: "what was read is no secret: " + fault) }
        try keep(secret, kind, tenant, settings)
        tell("sealed", json ? ["kind": .string(kind.rawValue), "sealed": true] : nil)
      }
    }
  }

  struct MakeSecret: ParsableCommand {
    static let configuration = CommandConfiguration(abstract: "Make a secret, seal it, and print it this once.")
    @Option(help: "The tenant's slug.") var tenant: String
    @Option(help: "signing_secret or webhook_secret.", transform: which) var kind: N8NSecret
    @Flag(help: "As a JSON object.") var json = false

    func run() throws {
      administer([.databaseURL, .inboundKeys, .outboundKeys]) { settings in
        let secret = N8NSecret.make()
        try keep(secret, kind, tenant, settings)
        let text = secret.reveal()
        tell(text, json ? ["kind": .string(kind.rawValue), "sealed": true, "secret": .string(text)] : nil)
      }
    }
  }

  struct Events: ParsableCommand {
    static let configuration = CommandConfiguration(abstract: "List a business's events, the latest first.")
    @Option(help: "The tenant's slug.") var tenant: String
    @Option(help: "Only these: pending, delivered or dead.") var status: String?
    @Option(help: "How many at most.") var limit = 100
    @Flag(help: "As a JSON array.") var json = false

    func run() throws {
      administer([.databaseURL]) { settings in
        let rows = try Selected(tenant, settings).scope.listEvents(status: status, limit: Int64(limit))
        if json { return say(JSON.array(rows.map(\.json)).text) }
        for row in rows {
          let why = row.errorMessage.map { "  " + $0 } ?? ""
          say("\(row.id.text)  \(row.occurredAt)  \(row.event)  \(row.status)  tries \(row.attempts)\(why)")
        }
        say("\(rows.count) \(status ?? "in all")")
      }
    }
  }

  struct Replay: ParsableCommand {
    static let configuration = CommandConfiguration(
      abstract: "Tell n8n again of what did not reach it.",
      discussion: "Without --id all dead events, oldest first; with it that one, also if it was delivered.")
    @Option(help: "The tenant's slug.") var tenant: String
    @Option(help: "Only this one.", transform: uuid) var id: UUID?
    @Option(help: "How many at most.") var limit = 1000
    @Flag(help: "As a JSON object.") var json = false

    func run() throws {
      administer([.databaseURL]) { settings in
        let asked = try Selected(tenant, settings).scope.replayEvents(id: id, limit: Int32(clamping: limit))
        if id != nil, asked == 0 { throw Unknown(description: "there is no such event, or it is on its way") }
        tell("\(asked) told again by jobs", json ? ["replayed": .number(asked)] : nil)
      }
    }
  }

  struct Test: ParsableCommand {
    static let configuration = CommandConfiguration(
      abstract: "Tell n8n of an event `test`; `tistis n8n events` shows what became of it.")
    @Option(help: "The tenant's slug.") var tenant: String
    @Flag(help: "As a JSON object.") var json = false

    func run() throws {
      administer([.databaseURL]) { settings in
        let scope = try Selected(tenant, settings).scope
        guard try scope.n8nSettings() != nil else { throw none }
        let id = try scope.testN8N().text
        tell(id, json ? ["id": .string(id)] : nil)
      }
    }
  }

  private static func which(_ word: String) throws -> N8NSecret {
    guard let secret = N8NSecret(rawValue: word) else {
      throw ValidationError("\(word) is none of " + N8NSecret.allCases.map(\.rawValue).joined(separator: ", ") + ".")
    }
    return secret
  }

  private static func keep(_ secret: Secret, _ kind: N8NSecret, _ tenant: String, _ settings: Settings) throws {
    let selected = try Selected(tenant, settings)
    guard try selected.scope.n8nSettings() != nil else { throw none }
    try selected.secrets(settings).set(secret, kind, tenant: selected.tenant)
  }
}
