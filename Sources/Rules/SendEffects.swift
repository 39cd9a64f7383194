import Core

extension SendJudgement {
  /// What is written down beside the message's state, as `apply_send_effects` reads it; nil: nothing. `asked`: the
  /// seconds that the answer itself asked us to wait (`Retry-After`).
  public func effects(asked: Double? = nil) -> JSON? {
    let asked = asked.flatMap { $0.isFinite && $0 > 0 ? min($0, SendPace.longestRest) : nil }
    switch consequence {
    case .again, .final: return nil
    case .pair:
      let rest = SendPace.pairRest
      return ["strike": strike("pair", max(rest.first, asked ?? 0), rest.growth, max(rest.cap, asked ?? 0))]
    case .slow(let scope, let after):
      let rest = SendPace.sharedRest
      return ["strike": strike(scope.rawValue, max(after, asked ?? 0), rest.growth, max(rest.cap, asked ?? 0))]
    case .pause(let initiatedOnly, let seconds):
      return .object([
        "hold": [
          "seconds": .seconds(max(seconds, asked ?? 0)), "initiated_only": .bool(initiatedOnly),
          "reason": .string(code),
        ],
        "alert": advice.map { alert("sending_paused", code: code, .act, $0) },
      ])
    case .stop:
      return .object([
        "stop": ["code": .string(code), "sentence": .string(advice ?? code)],
        "alert": advice.map { alert("channel_stopped", code: code, .act, $0) },
      ])
    case .optOut: return ["marketing": ["stopped": true]]
    case .spare:
      return [
        "marketing": [
          "rest_seconds": .seconds(SendPace.spareSeconds.first),
          "rest_again_seconds": .seconds(SendPace.spareSeconds.again),
        ]
      ]
    case .blockTemplate(let status):
      return .object([
        "template": ["status": .string(status.rawValue), "reason": .string(code)],
        "alert": advice.map { alert("template_blocked", code: code, .watch, $0) },
      ])
    }
  }

  private func strike(_ scope: String, _ seconds: Double, _ growth: Double, _ cap: Double) -> JSON {
    [
      "scope": .string(scope), "seconds": .seconds(seconds), "growth": .seconds(growth), "cap": .seconds(cap),
      "reason": .string(code),
    ]
  }
}

/// Whether an alert asks somebody to act or only to know.
public enum AlertSeverity: String, Sendable { case act, watch }

/// An alert as `raise_alert` reads it: one row a kind and code while it is open.
public func alert(_ kind: String, code: String, _ severity: AlertSeverity, _ sentence: String) -> JSON {
  [
    "kind": .string(kind), "key": .string("\(kind):\(code)"), "severity": .string(severity.rawValue),
    "sentence": .string(sentence), "details": ["code": .string(code)],
  ]
}

extension SendUsage {
  /// The rest of an account that has used up its calls, as `apply_send_effects` reads it; nil: none is needed.
  public var effects: JSON? {
    guard let seconds = SendPace.rest(self) else { return nil }
    let hold: JSON = ["seconds": .seconds(seconds), "initiated_only": false, "reason": "usage"]
    guard percent >= 100 || (regainSeconds ?? 0) > 0 else { return ["hold": hold] }
    let sentence =
      "The platform's limit of calls is used up (\(percent) %): messages rest until it is free again. If it happens often, "
      + "ask the platform for a higher limit or spread what is sent."
    return ["hold": hold, "alert": alert("usage", code: "usage", .watch, sentence)]
  }
}

extension JSON {
  fileprivate static func seconds(_ value: Double) -> JSON { .number(String(value)) }
}
