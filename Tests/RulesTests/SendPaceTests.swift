import Core
import Rules
import Testing

@Suite struct SendPaceTests {
  @Test func whatsAppsNumbers() {
    let pace = SendPace.of(.whatsapp)
    #expect(1 / pace.numberSeconds == 80)
    #expect(pace.pairSeconds == 6)
    #expect(pace.pairBurst == 45)
  }

  /// Not the guide's numbers for who sends by itself (30, 50 and 10 a minute), but below what the platforms take.
  @Test(arguments: [(ChannelName.instagram, 40.0, 45), (.facebook, 40, 45), (.tiktok, 10, 10)])
  func theOthersNumbers(_ channel: ChannelName, _ second: Double, _ burst: Int) {
    let pace = SendPace.of(channel)
    #expect(abs(1 / pace.numberSeconds - second) < 0.001)
    #expect(pace.pairSeconds == 6)
    #expect(pace.pairBurst == burst)
    let limits = ChannelLimits.of(channel)
    #expect(limits.perMinute < 60, "what check_rate_limit allows stays the guide's")
    // One that may write only so often to a person never waits for the pace before it.
    if let most = limits.perWindow { #expect(burst >= most) }
  }

  @Test(
    arguments: [
      (SendConsequence.final, nil, nil),
      (.again(tries: 3, after: 5), 9, nil),
      (.pair, nil, #"{"strike":{"scope":"pair","seconds":1.0,"growth":4.0,"cap":256.0,"reason":"7"}}"#),
      (.pair, 600, #"{"strike":{"scope":"pair","seconds":600.0,"growth":4.0,"cap":600.0,"reason":"7"}}"#),
      (
        .slow(.account, after: 60), 1,
        #"{"strike":{"scope":"account","seconds":60.0,"growth":2.0,"cap":300.0,"reason":"7"}}"#
      ),
      (
        .slow(.number, after: 1), 1e9,
        #"{"strike":{"scope":"number","seconds":3600.0,"growth":2.0,"cap":3600.0,"reason":"7"}}"#
      ),
      (.slow(.app, after: 1), .nan, #"{"strike":{"scope":"app","seconds":1.0,"growth":2.0,"cap":300.0,"reason":"7"}}"#),
      (
        .pause(initiatedOnly: true, seconds: 10), nil,
        #"{"hold":{"seconds":10.0,"initiated_only":true,"reason":"7"},"alert":{"kind":"sending_paused","key":"sending_paused:7","severity":"act","sentence":"Do it.","details":{"code":"7"}}}"#
      ),
      (
        .stop, 5,
        #"{"stop":{"code":"7","sentence":"Do it."},"alert":{"kind":"channel_stopped","key":"channel_stopped:7","severity":"act","sentence":"Do it.","details":{"code":"7"}}}"#
      ),
      (.optOut, nil, #"{"marketing":{"stopped":true}}"#),
      (.spare, nil, #"{"marketing":{"rest_seconds":86400.0,"rest_again_seconds":259200.0}}"#),
      (
        .blockTemplate(.paused), nil,
        #"{"template":{"status":"PAUSED","reason":"7"},"alert":{"kind":"template_blocked","key":"template_blocked:7","severity":"watch","sentence":"Do it.","details":{"code":"7"}}}"#
      ),
    ] as [(SendConsequence, Double?, String?)])
  func whatIsWrittenDown(_ consequence: SendConsequence, _ asked: Double?, _ text: String?) {
    #expect(SendJudgement(code: "7", consequence, advice: "Do it.").effects(asked: asked)?.text == text)
  }
}
