import Core
import Synchronization
import TestSupport

/// A business of the storm, with an account of one platform and a secret of its own. Two in a row have the same platform.
struct Shop: Sendable {
  let number: Int
  let tenant: Tenant
  /// What the sandbox reports of a message, in this order. Every other one reports badly on purpose.
  let statuses: [String]

  var platform: Platform { tenant.platform }
  /// The id that stands where messages are sent.
  var sender: String { tenant.page ?? tenant.account }

  static func platform(_ number: Int) -> Platform { Platform.allCases[number / 2 % Platform.allCases.count] }

  static func manners(_ number: Int) -> [String] {
    let isOdd = number % 2 == 1
    switch platform(number) {
    case .whatsapp: return isOdd ? ["read", "sent", "delivered", "sent"] : ["sent", "delivered", "read"]
    case .facebook: return isOdd ? ["read", "delivered", "echo", "echo"] : ["echo", "delivered", "read"]
    case .instagram, .tiktok: return isOdd ? ["read", "echo", "echo"] : ["echo", "read"]
    }
  }
}

/// Somebody who writes to one shop: on WhatsApp under a number, a user id, or both, elsewhere under the one id that there
/// is. The same numbers and ids write to every shop.
struct Person: Sendable, Hashable {
  let shop: Int
  let number: Int
  let platform: Platform
  let phone: String?
  let userID: String?

  /// Elsewhere than on WhatsApp.
  var id: String { "71\(1_000_000_000 + number)" }

  /// In every text to and from this person: `t2p15`.
  var label: String { "t\(shop)p\(number)" }

  init(shop: Int, number: Int) {
    self.shop = shop
    self.number = number
    platform = Shop.platform(shop)
    guard platform == .whatsapp else {
      (phone, userID) = (nil, nil)
      return
    }
    let id = "MX.\(shop + 10)\(String(1_000_000_000 + number))"
    let digits = "5216\(String(1_000_000_000 + number).dropFirst())"
    switch number % 10 {
    case 0..<5: (phone, userID) = (digits, nil)
    case 5..<7: (phone, userID) = (nil, id)
    default: (phone, userID) = (digits, id)
    }
  }

  /// Under which of their names somebody writes this time.
  enum Names: Sendable, CaseIterable { case phone, userID, both }

  func names(_ dice: inout Dice) -> Names {
    if userID == nil { return .phone }
    if phone == nil { return .userID }
    return dice.weighted([(3, .phone), (3, .userID), (2, .both)])
  }
}

/// Everybody who has written so far, and the numbers of their messages.
final class Crowd: Sendable {
  private struct State {
    var people: [Int: Int] = [:]
    var serial = 0
  }
  private let state = Mutex(State())

  /// Somebody who never wrote before.
  func newcomer(_ shop: Int) -> Person {
    state.withLock { state in
      let number = state.people[shop, default: 0]
      state.people[shop] = number + 1
      return Person(shop: shop, number: number)
    }
  }

  /// Somebody who may have written before; of late as a rule, so that there is a conversation going on.
  func someone(_ shop: Int, _ dice: inout Dice) -> Person {
    let known = state.withLock { $0.people[shop] ?? 0 }
    guard known > 0 else { return newcomer(shop) }
    return Person(shop: shop, number: known - 1 - dice.number(0...min(known - 1, 150)))
  }

  /// A number that no other message has.
  func serial() -> Int {
    state.withLock { state in
      state.serial += 1
      return state.serial
    }
  }

  var count: Int { state.withLock { $0.people.values.reduce(0, +) } }
}

/// Who and what a text or id of the storm is about: `t2p15n77` is message 77, of person 15 of shop 2.
struct Tag: Sendable, Hashable {
  let shop: Int
  let person: Int
  let serial: Int

  var text: String { "t\(shop)p\(person)n\(serial)" }

  init(_ person: Person, serial: Int) {
    (shop, self.person) = (person.shop, person.number)
    self.serial = serial
  }

  /// The first tag in a text; nil if there is none.
  init?(in text: String) {
    guard let match = text.firstMatch(of: /t(\d+)p(\d+)n(\d+)/), let shop = Int(match.1), let person = Int(match.2),
      let serial = Int(match.3)
    else { return nil }
    (self.shop, self.person, self.serial) = (shop, person, serial)
  }
}
