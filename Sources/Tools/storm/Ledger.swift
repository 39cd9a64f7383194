import Core
import FoundationEssentials
import Synchronization
import TestSupport

/// Something that a POST told us of, by the id under which it has to be found again.
struct Receipt: Sendable, Hashable {
  enum Kind: Sendable {
    /// Messages.
    case message, echo, press, photo
    /// What is done to a message.
    case reaction, edit, deletion
    /// What became of ours: of one, and of all that a person was sent until a moment.
    case report, watermark
  }
  let shop: Int
  let kind: Kind
  /// Of a watermark the person's.
  let id: String
  /// Of a report and a watermark.
  var state = ""
  /// The message that something was done to.
  var about = ""
  var until: Instant?
  /// Whether it may be parked as a dead letter instead of stored.
  var mayBeParked = false

  var isMessage: Bool { [.message, .echo, .press, .photo].contains(kind) }
  var isChange: Bool { [.reaction, .edit, .deletion].contains(kind) }
}

/// A POST, signed unless it has no secret, which is made again until it is acknowledged.
struct Delivery: Sendable {
  let path: String
  let platform: Platform
  let secret: Secret?
  let body: [UInt8]
  let receipts: [Receipt]
  var attempts = 0
}

/// A staff message, and what was known of the bot's answers while the conversation was locked for it.
struct StaffNote: Sendable {
  let tenant: UUID
  let conversation: UUID
  let content: String
  /// Answers that had not left.
  let pending: [UUID]
  /// The question that waited, and the answers to it that were no longer pending.
  let question: UUID?
  let gone: [UUID]
}

/// What the storm knows and the database has to agree with.
final class Ledger: Sendable {
  struct State {
    /// When each was acknowledged first.
    var acknowledged: [Receipt: Instant] = [:]
    var unacknowledged: [(due: Instant, delivery: Delivery)] = []
    var underWay = 0
    /// The last ones that were acknowledged, to be delivered once more.
    var recent: [Delivery] = []
    var staff: [StaffNote] = []
    /// Conversations that a human gave back to the assistant, and when.
    var handedBack: [(conversation: UUID, at: Instant)] = []
    /// What was answered otherwise than it had to be, or seen wrong while the storm went on.
    var complaints: [String] = []
    /// When the database was last seen in trouble as a whole.
    var outage = Instant.now
    /// Jobs that were not taken up again in time after their run was killed.
    var abandoned: Set<String> = []
  }
  private let state = Mutex(State())
  private static let mostRecent = 400

  func read<T>(_ body: (inout State) throws -> sending T) rethrows -> sending T { try state.withLock(body) }

  func acknowledge(_ delivery: Delivery) {
    let now = Instant.now
    state.withLock { state in
      for receipt in delivery.receipts where state.acknowledged[receipt] == nil { state.acknowledged[receipt] = now }
      if state.recent.count >= Self.mostRecent { state.recent.removeFirst(Self.mostRecent / 4) }
      if !delivery.receipts.isEmpty { state.recent.append(delivery) }
    }
  }

  /// To be delivered again after a pause that grows.
  func postpone(_ delivery: Delivery) {
    var delivery = delivery
    delivery.attempts += 1
    let pause = min(0.5 * Double(1 << min(delivery.attempts, 5)), 8)
    state.withLock { [delivery] in $0.unacknowledged.append((.now + pause, delivery)) }
  }

  /// What is due to be delivered again.
  func takeDue(_ most: Int) -> [Delivery] {
    let now = Instant.now
    return state.withLock { state in
      let due = state.unacknowledged.indices.filter { state.unacknowledged[$0].due <= now }.prefix(most)
      let taken = due.map { state.unacknowledged[$0].delivery }
      for i in due.reversed() { state.unacknowledged.remove(at: i) }
      return taken
    }
  }

  /// A delivery leaves; it has ended when it is acknowledged or waits to be made again.
  func began() { state.withLock { $0.underWay += 1 } }
  func ended() { state.withLock { $0.underWay -= 1 } }

  /// Deliveries that were never acknowledged so far, those that are just being made among them: the last of all may be
  /// one that hangs when the storm is over, and somebody must still be there to make it again.
  var waiting: Int { state.withLock { $0.unacknowledged.count + $0.underWay } }

  func recent(_ dice: inout Dice) -> Delivery? {
    let list = state.withLock { $0.recent }
    return list.isEmpty ? nil : dice.pick(list)
  }

  func complain(_ sentence: String) { state.withLock { $0.complaints.append(sentence) } }
}
