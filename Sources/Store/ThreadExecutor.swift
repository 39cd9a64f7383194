#if canImport(Glibc)
  import Glibc
#endif

/// Runs an actor's work on one thread of its own. libpq blocks; on Swift's shared pool of as many threads as cores that
/// stalled every heartbeat for 18 s with 200 tasks at work, on threads of their own for 50 ms (measured, 2 cores).
final class ThreadExecutor: SerialExecutor, @unchecked Sendable {
  // A pthread mutex and condition, since the queue is also waited for; everything below is touched under the mutex.
  private let mutex = UnsafeMutablePointer<pthread_mutex_t>.allocate(capacity: 1)
  private let changed = UnsafeMutablePointer<pthread_cond_t>.allocate(capacity: 1)
  private var queue: [UnownedJob] = []
  private var closed = false
  /// The thread has left.
  private var ended = false

  init() {
    pthread_mutex_init(mutex, nil)
    pthread_cond_init(changed, nil)
    start()
  }

  private func start() {
    var thread = pthread_t()
    // The thread keeps the executor alive until `close`.
    let context = Unmanaged.passRetained(self).toOpaque()
    let status = pthread_create(
      &thread, nil,
      { context in
        guard let context else { return nil }
        Unmanaged<ThreadExecutor>.fromOpaque(context).takeRetainedValue().run()
        return nil
      }, context)
    precondition(status == 0, "no thread to be had")
    pthread_detach(thread)
  }

  func enqueue(_ job: consuming ExecutorJob) {
    let job = UnownedJob(job)
    pthread_mutex_lock(mutex)
    queue.append(job)
    pthread_cond_signal(changed)
    let late = ended
    ended = false
    pthread_mutex_unlock(mutex)
    // What comes after the end is run all the same: whoever awaits it would wait for ever.
    if late { start() }
  }

  /// The thread ends when what is queued has run.
  func close() {
    pthread_mutex_lock(mutex)
    closed = true
    pthread_cond_signal(changed)
    pthread_mutex_unlock(mutex)
  }

  private func run() {
    while true {
      pthread_mutex_lock(mutex)
      while queue.isEmpty, !closed { pthread_cond_wait(changed, mutex) }
      let jobs = queue
      queue.removeAll(keepingCapacity: true)
      ended = jobs.isEmpty
      pthread_mutex_unlock(mutex)
      if jobs.isEmpty { return }
      for job in jobs { job.runSynchronously(on: asUnownedSerialExecutor()) }
    }
  }
}
