import Core
import FoundationEssentials
import Rules
import Store

extension Scope {
  /// Stores a parked webhook event as if it came now: `completed`, or `pending` if it still cannot be stored; nil if
  /// there is no such open one.
  public func replay(deadLetter id: UUID) throws(StoreError) -> String? {
    try self.replayDeadLetter(id: id, policy: JSONText(receivePolicy(delaySeconds: Debounce.quiet).text))
  }
}
