import Core
import Peers
import Rules

/// What an answer means for the message and for the job that sends it.
struct SendVerdict {
  enum Next: Equatable {
    case over
    /// Costs a try.
    case again(after: Double?)
    /// Costs none: it is not the message's fault. Nobody of the conversation passes it.
    case wait
    /// Costs none either, and lets the others of the conversation pass: they are not what has to rest.
    case rest
    case bury
  }

  /// `accepted`, `failed`, `unknown`, or `pending` when it provably was not taken and may be tried again.
  let state: String
  let next: Next
  private let answer: SendAnswer

  /// `tries`: how often the message has been tried, this time included.
  init(_ answer: SendAnswer, tries: Int, isLast: Bool) {
    self.answer = answer
    guard let fault = answer.fault else {
      (state, next) = ("accepted", .over)
      return
    }
    if fault.mightHaveArrived {
      (state, next) = ("unknown", .over)
      return
    }
    let consequence =
      answer.judgement?.consequence ?? (fault.retryable ? .again(tries: SendPace.tries) : .final)
    switch consequence {
    case .again(let most, let after):
      let last = isLast || tries >= most
      (state, next) = last ? ("failed", .bury) : ("pending", .again(after: max(after ?? 0, answer.asked ?? 0)))
    case .pause(initiatedOnly: true, _): (state, next) = ("pending", .rest)
    case .pair, .slow, .pause, .stop: (state, next) = ("pending", .wait)
    case .optOut, .spare, .blockTemplate, .final: (state, next) = ("failed", .bury)
    }
  }

  var needsPerson: Bool {
    switch answer.judgement?.consequence {
    case .stop, .pause: true
    case .slow where answer.judgement?.code == SendJudgement.sealed.code: true
    default: false
    }
  }

  /// For `end_send`. `token`: the access token that was used; a refusal of one that was replaced meanwhile stops nothing.
  func effects(token: String?) -> JSON {
    var members = JSON.Members()
    func add(_ effects: JSON?) {
      guard case .object(let more)? = effects else { return }
      for pair in more.pairs where members[pair.key] == nil { members[pair.key] = pair.value }
    }
    add(answer.judgement?.effects(asked: answer.asked))
    add(answer.usage?.effects)
    if let held = answer.acceptance?.held {
      members["held"] = .string(held)
      add(answer.acceptance?.advice.map { ["alert": alert("sending_held", code: held, .watch, $0)] })
    }
    if let token { members["token"] = .string(token) }
    return .object(members)
  }
}

extension SendJudgement {
  /// There is a token and our keys do not open it: a fault of this installation, not of the channel.
  static let sealed = SendJudgement(code: "sealed_token", .slow(.number, after: 60))

  /// We have nothing to identify ourselves with.
  static let withoutToken = SendJudgement(
    code: "no_token", .stop,
    advice:
      "No access token is stored for this channel: give one with tistis channels resume --token-file FILE.")
}
