import Core
import TestSupport

/// Those who write: one message, bursts, batches, and everything of it twice.
extension StormActor {
  static let customers = [
    StormActor(name: "customers", isClient: true, act: write),
    StormActor(name: "redelivery", act: redeliver),
    StormActor(name: "reports", act: report),
    StormActor(name: "forgers", act: forge),
    StormActor(name: "junk", act: litter),
  ]

  @Sendable private static func write(_ scene: Scene, _ dice: Dice) async {
    var dice = dice
    while !scene.isOver {
      switch dice.weighted([(40, 0), (10, 1), (2, 2), (18, 3), (6, 4), (25, 5)]) {
      case 0: await one(scene, &dice)
      case 1: await burst(scene, &dice)
      case 2: await batch(scene, &dice)
      case 3: await again(scene, &dice)
      case 5: await gesture(scene, &dice)
      default: await underTwoNames(scene, &dice)
      }
      await scene.breathe(&dice)
    }
  }

  private static func one(_ scene: Scene, _ dice: inout Dice) async {
    let person = someone(scene, &dice)
    await scene.deliver(message(scene, person, person.names(&dice), &dice))
  }

  /// Several messages of one person at once.
  private static func burst(_ scene: Scene, _ dice: inout Dice) async {
    let person = someone(scene, &dice)
    scene.tally.add(.customers, "bursts of one person")
    await together((0..<dice.number(3...8)).map { _ in message(scene, person, person.names(&dice), &dice) }, scene)
  }

  /// A stranger arrives under the number, under the user id, and under both, at once.
  private static func underTwoNames(_ scene: Scene, _ dice: inout Dice) async {
    let shops = scene.shops(on: [.whatsapp])
    guard !shops.isEmpty else { return }
    var person = scene.crowd.newcomer(dice.pick(shops).number)
    while person.userID == nil || person.phone == nil { person = scene.crowd.newcomer(person.shop) }
    scene.tally.add(.customers, "strangers under two names at once")
    await together(Person.Names.allCases.shuffled(using: &dice).map { message(scene, person, $0, &dice) }, scene)
  }

  /// Up to 200 items (40 where less may be sent) of many people, on the shared route of several shops.
  private static func batch(_ scene: Scene, _ dice: inout Dice) async {
    // TikTok posts one event at a time.
    guard let pair = scene.pair(&dice, on: Platform.metas), !scene.congested.contains(pair.mine.platform) else {
      return
    }
    let most = pair.mine.platform == .whatsapp ? 200 : 40
    let shared = dice.chance(0.5)
    let shops = shared ? [pair.mine, pair.theirs] : [pair.mine]
    var receipts = [Receipt]()
    var entries = [JSON]()
    for shop in shops {
      var items = [JSON]()
      var contacts = [JSON]()
      for _ in 0..<dice.number(10...most) / shops.count {
        let person = dice.chance(0.2) ? scene.crowd.newcomer(shop.number) : scene.crowd.someone(shop.number, &dice)
        let names = person.names(&dice)
        let tag = Tag(person, serial: scene.crowd.serial())
        items.append(Payload.text(person, names, tag, id: scene.id(tag), to: shop))
        contacts.append(Payload.contact(person, names))
        receipts.append(Receipt(shop: shop.number, kind: .message, id: scene.id(tag)))
      }
      entries.append(Payload.entry(shop, items, contacts: contacts))
    }
    scene.tally.add(.customers, "batches of many people")
    await scene.deliver(scene.delivery(entries, to: shops[0], shared: shared, receipts))
  }

  /// The same bytes once more, or three times at once.
  private static func again(_ scene: Scene, _ dice: inout Dice) async {
    guard let delivery = scene.ledger.recent(&dice) else { return }
    let times = dice.chance(0.3) ? 3 : 1
    scene.tally.add(.customers, times == 1 ? "POSTs repeated later" : "POSTs repeated three times at once")
    await together(Array(repeating: delivery, count: times), scene)
  }

  static func someone(_ scene: Scene, _ dice: inout Dice) -> Person {
    let shop = scene.anyShop(&dice).number
    return dice.chance(0.15) ? scene.crowd.newcomer(shop) : scene.crowd.someone(shop, &dice)
  }

  private static func message(
    _ scene: Scene, _ person: Person, _ names: Person.Names, _ dice: inout Dice
  ) -> Delivery {
    let shop = scene.shops[person.shop]
    let tag = Tag(person, serial: scene.crowd.serial())
    // Meta's samples know messages without any contact.
    let contacts = dice.chance(0.9) ? [Payload.contact(person, names)] : []
    let text = Payload.text(person, names, tag, id: scene.id(tag), to: shop)
    return scene.delivery(
      [Payload.entry(shop, [text], contacts: contacts)], to: shop, shared: dice.chance(0.4),
      [Receipt(shop: shop.number, kind: .message, id: scene.id(tag))])
  }

  static func together(_ deliveries: [Delivery], _ scene: Scene) async {
    await withTaskGroup { group in
      for delivery in deliveries { group.addTask { await scene.deliver(delivery) } }
    }
  }

  /// Delivers again what was not acknowledged, to the end and beyond.
  @Sendable private static func redeliver(_ scene: Scene, _ dice: Dice) async {
    while !scene.isOver || (scene.ledger.waiting > 0 && Instant.now - scene.end < 300) {
      let due = scene.ledger.takeDue(4)
      if due.isEmpty {
        try? await Task.sleep(for: .milliseconds(100))
        continue
      }
      scene.tally.add(.customers, "POSTs delivered again for want of a 200", due.count)
      await withTaskGroup { group in
        for delivery in due {
          group.addTask { await scene.deliver(delivery) }
        }
      }
    }
  }
}
