import Core
import Rules
import Testing

/// What Messenger and Instagram tell beside messages, as the rules read it.
@Suite struct MessengerRuleTests {
  private func policy(_ action: String) -> AccountNews? {
    InboundEvent(
      kind: .account, externalID: "x",
      details: [
        "field": "policy-enforcement", "value": ["action": .string(action), "reason": "Correo no deseado"],
      ]
    ).accountNews
  }

  @Test func policies() {
    let blocked = policy("block")
    #expect(blocked?.trouble?.stops == true)
    #expect(blocked?.trouble?.sentence.contains("Correo no deseado") == true)
    let warned = policy("WARNING")
    #expect(warned?.trouble?.stops == false)
    #expect(warned?.trouble?.kind != blocked?.trouble?.kind)
    // What frees the account ends both.
    let freed = policy("unblock")
    #expect(freed?.trouble == nil)
    for kind in [blocked, warned].compactMap({ $0?.trouble?.kind }) { #expect(freed?.over.contains(kind) == true) }
    #expect(policy("otro") == nil)
  }

  /// What is told of the advertisement stands among the rest; ids stay text, and nothing but texts is kept.
  @Test(arguments: [InboundEvent.Kind.message, .referral])
  func referrals(_ kind: InboundEvent.Kind) {
    let event = InboundEvent(
      kind: kind, externalID: "x",
      details: [
        "referral": [
          "source": "ADS", "ref": "", "ad_id": 120_226_305_854_810_999,
          "ads_context_data": ["ad_title": "Limpieza", "post_id": "9912"],
        ]
      ])
    #expect(
      event.referral == [
        "source": "ADS", "ad_id": "120226305854810999", "ad_title": "Limpieza", "post_id": "9912",
      ])
    #expect(InboundEvent(kind: .echo, externalID: "x", details: event.details).referral == nil)
  }

  /// A title of twenty characters has more bytes: only texts are counted in them.
  @Test func titlesAreCountedInCharacters() throws {
    let limits = ChannelLimits.of(.instagram)
    let options = ["Sí, mañana también á", "No"].map { OutboundContent.Option(id: $0, title: $0) }
    let wish = OutboundContent.buttons(.init(body: "¿Puede?"), options)
    #expect(options[0].title.utf8.count > 20 && ladder(wish, limits) == [wish])
    try wish.check(limits)
  }
}
