import Core
import FoundationEssentials
import Peers
import Rules
import Store

/// Events of the outbox are told at least once: what n8n may have taken is told again under the same id. Whatever n8n
/// answers, the event is tried for about half a day, since somebody may be at work on the workflow; then it is dead, and
/// can be told again by hand.
extension Office {
  /// Seconds: 5, 20, 80 … and six hours at most, of which the upper half is drawn.
  private static func rest(_ asked: Double?, _ job: HeldJob) -> Double {
    retryDelay(asked: asked, attempt: job.attempt, base: 5, cap: 21_600, growth: 4, jitter: Double.random(in: 0...1))
  }

  func deliverEvent(_ event: UUID, _ job: HeldJob) async -> Outcome {
    guard deliveries.take(job.tenant) else {
      return .snooze(after: 0.5 + Double.random(in: 0...1), why: "enough events of this business are under way")
    }
    defer { deliveries.giveBack(job.tenant) }
    let log = log.with(["req": job.requestID, "job": job.id.text])
    do throws(StoreError) {
      let found = try await database.tenant(job.tenant) { (scope) throws(StoreError) in
        try scope.eventToDeliver(id: event)
      }
      guard let found else { return .done(["event": "forgotten"]) }
      guard found.status == "pending" else { return .done(["event": .string(found.status)]) }
      guard let request = request(for: found, event, job) else { return try await drop(found, event, job, log) }
      do {
        // Where a tenant typed the address, only public ones are spoken to.
        let response = try await (found.webhookUrl == nil ? http : files).send(request)
        try N8NEvent.check(response)
        try await settle(event, "delivered", attempted: true, job, http: response.status)
        log.info("event_told", ["event": found.event, "id": event.text, "attempt": String(job.attempt)])
        return .done(["event": "delivered"])
      } catch let error as StoreError {
        throw error
      } catch {
        return try await failed(error, found, event, job, log)
      }
    } catch {
      return later(error, job)
    }
  }

  /// nil: nobody wants to be told, or there is nowhere to tell it.
  private func request(for found: EventToDeliverRow, _ event: UUID, _ job: HeldJob) -> HTTPRequest? {
    let base = found.webhookUrl ?? settings.url(.n8nURL)
    guard found.enabled, !found.late, !base.isEmpty else { return nil }
    let own = open(found.apiKey, found.apiKeyId, tenant: job.tenant)
    // The platform's key is for the platform's n8n only.
    let key = found.webhookUrl == nil ? own ?? settings.secret(.n8nKey) : own
    let data = (try? found.data.parse()) ?? .null
    return N8NEvent(id: event, name: found.event, occurredAt: found.occurredAt, tenant: job.tenant, data: data).request(
      to: base, apiKey: key, signing: open(found.signing, found.signingId, tenant: job.tenant), now: .now)
  }

  private func drop(
    _ found: EventToDeliverRow, _ event: UUID, _ job: HeldJob, _ log: Log
  ) async throws(StoreError) -> Outcome {
    let why =
      !found.enabled
      ? "n8n is switched off" : found.late ? "it came too late to ask for an answer" : "N8N_WEBHOOK_URL is not set"
    try await settle(event, "dead", attempted: false, job, why: why)
    log.warning("event_dropped", ["event": found.event, "id": event.text, "why": why])
    return .done(["event": "dropped", "why": .string(why)])
  }

  private func failed(
    _ error: any Error, _ found: EventToDeliverRow, _ event: UUID, _ job: HeldJob, _ log: Log
  ) async throws(StoreError) -> Outcome {
    let fault = (error as? PeerError) ?? (error as? HTTPFailure).map { PeerError($0) } ?? .unparseable("\(error)")
    var log = log
    if case .notPublic(_, let address)? = error as? HTTPFailure { log = log.with(["address": address]) }
    let status = fault.code.hasPrefix("http_") ? Int(fault.code.dropFirst(5)) : nil
    // 410: whoever is there wants to hear no more of it.
    guard job.isLastAttempt || status == 410 else {
      try await settle(event, "pending", attempted: true, job, http: status, why: fault.sentence)
      log.warning("event_later", ["event": found.event, "id": event.text, "why": fault.sentence])
      var asked: Double?
      if case .throttled(let after, _, _) = fault { asked = after }
      return .retry(after: Self.rest(asked, job), why: fault.sentence)
    }
    let sentence =
      "Events do not reach n8n (\(fault.sentence)): mend its address, key or workflow, then: tistis n8n replay."
    try await settle(
      event, "dead", attempted: true, job, http: status, why: fault.sentence,
      alert: ["severity": "act", "sentence": .string(sentence)])
    log.error("event_dead", ["event": found.event, "id": event.text, "why": fault.sentence])
    return .done(["event": "dead", "why": .string(fault.sentence)])
  }

  private func settle(
    _ event: UUID, _ status: String, attempted: Bool, _ job: HeldJob, http: Int? = nil, why: String? = nil,
    alert: JSON? = nil
  ) async throws(StoreError) {
    let (http, alert) = (http.map { Int32(clamping: $0) }, alert.map { JSONText($0.text) })
    try await insist(job.tenant) { (scope) throws(StoreError) in
      try scope.settleEvent(
        id: event, status: status, attempted: attempted, httpStatus: http, error: why, alert: alert)
    }
  }
}
