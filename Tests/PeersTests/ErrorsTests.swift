import Core
import FoundationEssentials
import Peers
import Rules
import Testing

/// Fixtures/CHANNEL-answer/errors.tsv says what each code means; `-` is nothing. Without an HTTP status it came in a report.
@Suite struct ErrorsTests {
  struct Row: Sendable, CustomTestStringConvertible {
    let code: String
    let subcode: String?
    let transient: Bool?
    let status: Int?
    let consequence: String
    let advice: String?

    var testDescription: String { "\(code) \(subcode ?? "") \(status.map(String.init) ?? "report")" }

    init(_ cells: [String]) {
      func cell(_ i: Int) -> String? { cells[i] == "-" ? nil : cells[i] }
      code = cells[0]
      subcode = cell(1)
      transient = cell(2).map { $0 == "true" }
      status = cell(3).flatMap { Int($0) }
      consequence = cells[4]
      advice = cell(5)
    }

    var error: JSON {
      .object([
        "message": "words of Meta", "code": Int(code).map { .number($0) } ?? .string(code),
        "error_subcode": subcode.map { .number($0) }, "is_transient": transient.map { .bool($0) },
      ])
    }
  }

  /// The channels of Meta: TikTok's codes come with HTTP 200.
  static let channels: [ChannelName] = [.whatsapp, .facebook, .instagram]

  static func rows(_ channel: ChannelName) -> [Row] {
    let path =
      URL(filePath: #filePath).deletingLastPathComponent().path + "/Fixtures/\(channel.rawValue)-answer/errors.tsv"
    return (readFile(path) ?? "").split(separator: "\n").dropFirst().map { line in
      Row(line.split(separator: "\t", omittingEmptySubsequences: false).map(String.init))
    }
  }

  /// As a failed status, and as an answer if it has a status of HTTP.
  @Test(arguments: channels)
  func everyCode(_ name: ChannelName) throws {
    let channel = try #require(Channel.named(name.rawValue))
    let rows = Self.rows(name)
    #expect(rows.count > (name == .whatsapp ? 80 : 30))
    for row in rows {
      var judgements = [SendJudgement?]()
      if let status = row.status {
        let body: JSON = ["error": row.error]
        let response = HTTPResponse(status: status, body: body.bytes)
        judgements.append(channel.judge(response))
        let fault = Self.fault(response, channel)
        #expect(fault?.mightHaveArrived == false, "\(row.testDescription): a Graph error proves that it was not taken")
      }
      if name == .whatsapp, row.status == nil || Int(row.code) ?? 999_999 != 999_999 {
        judgements.append(try Self.reported(row.error, "failed"))
      }
      for judgement in judgements {
        #expect(judgement?.consequence.text == row.consequence, "\(row.testDescription)")
        #expect(judgement?.code == row.code)
        let advice = judgement?.advice ?? ""
        #expect(row.advice.map { advice.contains($0) } ?? advice.isEmpty, "\(row.testDescription): \(advice)")
      }
    }
  }

  /// Who reads the alert has to know what to do next.
  @Test(arguments: channels)
  func whatStopsSaysHowToGoOn(_ name: ChannelName) throws {
    let channel = try #require(Channel.named(name.rawValue))
    for row in Self.rows(name) where row.consequence == "stop" || row.consequence.hasPrefix("pause") {
      let judgement = channel.judge(
        HTTPResponse(status: row.status ?? 400, body: (["error": row.error] as JSON).bytes))
      #expect(judgement?.advice?.contains("tistis channels resume") == true, "\(row.testDescription)")
    }
  }

  /// An app that wants every call signed refuses each of them as if one parameter were wrong.
  @Test(arguments: channels)
  func aProofThatIsWanted(_ name: ChannelName) throws {
    let channel = try #require(Channel.named(name.rawValue))
    let response = HTTPResponse(
      status: 400,
      body: Array(
        #"{"error": {"message": "(#100) API calls from the server require an appsecret_proof argument", "code": 100}}"#
          .utf8))
    let judgement = try #require(channel.judge(response))
    #expect(judgement.consequence == .stop && judgement.code == "100")
    #expect(judgement.advice?.contains("Require App Secret off") == true)
    #expect(judgement.advice?.contains("tistis channels resume") == true)
    guard case .unauthorised? = Self.fault(response, channel) else {
      Issue.record("not unauthorised")
      return
    }
  }

  /// Only what failed is judged: `warning` and words that we do not know have no consequence.
  @Test func onlyFailuresAreJudged() throws {
    for word in ["sent", "delivered", "warning", "deleted"] {
      let judgement = try Self.reported(["code": 190], word)
      #expect(judgement == nil, "\(word)")
    }
    #expect(try Self.reported(["code": 190], "FAILED")?.consequence == .stop)
    #expect(try Self.reported(nil, "failed") == nil)
  }

  /// Without a Graph error: what certainly was not taken has a consequence, the rest is in doubt.
  @Test(arguments: [
    (200, nil), (500, nil), (502, nil), (408, nil), (401, "stop"), (403, "stop"), (429, "slow number 1"),
    (404, "final"),
    (302, "final"),
  ])
  func withoutGraphsWords(_ status: Int, _ consequence: String?) {
    for channel in [Channel.whatsapp, .facebook, .instagram] {
      let judgement = channel.judge(HTTPResponse(status: status, body: Array("<html>".utf8)))
      #expect(judgement?.consequence.text == consequence, "\(channel.name)")
    }
  }

  private static func fault(_ response: HTTPResponse, _ channel: Channel) -> PeerError? {
    do throws(PeerError) {
      _ = try channel.accepted(response)
      return nil
    } catch { return error }
  }

  private static func reported(_ error: JSON?, _ state: String) throws -> SendJudgement? {
    let status: JSON = .object([
      "id": "wamid.x", "status": .string(state), "timestamp": "1749416383", "recipient_id": "5215512345678",
      "errors": error.map { [$0] },
    ])
    let body: JSON = [
      "object": "whatsapp_business_account",
      "entry": [
        [
          "id": "1",
          "changes": [["field": "messages", "value": ["metadata": ["phone_number_id": "7"], "statuses": [status]]]],
        ]
      ],
    ]
    return try Channel.whatsapp.read(Field(body)).first?.status?.judgement
  }
}

extension SendConsequence {
  var text: String {
    func whole(_ seconds: Double) -> String { String(Int(seconds)) }
    return switch self {
    case .again(let tries, let after): "again \(tries)" + (after.map { " after \(whole($0))" } ?? "")
    case .pair: "pair"
    case .slow(let scope, let after): "slow \(scope) \(whole(after))"
    case .pause(let initiatedOnly, let seconds): "pause \(initiatedOnly ? "initiated" : "all") \(whole(seconds))"
    case .stop: "stop"
    case .optOut: "optOut"
    case .spare: "spare"
    case .blockTemplate(let status): "blockTemplate \(status.rawValue)"
    case .final: "final"
    }
  }
}
