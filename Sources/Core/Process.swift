import FoundationEssentials

#if canImport(Glibc)
  import Glibc
#endif

/// The version that `--version` prints.
public let version = "0.1.0"

/// The whole environment of this process.
public func processEnvironment() -> [String: String] { ProcessInfo.processInfo.environment }

/// A file's text; nil if it cannot be read.
public func readFile(_ path: String) -> String? {
  guard let data = FileManager.default.contents(atPath: path) else { return nil }
  return String(decoding: data, as: UTF8.self)
}

/// Writes all of it to an open file; false if that took it no further.
func writeAll(_ bytes: UnsafeRawBufferPointer, to file: Int32) -> Bool {
  var sent = 0
  while sent < bytes.count {
    let n = write(file, bytes.baseAddress! + sent, bytes.count - sent)
    if n < 0, errno == EINTR { continue }
    guard n > 0 else { return false }
    sent += n
  }
  return true
}

/// Writes to standard output at once.
public func say(_ text: String) {
  let bytes = Array((text + "\n").utf8)
  _ = bytes.withUnsafeBytes { write(1, $0.baseAddress, $0.count) }
}

/// Writes to standard error at once: for a person who waits, beside what was asked for.
public func complain(_ text: String) {
  let bytes = Array((text + "\n").utf8)
  _ = bytes.withUnsafeBytes { write(2, $0.baseAddress, $0.count) }
}

/// Ends the process. 64 usage, 69 something is away, 70 our mistake, 75 try again later, 78 configuration (sysexits.h).
public func leave(_ status: Int32) -> Never { exit(status) }

/// Ends the process with 78: settings or schema are wrong. Where a supervisor gave it a socket it waits 5 s first, since it
/// is started again at once and would say the same without end.
public func leaveMisconfigured() -> Never {
  var status = stat()
  if fstat(0, &status) == 0, status.st_mode & S_IFMT == S_IFSOCK { sleep(5) }
  leave(78)
}

/// Calls a handler in the signal's context; it may only do what is safe there. Without SA_RESTART, so that a blocked
/// call returns.
public func onSignal(_ signal: Int32, _ handler: @escaping @convention(c) (Int32) -> Void) {
  var action = sigaction()
  action.__sigaction_handler.sa_handler = handler
  sigaction(signal, &action, nil)
}
