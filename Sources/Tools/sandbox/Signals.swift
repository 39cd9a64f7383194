import Dispatch

#if canImport(Glibc)
  import Glibc
#endif

/// SIGTERM and SIGINT end the program at once: nothing held here is worth waiting for.
struct Signals {
  private let sources: [any DispatchSourceSignal]

  /// Does a last thing and leaves with 0.
  static func whenStopped(_ last: @escaping @Sendable () async -> Void) -> Signals {
    Signals(
      sources: [SIGTERM, SIGINT].map { number in
        signal(number, SIG_IGN)
        let source = DispatchSource.makeSignalSource(signal: number)
        source.setEventHandler {
          Task {
            await last()
            exit(0)
          }
        }
        source.resume()
        return source
      })
  }

  func cancel() { for source in sources { source.cancel() } }
}
