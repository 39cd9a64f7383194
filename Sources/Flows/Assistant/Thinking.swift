import Core
import FoundationEssentials
import Store
import Synchronization

/// The questions that this worker's models think about just now, so that one which nobody waits for any more can be given
/// up while its answer is still being made.
public final class Thinking: Sendable {
  /// A call under way.
  public struct Thought: Sendable {
    public let tenant: UUID
    public let conversation: UUID
    public let question: UUID
    public let job: UUID
    /// What the gate is asked with.
    public let policy: JSONText
    public let since: Instant
  }

  enum Answer {
    case response(HTTPResponse)
    case failure(HTTPFailure)
    /// Given up, and why.
    case cancelled(String)
  }

  private struct Call {
    let thought: Thought
    let task: Task<Result<HTTPResponse, HTTPFailure>, Never>
    var why: String?
  }
  /// By job: a worker holds each once.
  private let calls = Mutex<[UUID: Call]>([:])

  public var now: [Thought] { calls.withLock { $0.values.map(\.thought) } }

  /// Gives a job's call up. `why` becomes the job's result, as a word of `Withheld`. Nothing, if it has ended meanwhile.
  public func cancel(_ job: UUID, why: String) {
    let task = calls.withLock { calls in
      calls[job]?.why = why
      return calls[job]?.task
    }
    task?.cancel()
  }

  func send(_ request: HTTPRequest, for thought: Thought, by http: HTTPMulti) async -> Answer {
    let task = Task { () async -> Result<HTTPResponse, HTTPFailure> in
      do throws(HTTPFailure) { return .success(try await http.send(request)) } catch { return .failure(error) }
    }
    calls.withLock { $0[thought.job] = Call(thought: thought, task: task) }
    let result = await task.value
    let call = calls.withLock { $0.removeValue(forKey: thought.job) }
    switch result {
    // What came in spite of it was paid for, and may be said: the gate decides.
    case .success(let response): return .response(response)
    case .failure(let failure): return call?.why.map { .cancelled($0) } ?? .failure(failure)
    }
  }
}
