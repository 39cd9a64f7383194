import Core
import FoundationEssentials
import Peers
import Rules
import Store

extension Office {
  /// Messages of a conversation that Claude is shown.
  static let lastMessages = 20

  /// Answers a conversation: asks the gate, then Claude, stores the reply with its send jobs, and sends its first part
  /// at once. A model's failure never reaches the customer as text: it is tried again, then people take over.
  func answer(_ conversation: UUID, _ channel: ChannelName, _ job: HeldJob) async -> [JobResult] {
    let log = log.with(["req": job.requestID, "job": job.id.text])
    let found: ConversationToAnswerRow?
    let policy = gatePolicy(channel)
    do throws(StoreError) {
      found = try await database.tenant(job.tenant) { (scope) throws(StoreError) in
        try scope.conversationToAnswer(
          policy: policy, jobId: job.id, lastMessages: Int64(Self.lastMessages), conversationId: conversation)
      }
    } catch {
      return [
        JobResult(job, await give(up: Stop(why: error.sentence, again: true, after: nil), conversation, job, log))
      ]
    }
    guard let found, let question = found.lastQuestionId else {
      return [JobResult(job, .bury(why: "no such conversation, or nobody asked anything in it"))]
    }
    if found.answered { return [JobResult(job, .done(["skipped": "answered before"]))] }
    if let gate = found.gate {
      // A refused answer is not worth its price.
      log.info("not_asked", ["conversation": conversation.text, "why": gate])
      // A stopped channel is not the customer's fault: the question waits until somebody has mended it, or is stale.
      if gate == Withheld.channelInactive.rawValue { return [JobResult(job, .snooze(after: 60, why: gate))] }
      return [JobResult(job, .done(["withheld": .string(gate)]))]
    }
    async let seen: Void = markSeen(found, job, log)
    let reply = await ask(found, conversation, job, log)
    await seen
    switch reply {
    case .failure(let stop):
      return [JobResult(job, await give(up: stop, conversation, job, log))]
    case .success(let answer):
      return await deliver(answer, found, conversation, question, job, log)
    }
  }

  /// Why there is no reply.
  struct Stop: Error {
    let why: String
    /// May another attempt help? With how long a pause, if Anthropic said?
    let again: Bool
    let after: Double?
  }

  func give(up stop: Stop, _ conversation: UUID, _ job: HeldJob, _ log: Log) async -> Outcome {
    if stop.again, !job.isLastAttempt {
      log.warning("answer_retried", ["attempt": String(job.attempt), "why": stop.why])
      return .retry(after: pause(stop.after, job), why: stop.why)
    }
    log.error("escalated", ["conversation": conversation.text, "why": stop.why])
    do throws(StoreError) {
      _ = try await insist(job.tenant) { (scope) throws(StoreError) in
        try scope.escalateConversation(conversationId: conversation, reason: "assistant: " + stop.why)
      }
    } catch {
      return .snooze(after: 5, why: error.sentence)
    }
    return .bury(why: stop.why)
  }

  private func ask(
    _ found: ConversationToAnswerRow, _ conversation: UUID, _ job: HeldJob, _ log: Log
  ) async -> Result<ClaudeAnswer, Stop> {
    let key = settings.secret(.anthropicKey)
    guard !key.isEmpty else {
      return .failure(Stop(why: "ANTHROPIC_API_KEY is not set", again: false, after: nil))
    }
    let call = prompt(found, conversation)
    let started = Instant.now
    do {
      let response = try await http.send(call.request(base: settings.url(.anthropicURL), key: key))
      let answer = try ClaudeAnswer.read(response)
      await record(answer, call, conversation, started, job, log)
      switch answer.outcome {
      case .text, .cut: return .success(answer)
      case .tools: return .failure(Stop(why: "Claude asked for a tool that it was not given", again: false, after: nil))
      case .refused: return .failure(Stop(why: "Claude refused to answer", again: false, after: nil))
      case .empty: return .failure(Stop(why: "Claude's answer was empty", again: true, after: nil))
      }
    } catch {
      let fault = error as? PeerError ?? (error as? HTTPFailure).map { PeerError($0) } ?? .unparseable("\(error)")
      var after: Double?
      if case .throttled(let seconds, _, _) = fault { after = seconds }
      // Asking twice harms nobody: a lost answer is asked for again.
      return .failure(
        Stop(why: "\(fault.code): \(fault.sentence)", again: fault.repeatable(idempotent: true), after: after))
    }
  }

