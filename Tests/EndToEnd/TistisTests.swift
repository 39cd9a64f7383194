import Core
import FoundationEssentials
import TestSupport
import Testing

/// `tistis` as an administrator meets it.
@Suite struct TistisTests {
  private func tistis(_ arguments: String..., input: String? = nil) async throws -> Said {
    let values = World.current.environment(of: "tistis").map { "\($0.key)='\($0.value)'" }.joined(separator: " ")
    let words = arguments.map { "'\($0)'" }.joined(separator: " ")
    let pipe = input.map { "printf '%s' '\($0)' | " } ?? ""
    return try await onThread {
      shell("\(pipe)env -i PATH=/usr/bin:/bin \(values) '\(World.current.programs)/tistis' \(words)")
    }
  }

  private func json(_ said: Said) throws -> Field { Field(try JSON.parse(Array(said.output.utf8))) }

  @Test func aBusinessFromNothingToItsKey() async throws {
    let slug = unique("n-")
    func create(_ more: String...) async throws -> Said {
      try await tistis(
        "tenants", "create", "--slug", slug, "--name", "Clínica Sol", "--vertical", "dental", "--timezone",
        "America/Hermosillo", "--json")
    }
    let made = try await create()
    let again = try await create()
    #expect(made.status == 0 && again.status == 0, "\(made.output)")
    let (first, second) = (try json(made), try json(again))
    #expect(first["id"].text != nil && first["id"].text == second["id"].text)
    let phone = uniqueDigits("7")
    let added = try await tistis(
      "channels", "add", "--tenant", slug, "--channel", "whatsapp", "--field", "whatsapp_phone_number_id=\(phone)",
      "--json")
    #expect(added.status == 0, "\(added.output)")
    let channel = try json(added)["id"].text ?? ""
    let sealed = try await tistis(
      "channels", "set-secret", "--tenant", slug, "--channel", channel, "--kind", "access_token",
      input: "test_from_stdin")
    #expect(sealed.status == 0 && sealed.output.contains("connected") && !sealed.output.contains("test_from_stdin"))
    let tested = try await tistis("channels", "test", "--tenant", slug, "--channel", channel, "--json")
    let result = try json(tested)
    #expect(tested.status == 1 && result["checks"][0]["state"].text == "ok", "\(tested.output)")
    let key = try await tistis("keys", "create", "--tenant", slug, "--name", "web", "--scope", "leads:read", "--json")
    let secret = try json(key)["api_key_secret"].text ?? ""
    let answer = try await APIClient.ask("GET", "/api/leads", headers: [("Authorization", "Bearer " + secret)])
    #expect(key.status == 0 && answer.status == 200)
    let suspended = try await tistis("tenants", "suspend", "--tenant", slug, "--json")
    let change = try json(suspended)
    #expect(suspended.status == 0 && change["status"].text == "suspended" && change["changed"].bool == true)
    let shown = try await tistis("tenants", "show", "--tenant", slug, "--json")
    let state = try json(shown)
    #expect(state["status"].text == "suspended" && state["channels"].integer == 1)
    let ended = try await tistis("channels", "disconnect", "--tenant", slug, "--channel", channel)
    #expect(ended.status == 0)
  }

  @Test func aKeyIsRotatedAndRevoked() async throws {
    let tenant = try Tenant.make()
    func ask(_ key: String) async throws -> Int {
      try await APIClient.ask("GET", "/api/leads", headers: [("Authorization", "Bearer " + key)]).status
    }
    let made = try json(
      try await tistis("keys", "create", "--tenant", tenant.slug, "--name", "crm", "--scope", "leads:read", "--json"))
    let (id, key) = (made["id"].text ?? "", made["api_key_secret"].text ?? "")
    let twice = try await tistis("keys", "create", "--tenant", tenant.slug, "--name", "crm", "--scope", "leads:read")
    #expect(twice.status == 69 && twice.output.contains("rotate"))
    let rotated = try json(try await tistis("keys", "rotate", "--tenant", tenant.slug, "--id", id, "--json"))
    let (next, new) = (rotated["id"].text ?? "", rotated["api_key_secret"].text ?? "")
    let both = [try await ask(key), try await ask(new)]
    #expect(both == [200, 200])
    let list = try await tistis("keys", "list", "--tenant", tenant.slug, "--json")
    let states = try json(list).items.map { $0["state"].text }
    #expect(states.sorted { ($0 ?? "") < ($1 ?? "") } == ["active", "ending"] && !list.output.contains(key))
    let other = try await tistis("keys", "revoke", "--tenant", "la-fonda", "--id", next)
    #expect(other.status == 69)
    for old in [id, next] {
      let revoked = try await tistis("keys", "revoke", "--tenant", tenant.slug, "--id", old)
      #expect(revoked.status == 0)
    }
    let none = [try await ask(key), try await ask(new)]
    #expect(none == [401, 401])
  }

