import Core
import Store

/// Whether somebody works, and what waits.
extension Doctor {
  static let waitingSeconds = 300.0

  mutating func examineQueue(_ database: Connection) throws(StoreError) {
    let report = try database.everyone.healthReport(silentSeconds: HealthDoor.silentSeconds)
    let last =
      report.lastRunAt.map { "the last sign of life was \(Self.span(clock() - $0)) ago" } ?? "there never was one"
    if report.silentSince != nil {
      add(
        "cron", .problem, "no run of jobs is alive; \(last)",
        "systemctl status cron; /etc/cron.d/tistis starts jobs, whose words are in the journal: journalctl -t jobs")
    } else {
      add("cron", .ok, "\(report.workers) at work; \(last)")
    }
    for alert in try database.everyone.listPlatformAlerts(all: false, limit: 100) {
      let isForged = alert.kind.hasPrefix("signatures_")
      let cure =
        if isForged {
          "compare META_APP_SECRET, INSTAGRAM_APP_SECRET or TIKTOK_CLIENT_SECRET with the app's dashboard; a genuine post "
            + "resolves it"
        } else if alert.kind == "model_refused" {
          "it is resolved by the next answer"
        } else {
          "it is resolved by the next run"
        }
      add(
        "alerts", isForged ? .warning : .problem, "\(alert.kind) since \(alert.since): \(alert.sentence)", cure)
    }
    do throws(StoreError) {
      let queue = try database.everyone.healthQueue(limit: HealthDoor.countedAtMost)
      let counted = queue.due == HealthDoor.countedAtMost ? "at least \(queue.due)" : "\(queue.due)"
      if queue.oldestDueSeconds > Self.waitingSeconds {
        add(
          "queue", .problem, "\(counted) jobs are due, the oldest for \(Self.span(queue.oldestDueSeconds))",
          "see what jobs says: journalctl -t jobs; a stopped cron, a peer that is down, or too little JOBS_CONCURRENCY")
      } else {
        add("queue", .ok, "\(counted) jobs are due, the oldest for \(Self.span(queue.oldestDueSeconds))")
      }
    } catch .unavailable {
      add(
        "queue", .warning, "it could not be looked at within the time",
        "end who holds a transaction open: pg_stat_activity names it, by xact_start")
    }
  }

  /// What cron's other lines ask for. A development world has none of them.
  mutating func examineRoutines(_ database: Connection, isDevelopment: Bool) throws(StoreError) {
    let asked = try database.everyone.listRoutines()
    // Nothing has been missed on the day of the installation.
    let released = try database.everyone.lastMigratedAt()
    let missed = Routine.allCases.compactMap { routine -> String? in
      let last = asked.first { $0.name == routine.rawValue }?.askedAt
      if last == nil, isDevelopment { return nil }
      guard let from = last ?? released, clock() - from > 3 * routine.period else { return nil }
      return "\(routine.rawValue): \(last.map { Self.span(clock() - $0) + " ago" } ?? "never")"
    }
    if missed.isEmpty {
      add("routines", .ok, "\(asked.count) asked for in time")
    } else {
      add(
        "routines", .warning, "asked for last \(missed.joined(separator: ", "))",
        "/etc/cron.d/tistis has a line for each, with its words in the journal: journalctl -t routines; by hand: "
          + "tistis routines run NAME")
    }
  }

  /// Seconds as people say them.
  static func span(_ seconds: Double) -> String {
    switch seconds {
    case ..<120: "\(Int(max(0, seconds))) s"
    case ..<7200: "\(Int(seconds / 60)) min"
    default: "\(Int(seconds / 3600)) h"
    }
  }
}
