import Core
import FoundationEssentials
import Peers
import Rules
import Store

/// The numbers that `reply_gate` and `begin_send` are asked with.
func gatePolicy(_ channel: ChannelName) -> JSONText {
  let (limits, pace) = (ChannelLimits.of(channel), SendPace.of(channel))
  let policy: JSON = .object([
    "window_hours": .number(limits.windowHours),
    "human_hours": ReplyGate.humanHours(channel).map { .number($0) },
    "per_window": limits.perWindow.map { .number($0) },
    "per_user_per_day": limits.perUserPerDay.map { .number($0) },
    "stale_seconds": .number(decimal(ReplyGate.staleAfter)),
    "number_seconds": .number(decimal(pace.numberSeconds)), "pair_seconds": .number(decimal(pace.pairSeconds)),
    "pair_burst": .number(pace.pairBurst),
    "usable_templates": .array(OutboundContent.Template.usable.map { .string($0) }),
  ])
  return JSONText(policy.text)
}

/// What came of asking a platform to take a message.
struct SendAnswer {
  var acceptance: Acceptance?
  /// Why it was not taken, or why we do not know.
  var fault: PeerError?
  /// What that means; nil where no answer of the platform's says it.
  var judgement: SendJudgement?
  /// Seconds that the answer asked us to wait.
  var asked: Double?
  var usage: SendUsage?
}

/// What `begin_send` says: whether a message may leave, and what the request needs.
protocol Outgoing: Sendable {
  var verdict: String { get }
  var reason: String? { get }
  var channel: String? { get }
  var accountId: String? { get }
  var contactKind: String? { get }
  var contactAddress: String? { get }
  var content: String? { get }
  var replyTo: String? { get }
  var tokenId: UUID? { get }
  var token: [UInt8]? { get }
  var payload: JSONText? { get }
  var waitSeconds: Double? { get }
  var login: String? { get }
  var asHuman: Bool? { get }
}
extension BeginSendRow: Outgoing {}
extension BeginReplyRow: Outgoing {}

extension Office {
  /// Sends one stored message, at most once. Whether it may still leave is decided in the transaction that moves it to
  /// `sending`; what became of it is written down before anything else is done.
  ///
  /// - Parameter begun: what was decided already, under which attempt's name.
  func send(
    _ message: UUID, _ channel: ChannelName, _ job: HeldJob, begun: (attempt: UUID, any Outgoing)? = nil
  ) async -> Outcome {
    let log = log.with(["req": job.requestID, "job": job.id.text])
    // A name for this attempt, so that asking again after a lost answer is no second attempt.
    let attempt = begun?.attempt ?? UUID()
    let ready: any Outgoing
    if let begun, begun.1.verdict != "wait" {
      ready = begun.1
    } else {
      do throws(StoreError) {
        ready = try await begin(message, channel, attempt, job)
      } catch {
        return later(error, job, after: 2, holdingLane: true)
      }
    }
    switch ready.verdict {
    case "go": break
    case "wait":
      let (seconds, why) = (ready.waitSeconds ?? 1, ready.reason ?? "")
      log.info("waits", ["message": message.text, "why": why, "seconds": decimal(seconds)])
      // What the business begins of itself rests alone; answers go on.
      return why == "paused" ? .snooze(after: spread(seconds), why: why) : .wait(after: spread(seconds), why: why)
    case "withheld":
      log.info("withheld", ["message": message.text, "why": ready.reason])
      // What leaves together with its answer is looked at there.
      if let row = ready as? BeginSendRow, let conversation = row.conversationId {
        await tellStaff(conversation, why: ready.reason ?? "", job, log)
      }
      return .done(["withheld": .string(ready.reason ?? "")])
    case "unknown":
      log.warning("send_unknown", ["message": message.text, "why": "an earlier sender stopped before an answer came"])
      return .done(["state": "unknown"])
    default: return .done(["settled": .string(ready.reason ?? "")])
    }
    let answer = await exchange(message, ready, job)
    return await settle(message, attempt, ready, answer, job, log)
  }

  /// Asks the gate and takes a slot. Where the next one comes at once it is waited for here: the way through the queue
  /// would take longer.
  private func begin(
    _ message: UUID, _ channel: ChannelName, _ attempt: UUID, _ job: HeldJob
  ) async throws(StoreError) -> BeginSendRow {
    var pause = 0.02
    while true {
      let ready = try await insist(job.tenant) { (scope) throws(StoreError) in
        try scope.beginSend(messageId: message, attempt: attempt, policy: gatePolicy(channel))
      }
      guard ready.verdict == "wait", let seconds = ready.waitSeconds, seconds < 1, pause < 2 else { return ready }
      // Each time over twice the span: those that wait for the same account come one by one.
      try? await Task.sleep(for: .seconds(seconds + Double.random(in: 0...pause)))
      pause *= 2
    }
  }

  /// A little later than the moment for which all the others wait as well.
  private func spread(_ seconds: Double) -> Double { seconds + Double.random(in: 0...min(seconds / 10, 5)) }

