import Core

#if canImport(Glibc)
  import Glibc
#endif

/// One process of a program, on a socket of its own as a supervisor would start it; ended by its id.
public final class Program {
  public let socket: String
  private let folder: String
  private let listener: Int32
  private let path: String
  private let arguments: [String]
  private let variables: [String: String]
  private var pid: pid_t = 0
  /// What it wrote to standard error.
  public let log: String

  /// - Parameter environment: overrides of the program's own environment in the world.
  public init(_ name: String, environment: [String: String] = [:], arguments: [String] = []) throws {
    var values = World.current.environment(of: name)
    values.merge(environment) { $1 }
    values["PATH"] = "/usr/bin:/bin"
    path = World.current.programs + "/" + name
    self.arguments = arguments
    variables = values
    folder = "/tmp/" + unique("tistis-")
    mkdir(folder, 0o700)
    socket = folder + "/fcgi.sock"
    log = folder + "/log"
    listener = Glibc.socket(AF_UNIX, Int32(SOCK_STREAM.rawValue | SOCK_CLOEXEC.rawValue), 0)
    var address = sockaddr_un()
    address.sun_family = sa_family_t(AF_UNIX)
    withUnsafeMutableBytes(of: &address.sun_path) { $0.copyBytes(from: Array(socket.utf8)) }
    withUnsafePointer(to: &address) {
      $0.withMemoryRebound(to: sockaddr.self, capacity: 1) {
        _ = bind(listener, $0, socklen_t(MemoryLayout<sockaddr_un>.size))
      }
    }
    listen(listener, 64)
    try start()
  }

  deinit {
    if pid > 0 { stop(SIGKILL) }
    close(listener)
    unlink(socket)
    unlink(log)
    rmdir(folder)
  }

  /// Starts it, or another after the last has ended, on the same socket.
  public func start() throws {
    var actions = posix_spawn_file_actions_t()
    posix_spawn_file_actions_init(&actions)
    defer { posix_spawn_file_actions_destroy(&actions) }
    posix_spawn_file_actions_adddup2(&actions, listener, 0)
    posix_spawn_file_actions_addopen(&actions, 1, log, O_WRONLY | O_CREAT | O_APPEND, 0o600)
    posix_spawn_file_actions_addopen(&actions, 2, log, O_WRONLY | O_CREAT | O_APPEND, 0o600)
    var argv = ([path] + arguments).map { strdup($0) } + [nil]
    var envp = variables.map { strdup("\($0.key)=\($0.value)") } + [nil]
    defer { for p in argv + envp { free(p) } }
    // The threads that tests run on block signals, and a child would inherit that.
    var attributes = posix_spawnattr_t()
    posix_spawnattr_init(&attributes)
    defer { posix_spawnattr_destroy(&attributes) }
    var none = sigset_t()
    sigemptyset(&none)
    posix_spawnattr_setsigmask(&attributes, &none)
    posix_spawnattr_setflags(&attributes, Int16(POSIX_SPAWN_SETSIGMASK))
    let status = posix_spawn(&pid, path, &actions, &attributes, &argv, &envp)
    guard status == 0 else { throw Complaint("cannot start \(path): \(String(cString: strerror(status)))") }
  }

  public func signal(_ number: Int32) { kill(pid, number) }

  /// Whether it has not ended; its status is taken when it has.
  public var isRunning: Bool {
    guard pid > 0 else { return false }
    if waitpid(pid, &status, WNOHANG) == 0 { return true }
    pid = 0
    return false
  }

  private var status: Int32 = 0
  /// The exit code once it has ended by itself; nil while it runs or if a signal ended it.
  public var exitCode: Int32? { !isRunning && status & 0x7F == 0 ? status >> 8 & 0xFF : nil }

  /// Ends it and waits.
  public func stop(_ number: Int32 = SIGTERM) {
    guard pid > 0 else { return }
    kill(pid, number)
    waitpid(pid, &status, 0)
    pid = 0
  }

  /// Megabytes in memory now; 0 once it has ended.
  public var residentMegabytes: Int {
    let line = (readFile("/proc/\(pid)/status") ?? "").split(separator: "\n").first { $0.hasPrefix("VmRSS:") }
    return (line?.split(whereSeparator: \.isWhitespace).dropFirst().first.flatMap { Int($0) } ?? 0) / 1024
  }

  public var said: String { readFile(log) ?? "" }
}
