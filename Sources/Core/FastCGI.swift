import CFastCGI

#if canImport(Glibc)
  import Glibc
#endif

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
  public func run(_ handler: Handler) {
    onSignal(SIGTERM) { _ in FCGX_ShutdownPending() }
    onSignal(SIGINT) { _ in FCGX_ShutdownPending() }
    signal(SIGPIPE, SIG_IGN)
    guard FCGX_Init() == 0 else { preconditionFailure("FCGX_Init failed") }
    let raw = UnsafeMutablePointer<FCGX_Request>.allocate(capacity: 1)
    raw.initialize(to: FCGX_Request())
    FCGX_InitRequest(raw, 0, FCGI_FAIL_ACCEPT_ON_INTR)
    var served = 0
    while maxRequests == 0 || served < maxRequests {
      guard FCGX_Accept_r(raw) >= 0 else { break }
      serve(raw, handler)
      FCGX_Finish_r(raw)
      served += 1
    }
    FCGX_Free(raw, 1)
    log.info("left", ["served": String(served)])
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
        ["status": String(error.status), "code": error.code, "why": error.sentence,
         "path": environment["DOCUMENT_URI"] ?? environment["REQUEST_URI"], "ms": milliseconds(since: started)])
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
