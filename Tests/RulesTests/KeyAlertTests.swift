import Core
import Rules
import Testing

@Suite struct KeyAlertTests {
  private let now = Instant(seconds: 1_790_000_000)
  private let day = 86_400.0

  private func key(_ change: (inout KeyFacts) -> Void) -> [String] {
    var facts = KeyFacts(
      isActive: true, created: now + -200 * day, expires: nil, ends: nil, lastUsed: now + -day, refusals: [])
    change(&facts)
    return KeyAlert.all(facts, now: now).map(\.kind)
  }

  @Test func whatNeedsSomebodysEye() {
    #expect(key { _ in } == [])
    #expect(key { $0.expires = now + 14 * day } == ["expiring"])
    #expect(key { $0.expires = now + 14.1 * day } == [])
    #expect(key { $0.expires = now } == [], "it is over")
    #expect(key { ($0.expires, $0.ends) = (now + day, now + 0.5 * day) } == [], "another takes its place")
    #expect(key { $0.lastUsed = now + -90 * day } == ["unused"])
    #expect(key { $0.lastUsed = nil } == ["unused"])
    #expect(key { ($0.lastUsed, $0.created) = (nil, now + -89 * day) } == [])
    #expect(key { ($0.lastUsed, $0.isActive) = (nil, false) } == [], "it is revoked")
    let all = ["revoked", "expired", "address", "scope", "rate", "odd"].map {
      KeyFacts.Refusal(reason: $0, times: 3, last: now)
    }
    #expect(key { $0.refusals = all } == Array(KeyAlert.kinds.dropFirst(2)))
  }
}
