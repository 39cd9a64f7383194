import Rules
import Testing

@Suite struct TimingTests {
  @Test func backoffGrowsToItsCap() {
    #expect((1...6).map { backoff(attempt: $0, base: 1, cap: 10, jitter: 1) } == [1, 2, 4, 8, 10, 10])
    #expect((1...3).map { backoff(attempt: $0, base: 1, cap: 300, growth: 4, jitter: 1) } == [1, 4, 16])
    #expect(backoff(attempt: 3, base: 1, cap: 300, jitter: 0) == 2)
    #expect(backoff(attempt: 3, base: 1, cap: 300, jitter: 0.5) == 3)
    #expect(backoff(attempt: 0, base: 1, cap: 300, jitter: 1) == 1)
    #expect(backoff(attempt: .max, base: 1, cap: 300, jitter: 1) == 300)
    #expect(backoff(attempt: .max, base: 0, cap: 300, jitter: 1) == 0)
    #expect(backoff(attempt: 2, base: 1, cap: 300, jitter: 7) == 2)
  }

  @Test func whatThePeerAsksIsHonouredUpToACap() {
    #expect(retryDelay(asked: 17, attempt: 1, jitter: 1) == 17)
    #expect(retryDelay(asked: 0.5, attempt: 4, jitter: 1) == 8)
    #expect(retryDelay(asked: nil, attempt: 2, jitter: 1) == 2)
    #expect(retryDelay(asked: 1e9, attempt: 1, jitter: 1) == 3600)
    #expect(retryDelay(asked: 100, attempt: 1, askedCap: 60, jitter: 1) == 60)
    #expect(retryDelay(asked: .nan, attempt: 1, jitter: 1) == 1)
    #expect(retryDelay(asked: .infinity, attempt: 1, jitter: 1) == 1)
    #expect(retryDelay(asked: -3, attempt: 1, jitter: 1) == 1)
  }

  @Test func delaysHaveBounds() {
    #expect(Debounce(first: -1, subsequent: 9999) == Debounce(first: 0, subsequent: 300))
    #expect(Debounce(first: 9999) == Debounce(first: 1800))
    #expect(Debounce() == Debounce(first: Debounce.quiet, subsequent: Debounce.quiet, cap: Debounce.longest))
  }

  @Test func everyReasonHasItsSentence() {
    let sentences = Withheld.allCases.map(\.sentence)
    #expect(Set(sentences).count == sentences.count)
    #expect(sentences.allSatisfy { !$0.isEmpty })
    #expect(Withheld.allCases.allSatisfy { $0.rawValue.allSatisfy { $0.isLowercase || $0 == "_" } })
  }

  @Test func limits() {
    #expect(ChannelLimits.of(.whatsapp).windowHours == 24)
    #expect(ChannelLimits.of(.tiktok).windowHours == 48)
    #expect(ChannelLimits.of(.whatsapp).length("á🦷") == 3)
    #expect(ChannelLimits.of(.instagram).length("á🦷") == 6)
  }
}
