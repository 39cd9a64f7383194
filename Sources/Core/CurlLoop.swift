import CCurl
import Synchronization

#if canImport(Glibc)
  import Glibc
#endif

/// curl's multi handle and the thread that alone touches it. Others leave a note in `inbox` and wake it up.
final class CurlLoop: @unchecked Sendable {
  typealias Waiter = CheckedContinuation<Result<HTTPResponse, HTTPFailure>, Never>

  private struct Inbox {
    var submitted: [(Ticket, Waiter)] = []
    var cancelled: [Ticket] = []
    var closing = false
    /// Waiting for the end.
    var closers: [CheckedContinuation<Void, Never>] = []
    /// The thread has ended, or never was.
    var ended = true
  }
  private struct Running {
    let ticket: Ticket
    let waiter: Waiter
    let exchange: CurlExchange
  }

  private let settings: HTTPSettings
  private let inbox = Mutex(Inbox())
  private let multi: UnsafeMutableRawPointer?
  // Only the thread touches these two.
  private var running: [UnsafeMutableRawPointer: Running] = [:]
  private var spare: [UnsafeMutableRawPointer] = []

  init(_ settings: HTTPSettings) {
    self.settings = settings
    multi = Curl.isReady ? curl_multi_init() : nil
  }

  func start() {
    guard let multi else { return }
    // As many idle connections as we mean to have exchanges at once; curl's own limit follows the number under way.
    _ = tis_multi_setopt_long(multi, CURLMOPT_MAXCONNECTS, 256)
    inbox.withLock { $0.ended = false }
    let me = Unmanaged.passRetained(self)
    var thread = pthread_t()
    let body: @convention(c) (UnsafeMutableRawPointer?) -> UnsafeMutableRawPointer? = { context in
      if let context { Unmanaged<CurlLoop>.fromOpaque(context).takeRetainedValue().run() }
      return nil
    }
    guard pthread_create(&thread, nil, body, me.toOpaque()) == 0 else {
      me.release()
      inbox.withLock { $0.ended = true }
      curl_multi_cleanup(multi)
      return
    }
    pthread_detach(thread)
  }

  // MARK: From any thread

  func submit(_ ticket: Ticket, _ waiter: Waiter) {
    let taken = inbox.withLock { box in
      if box.ended || box.closing { return false }
      box.submitted.append((ticket, waiter))
      wake()
      return true
    }
    if !taken { waiter.resume(returning: .failure(.neverLeft("\(ticket.request.host): the HTTP client is closed"))) }
  }

  func cancel(_ ticket: Ticket) {
    ticket.cancelled.store(true, ordering: .releasing)
    inbox.withLock { box in
      if box.ended { return }
      box.cancelled.append(ticket)
      wake()
    }
  }

  func close(_ closer: CheckedContinuation<Void, Never>?) {
    let ended = inbox.withLock { box in
      if box.ended { return true }
      box.closing = true
      if let closer { box.closers.append(closer) }
      wake()
      return false
    }
    if ended { closer?.resume() }
  }

  /// Only under the inbox's lock and before `ended`, so that the handle still exists.
  private func wake() { if let multi { curl_multi_wakeup(multi) } }

  // MARK: On the thread

  private func run() {
    guard let multi else { return }
    // Signals are the business of the thread that serves requests or jobs.
    var all = sigset_t()
    sigfillset(&all)
    pthread_sigmask(SIG_BLOCK, &all, nil)

    while takeNotes() {
      var active: Int32 = 0
      curl_multi_perform(multi, &active)
      finishDone(multi)
      // Returns earlier for a socket, for one of curl's own timers and for a note.
      curl_multi_poll(multi, nil, 0, 60_000, nil)
    }

    for (easy, entry) in running { giveUp(easy, entry, "the HTTP client was closed") }
    for easy in spare { curl_easy_cleanup(easy) }
    let box = inbox.withLock { box in
      box.ended = true
      curl_multi_cleanup(multi)
      defer { box = Inbox() }
      return box
    }
    for (ticket, waiter) in box.submitted {
      waiter.resume(returning: .failure(.neverLeft("\(ticket.request.host): the HTTP client was closed")))
    }
    for closer in box.closers { closer.resume() }
  }

  /// false: time to end.
  private func takeNotes() -> Bool {
    let (submitted, cancelled, closing) = inbox.withLock { box in
      if box.closing { return ([(Ticket, Waiter)](), [Ticket](), true) }
      defer { (box.submitted, box.cancelled) = ([], []) }
      return (box.submitted, box.cancelled, false)
    }
    for (ticket, waiter) in submitted { begin(ticket, waiter) }
    for ticket in cancelled {
      // Most have ended by themselves meanwhile.
      if let (easy, entry) = running.first(where: { $0.value.ticket === ticket }) { giveUp(easy, entry, "cancelled") }
    }
    return !closing
  }

  private func begin(_ ticket: Ticket, _ waiter: Waiter) {
    let host = ticket.request.host
    if ticket.cancelled.load(ordering: .acquiring) {
      return waiter.resume(returning: .failure(.neverLeft("\(host): cancelled")))
    }
    guard let multi, let easy = spare.popLast() ?? curl_easy_init() else {
      return waiter.resume(returning: .failure(.neverLeft("\(host): no memory")))
    }
    let exchange = CurlExchange(easy, ticket.request, settings, file: ticket.file)
    do {
      try exchange.prepare()
    } catch {
      exchange.detach()
      spare.append(easy)
      return waiter.resume(returning: .failure(error))
    }
    guard curl_multi_add_handle(multi, easy) == CURLM_OK else {
      exchange.detach()
      curl_easy_cleanup(easy)
      return waiter.resume(returning: .failure(.neverLeft("\(host): curl refused another exchange")))
    }
    running[easy] = Running(ticket: ticket, waiter: waiter, exchange: exchange)
  }

  private func finishDone(_ multi: UnsafeMutableRawPointer) {
    var more: Int32 = 0
    while let message = curl_multi_info_read(multi, &more) {
      // The message dies with the next call on its handle.
      let (kind, easy, code) = (message.pointee.msg, message.pointee.easy_handle, message.pointee.data.result)
      guard kind == CURLMSG_DONE, let easy, let entry = running[easy] else { continue }
      let result: Result<HTTPResponse, HTTPFailure>
      do { result = .success(try entry.exchange.outcome(code)) } catch { result = .failure(error) }
      end(easy, entry, result)
    }
  }

  private func giveUp(_ easy: UnsafeMutableRawPointer, _ entry: Running, _ why: String) {
    end(easy, entry, .failure(entry.exchange.failure(why)))
  }

  private func end(_ easy: UnsafeMutableRawPointer, _ entry: Running, _ result: Result<HTTPResponse, HTTPFailure>) {
    running[easy] = nil
    if let multi { curl_multi_remove_handle(multi, easy) }
    entry.exchange.detach()
    if spare.count < 64 { spare.append(easy) } else { curl_easy_cleanup(easy) }
    entry.waiter.resume(returning: result)
  }
}
