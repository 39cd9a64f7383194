#if canImport(Glibc)
  import Glibc
#endif

/// Does something that blocks on a thread of its own, so that it holds up none of the few that run tasks.
public func onThread<T: Sendable>(_ body: @escaping @Sendable () throws -> T) async throws -> T {
  try await withCheckedThrowingContinuation { continuation in
    let errand = Errand { continuation.resume(with: Result(catching: body)) }
    var thread = pthread_t()
    let start: @convention(c) (UnsafeMutableRawPointer?) -> UnsafeMutableRawPointer? = { context in
      if let context { Unmanaged<Errand>.fromOpaque(context).takeRetainedValue().run() }
      return nil
    }
    let context = Unmanaged.passRetained(errand).toOpaque()
    guard pthread_create(&thread, nil, start, context) == 0 else {
      Unmanaged<Errand>.fromOpaque(context).release()
      return continuation.resume(throwing: Complaint("no thread to be had"))
    }
    pthread_detach(thread)
  }
}

/// The same `count` times at once; results in the order of their numbers.
public func onThreads<T: Sendable>(
  _ count: Int, _ body: @escaping @Sendable (Int) throws -> T
) async throws -> [T] {
  try await withThrowingTaskGroup(of: (Int, T).self) { group in
    for i in 0..<count { group.addTask { (i, try await onThread { try body(i) }) } }
    var results = [(Int, T)]()
    for try await result in group { results.append(result) }
    return results.sorted { $0.0 < $1.0 }.map(\.1)
  }
}

private final class Errand: Sendable {
  let run: @Sendable () -> Void
  init(_ run: @escaping @Sendable () -> Void) { self.run = run }
}

/// Lets a few in at a time: every test wants a database of its own, and the machine has few processors.
actor Gate {
  private var free: Int
  private var waiting: [CheckedContinuation<Void, Never>] = []

  init(_ width: Int) { free = width }

  func enter() async {
    if free > 0 {
      free -= 1
    } else {
      await withCheckedContinuation { waiting.append($0) }
    }
  }

  func leave() {
    if waiting.isEmpty { free += 1 } else { waiting.removeFirst().resume() }
  }
}

/// Threads meet here: nobody goes on before all have come.
public final class Barrier: @unchecked Sendable {
  private let barrier = UnsafeMutablePointer<pthread_barrier_t>.allocate(capacity: 1)

  public init(_ count: UInt32) { pthread_barrier_init(barrier, nil, count) }

  deinit {
    pthread_barrier_destroy(barrier)
    barrier.deallocate()
  }

  public func wait() { pthread_barrier_wait(barrier) }
}
