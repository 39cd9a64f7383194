import Core

/// An outside system that we stand in for.
protocol Peer: Sendable {
  /// The word that `peer=` and faults use.
  var name: String { get }
  /// What a request is about, for `kind=`.
  func kind(_ call: Call) -> String
  /// What the real one would say. `failure`: the code with which a message that was accepted fails afterwards.
  func answer(_ call: Call, failure: Int?) async -> PeerAnswer
  /// A status or a code in its own words; nil if it knows no such fault.
  func refusal(_ kind: Fault.Kind, retryAfter: Int?) -> Response?
}

/// A request, and its body if that was JSON.
struct Call: Sendable {
  let request: Request
  let body: JSON?

  init(_ request: Request) {
    self.request = request
    body = request.body.isEmpty ? nil : try? JSON.parse(request.body)
  }
}

struct PeerAnswer: Sendable {
  var response: Response
  /// The request was acted upon.
  var accepted = false
  /// What happens afterwards (call-backs).
  var effects: (@Sendable () -> Void)?
}

/// How a request ends for the client.
enum Ending: Sendable {
  case answer(Response)
  /// Nothing for so many seconds or until the client leaves, then the connection is closed.
  case silence(seconds: Double)
  case reset
}

/// Hands a request to its peer, through the fault that waits for it, and writes down what came of it.
struct World: Sendable {
  /// Anthropic's limit, the largest of all.
  static let largestBody = 32 << 20

  let routes: Routes
  let control: Control
  let journal: Journal
  let faults: Faults
  let log: Log

  func handle(_ request: Request, tooLarge: Bool) async -> Ending {
    let started = Instant.now
    let call = Call(request)
    let peer = await routes.peer(for: call)
    if tooLarge {
      let refusal = Refusal.tooLarge(limit: Self.largestBody).response(requestID: "")
      log.warning("too-large", ["method": request.method, "path": request.path])
      return .answer(peer?.refusal(.status(413), retryAfter: nil) ?? refusal)
    }
    guard let peer else {
      let response = await control.answer(request)
      log.info("control", ["method": request.method, "path": request.path, "status": "\(response.status)"])
      return .answer(response)
    }
    let kind = peer.kind(call)
    let number = await journal.receive(peer: peer.name, kind: kind, request)
    let fault = await faults.take(peer: peer.name, kind: kind, request)
    let (ending, accepted) = await end(call, peer, fault)
    await journal.settle(number, ending, accepted: accepted, fault: fault?.name)
    var status: String?
    if case .answer(let response) = ending { status = "\(response.status)" }
    log.info(
      "request",
      [
        "peer": peer.name, "kind": kind, "method": request.method, "path": request.path, "status": status ?? "none",
        "fault": fault?.name, "ms": "\((Instant.now.microseconds - started.microseconds) / 1000)",
      ])
    return ending
  }

  private func end(_ call: Call, _ peer: any Peer, _ fault: Fault?) async -> (Ending, accepted: Bool) {
    guard let fault else {
      let answer = await peer.answer(call, failure: nil)
      answer.effects?()
      return (.answer(answer.response), answer.accepted)
    }
    switch fault.kind {
    case .status, .code, .closedWindow, .wantsProof:
      await pause(fault.delay)
      return (.answer(peer.refusal(fault.kind, retryAfter: fault.retryAfter) ?? Response(status: 500)), false)
    case .failed(let code):
      let answer = await peer.answer(call, failure: code)
      await pause(fault.delay)
      answer.effects?()
      return (.answer(answer.response), answer.accepted)
    case .slow:
      let answer = await peer.answer(call, failure: nil)
      if fault.afterAccept { answer.effects?() }
      await faults.hold(fault, fault.delay ?? 1)
      if !fault.afterAccept { answer.effects?() }
      return (.answer(answer.response), answer.accepted)
    case .malformed:
      var answer = await peer.answer(call, failure: nil)
      await pause(fault.delay)
      if fault.afterAccept { answer.effects?() }
      answer.response.status = 200
      answer.response.body = Array(answer.response.body.prefix(answer.response.body.count / 2))
      return (.answer(answer.response), answer.accepted && fault.afterAccept)
    case .timeout, .reset:
      var accepted = false
      if fault.afterAccept {
        let answer = await peer.answer(call, failure: nil)
        answer.effects?()
        accepted = answer.accepted
      }
      if case .timeout = fault.kind { return (.silence(seconds: fault.delay ?? 120), accepted) }
      await pause(fault.delay)
      return (.reset, accepted)
    }
  }
}

/// Sleeps so many seconds; nil and 0 are no pause.
func pause(_ seconds: Double?) async {
  if let seconds, seconds > 0 { try? await Task.sleep(for: .seconds(seconds)) }
}
