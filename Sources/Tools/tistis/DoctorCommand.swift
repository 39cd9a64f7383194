import ArgumentParser
import Core
import Flows

struct DoctorCommand: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "doctor", abstract: "Look at the whole installation: what is wrong, and what to do about it.",
    discussion: """
      Changes nothing, and goes on where the database is away. With INBOUND_KEYS, OUTBOUND_KEYS and MEDIA_DIR in the \
      environment it tries what they belong to as well. Exit 0: all well; 1: problems; 2: only warnings.
      """)
  @Flag(help: "As a JSON object.") var json = false
  @Option(help: "nginx's main configuration (default: /etc/nginx/nginx.conf, where there is one).") var nginx: String?
  @Option(help: "The folder of the release's SQL, to compare functions and policies.") var sql: String?
  @Option(help: "The folder of the programs' settings.") var etc = "/etc/tistis"
  @Flag(help: "Leave out what is well.") var quiet = false

  func run() throws {
    var doctor = Doctor(environment: processEnvironment(), nginx: nginx, sql: sql, etc: etc)
    let findings = doctor.examine()
    let worst = findings.contains { $0.level == .problem } ? 1 : findings.contains { $0.level == .warning } ? 2 : 0
    let shown = findings.filter { !quiet || $0.level == .warning || $0.level == .problem }
    if json {
      let status = ["ok", "problems", "warnings"][worst]
      say(JSON.object(["status": .string(status), "findings": .array(shown.map(\.json))]).text)
    } else {
      for finding in shown { say(finding.line) }
    }
    leave(Int32(worst))
  }
}
