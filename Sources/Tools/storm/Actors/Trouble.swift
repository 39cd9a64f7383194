import Core
import TestSupport

#if canImport(Glibc)
  import Glibc
#endif

/// What goes wrong: programs die, the database dies or hangs, the peers fail.
extension StormActor {
  static let trouble = [
    StormActor(name: "killing webhooks", act: killEndpoints),
    StormActor(name: "killing jobs", act: killJobs),
    StormActor(name: "ending sessions", act: endSessions),
    StormActor(name: "database", act: breakDatabase),
    StormActor(name: "peers", act: breakPeers),
    StormActor(name: "watch", act: watch),
  ]

  @Sendable private static func killEndpoints(_ scene: Scene, _ dice: Dice) async {
    var dice = dice
    while !scene.isOver {
      await scene.pause(dice.seconds(0.5...4))
      guard !scene.isOver else { return }
      let program = dice.chance(0.9) ? "webhook-\(dice.pick(Platform.allCases).rawValue)" : "jobs-process"
      let running = WorldProcess.running(program).shuffled(using: &dice)
      // All of them at once, now and then.
      for process in running.prefix(dice.chance(0.15) ? running.count : 1) where process.signal(SIGKILL) {
        scene.tally.add(.programs, "\(program) killed")
      }
    }
  }

  @Sendable private static func killJobs(_ scene: Scene, _ dice: Dice) async {
    var dice = dice
    while !scene.isOver {
      await scene.pause(dice.seconds(4...18))
      guard !scene.isOver else { return }
      for process in WorldProcess.running("jobs") {
        // A run that is told to leave while it holds jobs is a case of its own.
        let politely = dice.chance(0.25)
        if process.signal(politely ? SIGTERM : SIGKILL) {
          scene.tally.add(.programs, politely ? "jobs told to leave" : "jobs killed")
        }
      }
    }
  }

  @Sendable private static func breakPeers(_ scene: Scene, _ dice: Dice) async {
    var dice = dice
    while !scene.isOver {
      await scene.pause(dice.seconds(0.2...1))
      let platform = dice.chance(0.6) ? dice.pick(Platform.allCases) : nil
      let fault = dice.pick(platform.map(faults) ?? anthropicFaults)
      // Those that may have been taken end in `unknown`; they are none the less the smaller part of what happens.
      let taken = platform != nil && ["timeout", "reset", "malformed", "slow"].contains(fault) && dice.chance(0.5)
      var members: [(String, JSON)] = [
        ("delay_ms", .number(["timeout", "slow"].contains(fault) ? dice.number(300...3000) : 0)),
        ("retry_after", .number(1)), ("after_accept", .bool(taken)),
      ]
      // Only texts: a receipt that fails is nobody's loss.
      if platform != nil { members.append(("kind", "text")) }
      try? await Sandbox.fail(
        platform?.rawValue ?? "anthropic", fault, match: "message", times: dice.number(1...3), extra: members)
    }
  }

  /// Without what stops a channel (401, 190): that is a person's to mend.
  private static func faults(_ platform: Platform) -> [String] {
    let all = ["429", "500", "503", "timeout", "reset", "malformed", "slow", "slow"]
    switch platform {
    case .whatsapp: return all + ["code:131056", "code:1", "failed:131026"]
    case .instagram, .facebook: return all + ["code:1200", "code:613"]
    case .tiktok: return all + ["code:40100", "code:50002"]
    }
  }
  private static let anthropicFaults = ["429", "500", "529", "529", "timeout", "reset", "slow", "malformed"]

  /// Reads along: how much waits, and what must not be true even for a moment.
  @Sendable private static func watch(_ scene: Scene, _ dice: Dice) async {
    while !scene.isOver {
      scene.platform.catchUp()
      if let waiting = try? await Books.count("select count(*) from jobs where status in ('pending', 'processing')") {
        scene.jobs = waiting
      }
      await measure(scene)
      let twice = try? await Books.rows(
        """
        select lane, string_agg(id::text, ' ') from jobs where status = 'processing' and lane is not null
          group by tenant_id, lane having count(*) > 1
        """, columns: 2)
      for row in twice ?? [] { scene.ledger.complain("two jobs of \(row[0] ?? "") run at once: \(row[1] ?? "")") }
      await abandoned(scene)
      await scene.pause(1)
    }
  }

  /// More than two minutes' worth of what an account may send.
  private static func measure(_ scene: Scene) async {
    let rows = try? await Books.rows(
      "select job_type, count(*) from jobs where status = 'pending' and job_type like 'send_%' group by 1", columns: 2)
    let most: [Platform: Int] = [.instagram: 60, .facebook: 100, .tiktok: 20]
    let waiting = Dictionary((rows ?? []).map { ($0[0] ?? "", $0[1].flatMap { Int($0) } ?? 0) }) { $0 + $1 }
    scene.congested = Set(most.filter { waiting["send_" + $0.key.rawValue, default: 0] > $0.value }.keys)
  }

  /// What a dead run holds is taken up within half a minute, if the database was there all the while.
  private static func abandoned(_ scene: Scene) async {
    guard Instant.now - scene.ledger.read({ $0.outage }) > 35 else { return }
    let rows = try? await Books.rows(
      """
      select j.job_type || ' ' || j.id || ' of ' || w.name from jobs j join workers w on w.id = j.worker_id
        where j.status = 'processing' and w.last_seen < clock_timestamp() - interval '30 s'
      """, columns: 1)
    for row in rows ?? [] { scene.ledger.read { _ = $0.abandoned.insert(row[0] ?? "") } }
  }
}