  /// The business first, which is the same text every time and so cached; then the moment, then the conversation.
  private func prompt(_ found: ConversationToAnswerRow, _ conversation: UUID) -> ClaudeCall {
    let profile = TenantProfile(Field((try? found.context.parse()) ?? [:]))
    let said = Field((try? found.turns.parse()) ?? []).items.compactMap { item -> StoredMessage? in
      guard let role = item["role"].text.flatMap(StoredMessage.Role.init), let content = item["content"].text else {
        return nil
      }
      return StoredMessage(
        role: role, content: content, contentType: item["content_type"].text ?? "text",
        at: item["at"].text.flatMap { Instant($0) } ?? Instant(microseconds: 0))
    }
    let moment = renderMoment(now: weekdayName(Int(found.weekday)) + " " + found.localTime, customer: found.leadName)
    return ClaudeCall(
      model: profile.assistant.model ?? settings.text(.anthropicModel),
      maxTokens: Int(profile.assistant.maxTokens ?? 500), temperature: profile.assistant.temperature,
      system: [.init(profile.render(), cached: true), .init(moment)],
      turns: turns(said, last: Self.lastMessages), metadataUser: conversation.text)
  }

  /// Two blue ticks, and "typing…" while Claude thinks. A courtesy: its failure is logged and changes nothing.
  private func markSeen(_ found: ConversationToAnswerRow, _ job: HeldJob, _ log: Log) async {
    guard let channel = Channel.named(found.channel), let question = found.questionExternalId,
      let account = found.accountId, let token = open(found.token, found.tokenId, tenant: job.tenant),
      var request = channel.markRead(
        question, true, ChannelAccess(base: base(of: channel), accountID: account, token: token))
    else { return }
    request.timeout = 2
    do throws(HTTPFailure) {
      let response = try await http.send(request)
      if response.status >= 300 { log.warning("not_marked_read", ["status": String(response.status)]) }
    } catch {
      log.warning("not_marked_read", ["why": error.sentence])
    }
  }

  private func record(
    _ answer: ClaudeAnswer, _ call: ClaudeCall, _ conversation: UUID, _ started: Instant, _ job: HeldJob, _ log: Log
  ) async {
    let model = ClaudeModel.named(call.model)
    let usage = answer.usage
    let took = Int32(min((Instant.now - started) * 1000, 1e9))
    let cost = Numeric(usage.costUSD(model))
    do throws(StoreError) {
      try await insist(job.tenant) { (scope) throws(StoreError) in
        try scope.recordUsage(
          conversationId: conversation, messageId: nil, jobId: job.id, model: model.id,
          promptTokens: Int32(clamping: usage.prompt),
          cacheWriteTokens: Int32(clamping: usage.cacheWrite + usage.cacheWriteHour),
          cacheReadTokens: Int32(clamping: usage.cacheRead), completionTokens: Int32(clamping: usage.output),
          costUsd: cost, responseTimeMs: took, stopReason: "\(answer.stopReason)", wasSuccessful: answer.outcome.isText,
          errorMessage: nil)
      }
    } catch {
      log.error("usage_not_written", ["why": error.sentence])
    }
  }
}

/// Spanish, by `extract(isodow)`: 1 is Monday.
private func weekdayName(_ day: Int) -> String {
  let names = ["lunes", "martes", "miércoles", "jueves", "viernes", "sábado", "domingo"]
  return names.indices.contains(day - 1) ? names[day - 1] : ""
}
