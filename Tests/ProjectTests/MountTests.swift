import Flows
import FoundationEssentials
import Peers
import TestSupport
import Testing

/// A channel and an endpoint consist of pieces in several places; here is who names the piece that was forgotten.
@Suite struct MountTests {
  @Test(arguments: Channel.all.map(\.name.rawValue)) func everyChannelIsWhole(_ channel: String) {
    let program = "webhook-\(channel)"
    #expect(
      Programs.written.contains(program),
      "\(channel) has no program → write Sources/Endpoints/\(program)/main.swift after another webhook's")
    #expect(
      Programs.declared.contains(program), "\(program) is not built → add \"\(program)\" to endpoints in Package.swift")
    #expect(
      Programs.mounted.contains { $0.program == program },
      "\(program) is not on the web → add its location to nginx/endpoints.conf")
    #expect(
      Tree.read("sql/policies.sql").contains("'\(Programs.role(program))'"),
      "\(program) has no role → add \(Programs.role(program)) and its grants to sql/policies.sql")
    let fixtures = Tree.files("Tests/PeersTests/Fixtures/\(channel)/")
    #expect(
      fixtures.contains { $0.hasSuffix(".json") } && fixtures.contains { $0.hasSuffix(".expected") },
      "\(channel) is not tested → put payloads and what must come out into Tests/PeersTests/Fixtures/\(channel)")
  }

  @Test func everyChannelHasOneName() {
    let names = Channel.all.map(\.name.rawValue)
    #expect(!names.isEmpty)
    #expect(Set(names).count == names.count, "two of Channel.all have one name → the second would never be found")
  }

  @Test func everyEndpointIsBuiltAndMounted() {
    let written = Set(Programs.written)
    let mounted = Set(Programs.mounted.map(\.program))
    #expect(!written.isEmpty)
    expectNone(
      written.subtracting(Programs.declared).map { "Sources/Endpoints/\($0) is not built" },
      cure: "add it to endpoints in Package.swift")
    expectNone(
      Set(Programs.declared).subtracting(written).map { "Package.swift names \($0), which nobody wrote" },
      cure: "write Sources/Endpoints/<name>/main.swift, or take the name out")
    expectNone(
      written.subtracting(mounted).map { "\($0) is not on the web" },
      cure: "add its location to nginx/endpoints.conf: bin/dev and the servers start what is named there")
    expectNone(
      mounted.subtracting(written).map { "nginx/endpoints.conf names \($0), which nobody wrote" },
      cure: "write Sources/Endpoints/<name>/main.swift, or take the location out")
    #expect(Set(Programs.declared).count == Programs.declared.count, "Package.swift names an endpoint twice")
  }

  @Test func everyToolIsBuilt() {
    // These have dependencies of their own and so lines of their own.
    let built = Programs.tools + ["sqlgen", "sandbox", "storm", "customers"]
    #expect(
      built.sorted() == Tree.folders("Sources/Tools/"), "Sources/Tools and Package.swift differ → make them agree")
  }

  /// One rule serves target, socket, unit, log name and role: the path below /api with `/` written `-`.
  @Test func everyPathGivesItsProgramsName() {
    for mount in Programs.mounted where !Mount.named.contains(mount.program) {
      #expect(
        mount.names.contains(mount.program),
        "\(mount.path) is served by \(mount.program) → call it one of \(mount.names), or name it in Mount.named"
      )
    }
    #expect(
      Programs.mounted.allSatisfy { $0.body.contains("include tistis_fastcgi.conf;") },
      "a location lacks its parameters → begin it with: include tistis_fastcgi.conf;")
  }

  /// Every endpoint has a role that may log in, and every program's role an endpoint.
  @Test func everyEndpointHasItsRole() throws {
    let known = try Database.world.sentences(
      "select rolname from pg_roles where rolcanlogin and rolname like 'tistis\\_%' and rolname <> 'tistis_owner'")
    let wanted = Set((Programs.written + ["jobs"]).map(Programs.role))
    expectNone(
      wanted.subtracting(known).map { "there is no role \($0)" }, cure: "make it in sql/policies.sql, with its grants")
    expectNone(
      Set(known).subtracting(wanted).map { "\($0) is nobody's role" },
      cure: "name it after its program, or drop it in a migration")
  }

  @Test func cronStartsJobsEveryMinute() {
    let lines = Tree.read("bin/etc/crontab").split(separator: "\n").filter { !$0.hasPrefix("#") }
    #expect(
      lines.contains { $0.firstMatch(of: /^\* \* \* \* \* [a-z]\w* .*\/bin\/jobs( |$)/) != nil },
      "nobody starts jobs → bin/etc/crontab needs its line: * * * * * tistis … /usr/lib/tistis/bin/jobs")
  }

  /// Each routine has its line, at its time, and no line asks for what there is not.
  @Test func cronAsksForEveryRoutine() {
    let lines = Tree.read("bin/etc/crontab").split(separator: "\n").filter {
      !$0.hasPrefix("#") && $0.contains(" routines run ")
    }
    for routine in Routine.allCases {
      #expect(
        lines.contains {
          $0.hasPrefix(routine.schedule + " ") && $0.contains("/bin/tistis routines run \(routine.rawValue) ")
        },
        "nobody asks for \(routine.rawValue) → bin/etc/crontab needs its line: \(routine.schedule) …")
    }
    #expect(lines.count == Routine.allCases.count)
  }

  @Test func theListsAreReadRight() {
    let conf = """
      # location /api/none { fastcgi_pass unix:/run/tistis/none.sock; }
      location ~ "^/api/webhook/other(/[a-z-]{1,64})?$" {
        fastcgi_pass unix:/run/tistis/webhook-other.sock;
      }
      location = /api/health { include x; fastcgi_pass unix:/run/tistis/health.sock; }
      location / { return 404; }
      """
    let mounts = Mount.all(in: conf)
    #expect(mounts.map(\.program) == ["webhook-other", "health"])
    #expect(mounts.map(\.names) == [["webhook", "webhook-other"], ["health"]])
    #expect(Programs.role("voice-agent-webhook") == "tistis_voice_agent_webhook")
  }
}
