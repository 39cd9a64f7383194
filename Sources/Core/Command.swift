#if canImport(Glibc)
  import Glibc
#endif

/// Runs another program to its end, without a shell. What it said on both its outputs, and its exit code; nil if it could
/// not be started.
public func runProgram(_ program: String, _ arguments: [String]) -> (status: Int32, output: String)? {
  var ends: [Int32] = [0, 0]
  guard pipe(&ends) == 0 else { return nil }
  for end in ends { _ = fcntl(end, F_SETFD, FD_CLOEXEC) }
  var actions = posix_spawn_file_actions_t()
  posix_spawn_file_actions_init(&actions)
  defer { posix_spawn_file_actions_destroy(&actions) }
  posix_spawn_file_actions_addopen(&actions, 0, "/dev/null", O_RDONLY, 0)
  for output in [Int32(1), 2] { posix_spawn_file_actions_adddup2(&actions, ends[1], output) }
  let words = ([program] + arguments).map { strdup($0) } + [nil]
  defer { for word in words { free(word) } }
  var child: pid_t = 0
  let started = posix_spawnp(&child, program, &actions, nil, words, environ)
  close(ends[1])
  defer { close(ends[0]) }
  guard started == 0 else { return nil }
  var output = [UInt8]()
  var chunk = [UInt8](repeating: 0, count: 4096)
  while true {
    let n = read(ends[0], &chunk, chunk.count)
    if n < 0, errno == EINTR { continue }
    guard n > 0 else { break }
    output += chunk[..<n]
  }
  var status: Int32 = 0
  while waitpid(child, &status, 0) < 0, errno == EINTR {}
  return (status & 0x7F == 0 ? status >> 8 & 0xFF : 128 + status & 0x7F, String(decoding: output, as: UTF8.self))
}

/// Whether this process may do everything on the machine.
public var runsAsRoot: Bool { geteuid() == 0 }

/// The name of the user that this process runs as.
public var userName: String {
  guard let entry = getpwuid(geteuid()) else { return String(geteuid()) }
  return String(cString: entry.pointee.pw_name)
}
