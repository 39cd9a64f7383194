import Core
import TestSupport

/// What is no webhook, and what is a good one beside something that nobody can store.
extension StormActor {
  @Sendable static func litter(_ scene: Scene, _ dice: Dice) async {
    var dice = dice
    while !scene.isOver {
      await scene.pause(dice.seconds(0.3...1.2))
      let shop = dice.pick(scene.shops)
      if dice.chance(0.5) {
        let body = dice.pick(refused)
        await scene.attempt(
          Delivery(
            path: shop.tenant.path, platform: shop.platform, secret: Secret(shop.tenant.appSecret), body: body,
            receipts: []), "POSTs of junk", expect: [400])
      } else if shop.platform != .tiktok {
        await amongGoodOnes(scene, shop, &dice)
      }
    }
  }

  private static let refused: [[UInt8]] =
    [
      "", "null", "7", "{", "{\"object\":\"user\",\"entry\":[]}", "{\"object\":\"whatsapp_business_account\"}",
      "{\"object\":\"whatsapp_business_account\",\"entry\":7}", String(repeating: "[", count: 200),
      "\u{FEFF}<html>", "{\"object\":\"page\",\"entry\":[1e}", "{\"event\":7}",
    ].map { Array($0.utf8) } + [[0xFF, 0xFE, 0x00], Array("{\"object\":\"\u{0}\"}".utf8)]

  /// A message that jsonb refuses, and some that say nothing that we understand, between two good ones.
  private static func amongGoodOnes(_ scene: Scene, _ shop: Shop, _ dice: inout Dice) async {
    var receipts = [Receipt]()
    var items = [JSON]()
    for _ in 0..<2 {
      let person = scene.crowd.someone(shop.number, &dice)
      let tag = Tag(person, serial: scene.crowd.serial())
      items.append(Payload.text(person, person.names(&dice), tag, id: scene.id(tag), to: shop))
      receipts.append(Receipt(shop: shop.number, kind: .message, id: scene.id(tag)))
    }
    let odd: JSON
    switch dice.number(0...3) {
    case 0:
      let person = scene.crowd.someone(shop.number, &dice)
      let tag = Tag(person, serial: scene.crowd.serial())
      guard case .object(var members) = Payload.text(person, person.names(&dice), tag, id: scene.id(tag), to: shop)
      else {
        return
      }
      members["weight"] = .number("1e400000")
      odd = .object(members)
      receipts.append(Receipt(shop: shop.number, kind: .message, id: scene.id(tag), mayBeParked: true))
    case 1: odd = ["type": "text", "text": 7]
    case 2: odd = "nobody"
    default: odd = ["from": "5215550000000", "type": "hologram", "hologram": ["\u{1}": [1, nil]]]
    }
    items.insert(odd, at: 1)
    scene.tally.add(.customers, "POSTs of good ones and an odd one")
    await scene.deliver(
      scene.delivery(
        [Payload.entry(shop, items)], to: shop, shared: dice.chance(0.3), receipts))
  }
}
