import TestSupport

#if canImport(Glibc)
  import Glibc
#endif

/// A process by its id and its start, so that a recycled id is never taken for it.
struct ProcessID: Sendable, Hashable {
  let pid: pid_t
  /// Clock ticks after the machine's start.
  let started: String

  /// nil if there is none with this id, or only its zombie.
  init?(_ pid: pid_t) {
    guard let stat = Stat(pid), stat.state != "Z" else { return nil }
    self.pid = pid
    started = stat.started
  }

  var isAlive: Bool { ProcessID(pid) == self }

  /// Signals it, if it still is the one.
  @discardableResult
  func signal(_ number: Int32) -> Bool { isAlive && kill(pid, number) == 0 }

  /// The file it was started from.
  var executable: String? { link("exe") }
  var folder: String? { link("cwd") }

  var children: [ProcessID] {
    guard let folder = opendir("/proc") else { return [] }
    defer { closedir(folder) }
    var found = [ProcessID]()
    while let entry = readdir(folder) {
      let name = withUnsafePointer(to: &entry.pointee.d_name) {
        $0.withMemoryRebound(to: CChar.self, capacity: 256) { String(cString: $0) }
      }
      if let other = pid_t(name), Stat(other)?.parent == pid, let child = ProcessID(other) { found.append(child) }
    }
    return found
  }

  private func link(_ name: String) -> String? {
    var buffer = [CChar](repeating: 0, count: Int(PATH_MAX))
    let count = readlink("/proc/\(pid)/\(name)", &buffer, buffer.count)
    return count > 0 ? String(decoding: buffer[..<count].map { UInt8(bitPattern: $0) }, as: UTF8.self) : nil
  }

  /// What of /proc/PID/stat is needed.
  private struct Stat {
    let state: Substring
    let parent: pid_t
    let started: String

    init?(_ pid: pid_t) {
      guard let text = firstLine(of: "/proc/\(pid)/stat"), let end = text.lastIndex(of: ")") else { return nil }
      // The name in brackets may hold blanks, so count from behind it.
      let fields = text[text.index(after: end)...].split(separator: " ")
      guard fields.count > 19, let parent = pid_t(fields[1]) else { return nil }
      state = fields[0]
      self.parent = parent
      started = String(fields[19])
    }
  }
}

/// The processes of the world that bin/storm started, by the records that its scripts keep, and of no other.
enum WorldProcess {
  /// The process that was recorded under this name when it was started.
  static func recorded(_ name: String) -> ProcessID? {
    let words = firstLine(of: World.current.folder + "/run/\(name).pid")?.split(separator: " ") ?? []
    guard words.count == 2, let pid = pid_t(words[0]), let process = ProcessID(pid), process.started == words[1] else {
      return nil
    }
    return process
  }

  /// Running processes of a program: children of its recorded supervisor that run this world's file of it.
  static func running(_ program: String) -> [ProcessID] {
    guard let file = realpath(World.current.programs + "/" + program, nil) else { return [] }
    defer { free(file) }
    let path = String(cString: file)
    return recorded(program)?.children.filter { $0.executable == path } ?? []
  }

  /// The database server and what it has started, all of which work in the cluster's data folder.
  static func postgres() -> (server: ProcessID, backends: [ProcessID])? {
    guard let server = recorded("postgres"), let folder = server.folder, folder.hasSuffix("/data") else { return nil }
    return (server, server.children.filter { $0.folder == folder })
  }

  /// Lets a stopped database run on.
  static func thaw() {
    guard let (server, backends) = postgres() else { return }
    for process in backends + [server] { process.signal(SIGCONT) }
  }
}

private func firstLine(of path: String) -> String? {
  guard let file = fopen(path, "re") else { return nil }
  defer { fclose(file) }
  var buffer = [CChar](repeating: 0, count: 4096)
  guard fgets(&buffer, Int32(buffer.count), file) != nil else { return nil }
  let text = String(decoding: buffer.prefix { $0 != 0 }.map { UInt8(bitPattern: $0) }, as: UTF8.self)
  return String(text.prefix { $0 != "\n" })
}
