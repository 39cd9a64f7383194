import Core
import TestSupport

/// What people do besides writing texts.
enum Gesture {
  /// What a platform knows of it.
  static func kinds(_ platform: Platform) -> [(weight: Int, value: Receipt.Kind)] {
    platform == .tiktok
      ? [(1, .photo)] : [(3, .press), (2, .photo), (2, .reaction), (3, .edit), (3, .deletion)]
  }

  /// Puts a picture onto the sandbox's shelf for the whole storm; where Messenger and Instagram say that it is.
  static func photo() async throws -> String {
    let id = uniqueDigits("5")
    try await Sandbox.tell(
      "PUT", "media/\(id)", ["text": .string(Sandbox.picture + " una foto"), "url_seconds": 86_400])
    let found = try await Web.send("GET", World.current.sandbox + "/graph/v25.0/\(id)?access_token=test_storm")
    guard let url = Field(try JSON.parse(found.body))["url"].text else {
      throw Complaint("the sandbox has no picture: \(found.status)")
    }
    // Where Meta would sign the address, the sandbox wants a token.
    return url + "?access_token=test_storm"
  }

  /// A picture as a platform names it; nil if the sandbox takes no more.
  static func file(_ scene: Scene, _ platform: Platform) async -> String? {
    if [.facebook, .instagram].contains(platform) { return scene.photo }
    let id = uniqueDigits("5")
    guard scene.mayKeepPhoto(),
      (try? await Sandbox.tell("PUT", "media/\(id)", ["text": .string(Sandbox.picture + " una foto")])) != nil
    else {
      return nil
    }
    return id
  }
}

extension StormActor {
  /// Somebody presses something or sends a picture; or writes, and reacts to that, edits it or takes it back: afterwards,
  /// or so soon that either may come first.
  static func gesture(_ scene: Scene, _ dice: inout Dice) async {
    let person = someone(scene, &dice)
    let shop = scene.shops[person.shop]
    let (tag, names) = (Tag(person, serial: scene.crowd.serial()), person.names(&dice))
    let id = scene.id(tag)
    let kind = dice.weighted(Gesture.kinds(shop.platform))
    let shared = dice.chance(0.4)
    func post(_ item: JSON, _ kind: Receipt.Kind, _ id: String, about: String = "") -> Delivery {
      scene.delivery(
        [Payload.entry(shop, [item])], to: shop, shared: shared,
        [Receipt(shop: shop.number, kind: kind, id: id, about: about)])
    }
    scene.tally.add(.customers, "POSTs of another kind: \(kind)")
    switch kind {
    case .press:
      await scene.deliver(post(Payload.press(person, names, tag, id: id, to: shop, &dice), kind, id))
    case .photo:
      guard let file = await Gesture.file(scene, shop.platform) else { return }
      await scene.deliver(post(Payload.photo(person, names, tag, id: id, file: file, to: shop), kind, id))
    default:
      let text = post(Payload.text(person, names, tag, id: id, to: shop), .message, id)
      let (item, name) = Payload.change(
        kind, of: id, by: person, names, tag, id: scene.id(tag, ".cambio"), at: shop)
      let change = post(item, kind, name, about: id)
      guard dice.chance(0.5) else { return await together([text, change].shuffled(using: &dice), scene) }
      await scene.deliver(text)
      await scene.pause(dice.seconds(0...3))
      await scene.deliver(change)
    }
  }
}
