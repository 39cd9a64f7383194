import Core
import TestSupport

/// What else platforms deliver: reports again and in any order, what is forged or another tenant's, and junk.
extension StormActor {
  /// True reports, once more: several of several messages in one POST, shuffled, some of them twice.
  @Sendable static func report(_ scene: Scene, _ dice: Dice) async {
    var dice = dice
    while !scene.isOver {
      await scene.pause(dice.seconds(0.05...0.4))
      guard let first = scene.platform.someNamed(&dice), let shop = shop(of: first, scene) else { continue }
      var sent = [first]
      for _ in 0..<dice.number(0...8) {
        if let other = scene.platform.someNamed(&dice), other.sender == first.sender { sent.append(other) }
      }
      if shop.platform == .whatsapp {
        await states(of: sent, shop, scene, &dice)
      } else if dice.chance(0.5) {
        await seen(first, shop, scene, &dice)
      } else {
        // The echo of the bot's own words, long after: nobody's.
        scene.tally.add(.customers, "POSTs of our own echoes, once more")
        let items = (shop.platform == .tiktok ? [first] : sent).map { Payload.echo($0, of: shop) }
        await scene.deliver(scene.delivery([Payload.entry(shop, items)], to: shop, shared: dice.chance(0.4), []))
      }
    }
  }

  /// "Delivered until now", "read until now", or of this one.
  private static func seen(_ sent: Sent, _ shop: Shop, _ scene: Scene, _ dice: inout Dice) async {
    let state = shop.platform == .facebook && dice.chance(0.5) ? "delivered" : "read"
    let until = Instant(microseconds: Instant.now.microseconds / 1000 * 1000)
    var receipts = [Receipt]()
    if shop.platform != .instagram {
      receipts.append(Receipt(shop: shop.number, kind: .watermark, id: sent.person, state: state, until: until))
    }
    if shop.platform == .instagram || state == "delivered" {
      receipts.append(Receipt(shop: shop.number, kind: .report, id: sent.wamid ?? "", state: state))
    }
    scene.tally.add(.customers, "POSTs of what was \(state) until a moment, or of one")
    let item = Payload.seen(sent, state, until, at: shop)
    await scene.deliver(scene.delivery([Payload.entry(shop, [item])], to: shop, shared: dice.chance(0.4), receipts))
  }

  private static func states(of sent: [Sent], _ shop: Shop, _ scene: Scene, _ dice: inout Dice) async {
    var items = [JSON]()
    var receipts = [Receipt]()
    for message in sent {
      guard let wamid = message.wamid else { continue }
      for state in shop.statuses where dice.chance(0.7) {
        for _ in 0..<dice.number(1...2) { items.append(Payload.status(message, state)) }
        receipts.append(Receipt(shop: shop.number, kind: .report, id: wamid, state: state))
      }
    }
    guard !items.isEmpty else { return }
    scene.tally.add(.customers, "POSTs of reports, shuffled and twice")
    let entry = Payload.entry(shop, items.shuffled(using: &dice), as: "statuses")
    await scene.deliver(scene.delivery([entry], to: shop, shared: dice.chance(0.4), receipts))
  }

  private static func shop(of sent: Sent, _ scene: Scene) -> Shop? { scene.shops.first { $0.sender == sent.sender } }

  /// What nobody may deliver: unsigned, signed by another tenant, about another tenant's account.
  @Sendable static func forge(_ scene: Scene, _ dice: Dice) async {
    var dice = dice
    while !scene.isOver {
      await scene.pause(dice.seconds(0.2...1))
      guard let (mine, theirs) = scene.pair(&dice) else { continue }
      let victim = scene.crowd.someone(theirs.number, &dice)
      let text = Payload.text(
        victim, victim.names(&dice), Tag(victim, serial: scene.crowd.serial()), id: scene.forgedID(theirs), to: theirs)
      let foreign = Payload.entry(theirs, [text])
      let platform = mine.platform
      let (own, others) = (Secret(mine.tenant.appSecret), Secret(theirs.tenant.appSecret))
      func post(_ path: String, _ secret: Secret?) -> Delivery {
        Delivery(
          path: path, platform: platform, secret: secret, body: Payload.body([foreign], on: platform), receipts: [])
      }
      switch dice.number(0...5) {
      case 0: await scene.attempt(post(theirs.tenant.path, nil), "unsigned POSTs", expect: [403])
      case 1:
        await scene.attempt(
          post(theirs.tenant.path, own), "POSTs signed by another tenant", expect: [403])
      case 2:
        await scene.attempt(
          post(platform.sharedPath, own), "shared POSTs signed by a tenant", expect: [403])
      case 3:
        await scene.attempt(
          post(mine.tenant.path, others), "POSTs to another tenant's address", expect: [403])
      case 4:
        await scene.attempt(
          post(mine.tenant.path, own), "genuine POSTs about another's account", expect: [200])
      // TikTok posts one event at a time.
      default: if platform != .tiktok { await mixed(scene, mine, theirs, foreign, &dice) }
      }
    }
  }

  /// Something of one's own beside something of another's: the first is stored, and reports change nobody else's message.
  private static func mixed(_ scene: Scene, _ mine: Shop, _ theirs: Shop, _ foreign: JSON, _ dice: inout Dice) async {
    let person = scene.crowd.someone(mine.number, &dice)
    let tag = Tag(person, serial: scene.crowd.serial())
    let text = Payload.text(person, person.names(&dice), tag, id: scene.id(tag), to: mine)
    var entries = [foreign, Payload.entry(mine, [text])]
    if mine.platform == .whatsapp, let sent = scene.platform.someNamed(&dice),
      shop(of: sent, scene)?.number != mine.number
    {
      let lie = Sent(
        at: sent.at, peer: sent.peer, sender: "", opaque: sent.opaque, to: sent.to, text: "", accepted: true,
        wamid: scene.forgedID(mine))
      entries.append(Payload.entry(mine, [Payload.status(lie, "failed")], as: "statuses"))
    }
    // The other's customer takes back what was said there, by one's own account: that deletes nothing.
    if let said = scene.ledger.recent(&dice)?.receipts.first(where: { $0.shop == theirs.number && $0.isMessage }),
      let tag = Tag(in: said.id)
    {
      let victim = Person(shop: mine.number, number: tag.person)
      let names: Person.Names = victim.phone == nil ? .userID : .phone
      entries.append(
        Payload.entry(
          mine,
          [
            Payload.change(
              .deletion, of: said.id, by: victim, names, tag,
              id: scene.id(Tag(victim, serial: scene.crowd.serial()), ".ajeno"), at: mine
            ).item
          ]))
    }
    scene.tally.add(.customers, "POSTs of one's own and another's things")
    await scene.deliver(
      scene.delivery(entries, to: mine, [Receipt(shop: mine.number, kind: .message, id: scene.id(tag))]))
  }
}
