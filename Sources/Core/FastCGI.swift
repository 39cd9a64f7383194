import CFastCGI
import Synchronization

#if canImport(Glibc)
  import Glibc
#endif

/// Set by SIGTERM and SIGINT.
private let toldToStop = Atomic<Bool>(false)

/// The loop of an endpoint: one thread, one request at a time; more at once are more processes on the same socket.
///
/// Needs `fastcgi_keep_conn off` in nginx: libfcgi serves one connection a process, and with kept connections 49 of 80
/// requests timed out here, with it off none. SIGTERM and SIGINT finish the request in hand and leave.
public struct FastCGILoop {
  public typealias Handler = (Request) throws(Refusal) -> Response

  private let log: Log
  private let maxRequests: Int

  /// - Parameter maxRequests: leaves after so many, for the supervisor to start a fresh process; 0: never.
  public init(log: Log, maxRequests: Int) {
    self.log = log
    self.maxRequests = maxRequests
  }

  /// Serves the listening socket on descriptor 0 until told to stop.
  ///
  /// The signals are let in only while it waits for a request: libfcgi takes an interrupted read for the end of the
  /// body, and a request that was being read when SIGTERM came was refused as half a one (seen 2026-11-22).
  ///
  /// - Parameter after: done when a request has its answer, before the next one is waited for; nobody waits for it.
  public func run(after: () -> Void = {}, _ handler: Handler) {
    let waiting = Self.holdSignals()
    signal(SIGPIPE, SIG_IGN)
    // Another process on this socket may be quicker after both were woken: then accept must return, not wait.
    _ = fcntl(0, F_SETFL, fcntl(0, F_GETFL) | O_NONBLOCK)
    guard let watch = Self.watchListener() else {
      log.error("listener", ["why": "descriptor 0 is no listening socket; see --help"])
      return
    }
    guard FCGX_Init() == 0 else { preconditionFailure("FCGX_Init failed") }
    let raw = UnsafeMutablePointer<FCGX_Request>.allocate(capacity: 1)
    raw.initialize(to: FCGX_Request())
    FCGX_InitRequest(raw, 0, 0)
    var served = 0
    while maxRequests == 0 || served < maxRequests {
      guard Self.waitForRequest(watch, waiting) else { break }
      let status = FCGX_Accept_r(raw)
      if [-EAGAIN, -ECONNABORTED, -EINTR, -EPROTO].contains(status) { continue }
      guard status >= 0 else {
        log.error("accept", ["errno": String(-status)])
        break
      }
      serve(raw, handler)
      FCGX_Finish_r(raw)
      after()
      served += 1
    }
    FCGX_Free(raw, 1)
    log.info("left", ["served": String(served)])
  }

  /// Holds SIGTERM and SIGINT back from here on, in this thread and those that it will make; returns the mask that lets
  /// them in. Called before a program makes threads: a thread that does not hold them takes them, and `run`, which waits in
  /// another, is not woken (seen 2026-11-22 with jobs-process).
  @discardableResult
  public static func holdSignals() -> sigset_t {
    onSignal(SIGTERM) { _ in toldToStop.store(true, ordering: .relaxed) }
    onSignal(SIGINT) { _ in toldToStop.store(true, ordering: .relaxed) }
    var held = sigset_t()
    var before = sigset_t()
    sigemptyset(&held)
    sigaddset(&held, SIGTERM)
    sigaddset(&held, SIGINT)
    sigprocmask(SIG_BLOCK, &held, &before)
    sigdelset(&before, SIGTERM)
    sigdelset(&before, SIGINT)
    return before
  }

  /// Watches the listener for one process: of several that wait on a socket, a connection wakes one. With select it woke
  /// all of them, fifteen of sixteen for nothing.
  private static func watchListener() -> Int32? {
    let watch = epoll_create1(Int32(EPOLL_CLOEXEC))
    var event = epoll_event()
    event.events = EPOLLIN.rawValue | EPOLLEXCLUSIVE.rawValue
    return watch >= 0 && epoll_ctl(watch, EPOLL_CTL_ADD, 0, &event) == 0 ? watch : nil
  }

  /// Until a connection waits; false: told to stop. Opening the mask and waiting are one step, so no signal is missed.
  ///
  /// Who was woken serves: the connection woke nobody else. While one waits already, Linux lets no signal in here: under
  /// load a program went on until its supervisor killed it, with an answer in hand (24 of 5,000 requests were lost that
  /// way, seen 2026-11-22). So before each wait it is asked for.
  private static func waitForRequest(_ watch: Int32, _ mask: sigset_t) -> Bool {
    var mask = mask
    var event = epoll_event()
    while !toldToStop.load(ordering: .relaxed), !isToldToStop {
      let ready = epoll_pwait(watch, &event, 1, -1, &mask)
      if ready > 0 { return true }
      if ready < 0, errno != EINTR { return false }
    }
    return false
  }

  /// Whether a signal to stop waits to be let in.
  private static var isToldToStop: Bool {
    var pending = sigset_t()
    sigpending(&pending)
    return sigismember(&pending, SIGTERM) == 1 || sigismember(&pending, SIGINT) == 1
  }

  private func serve(_ raw: UnsafeMutablePointer<FCGX_Request>, _ handler: Handler) {
    let started = Instant.now
    let environment = FastCGIEnvironment(raw.pointee.envp)
    let id = String(environment["REQUEST_ID"]?.prefix(64) ?? "")
    let log = log.with(["req": id.isEmpty ? nil : id])
    var response: Response
    do throws(Refusal) {
      response = try handler(try environment.request(id: id, body: raw.pointee.in, started: started))
    } catch {
      response = error.response(requestID: id)
      log.line(
        error.priority, "refused",
        [
          "status": String(error.status), "code": error.code, "why": error.sentence,
          "path": environment["DOCUMENT_URI"] ?? environment["REQUEST_URI"], "ms": milliseconds(since: started),
        ])
    }
    if environment["REQUEST_METHOD"] == "HEAD" { response.body = [] }
    write(response, to: raw.pointee.out, log)
  }

  private func write(_ response: Response, to out: UnsafeMutablePointer<FCGX_Stream>?, _ log: Log) {
    var head = "Status: \(response.status)\r\n"
    for (name, value) in response.headers { head += "\(name): \(value)\r\n" }
    head += "Content-Length: \(response.body.count)\r\n\r\n"
    let bytes = Array(head.utf8) + response.body
    let written = bytes.withUnsafeBufferPointer { buffer in
      buffer.withMemoryRebound(to: CChar.self) { FCGX_PutStr($0.baseAddress, Int32($0.count), out) }
    }
    // A client that went away is no fault of ours; what it asked for is stored all the same.
    if written < bytes.count || FCGX_FFlush(out) < 0 { log.warning("client_gone", ["status": String(response.status)]) }
  }
}

/// Whole milliseconds since then.
public func milliseconds(since start: Instant) -> String { String(Int((Instant.now - start) * 1000)) }
