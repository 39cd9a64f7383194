import Core
import Store

/// How work that is due at once is taken up at once. Whoever has committed it notifies, in a statement of its own: inside
/// the transaction that stores, NOTIFY makes commits queue for each other (7.9k a second became 3.5k). What is due later,
/// a worker finds by itself (`next_job_due`), and what was not heard, by its poll.
enum Waking {
  /// The word in `wakeWorkers` (sql/queries/queue.sql).
  static let channel = "tistis_jobs"
  /// Seconds. What is due later than that is found by the poll.
  static let urgent = 0.3
  /// Seconds that an endpoint spends on it; its next request waits.
  static let patience = 1.0
}

extension App {
  /// After the answer has left. A failure costs the time until the next poll and is no concern of the request's.
  func wakeWorkers() {
    guard isUrgent else { return }
    isUrgent = false
    database.deadline = .now + Waking.patience
    do throws(StoreError) {
      try database.everyone.wakeWorkers()
    } catch {
      log.warning("not_woken", ["why": error.sentence])
    }
  }
}

extension Connection {
  /// For tools, after their commit. Where it does not work, a worker looks by itself soon enough.
  public func wakeWorkers() { try? everyone.wakeWorkers() }
}

extension Office {
  /// Calls `heard` whenever somebody has notified, until the task is cancelled, and once whenever it begins to listen.
  func listen(_ heard: @Sendable () async -> Void) async {
    let listener = Listener(
      settings.text(.databaseURL), channel: Waking.channel,
      settings: connectionSettings(settings, name: "jobs-listen", budget: 60))
    var pause = 1.0
    while !Task.isCancelled {
      do throws(StoreError) {
        // A second at a time, so that the end of the run is noticed.
        if try await listener.heard(within: 1) { await heard() }
        pause = 1
      } catch {
        log.warning("not_listening", ["why": error.sentence])
        try? await Task.sleep(for: .seconds(pause))
        pause = min(pause * 2, 60)
      }
    }
    await listener.close()
  }
}
