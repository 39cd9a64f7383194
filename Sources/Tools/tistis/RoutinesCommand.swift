import ArgumentParser
import Core
import Flows
import FoundationEssentials
import Store

struct RoutinesCommand: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "routines",
    abstract: "What is done by the clock: reminders, follow-ups, templates, expiries, pruning.",
    subcommands: [Run.self, List.self, Show.self, Set.self])

  struct Unknown: Error, CustomStringConvertible { let description: String }

  struct Run: ParsableCommand {
    static let configuration = CommandConfiguration(
      abstract: "Ask for routines; jobs does them.",
      discussion: """
        \(Routine.allCases.map(\.rawValue).joined(separator: ", ")). Cron runs this as the user of jobs, whose DATABASE_URL is \
        enough. It may be asked for twice, late, or by two at once: what still waits is not asked for again, and what was done \
        is not done again. tistis jobs list shows what came of it.
        """)
    @Argument(help: "Which of them.") var names: [String]
    @Option(help: "Only for this tenant, by its slug (default: everybody whom it concerns).") var tenant: String?
    @Flag(help: "As a JSON array.") var json = false

    func validate() throws {
      for name in names where Routine(rawValue: name) == nil {
        throw ValidationError(
          "there is no routine \(name): \(Routine.allCases.map(\.rawValue).joined(separator: ", ")).")
      }
    }

    func run() throws {
      administer([.databaseURL]) { settings in
        let database = Connection(settings.text(.databaseURL))
        var rows = [JSON]()
        for name in names {
          let asked = try database.everyone.askRoutine(routine: name, slug: tenant)
          if let tenant, asked.isEmpty {
            throw Unknown(
              description: "there is no active tenant \(tenant)"
                + (["expiries", "prune"].contains(name) ? "" : " with a channel, whom \(name) would concern"))
          }
          rows.append(["routine": .string(name), "tenants": .array(asked.map { .string($0.slug) })])
          if !json { say("\(name)  asked for in \(asked.count) businesses") }
        }
        database.wakeWorkers()
        if json { say(JSON.array(rows).text) }
      }
    }
  }

  struct List: ParsableCommand {
    static let configuration = CommandConfiguration(
      abstract: "List what is done by the clock, when, and when cron asked for it last.")
    @Flag(help: "As a JSON array.") var json = false

    func run() throws {
      administer([.databaseURL]) { settings in
        let asked = try Connection(settings.text(.databaseURL)).everyone.listRoutines()
        var rows = [JSON]()
        for routine in Routine.allCases {
          let last = asked.first { $0.name == routine.rawValue }
          rows.append(
            .object([
              "routine": .string(routine.rawValue), "schedule": .string(routine.schedule),
              "what": .string(routine.sentence), "asked_at": last.map { .string($0.askedAt.description) },
              "tenants": last.map { .number($0.tenants) },
            ]))
          guard !json else { continue }
          let since = last.map { "last \($0.askedAt) in \($0.tenants) businesses" } ?? "never asked for"
          say("\(routine.rawValue)  \(routine.schedule)  \(since)\n  \(routine.sentence)")
        }
        if json { say(JSON.array(rows).text) }
      }
    }
  }

  struct Show: ParsableCommand {
    static let configuration = CommandConfiguration(
      abstract: "Show what a business wants done, and its own words.")
    @Option(help: "The tenant's slug.") var tenant: String
    @Flag(help: "As a JSON object.") var json = false

    func run() throws {
      administer([.databaseURL]) { settings in
        let row = try Selected(tenant, settings).scope.routineSettings()
        if json { return say(row.json.text) }
        say("reminders  \(row.reminders ? "on" : "off")\nfollow-ups  \(row.followUps ? "on" : "off")")
        for (name, words) in [
          ("confirmation", row.confirmationText), ("reminder", row.reminderText), ("follow-up", row.followUpText),
        ] { say("\(name)  \(words ?? "in our words")") }
      }
    }
  }

  struct Set: ParsableCommand {
    static let configuration = CommandConfiguration(
      abstract: "Switch reminders and follow-ups, and give them the business's own words.",
      discussion: """
        A text may have the gaps {{nombre}}, {{servicio}}, {{negocio}}, and of an appointment {{fecha}} and {{hora}}; an empty one \
        makes it ours again. They are for while a person may be written to freely: afterwards only the template leaves.
        """)
    @Option(help: "The tenant's slug.") var tenant: String
    @Option(help: "on or off.") var reminders: String?
    @Option(help: "on or off.") var followUps: String?
    @Option(help: "What is said when an appointment is booked.") var confirmationText: String?
    @Option(help: "What is said before an appointment.") var reminderText: String?
    @Option(help: "What is said to who fell silent.") var followUpText: String?
    @Flag(help: "As a JSON object: what holds now.") var json = false

    func validate() throws {
      for word in [reminders, followUps] {
        guard [nil, "on", "off"].contains(word) else {
          throw ValidationError("--reminders and --follow-ups are on or off.")
        }
      }
    }

    func run() throws {
      administer([.databaseURL]) { settings in
        let scope = try Selected(tenant, settings).scope
        try scope.setRoutine(
          reminders: reminders.map { $0 == "on" }, followUps: followUps.map { $0 == "on" },
          confirmationText: confirmationText, reminderText: reminderText, followUpText: followUpText)
        tell("done", json ? try scope.routineSettings().json : nil)
      }
    }
  }
}

extension RoutineSettingsRow {
  fileprivate var json: JSON {
    .object([
      "reminders": .bool(reminders), "follow_ups": .bool(followUps),
      "confirmation_text": confirmationText.map { .string($0) }, "reminder_text": reminderText.map { .string($0) },
      "follow_up_text": followUpText.map { .string($0) },
    ])
  }
}
