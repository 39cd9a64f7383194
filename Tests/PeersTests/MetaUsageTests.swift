import Core
import Peers
import Rules
import Testing

/// `X-App-Usage`, `X-Page-Usage` and `X-Business-Use-Case-Usage`, and how long an account rests for them.
@Suite struct MetaUsageTests {
  private static let app = "x-app-usage"
  private static let page = "x-page-usage"
  private static let business = "x-business-use-case-usage"

  @Test(
    arguments: [
      ([:], nil, nil),
      ([app: #"{"call_count":28,"total_cputime":25,"total_time":79}"#], 79, nil),
      ([app: #"{"call_count":80,"total_cputime":1,"total_time":2}"#], 80, 0.25),
      ([app: #"{"call_count":1,"total_cputime":99,"total_time":2}"#], 99, 5),
      ([app: #"{"call_count":100}"#], 100, 60),
      ([app: #"{"call_count":"1000000000000"}"#], 1000, 60),
      ([page: #"{"call_count":28,"total_cputime":85,"total_time":79}"#, app: #"{"call_count":3}"#], 85, 1.5),
      ([page: "junk", app: #"{"call_count":81}"#], 81, 0.5),
      ([business: #"{"1":[{"type":"whatsapp","call_count":85,"estimated_time_to_regain_access":0}]}"#], 85, 1.5),
      ([business: #"{"1":[{"type":"whatsapp","call_count":12,"estimated_time_to_regain_access":5}]}"#], 12, 300),
      ([business: #"{"1":[{"type":"whatsapp","estimated_time_to_regain_access":5}]}"#], 0, 300),
      ([business: #"{"1":[{"type":"whatsapp","call_count":1,"estimated_time_to_regain_access":1e9}]}"#], 1, 3600),
      // The worst of all, but not of what another product uses.
      (
        [
          app: #"{"call_count":3}"#,
          business:
            #"{"1":[{"type":"whatsapp","call_count":4}],"2":[{"call_count":90},{"type":"ads_insights","call_count":100}]}"#,
        ], 90, 2.75
      ),
      // What cannot be read says nothing, and harms nothing beside it.
      ([app: "junk"], nil, nil), ([app: ""], nil, nil), ([app: "[]"], nil, nil),
      ([app: #"{"call_count":"x"}"#], nil, nil),
      ([app: #"{"call_count":-5}"#], nil, nil), ([app: #"{"call_count":null}"#], nil, nil),
      ([business: #"{"1":{"call_count":100}}"#], nil, nil), ([business: #"{"1":[7,null,"x"]}"#], nil, nil),
      ([business: "{", app: #"{"call_count":81}"#], 81, 0.5),
    ] as [([String: String], Int?, Double?)])
  func headers(_ headers: [String: String], _ percent: Int?, _ rest: Double?) {
    let usage = Channel.whatsapp.usage(HTTPResponse(status: 200, headers: headers))
    #expect(usage?.percent == percent)
    #expect(usage.flatMap { SendPace.rest($0) } == rest)
    let effects = usage?.effects
    #expect((effects?["hold"] != nil) == (rest != nil))
    #expect((effects?["alert"] != nil) == ((rest ?? 0) >= 60), "somebody hears of it when nothing is left")
  }
}
