import Core
import FoundationEssentials
import TestSupport
import Testing

/// What scripts build on: with `--json` standard output is one JSON text and nothing else, how far it is goes to standard
/// error, and exit codes say whether to try later.
@Suite struct TistisJSONTests {
  /// How it ended, what it said, and what it complained of.
  private struct Told: Sendable {
    let status: Int32
    let output: String
    let errors: String

    func json() throws -> Field { Field(try JSON.parse(Array(output.utf8))) }
  }

  /// - Parameter database: one that `jobs` does not work on; otherwise the world's.
  /// - Parameter input: what standard input holds.
  private func tistis(_ arguments: [String], in database: Database? = nil, input: String = "") async throws -> Told {
    var environment = World.current.environment(of: "tistis")
    if let database { environment["DATABASE_URL"] = database.dsn(user: "tistis_owner") }
    let values = environment.map { "\($0.key)='\($0.value)'" }.joined(separator: " ")
    let words = arguments.map { "'\($0)'" }.joined(separator: " ")
    let file = "/tmp/" + unique("tistis-errors-")
    let command =
      "printf %s '\(input)' | env -i PATH=/usr/bin:/bin \(values) '\(World.current.programs)/tistis' \(words) 2>'\(file)'"
    let said = try await onThread { shell(command) }
    let errors = readFile(file) ?? ""
    _ = shell("rm -f '\(file)'")
    return Told(status: said.status, output: said.output, errors: errors)
  }

  // MARK: What a command finds

  private func bury(_ count: Int, of tenant: Tenant) throws {
    try tenant.database.run(
      """
      insert into jobs (tenant_id, job_type, status, attempts, completed_at, error_message)
        select '\(tenant.id.text)', 'send_pigeon', 'dead', 5, now(), 'no pigeons' from generate_series(1, \(count))
      """)
  }

  /// Parks an event and mends what was wrong with it.
  private func park(_ tenant: Tenant) async throws {
    var culprit = Tenant.text("hola")
    if case .object(var members) = culprit {
      members["weight"] = .number("1e999999")
      culprit = .object(members)
    }
    let answer = try await Web.deliver(tenant.payload([culprit]), to: tenant)
    #expect(answer.status == 200)
    try tenant.database.run(
      """
      update webhook_dead_letters set payload = to_jsonb(replace(payload #>> '{}', '1e999999', '1'))
        where tenant_id = '\(tenant.id.text)'
      """)
  }

  private func connect(_ tenant: Tenant, business: String) throws {
    try tenant.database.run(
      """
      update channel_connections set whatsapp_business_account_id = '\(business)' where id = '\(tenant.connection.text)'
      """)
  }

  /// What comes before the options, and what then stands in the object, or in the array's first.
  private static let commands: [(String, String)] = [
    ("jobs dead", "error_message"), ("jobs retry", "pending"),
    ("webhooks dead", "error_message"), ("webhooks replay", "stored"),
    ("tenants list", "slug"), ("channels list", "account_id"), ("channels health", "waiting_sends"),
    ("keys list", "key_prefix"), ("keys revoke", "status"),
    ("templates sync", "listed"), ("templates list", "language"),
    ("channels set-secret", "connected"), ("n8n set", "answers_by"), ("n8n show", "answers_by"), ("n8n test", "id"),
    ("n8n replay", "replayed"), ("n8n set-secret", "sealed"), ("n8n make-secret", "secret"),
    ("routines set", "reminders"), ("conversations send", "messages"), ("jobs show", "status"),
    ("webhooks show", "payload"), ("seals", "OUTBOUND_SEAL"),
  ]

