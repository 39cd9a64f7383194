import ArgumentParser
import Core
import FoundationEssentials
import TestSupport

#if canImport(Glibc)
  import Glibc
#endif

/// Faults of every kind for some minutes in a world of its own, and then the question whether anything is lost, doubled
/// or crossed. Started by bin/storm. Never part of a release.
@main
struct Storm: AsyncParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "storm",
    abstract: "Breaks everything for some minutes and checks that nothing is lost, doubled or crossed.",
    discussion:
      "bin/storm starts the world that it needs. It ends with 0 if no check found a violation, with 1 otherwise."
  )

  @Option(help: "How long things are broken; to come to rest takes a minute or two more.")
  var minutes = 5.0
  @Option(help: "Repeats the storm's decisions, though not the machine's (default: another each time).")
  var seed: UInt64?
  @Option(help: "Businesses: two on WhatsApp, two on Instagram, two on Messenger, two on TikTok, and so on.")
  var tenants = 8
  @Option(help: "Customers' platforms that post at the same time.")
  var clients = 16
  @Option(help: "Leave out an actor, such as database; several times.")
  var without: [String] = []

  func validate() throws {
    guard minutes > 0, minutes <= 600 else { throw ValidationError("--minutes is more than 0 and at most 600") }
    guard (1...20).contains(tenants) else { throw ValidationError("--tenants is 1 to 20") }
    guard (1...20).contains(clients) else {
      throw ValidationError("--clients is 1 to 20: the storm is not about volume")
    }
    let names = StormActor.all.map(\.name)
    for name in without where !names.contains(name) {
      throw ValidationError("there is no actor \(name): \(names.joined(separator: ", "))")
    }
  }

  func run() async throws {
    // Whoever stops the storm must not be left with a database that is stopped, too.
    for number in [SIGINT, SIGTERM, SIGHUP] {
      onSignal(number) { _ in
        told.store(true, ordering: .relaxed)
      }
    }
    let seed = seed ?? UInt64.random(in: 1...999_999)
    let scene = Scene(shops: try await Self.open(tenants), seconds: minutes * 60, photo: try await Gesture.photo())
    say("\(tenants) businesses, \(clients) clients, \(minutes) minutes, --seed \(seed).")
    let began = Instant.now
    let speaking = Task { await speak(scene, began) }
    let rested = await rage(scene, seed)
    speaking.cancel()
    await speaking.value
    if told.load(ordering: .relaxed) { leave(130) }
    try await judge(scene, rested)
  }

  private static func open(_ count: Int) async throws -> [Shop] {
    var shops = [Shop]()
    for number in 0..<count {
      let tenant = try await onThread { try Tenant.make(on: Shop.platform(number), delay: number % 2) }
      let shop = Shop(number: number, tenant: tenant, statuses: Shop.manners(number))
      try await Sandbox.register(tenant, statuses: shop.statuses)
      shops.append(shop)
    }
    return shops
  }

  /// Lets everybody act until it is over, and waits until everything has come to rest; false if it does not.
  private func rage(_ scene: Scene, _ seed: UInt64) async -> Bool {
    let told = Task {
      while !Task.isCancelled {
        if Storm.isTold { scene.stop() }
        try? await Task.sleep(for: .milliseconds(100))
      }
    }
    await withTaskGroup { group in
      for actor in StormActor.all where !without.contains(actor.name) {
        for number in 0..<(actor.isClient ? clients : 1) {
          group.addTask { await actor.act(scene, Dice(seed: seed, stream: "\(actor.name) \(number)")) }
        }
      }
      group.addTask { await Calm.begin(scene) }
    }
    told.cancel()
    return Storm.isTold ? false : await Calm.rest(scene)
  }

  /// A line every ten seconds.
  private func speak(_ scene: Scene, _ began: Instant) async {
    var next = 10.0
    while !Task.isCancelled {
      try? await Task.sleep(for: .milliseconds(200))
      guard Instant.now - began >= next else { continue }
      next += 10
      let (known, waiting) = (scene.ledger.read { $0.acknowledged.count }, scene.ledger.waiting)
      let taken = scene.tally[.answers, "texts that the platform took"]
      say(
        "\(Int(Instant.now - began)) s  \(scene.isOver ? "resting" : "raging")  \(grouped(known)) acknowledged, "
          + "\(waiting) to be delivered again, \(grouped(taken)) texts taken, \(scene.jobs) jobs, "
          + "\(scene.tally.sum(.programs)) blows")
    }
  }

  private func judge(_ scene: Scene, _ rested: Bool) async throws {
    let (reported, echoed) = try await Calm.reported()
    let found = try await onThread { () -> [(name: String, violations: [String])] in
      let evidence = try Evidence(scene, reported: reported, echoed: echoed)
      return StormCheck.all.map { check in
        do { return (check.name, try check.find(evidence)) } catch { return (check.name, ["not checked: \(error)"]) }
      }
    }
    let unread = scene.platform.unreadable
    let sure = unread == 0 ? [] : ["\(unread) lines of the sandbox's journal could not be read"]
    let late = rested ? [] : ["it had not come to rest after \(Int(Calm.most)) s: see the jobs"]
    leave(Report.printed(scene, found + [("the storm itself", sure + late)]) == 0 ? 0 : 1)
  }
}
