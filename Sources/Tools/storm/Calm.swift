import Core
import Synchronization
import TestSupport

/// Set by SIGINT and SIGTERM.
let told = Atomic<Bool>(false)

extension Storm {
  static var isTold: Bool { told.load(ordering: .relaxed) }
}

/// The end of the storm: what was broken is mended, and everything may come to rest.
enum Calm {
  /// Seconds that coming to rest may take: messages wait for their pace, and TikTok allows ten a minute.
  static let most = 600.0
  /// Seconds for which the sandbox repeats a report.
  private static let reports = 17.0
  /// Seconds after which a job that was held when the storm ended has to be done, or done by somebody else.
  private static let lease = 35.0

  /// As soon as it is over: nothing is stopped, and no fault waits.
  static func begin(_ scene: Scene) async {
    while !scene.isOver { await scene.pause(1) }
    WorldProcess.thaw()
    for _ in 0..<20 {
      if let answer = try? await Web.send("DELETE", World.current.sandbox + "/sandbox/faults"), answer.status == 200 {
        return
      }
      try? await Task.sleep(for: .milliseconds(500))
    }
  }

  /// Until nothing is to be delivered, no job waits or runs and no report is on its way; false if that takes too long.
  static func rest(_ scene: Scene) async -> Bool {
    let began = Instant.now
    var last = -1
    var quiet = 0
    var looked = false
    while Instant.now - began < most, !Storm.isTold {
      scene.platform.catchUp()
      let jobs = try? await Books.count("select count(*) from jobs where status in ('pending', 'processing')")
      scene.jobs = jobs ?? scene.jobs
      if !looked, Instant.now - scene.end > lease {
        looked = true
        await abandoned(scene)
      }
      let reports = try? await Books.count("select count(*) from message_status_history")
      quiet = jobs == 0 && scene.ledger.waiting == 0 && reports == last ? quiet + 1 : 0
      last = reports ?? -1
      if quiet >= 3, Instant.now - began > Calm.reports { return true }
      try? await Task.sleep(for: .seconds(1))
    }
    return false
  }

  private static func abandoned(_ scene: Scene) async {
    let rows = try? await Books.rows(
      """
      select j.job_type || ' ' || j.id || ' of ' || w.name || ', seen ' || w.last_seen || ', held since ' || j.started_at
        from jobs j join workers w on w.id = j.worker_id
       where j.status = 'processing' and j.started_at < '\(scene.end.description)'
      """, columns: 1)
    for row in rows ?? [] { scene.ledger.read { _ = $0.abandoned.insert(row[0] ?? "") } }
  }

  /// What the sandbox told us and we acknowledged: WhatsApp's reports as `wamid state`, and our ids in Meta's echoes.
  static func reported() async throws -> (states: [String], echoes: Set<String>) {
    let answer = try await Web.send("GET", World.current.sandbox + "/sandbox/callbacks?limit=4000")
    let taken = Field(try JSON.parse(answer.body))["callbacks"].items.filter { $0["status"].integer == 200 }
    let echoes = taken.compactMap { $0["body"]["entry"][0]["messaging"][0]["message"]["metadata"].text }
    let states: [String] = taken.compactMap { entry in
      guard let state = entry["state"].text,
        let id = entry["body"]["entry"][0]["changes"][0]["value"]["statuses"][0]["id"].text
      else { return nil }
      return id + " " + state.prefix { $0 != ":" }
    }
    return (states, Set(echoes))
  }
}
