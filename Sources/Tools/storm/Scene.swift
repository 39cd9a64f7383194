import Core
import FoundationEssentials
import Synchronization
import TestSupport

/// Somebody who acts while the storm lasts. Another domain adds its own to a list in Actors/.
struct StormActor: Sendable {
  let name: String
  /// Whether there is one of them a client, instead of one.
  var isClient = false
  /// Acts again and again until `scene.isOver`.
  let act: @Sendable (Scene, Dice) async -> Void

  static let all = customers + businesses + trouble
}

/// Something that has to be true afterwards. Another domain adds its own to a list in Checks/.
struct StormCheck: Sendable {
  /// What a violation is, as a line of the table.
  let name: String
  /// Each violation with the ids that lead to it.
  let find: @Sendable (Evidence) throws -> [String]

  static let all = losses + effects + leavings + contents + people + answers + queue
}

/// What everybody shares while the storm lasts.
final class Scene: Sendable {
  let shops: [Shop]
  let crowd = Crowd()
  let ledger = Ledger()
  let tally: Tally
  let platform: PlatformRecord
  /// Part of every id, so that those of another run in the same world are told apart.
  let run = unique("")
  let start = Instant.now
  let end: Instant
  private let backlog = Mutex(0)
  private let full = Mutex(Set<Platform>())
  private let stopped = Atomic(false)
  /// Where Messenger's and Instagram's pictures are.
  let photo: String
  private let photos = Atomic(0)

  init(shops: [Shop], seconds: Double, photo: String) {
    (self.shops, self.photo) = (shops, photo)
    let tally = Tally()
    self.tally = tally
    platform = PlatformRecord(tally)
    end = .now + seconds
  }

  var isOver: Bool { Instant.now >= end || stopped.load(ordering: .relaxed) }
  func stop() { stopped.store(true, ordering: .relaxed) }

  /// Sleeps, but not beyond the end.
  func pause(_ seconds: Double) async {
    let until = Instant.now + seconds
    while !isOver, Instant.now < until {
      try? await Task.sleep(for: .seconds(min(max(until - .now, 0.001), 0.25)))
    }
  }

  /// Jobs that wait or run, as seen a moment ago.
  var jobs: Int {
    get { backlog.withLock { $0 } }
    set { backlog.withLock { $0 = newValue } }
  }

  /// Platforms that are allowed so little a minute that their answers pile up: nobody writes there until they have left.
  var congested: Set<Platform> {
    get { full.withLock { $0 } }
    set { full.withLock { $0 = newValue } }
  }

  /// Whether one more file may be put on the sandbox's shelf, which holds 200.
  func mayKeepPhoto() -> Bool { photos.wrappingAdd(1, ordering: .relaxed).newValue <= 180 }

  /// A shop to write to; the first of all if every platform is congested.
  func anyShop(_ dice: inout Dice) -> Shop {
    let full = congested
    let free = shops.filter { !full.contains($0.platform) }
    return free.isEmpty ? shops[0] : dice.pick(free)
  }

  /// Customers write more slowly while answers or deliveries pile up: the storm is about trouble, not about volume.
  func breathe(_ dice: inout Dice) async {
    await pause(dice.seconds(0.05...0.5))
    while !isOver, jobs > 400 || ledger.waiting > 80 { await pause(0.5) }
  }

  func id(_ tag: Tag, _ suffix: String = "") -> String {
    "\(Shop.platform(tag.shop).idPrefix)storm.\(run).\(tag.text)\(suffix)"
  }

  /// Ids that must not be found anywhere: no genuine POST named them.
  func forgedID(_ shop: Shop) -> String { "\(shop.platform.idPrefix)forged.\(run).\(crowd.serial())" }

  /// Two shops of one platform; nil if there is but one.
  func pair(_ dice: inout Dice, on platforms: [Platform] = Platform.allCases) -> (mine: Shop, theirs: Shop)? {
    let platform = dice.pick(platforms)
    let both = shops.filter { $0.platform == platform }.shuffled(using: &dice)
    return both.count > 1 ? (both[0], both[1]) : nil
  }

  func shops(on platforms: [Platform]) -> [Shop] { shops.filter { platforms.contains($0.platform) } }

  func shop(of tenant: UUID) -> Shop? { shops.first { $0.tenant.id == tenant } }
}
