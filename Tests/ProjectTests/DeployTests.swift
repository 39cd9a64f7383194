import Core
import FoundationEssentials
import TestSupport
import Testing

/// What bin/release puts under /etc: nothing of it is written by hand for a program, so nothing can be forgotten.
@Suite struct DeployTests {
  private static let folder = World.current.folder + "/release-etc"
  /// Made once, from nginx/endpoints.conf and the programs that are tested.
  private static let making = Task { () -> Said in
    let folder = Self.folder
    return try await onThread {
      shell(
        "rm -rf '\(folder)' && BIN_DIR='\(World.current.programs)' timeout 300 bin/release --etc-only --out '\(folder)'"
      )
    }
  }

  /// As it was made.
  init() async throws { said = try await Self.making.value }

  private let said: Said

  private func read(_ file: String) -> String { readFile(Self.folder + "/" + file) ?? "" }
  private func lines(_ file: String) -> [String] { read(file).split(separator: "\n").map { String($0) } }
  static let mounted = Set(Programs.mounted.map(\.program)).sorted()

  @Test func itIsMade() {
    #expect(said.status == 0, "\(said.output)")
    #expect(!Self.mounted.isEmpty)
  }

  @Test(arguments: mounted) func everyProgramIsDeployedWhole(_ program: String) {
    let user = Programs.role(program)
    let unit = lines("systemd/tistis-\(program)@.service")
    for line in [
      "ExecStart=/usr/lib/tistis/bin/\(program)", "User=\(user)", "Group=\(user)", "Sockets=tistis-\(program).socket",
      "StandardInput=socket", "SyslogIdentifier=\(program)", "EnvironmentFile=/etc/tistis/\(program).env",
    ] {
      #expect(unit.contains(line), "tistis-\(program)@.service lacks \(line) → bin/etc/endpoint.service")
    }
    #expect(
      lines("systemd/tistis-\(program).socket").contains("ListenStream=/run/tistis/\(program).sock"),
      "its socket is not the one that nginx/endpoints.conf names → bin/etc/endpoint.socket")
    #expect(lines("sysusers.conf").contains { $0.hasPrefix("u \(user) ") }, "\(user) is not made → bin/lib/units.sh")
    #expect(user.utf8.count <= 32, "\(user) is too long for a user's name → a shorter path in nginx/endpoints.conf")
    #expect(
      lines("programs").contains { $0.firstMatch(of: /^(?<name>\S+) [1-9]\d*$/)?.output.name == program[...] },
      "nobody says how many processes of \(program) are started → processes_of in bin/lib/units.sh")
  }

  @Test(arguments: mounted + ["jobs"]) func everyProgramIsToldWhatItNeedsAndNoMore(_ program: String) {
    let own = names("environment/\(program).env")
    #expect(
      lines("environment/\(program).env").contains(
        "DATABASE_URL=host=/var/run/postgresql dbname=tistis user=\(Programs.role(program))"),
      "\(program) does not connect as its own role → with_database in bin/lib/units.sh")
    expectNone(
      own.subtracting(Setting.all.map(\.name)).sorted().map { "\(program) is given \($0), which is no setting" },
      cure: "settings_of in bin/lib/units.sh reads --config wrongly")
    expectNone(
      own.intersection(names("environment/common.env")).sorted().map { "\($0) stands in common.env as well" },
      cure: "one place a setting: names_of in bin/lib/units.sh")
    if program.contains("webhook") {
      #expect(!own.contains("OUTBOUND_KEYS"), "\(program) can open access tokens → take it out of its needs")
    }
    #expect(own.contains("OUTBOUND_KEYS") == (program == "jobs" || speaksToTheOutside(program)))
  }

  @Test func whatEverybodyReadsIsNoSecret() {
    let common = names("environment/common.env")
    #expect(common.contains("TISTIS_ENV"))
    // One file says it to jobs, to its HTTP twin and to the administrator's tool.
    #expect(common.isSuperset(of: ["MEDIA_DIR", "RAW_RETENTION_DAYS"]))
    expectNone(
      Setting.all.filter { $0.isSecret && common.contains($0.name) }.map(\.name),
      cure: "common.env can be read by everybody: write_etc in bin/lib/units.sh")
  }

  /// Who reads a unit learns why each line is there.
  @Test func everyHardeningLineIsExplained() {
    let lines = Tree.read("bin/etc/endpoint.service").split(separator: "\n", omittingEmptySubsequences: false)
    let hardening = lines.drop { !$0.hasPrefix("User=") }.prefix { !$0.hasPrefix("[Install]") }
    #expect(hardening.count > 50)
    expectNone(
      hardening.indices.filter { !lines[$0].isEmpty && !lines[$0].hasPrefix("#") && !isExplained(lines, $0) }
        .map { "bin/etc/endpoint.service:\($0 + 1): \(lines[$0])" },
      cure: "write above it, in plain words, what the program cannot do")
  }

  /// A comment stands above it or above the lines of its group.
  private func isExplained(_ lines: [Substring], _ index: Int) -> Bool {
    lines[..<index].last { $0.isEmpty || $0.hasPrefix("#") }?.hasPrefix("#") ?? false
  }

  @Test func cronsUserIsJobsOwn() {
    let user = Programs.role("jobs")
    let started = Tree.read("bin/etc/crontab").split(separator: "\n").filter {
      $0.contains("/etc/tistis/") && !$0.hasPrefix("#")
    }
    #expect(started.filter { $0.hasPrefix("* * * * * ") }.count == 2)
    for line in started {
      let fields = line.split(separator: " ")
      #expect(fields.dropFirst(5).first == user[...], "jobs would not be \(user) in Postgres → \(line)")
      #expect(line.contains("/etc/tistis/common.env /etc/tistis/jobs.env"), "\(line)")
    }
    #expect(lines("sysusers.conf").contains { $0.hasPrefix("u \(user) ") })
  }

  private func speaksToTheOutside(_ program: String) -> Bool {
    !read("systemd/tistis-\(program)@.service.d/outside.conf").isEmpty
  }

  /// The settings of an environment file, set or commented out.
  private func names(_ file: String) -> Set<String> {
    Set(lines(file).compactMap { $0.firstMatch(of: /^(?:# )?([A-Z][A-Z0-9_]+)=/).map { String($0.output.1) } })
  }
}