  /// Asks the platform.
  private func exchange(_ message: UUID, _ ready: any Outgoing, _ job: HeldJob) async -> SendAnswer {
    guard let channel = ready.channel.flatMap(Channel.named), let account = ready.accountId, let text = ready.content,
      let kind = ready.contactKind, let address = ready.contactAddress
    else {
      return SendAnswer(
        fault: .refused(code: "unaddressed", sentence: "the message has no channel, account or recipient"))
    }
    guard let token = open(ready.token, ready.tokenId, tenant: job.tenant) else {
      guard ready.token == nil else {
        let fault = PeerError.unauthorised(code: "sealed_token", sentence: "OUTBOUND_KEYS do not open the access token")
        return SendAnswer(fault: fault, judgement: .sealed)
      }
      let fault = PeerError.unauthorised(code: "no_token", sentence: "no access token is configured")
      return SendAnswer(fault: fault, judgement: .withoutToken)
    }
    do {
      let content = try content(text, ready.payload)
      try await checkTemplate(content, ready, job)
      let outbound = OutboundMessage(
        id: message.text, to: Alias(kind: kind, value: address), content: content, replyTo: ready.replyTo,
        asHuman: ready.asHuman ?? false)
      let request = try channel.send(
        outbound, ChannelAccess(base: base(of: channel.name, login: ready.login), accountID: account, token: token))
      let response = try await http.send(request)
      var answer = SendAnswer(usage: channel.usage(response))
      do throws(PeerError) {
        answer.acceptance = try channel.accepted(response)
      } catch {
        answer.fault = error
        answer.judgement = channel.judge(response)
        if case .throttled(let after, _, _) = error { answer.asked = after }
      }
      return answer
    } catch let error as PeerError {
      return SendAnswer(fault: error)
    } catch let error as HTTPFailure {
      return SendAnswer(fault: PeerError(error))
    } catch {
      return SendAnswer(fault: .unparseable("\(type(of: error))"))
    }
  }

  private func settle(
    _ message: UUID, _ attempt: UUID, _ ready: any Outgoing, _ answer: SendAnswer, _ job: HeldJob, _ log: Log
  ) async -> Outcome {
    let verdict = SendVerdict(answer, tries: job.tries(of: SendPace.tries), isLast: job.isLastAttempt)
    if let fault = answer.fault {
      log.line(
        verdict.needsPerson ? .error : .warning, "send_\(verdict.state)",
        ["message": message.text, "peer": ready.channel, "code": fault.code, "why": fault.sentence])
    }
    let aliases = JSONText(
      JSON.array(
        (answer.acceptance?.aliases ?? []).map {
          ["kind": .string($0.kind), "value": .string($0.value), "address": .string($0.address)]
        }
      ).text)
    let (externalID, fault) = (answer.acceptance?.externalID, answer.fault)
    let effects = JSONText(verdict.effects(token: ready.tokenId?.text).text)
    do throws(StoreError) {
      let now = try await insist(job.tenant) { (scope) throws(StoreError) in
        try scope.endSend(
          messageId: message, attempt: attempt, state: verdict.state, externalId: externalID, errorCode: fault?.code,
          errorMessage: fault?.sentence, aliases: aliases, effects: effects)
      }
      if let externalID {
        log.info("sent", ["message": message.text, "peer": ready.channel, "state": now.status])
        return .done(["external_id": .string(externalID)])
      }
      return outcome(verdict, now.waitSeconds, fault, job)
    } catch {
      // The platform may have the message and we cannot say so: the next attempt finds it `sending` and calls it
      // unknown; its reports settle it by the opaque id.
      log.error("send_not_written", ["message": message.text, "why": error.sentence])
      return later(error, job, holdingLane: true)
    }
  }

  private func outcome(_ verdict: SendVerdict, _ rest: Double?, _ fault: PeerError?, _ job: HeldJob) -> Outcome {
    let why = fault.map { "\($0.code): \($0.sentence)" } ?? ""
    switch verdict.next {
    case .over: return .done(["state": .string(verdict.state), "why": .string(why)])
    case .again(let after):
      let tries = job.tries(of: SendPace.tries)
      return .retry(after: retryDelay(asked: after, attempt: tries, jitter: Double.random(in: 0...1)), why: why)
    case .wait: return .wait(after: spread(rest ?? 60), why: why)
    case .rest: return .snooze(after: spread(rest ?? 60), why: why)
    case .bury: return .bury(why: why)
    }
  }

  /// The database is in trouble, which is no fault of the job's: its last attempt is not spent on that, or what it is
  /// there for would wait for ever. `holdingLane`: what comes after it must not overtake it.
  func later(
    _ error: StoreError, _ job: HeldJob, after seconds: Double = 5, holdingLane: Bool = false
  ) -> Outcome {
    let why = error.sentence
    guard job.isLastAttempt else { return .retry(after: seconds, why: why) }
    // What the data refuse, or this build misreads, is not mended by waiting: people find it among the dead.
    if !holdingLane {
      switch error {
      case .data, .shape, .conflict: return .bury(why: why)
      // Class 42: something that this build needs is not there yet, or not granted, while another version is installed.
      case .rejected(let sqlstate, _) where !sqlstate.hasPrefix("42"): return .bury(why: why)
      case .rejected, .unavailable, .serialization: break
      }
    }
    return holdingLane ? .wait(after: seconds, why: why) : .snooze(after: seconds, why: why)
  }

  /// Seconds until the next attempt of a job.
  func pause(_ asked: Double?, _ job: HeldJob) -> Double {
    retryDelay(asked: asked, attempt: job.attempt, jitter: Double.random(in: 0...1))
  }

  /// Where a platform's API is; of an Instagram account by whose login it was connected.
  func base(of channel: ChannelName, login: String? = nil) -> String {
    switch channel {
    case .instagram where login == "instagram": settings.url(.instagramURL)
    case .whatsapp, .instagram, .facebook: settings.url(.graphURL)
    case .tiktok: settings.url(.tiktokURL)
    }
  }
}
