/// What became of a message of ours (`messages.status`). Reports come late, twice and out of order; a state only moves
/// up. SQL keeps the same table; Tests/RulesTests/Fixtures/send-states.tsv is the truth for both.
public enum SendState: String, Sendable, CaseIterable {
  /// Stored; the gate has not let it through yet.
  case pending
  /// Through the gate; the request is leaving.
  case sending
  /// The platform took it and named it.
  case accepted
  case sent, delivered, read, played
  /// The platform said that it will not arrive.
  case failed
  /// Our gate stopped it. It never left.
  case withheld
  /// The request left and no answer came, or the worker died meanwhile: it may have arrived, so we never repeat it.
  case unknown

  /// How far along. `unknown` is worth as much as `sending`: any report settles it.
  public var rank: Int {
    switch self {
    case .pending: 0
    case .sending, .unknown: 1
    case .accepted: 2
    case .sent: 3
    case .delivered: 4
    case .read: 5
    case .played: 6
    case .failed, .withheld: 7
    }
  }

  /// The state after `incoming` was reported; nil if that changes nothing.
  public static func next(_ current: SendState, _ incoming: SendState) -> SendState? {
    guard current != incoming else { return nil }
    switch (current, incoming) {
    case (.withheld, _): return nil
    // The only step down: the try provably did nothing, so it waits for the next one, through the gate again.
    case (_, .pending): return current == .sending ? .pending : nil
    case (_, .sending), (_, .withheld): return current == .pending ? incoming : nil
    case (_, .unknown): return current == .sending ? .unknown : nil
    // A late failure must not deny what the person's phone has already confirmed.
    case (_, .failed): return current.rank <= SendState.sent.rank ? .failed : nil
    // But a late delivery means that one of the platform's own repetitions got through.
    case (.failed, _): return incoming.rank >= SendState.delivered.rank ? incoming : nil
    default: return incoming.rank > current.rank ? incoming : nil
    }
  }

  /// The states that this one proves, for the history: who has read it has received it.
  public var implies: [SendState] {
    switch self {
    case .delivered: [.sent]
    case .read: [.sent, .delivered]
    case .played: [.sent, .delivered, .read]
    default: []
    }
  }
}
