import FoundationEssentials
import Synchronization

/// A few places for what must not be done too often at once in one process.
final class Slots: Sendable {
  private let free: Mutex<Int>

  init(_ count: Int) { free = Mutex(count) }

  /// Takes a place; false if there is none.
  func take() -> Bool {
    free.withLock { free in
      guard free > 0 else { return false }
      free -= 1
      return true
    }
  }

  func giveBack() { free.withLock { $0 += 1 } }
}

/// So many places for each business, so that one whose peer is slow holds up nobody else.
final class ShopSlots: Sendable {
  private let most: Int
  private let taken = Mutex<[UUID: Int]>([:])

  init(_ most: Int) { self.most = most }

  /// Takes a place of the business's; false if there is none.
  func take(_ tenant: UUID) -> Bool {
    taken.withLock { taken in
      guard taken[tenant, default: 0] < most else { return false }
      taken[tenant, default: 0] += 1
      return true
    }
  }

  func giveBack(_ tenant: UUID) {
    taken.withLock { taken in
      let left = taken[tenant, default: 1] - 1
      taken[tenant] = left > 0 ? left : nil
    }
  }
}
