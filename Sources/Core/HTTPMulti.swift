import CCurl
import Synchronization

/// Sends many requests at once, on one thread of its own: hundreds of slow answers cost as many sockets, nothing else.
/// Connections are kept open and shared by all exchanges.
///
/// HTTP/1.1 over http and https only. Redirects are answers like any other; no cookies, no proxy from the environment;
/// certificates are verified.
public final class HTTPMulti: Sendable {
  private let loop: CurlLoop

  public init(_ settings: HTTPSettings = .init()) {
    loop = CurlLoop(settings)
    loop.start()
  }

  deinit { loop.close(nil) }

  /// - Throws: `HTTPFailure`, whose case tells whether the request may have been acted upon. A status such as 500 is an
  ///   answer, not a failure.
  ///
  /// Cancelling the task gives the exchange up; whether the request had left is told as for any other failure.
  ///
  /// `file`: an open file that the answer's body is written into as it comes, whatever the status, while the answer's own
  /// stays empty; so that many large ones cost no memory.
  public func send(_ request: HTTPRequest, into file: Int32? = nil) async throws(HTTPFailure) -> HTTPResponse {
    let ticket = Ticket(request, file)
    let result = await withTaskCancellationHandler {
      await withCheckedContinuation { loop.submit(ticket, $0) }
    } onCancel: {
      loop.cancel(ticket)
    }
    return try result.get()
  }

  /// Gives up what is under way, ends the thread and comes back when it has ended. Later sends fail.
  public func close() async {
    await withCheckedContinuation { loop.close($0) }
  }
}

/// One request's way through the loop.
final class Ticket: Sendable {
  let request: HTTPRequest
  let file: Int32?
  /// Cancelling may come before the loop knows of it.
  let cancelled = Atomic(false)
  init(_ request: HTTPRequest, _ file: Int32?) {
    self.request = request
    self.file = file
  }
}
