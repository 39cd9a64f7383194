import Core
import Flows
import FoundationEssentials
import TestSupport
import Testing

/// What an operator may set: known, explained, used, and never a secret by default.
@Suite struct SettingTests {
  static let example = "bin/etc/env.example"

  @Test func everySettingIsListed() {
    let made = Tree.files("Sources/", ".swift").flatMap { file in
      Tree.code(file).matches(of: /\bSetting\(\s*"(\w+)"/).map { String($0.output.1) }
    }
    expectNone(
      Set(made).subtracting(Setting.all.map(\.name)).sorted().map { "the setting \($0) is not in Setting.all" },
      cure: "add it there, so that env.example and the README tell of it")
    #expect(Set(Setting.all.map(\.name)).count == Setting.all.count, "two settings have one name → rename one")
  }

  @Test func everySettingIsUsed() throws {
    let declared = Tree.read("Sources/Core/Settings.swift").matches(of: /static let (\w+) = Setting\(/)
      .map { String($0.output.1) }
    #expect(declared.count == Setting.all.count)
    let code = Tree.sources.filter { $0 != "Sources/Core/Settings.swift" }.map(Tree.code).joined(separator: "\n")
    for name in declared {
      #expect(
        try code.firstMatch(of: Regex("\\.\(name)\\b")) != nil,
        "nobody reads Setting.\(name) → read it, or take it away")
    }
  }

  /// The programs' environment in development holds nothing that a program would ignore.
  @Test(arguments: Programs.written + ["jobs", "tistis"]) func developmentSetsWhatThereIs(_ program: String) {
    let set = World.current.environment(of: program).keys
    #expect(!set.isEmpty)
    expectNone(
      Set(set).subtracting(Setting.all.map(\.name)).sorted().map {
        "\(program) is given \($0), which no program reads"
      },
      cure: "take it out of bin/lib/environment.sh, or make it a Setting")
  }

  /// Names are read in one place, or `--config` and env.example would not know them. migrate is told by bin/migrate.
  @Test func onlySettingsReadTheEnvironment() {
    let files = Tree.sources.filter { !$0.hasPrefix("Sources/Core/") && !$0.hasPrefix("Sources/Tools/migrate/") }
    expectNone(
      Tree.hits(/getenv\(|[eE]nvironment(\(\))?\["/, in: files), cure: "make the name a Setting and read it by Settings"
    )
  }

  /// With `UPDATE=1` in the environment the file is rewritten instead.
  @Test func theExampleIsTheTable() throws {
    if ProcessInfo.processInfo.environment["UPDATE"] == "1" {
      try Data(Settings.example.utf8).write(to: URL(filePath: Tree.path(Self.example)))
    }
    #expect(
      Tree.read(Self.example) == Settings.example,
      "\(Self.example) differs from Setting.all → UPDATE=1 bin/test --filter SettingTests writes it (`tistis env`)")
  }

  @Test func theReadmeNamesEverySetting() {
    let readme = Tree.read("README.md")
    expectNone(
      Setting.all.map(\.name).filter { !readme.contains("`\($0)`") }.map { "README.md does not name `\($0)`" },
      cure: "add it to its table of settings, with what it is for")
  }

  /// What each program reads, by the settings' names; of `jobs` its own main has no list.
  private static func needs(of program: String) throws -> Set<String> {
    let main = program == "jobs" ? "Office.needs" : Tree.code("Sources/Endpoints/\(program)/main.swift")
    let list = try #require(main.split(separator: "needs:", maxSplits: 1).last.map { $0.prefix { $0 != ")" } })
    var needs = program == "jobs" ? [] : App.common
    for (name, more) in [("Office", Office.needs), ("APIDoor", APIDoor.needs), ("N8NDoor", N8NDoor.needs)]
    where list.contains(name + ".needs") { needs += more }
    var names = Set(needs.map(\.name))
    let settings = Tree.read("Sources/Core/Settings.swift")
    for word in list.matches(of: /[\[ ]\.(\w+)/) {
      let declared = try Regex(
        "static let \(word.output.1) = Setting\\(\\s*\"(\\w+)\"", as: (Substring, Substring).self)
      names.insert(String(try #require(settings.firstMatch(of: declared)).output.1))
    }
    return names
  }

  /// A row whose column lacks a program lets its administrator leave out what it does not start without. What `tistis` and
  /// `migrate` read is written there by hand.
  @Test func theReadmeNamesWhoNeedsASetting() throws {
    let programs = Programs.written + ["jobs"]
    let groups = [
      "all": programs, "endpoints": Programs.written, "webhooks": programs.filter { $0.hasPrefix("webhook-") },
      "metas": ["webhook-whatsapp", "webhook-instagram", "webhook-facebook"],
    ]
    let needs = try Dictionary(uniqueKeysWithValues: programs.map { ($0, try Self.needs(of: $0)) })
    var seen = Set<String>()
    for line in Tree.read("README.md").split(separator: "\n") {
      guard let row = line.prefixMatch(of: /\| (`[A-Z0-9_`, ]+`) \| ([^|]*) \|/) else { continue }
      let names = row.output.1.matches(of: /[A-Z0-9_]+/).map { String($0.output) }
        .filter { name in Setting.all.contains { $0.name == name } }
      guard !names.isEmpty else { continue }
      seen.formUnion(names)
      let words = row.output.2.replacing("Meta's webhooks", with: "metas").split { !$0.isLetter && $0 != "-" }
      let told = Set(words.flatMap { groups[String($0)] ?? (programs.contains(String($0)) ? [String($0)] : []) })
      let real = Set(programs.filter { !(needs[$0] ?? []).isDisjoint(with: names) })
      #expect(told == real, "README.md: \(names) is needed by \(real.sorted()) → correct its column")
    }
    #expect(seen == Set(Setting.all.map(\.name)), "README.md: a setting has no row in the table → add it")
  }

  /// Secrets whose absence turns something off instead of being refused at the start.
  static let optionalSecrets = [
    "ANTHROPIC_API_KEY", "CRON_SECRET", "HEALTH_CHECK_TOKEN", "META_APP_SECRET", "WHATSAPP_VERIFY_TOKEN",
    "INSTAGRAM_APP_SECRET", "INSTAGRAM_VERIFY_TOKEN", "FACEBOOK_VERIFY_TOKEN", "TIKTOK_CLIENT_KEY",
    "TIKTOK_CLIENT_SECRET",
    "SUPABASE_JWT_SECRET", "N8N_API_KEY",
  ]

  @Test func noSecretHasADefault() {
    for setting in Setting.all where setting.isSecret {
      let allowed: String? = Self.optionalSecrets.contains(setting.name) ? "" : nil
      #expect(
        setting.initial == allowed,
        "\(setting.name) has a default → a secret is given, never built in; one that may be empty is in optionalSecrets"
      )
    }
    expectNone(
      Setting.all.filter { $0.name.firstMatch(of: /KEY|SECRET|TOKEN|PASSWORD/) != nil && !$0.isSecret }.map(
        \.name),
      cure: "its kind is .secret, or --config would show it")
    expectNone(
      Setting.all.filter { $0.help.count < 20 || !$0.help.hasSuffix(".") }.map(\.name),
      cure: "help is one sentence for the operator")
  }
}
