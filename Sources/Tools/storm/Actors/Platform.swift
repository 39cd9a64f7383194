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
        if let other = scene.platform.someNamed(&dice), other.phoneNumberID == first.phoneNumberID {
          sent.append(other)
        }
      }
      var items = [JSON]()
      var receipts = [Receipt]()
      for message in sent {
        guard let wamid = message.wamid else { continue }
        for state in shop.statuses where dice.chance(0.7) {
          for _ in 0..<dice.number(1...2) { items.append(Payload.status(message, state)) }
          receipts.append(Receipt(shop: shop.number, kind: .report, id: wamid, state: state))
        }
      }
      guard !items.isEmpty else { continue }
      scene.tally.add(.customers, "POSTs of reports, shuffled and twice")
      let entry = Payload.entry(shop.tenant.phoneNumberID, items.shuffled(using: &dice), as: "statuses")
      await scene.deliver(scene.delivery([entry], to: shop, shared: dice.chance(0.4), receipts))
    }
  }

  private static func shop(of sent: Sent, _ scene: Scene) -> Shop? {
    scene.shops.first { $0.tenant.phoneNumberID == sent.phoneNumberID }
  }

  /// What nobody may deliver: unsigned, signed by another tenant, about another tenant's account.
  @Sendable static func forge(_ scene: Scene, _ dice: Dice) async {
    var dice = dice
    while !scene.isOver {
      await scene.pause(dice.seconds(0.2...1))
      let pair = scene.shops.shuffled(using: &dice)
      guard pair.count > 1 else { return }
      let (mine, theirs) = (pair[0], pair[1])
      let victim = scene.crowd.someone(theirs.number, &dice)
      let text = Payload.text(
        victim, victim.names(&dice), Tag(victim, serial: scene.crowd.serial()), id: scene.forgedID)
      let foreign = Payload.entry(theirs.tenant.phoneNumberID, [text])
      let body = Payload.body([foreign])
      func post(_ path: String, _ signature: String?) -> Delivery {
        Delivery(path: path, signature: signature, body: body, receipts: [])
      }
      switch dice.number(0...5) {
      case 0: await scene.attempt(post(theirs.tenant.path, nil), "unsigned POSTs", expect: [403])
      case 1:
        await scene.attempt(
          post(theirs.tenant.path, mine.tenant.signature(body)), "POSTs signed by another tenant", expect: [403])
      case 2:
        await scene.attempt(
          post(Scene.sharedPath, mine.tenant.signature(body)), "shared POSTs signed by a tenant", expect: [403])
      case 3:
        await scene.attempt(
          post(mine.tenant.path, theirs.tenant.signature(body)), "POSTs to another tenant's address", expect: [403])
      case 4:
        await scene.attempt(
          post(mine.tenant.path, mine.tenant.signature(body)), "genuine POSTs about another's account", expect: [200])
      default: await mixed(scene, mine, theirs, foreign, &dice)
      }
    }
  }

  /// Something of one's own beside something of another's: the first is stored, and reports change nobody else's message.
  private static func mixed(_ scene: Scene, _ mine: Shop, _ theirs: Shop, _ foreign: JSON, _ dice: inout Dice) async {
    let person = scene.crowd.someone(mine.number, &dice)
    let tag = Tag(person, serial: scene.crowd.serial())
    var entries = [
      foreign,
      Payload.entry(
        mine.tenant.phoneNumberID, [Payload.text(person, person.names(&dice), tag, id: scene.id(tag))]),
    ]
    if let sent = scene.platform.someNamed(&dice), shop(of: sent, scene)?.number != mine.number {
      let lie = Sent(
        at: sent.at, phoneNumberID: "", opaque: sent.opaque, to: sent.to, text: "", accepted: true,
        wamid: scene.forgedID)
      entries.append(Payload.entry(mine.tenant.phoneNumberID, [Payload.status(lie, "failed")], as: "statuses"))
    }
    scene.tally.add(.customers, "POSTs of one's own and another's things")
    await scene.deliver(
      scene.delivery(entries, to: mine, [Receipt(shop: mine.number, kind: .message, id: scene.id(tag))]))
  }
}