  @Test(arguments: commands) func saysJSONAndNothingElse(_ command: String, _ member: String) async throws {
    let tenant = try Tenant.make(delay: Tenant.never)
    var options = ["--tenant", tenant.slug]
    var input = ""
    if command.hasPrefix("n8n ") {
      let set = try await tistis(["n8n", "set", "--tenant", tenant.slug, "--url", "https://n8n.example.com/webhook"])
      #expect(set.status == 0, "\(set.errors)")
    }
    switch command {
    case "channels set-secret":
      options += ["--channel", tenant.connection.text, "--kind", "access_token"]
      input = "a_new_token_of_theirs"
    case "n8n set-secret":
      options += ["--kind", "api_key"]
      input = "a_key_of_their_own_n8n_0123456789abcdef"
    case "n8n make-secret": options += ["--kind", "signing_secret"]
    case "routines set": options += ["--reminders", "off"]
    case "conversations send": options += ["--conversation", try await tenant.hears(), "Le atiende Ana"]
    case "jobs show":
      try bury(1, of: tenant)
      options += ["--id", try #require(try tenant.value("id", of: "jobs", where: "status = 'dead'"))]
    case "webhooks show":
      try await park(tenant)
      options += ["--id", try #require(try tenant.value("id", of: "webhook_dead_letters"))]
    case "seals": options = []
    case "jobs dead", "jobs retry": try bury(1, of: tenant)
    case "webhooks dead", "webhooks replay": try await park(tenant)
    case "tenants list": options = []
    case "channels health": options += ["--channel", tenant.connection.text]
    case "keys list", "keys revoke":
      let made = try await tistis(
        ["keys", "create", "--tenant", tenant.slug, "--name", "crm", "--scope", "leads:read", "--json"])
      let id = try made.json()["id"].text ?? ""
      #expect(made.status == 0, "\(made.errors)")
      if command == "keys revoke" { options += ["--id", id] }
    case "templates sync":
      let business = uniqueDigits("8")
      try connect(tenant, business: business)
      try await Sandbox.tell(
        "PUT", "numbers/\(tenant.account)",
        [
          "callback": .string(World.current.url + tenant.path), "app_secret": .string(tenant.appSecret),
          "waba_id": .string(business),
        ])
    case "templates list": try tenant.templates()
    default: break
    }
    let words = command.split(separator: " ").map { String($0) }
    let told = try await tistis(words + options + ["--json"], input: input)
    #expect(told.status == 0, "\(told.output) \(told.errors)")
    let whole = try told.json()
    let first = whole.items.first ?? whole
    #expect(first[member].exists, "\(told.output.prefix(500))")
    #expect(input.isEmpty || !told.output.contains(input))
  }

  /// Each command whose result somebody could read: `env` prints a file.
  @Test func everyCommandSpeaksJSON() async throws {
    func lacking(_ command: Field, _ path: String) -> [String] {
      let under = command["subcommands"].items.filter { $0["commandName"].text != "help" }
      guard under.isEmpty else { return under.flatMap { lacking($0, "\(path) \($0["commandName"].text ?? "")") } }
      let flag = command["arguments"].items.first { argument in
        argument["names"].items.contains { $0["name"].text == "json" }
      }
      return flag?["kind"].text == "flag" ? [] : [path]
    }
    let help = try await tistis(["--experimental-dump-help"])
    #expect(lacking(try help.json()["command"], "tistis") == ["tistis env"])
  }

  /// `--json` took a file once: its name, or what is in it, goes to nobody.
  @Test func whatIsSentByTheOldName() async throws {
    let tenant = try Tenant.make(delay: Tenant.never)
    let conversation = try await tenant.hears()
    let place = "/tmp/" + unique("place-")
    _ = shell("echo '{\"kind\": \"text\", \"text\": \"Aquí estamos\"}' >'\(place)'")
    defer { _ = shell("rm -f '\(place)'") }
    let send = ["conversations", "send", "--tenant", tenant.slug, "--conversation", conversation]
    for old in [["--json", place], ["--json", "/nowhere/place.JSON"], ["--json=\(place)"]] {
      let told = try await tistis(send + old)
      #expect(told.status == 64 && told.output.isEmpty, "\(old) \(told.output)")
      #expect(old.count == 1 || told.errors.contains("--from-json"), "\(told.errors)")
    }
    #expect(try tenant.count("messages", where: "role = 'staff'") == 0)
    let dry = try await tistis(send + ["--json", "--dry-run", "--from-json", place])
    #expect(try dry.json()[0]["text"].text == "Aquí estamos", "\(dry.errors)")
    #expect(try tenant.count("messages", where: "role = 'staff'") == 0)
    let sent = try await tistis(send + ["--json", "--from-json", place])
    let id = try sent.json()["id"].text ?? ""
    #expect(sent.status == 0, "\(sent.errors)")
    #expect(try tenant.count("messages", where: "id = '\(id)' and role = 'staff'") == 1)
  }

  // MARK: How far it is

  @Test func replayingTellsHowFarItIs() async throws {
    let tenant = try Tenant.make(delay: Tenant.never)
    try await park(tenant)
    let told = try await tistis(["webhooks", "replay", "--tenant", tenant.slug, "--json"])
    let stored = try told.json()["stored"].integer
    #expect(told.status == 0 && stored == 1, "\(told.output)")
    #expect(told.errors.contains("1/1  "), "\(told.errors)")
  }

  /// Many dead jobs are driven again a hundred at a time, each once, in the order in which they were put there.
  @Test func drivingManyTellsHowFarItIs() async throws {
    try await Database.cloned { database in
      let tenant = try Tenant.make(in: database)
      try bury(201, of: tenant)
      let told = try await tistis(["jobs", "retry", "--tenant", tenant.slug, "--json"], in: database)
      let pending = try told.json()["pending"].items.compactMap(\.text)
      #expect(told.status == 0 && told.errors == "100/201\n200/201\n201/201\n", "\(told.errors)")
      let due = try database.column(
        "select id from jobs where tenant_id = '\(tenant.id.text)' and status = 'pending' order by scheduled_for, id")
      #expect(due.compactMap(\.self) == pending && pending == pending.sorted() && pending.count == 201)
      let none = try await tistis(["jobs", "retry", "--tenant", tenant.slug, "--json"], in: database)
      let tried = try none.json()["tried"].integer
      #expect(none.status == 0 && tried == 0 && none.errors.isEmpty, "\(none.errors)")
    }
  }

  // MARK: Not done yet

  /// Nobody works on what it asked for: it says where to look, and the job stays for whoever comes.
  @Test func whatIsNotDoneYet() async throws {
    try await Database.cloned { database in
      let tenant = try Tenant.make(in: database)
      try connect(tenant, business: uniqueDigits("8"))
      let told = try await tistis(
        ["templates", "sync", "--tenant", tenant.slug, "--seconds", "0", "--json"], in: database)
      #expect(told.status == 75 && told.output.isEmpty, "\(told.output) \(told.errors)")
      #expect(told.errors.contains("not done yet: job "), "\(told.errors)")
      #expect(try tenant.count("jobs", where: "job_type = 'sync_templates' and status = 'pending'") == 1)
    }
  }
}
