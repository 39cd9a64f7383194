import Core
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

  @Test func burstIsAnsweredOnceItIsOver() {
    let start = Instant(seconds: 1_763_809_200)
    let standard = Debounce()
    #expect(standard.due(began: start, last: start, isFirst: true) == start + 2)
    #expect(standard.due(began: start, last: start + 5, isFirst: false) == start + 7)
    #expect(standard.due(began: start, last: start + 19, isFirst: false) == start + 20)
    #expect(standard.due(began: start, last: start + 60, isFirst: false) == start + 20)

    let slow = Debounce(first: 90, subsequent: 0)
    #expect(slow.due(began: start, last: start, isFirst: true) == start + 90)
    #expect(slow.due(began: start, last: start + 30, isFirst: true) == start + 90)
    #expect(slow.due(began: start, last: start + 3, isFirst: false) == start + 3)
    #expect(Debounce(first: -1, subsequent: 9999) == Debounce(first: 0, subsequent: 300))
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
