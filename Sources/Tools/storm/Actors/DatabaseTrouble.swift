import Core
import Store
import TestSupport

#if canImport(Glibc)
  import Glibc
#endif

/// Sessions that end all the time; and a server that crashes, hangs, is stopped and started, one after the other.
extension StormActor {
  @Sendable static func endSessions(_ scene: Scene, _ dice: Dice) async {
    var dice = dice
    while !scene.isOver {
      await scene.pause(dice.seconds(0.3...2))
      guard !scene.isOver else { return }
      let ended = try? await Books.rows(
        "select pg_terminate_backend(pid) \(victims) limit \(dice.number(1...3))", columns: 1)
      scene.tally.add(.programs, "database sessions ended", ended?.count ?? 0)
    }
  }

  @Sendable static func breakDatabase(_ scene: Scene, _ dice: Dice) async {
    var dice = dice
    while !scene.isOver {
      await scene.pause(dice.seconds(5...15))
      guard !scene.isOver else { return }
      switch dice.weighted([(3, 0), (3, 1), (2, 2), (2, 3)]) {
      case 0: await crash(scene)
      case 1: await hang(scene, dice.seconds(3...8))
      case 2: await restart(scene, "fast", dice.number(0...4))
      default: await restart(scene, "immediate", dice.number(0...4))
      }
      scene.ledger.read { $0.outage = .now }
    }
  }

  /// Programs' sessions, those that are at work first.
  private static let victims =
    "from pg_stat_activity where datname = 'tistis' and usename like 'tistis\\_%' order by state = 'active' desc, random()"

  private static func crash(_ scene: Scene) async {
    guard let row = try? await Books.rows("select pid \(victims) limit 1", columns: 1).first,
      let pid = row[0].flatMap({ pid_t($0) }), let (_, backends) = WorldProcess.postgres(),
      let victim = backends.first(where: { $0.pid == pid }), victim.signal(SIGKILL)
    else { return }
    scene.tally.add(.programs, "database crashed by a killed backend")
  }

  private static func hang(_ scene: Scene, _ seconds: Double) async {
    guard let (server, _) = WorldProcess.postgres() else { return }
    // The server first, so that no new backend comes after we have looked.
    guard server.signal(SIGSTOP), let (_, backends) = WorldProcess.postgres() else { return WorldProcess.thaw() }
    for process in backends { process.signal(SIGSTOP) }
    scene.tally.add(.programs, "database hung for seconds")
    await scene.pause(seconds)
    WorldProcess.thaw()
  }

  private static func restart(_ scene: Scene, _ mode: String, _ seconds: Int) async {
    let status = try? await onThread {
      try run(World.root + "/bin/lib/restart-postgres", [mode, String(seconds)])
    }
    if status != 0 { scene.ledger.complain("restart-postgres \(mode) ended with \(status.map(String.init) ?? "?")") }
    scene.tally.add(.programs, "database stopped (\(mode)) and started")
  }

  /// Runs a script with our own environment and waits for its end.
  private static func run(_ path: String, _ arguments: [String]) throws -> Int32 {
    var argv = ([path] + arguments).map { strdup($0) } + [nil]
    defer { for word in argv { free(word) } }
    var pid: pid_t = 0
    var attributes = posix_spawnattr_t()
    posix_spawnattr_init(&attributes)
    defer { posix_spawnattr_destroy(&attributes) }
    // Out of the terminal's reach: Ctrl-C must not leave the database half started.
    posix_spawnattr_setpgroup(&attributes, 0)
    posix_spawnattr_setflags(&attributes, Int16(POSIX_SPAWN_SETPGROUP))
    let status = posix_spawn(&pid, path, nil, &attributes, &argv, environ)
    guard status == 0 else { throw Complaint("cannot start \(path)") }
    var ending: Int32 = 0
    while waitpid(pid, &ending, 0) < 0, errno == EINTR {}
    return ending & 0x7F == 0 ? ending >> 8 & 0xFF : 128 + ending & 0x7F
  }
}
