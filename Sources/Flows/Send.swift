import Core
import FoundationEssentials
import Peers
import Rules
import Store

/// The numbers that `reply_gate` is asked with.
func gatePolicy(_ channel: ChannelName) -> JSONText {
  let policy: JSON = [
    "window_hours": .number(ChannelLimits.of(channel).windowHours),
    "stale_seconds": .number(decimal(ReplyGate.staleAfter)),
    "usable_templates": .array(OutboundContent.Template.usable.map { .string($0) }),
  ]
  return JSONText(policy.text)
}

extension Office {
  /// Sends one stored message, at most once. Whether it may still leave is decided in the transaction that moves it to
  /// `sending`; what became of it is written down before anything else is done.
  func send(_ message: UUID, _ channel: ChannelName, _ job: HeldJob) async -> Outcome {
    let log = log.with(["req": job.requestID, "job": job.id.text])
    let ready: BeginSendRow
    // A name for this attempt, so that asking again after a lost answer is no second attempt.
    let attempt = UUID()
    do throws(StoreError) {
      ready = try await insist(job.tenant) { (scope) throws(StoreError) in
        try scope.beginSend(messageId: message, attempt: attempt, policy: gatePolicy(channel))
      }
    } catch {
      return again(after: 2, error, job)
    }
    switch ready.verdict {
    case "go": break
    case "withheld":
      log.info("withheld", ["message": message.text, "why": ready.reason])
      return .done(["withheld": .string(ready.reason ?? "")])
    case "unknown":
      log.warning("send_unknown", ["message": message.text, "why": "an earlier sender stopped before an answer came"])
      return .done(["state": "unknown"])
    default: return .done(["settled": .string(ready.reason ?? "")])
    }
    let result = await exchange(message, ready, job)
    return await settle(message, ready, result, job, log)
  }

  /// Asks the platform; `.failure` says what to do about it.
  private func exchange(
    _ message: UUID, _ ready: BeginSendRow, _ job: HeldJob
  ) async -> Result<Acceptance, PeerError> {
    guard let channel = ready.channel.flatMap(Channel.named), let account = ready.accountId, let text = ready.content,
      let kind = ready.contactKind, let address = ready.contactAddress
    else {
      return .failure(.refused(code: "unaddressed", sentence: "the message has no channel, account or recipient"))
    }
    guard let token = open(ready.token, ready.tokenId, tenant: job.tenant) else {
      return .failure(
        .unauthorised(code: "no_token", sentence: "no access token is configured, or it cannot be opened"))
    }
    do {
      let outbound = OutboundMessage(
        id: message.text, to: Alias(kind: kind, value: address), content: try content(text, ready.payload),
        replyTo: ready.replyTo)
      let request = try channel.send(outbound, ChannelAccess(base: base(of: channel), accountID: account, token: token))
      return .success(try channel.accepted(try await http.send(request)))
    } catch let error as PeerError {
      return .failure(error)
    } catch let error as HTTPFailure {
      return .failure(PeerError(error))
    } catch {
      return .failure(.unparseable("\(type(of: error))"))
    }
  }

  private func settle(
    _ message: UUID, _ ready: BeginSendRow, _ result: Result<Acceptance, PeerError>, _ job: HeldJob, _ log: Log
  ) async -> Outcome {
    let connection = ready.connectionId
    let (state, outcome): (String, Outcome)
    var acceptance: Acceptance?
    var fault: PeerError?
    switch result {
    case .success(let accepted):
      acceptance = accepted
      (state, outcome) = ("accepted", .done(["external_id": .string(accepted.externalID)]))
    case .failure(let error):
      fault = error
      (state, outcome) = verdict(error, job)
      var priority = Log.Priority.warning
      if case .unauthorised = error { priority = .error }
      log.line(
        priority, "send_\(state)",
        ["message": message.text, "peer": ready.channel, "code": error.code, "why": error.sentence])
    }
    let aliases = JSONText(
      JSON.array(
        (acceptance?.aliases ?? []).map {
          ["kind": .string($0.kind), "value": .string($0.value), "address": .string($0.address)]
        }
      ).text)
    let (externalID, code, sentence) = (acceptance?.externalID, fault?.code, fault?.sentence)
    var stops: String?
    if case .unauthorised(_, let why)? = fault { stops = why }
    let stop = stops
    do throws(StoreError) {
      let now = try await insist(job.tenant) { (scope) throws(StoreError) in
        if let stop, let connection { try scope.stopChannel(connectionId: connection, error: stop) }
        return try scope.endSend(
          messageId: message, state: state, externalId: externalID, errorCode: code, errorMessage: sentence,
          aliases: aliases)
      }
      if acceptance != nil { log.info("sent", ["message": message.text, "peer": ready.channel, "state": now]) }
    } catch {
      // The platform may have the message and we cannot say so: the next attempt finds it `sending` and calls it
      // unknown; its reports settle it by the opaque id.
      log.error("send_not_written", ["message": message.text, "why": error.sentence])
      return again(after: 5, error, job)
    }
    return outcome
  }

  /// The database is in trouble, which is no fault of the job's: its last attempt is not spent on that, or the message
  /// would wait for ever.
  private func again(after seconds: Double, _ error: StoreError, _ job: HeldJob) -> Outcome {
    job.isLastAttempt ? .snooze(after: seconds, why: error.sentence) : .retry(after: seconds, why: error.sentence)
  }

  /// What a failed send means for the message and for the job.
  private func verdict(_ error: PeerError, _ job: HeldJob) -> (state: String, Outcome) {
    if error.mightHaveArrived { return ("unknown", .done(["state": "unknown", "why": .string(error.sentence)])) }
    guard error.retryable, !job.isLastAttempt else { return ("failed", .bury(why: "\(error.code): \(error.sentence)")) }
    var asked: Double?
    if case .throttled(let after, _, _) = error { asked = after }
    return ("pending", .retry(after: pause(asked, job), why: "\(error.code): \(error.sentence)"))
  }

  /// Seconds until the next attempt of a job.
  func pause(_ asked: Double?, _ job: HeldJob) -> Double {
    retryDelay(asked: asked, attempt: job.attempt, jitter: Double.random(in: 0...1))
  }

  func base(of channel: Channel) -> String {
    switch channel.name {
    case .whatsapp, .instagram, .facebook, .tiktok: settings.url(.graphURL)
    }
  }
}
