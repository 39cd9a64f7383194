import Core
import FoundationEssentials
import Peers
import Rules
import Store

extension Scope {
  /// Stores a parked webhook event as if it came now: `completed`, or `pending` if it still cannot be stored; nil if
  /// there is no such open one.
  public func replay(deadLetter id: UUID) throws(StoreError) -> String? {
    guard let letter = try self.findDeadLetter(id: id) else { return nil }
    let policy = receivePolicy(
      delaySeconds: Debounce.quiet, asksNames: Channel.named(letter.channel)?.profile != nil)
    return try self.replayDeadLetter(id: id, policy: JSONText(policy.text))
  }
}