  @Test func jobsAreShownAndCancelled() async throws {
    let tenant = try Tenant.make(delay: Tenant.never)
    #expect(try await Web.deliver(tenant.payload([Tenant.text("hola")]), to: tenant).status == 200)
    let list = try json(try await tistis("jobs", "list", "--tenant", tenant.slug, "--status", "pending", "--json"))
    let id = list[0]["id"].text ?? ""
    #expect(list.items.count == 1 && list[0]["job_type"].text == "ai_response")
    let shown = try json(try await tistis("jobs", "show", "--tenant", tenant.slug, "--id", id))
    #expect(shown["payload"]["tenant_id"].text == tenant.id.text)
    let foreign = try await tistis("jobs", "cancel", "--tenant", "la-fonda", "--id", id)
    #expect(foreign.status == 69)
    let cancelled = try await tistis("jobs", "cancel", "--tenant", tenant.slug, "--id", id)
    let again = try await tistis("jobs", "cancel", "--tenant", tenant.slug, "--id", id)
    #expect(cancelled.status == 0 && again.status == 69 && again.output.contains("cancelled"))
    // The person's next question is answered as if nothing had been.
    #expect(try await Web.deliver(tenant.payload([Tenant.text("¿?")]), to: tenant).status == 200)
    let pending = try tenant.count("jobs", where: "status = 'pending'")
    #expect(pending == 1)
  }

  /// Each branch has a number 1 of a channel: who adds one changes no other's.
  @Test func accountsOfTwoBranches() async throws {
    let tenant = try Tenant.make()
    var accounts: [String] = []
    for name in ["centro", "norte"] {
      let branch = UUID().text
      try tenant.database.run(
        """
        insert into branches (tenant_id, id, name, slug, city)
          values ('\(tenant.id.text)', '\(branch)', '\(name)', '\(name)', 'Nogales')
        """)
      var seen: [String] = []
      for account in [uniqueDigits("7"), uniqueDigits("7")] {
        let added = try await tistis(
          "channels", "add", "--tenant", tenant.slug, "--channel", "whatsapp", "--field", "branch_id=\(branch)",
          "--field", "whatsapp_phone_number_id=\(account)", "--json")
        let row = try json(added)
        #expect(added.status == 0 && row["branch_id"].text == branch, "\(added.output)")
        #expect(row["account_id"].text == account)
        seen.append(row["id"].text ?? "")
      }
      #expect(seen[0] == seen[1], "the same place again changes its fields")
      accounts.append(seen[0])
    }
    #expect(accounts[0] != accounts[1])
    #expect(try tenant.count("channel_connections") == 3)
    #expect(try tenant.value("account_id", of: "channel_connections", where: "branch_id is null") == tenant.account)
  }

  @Test func templatesAreMadeAndListed() async throws {
    let tenant = try Tenant.make()
    let none = try await tistis("templates", "sync", "--tenant", tenant.slug)
    #expect(none.status == 69 && none.output.contains("whatsapp_business_account_id"))
    let added = try await tistis(
      "channels", "add", "--tenant", tenant.slug, "--channel", "whatsapp", "--field",
      "whatsapp_business_account_id=\(uniqueDigits("8"))")
    #expect(added.status == 0, "\(added.output)")
    let made = try await tistis("templates", "create", "--tenant", tenant.slug, "--json")
    #expect(made.status == 0, "\(made.output)")
    let created = try json(made)[0]["created"].items.count
    #expect(created == 5)
    let list = try json(try await tistis("templates", "list", "--tenant", tenant.slug, "--json"))
    #expect(list.items.count == 5)
    let dry = try await tistis("templates", "create", "--tenant", tenant.slug, "--dry-run")
    #expect(dry.status == 0 && dry.lines.count == 5)
  }

  /// arguments, exit code
  private static let wrong: [([String], Int32)] = [
    (["tenants", "create", "--slug", "Mal Slug", "--name", "x"], 64),
    (["channels", "add", "--tenant", "esva-dental", "--channel", "fax"], 64),
    (["channels", "add", "--tenant", "esva-dental", "--channel", "whatsapp", "--field", "access_token=test_x"], 64),
    (["keys", "create", "--tenant", "esva-dental", "--name", "x"], 64),
    (["keys", "create", "--tenant", "esva-dental", "--name", "x", "--scope", "everything"], 64),
    (["jobs", "list", "--tenant", "esva-dental", "--status", "odd"], 64),
    (["tenants", "show", "--tenant", "nobody"], 69),
    (["jobs", "show", "--tenant", "esva-dental", "--id", "b0000000-0000-0000-0000-000000000099"], 69),
    (["consent", "show", "--tenant", "esva-dental", "--lead", "b0000000-0000-0000-0000-000000000099"], 69),
    (["webhooks", "show", "--tenant", "esva-dental", "--id", "b0000000-0000-0000-0000-000000000099"], 69),
    (["tenants", "create", "--slug", "zona-mala", "--name", "x", "--timezone", "Mars/Olympus"], 69),
  ]

  @Test(arguments: wrong)
  func mistakes(_ arguments: [String], _ code: Int32) async throws {
    let program = try Program("tistis", arguments: arguments)
    #expect(await eventually { !program.isRunning })
    #expect(program.exitCode == code, "\(program.said)")
    #expect(!program.said.isEmpty)
  }

  @Test func everyCommandHelps() async throws {
    for word in ["tenants", "channels", "keys", "templates", "jobs", "webhooks", "consent", "conversations", "alerts"] {
      let help = try await tistis(word, "--help")
      #expect(help.status == 0 && help.output.contains("OVERVIEW"))
      let commands = help.lines.drop { $0 != "SUBCOMMANDS:" }.dropFirst().compactMap {
        $0.hasPrefix("  ") && !$0.hasPrefix("   ") ? $0.split(separator: " ").first.map(String.init) : nil
      }
      #expect(!commands.isEmpty)
      for command in commands where command != "See" {
        let own = try await tistis(word, command, "--help")
        #expect(own.status == 0 && own.output.contains("USAGE: tistis \(word) \(command)"), "\(word) \(command)")
      }
    }
  }
}
