import Core
import TestSupport

/// The queue is empty, and nothing sleeps in it.
extension StormCheck {
  static let queue = [
    StormCheck(name: "queue: jobs held though everything has come to rest", find: held),
    StormCheck(name: "queue: jobs pending and due for more than 30 s", find: overdue),
    StormCheck(name: "queue: lanes with two running, or with nobody to run next", find: lanes),
    StormCheck(name: "queue: jobs held for more than 30 s by nobody who works on them", find: left),
  ]

  @Sendable private static func held(_ e: Evidence) throws -> [String] {
    try deadJobs(e)
    return try e.texts(
      """
      select j.job_type || ' ' || j.id || ' since ' || j.started_at || ' by ' || coalesce(w.name, j.worker_id::text)
        from jobs j left join workers w on w.id = j.worker_id where j.status = 'processing'
      """)
  }

  /// Jobs that nobody will do are no violation, since each says why; how many there are is in the table.
  private static func deadJobs(_ e: Evidence) throws {
    for why in try e.texts(
      """
      select job_type || ', ' || split_part(coalesce(error_message, ''), ':', 1) from jobs
        where status = 'dead' and tenant_id in (\(e.tenants))
      """)
    { e.scene.tally.add(.found, "dead jobs: \(why)") }
  }

  @Sendable private static func overdue(_ e: Evidence) throws -> [String] {
    try e.texts(
      """
      select job_type || ' ' || id || ' due ' || scheduled_for || ' ' || coalesce(error_message, '') from jobs
        where status = 'pending' and scheduled_for < now() - interval '30 s'
      """)
  }

  @Sendable private static func lanes(_ e: Evidence) throws -> [String] {
    try e.texts(
      """
      select lane || ' of ' || tenant_id || ': ' || count(*) filter (where status = 'processing') || ' run, '
          || count(*) filter (where status = 'pending') || ' wait'
        from jobs where lane is not null and status in ('pending', 'processing')
       group by tenant_id, lane
      having count(*) filter (where status = 'processing') > 1 or not bool_or(lane_head)
      """)
  }

  @Sendable private static func left(_ e: Evidence) -> [String] { e.ledger.abandoned.sorted() }
}
