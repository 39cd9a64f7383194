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
      if gate == Withheld.escalated.rawValue { return [JobResult(job, await sayLastWord(conversation, job))] }
      // A stopped channel is not the customer's fault: the question waits until somebody has mended it, or is stale.
      if gate == Withheld.channelInactive.rawValue { return [JobResult(job, .snooze(after: 60, why: gate))] }
      return [JobResult(job, .done(["withheld": .string(gate)]))]
    }
    // Nobody waits for a courtesy.
    Task { await markSeen(found, job, log) }
    switch await withoutModel(found, conversation, job, log) {
    case .notSettled: break
    case .say(let reply): return await deliver(reply, found, conversation, question, job, log)
    case .nothing(let why): return [JobResult(job, .done(["settled": .string(why)]))]
    case .stop(let stop): return [JobResult(job, await give(up: stop, conversation, job, log))]
    }
    switch await ask(found, conversation, job, log) {
    case .failure(let stop):
      return [JobResult(job, await give(up: stop, conversation, job, log))]
    case .success(let reply):
      return await deliver(reply, found, conversation, question, job, log)
    }
  }

  /// What is to be said, whoever thought of it.
  struct Reply {
    /// May hold Markdown; the channel's form of it is sent.
    let text: String
    /// For `messages.metadata`: the model and its request's id, or what made it.
    var metadata: JSON = [:]
    /// What it cost (`record_usage`), if it cost anything.
    var usage: JSONText?
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
    log.error("answer_given_up", ["conversation": conversation.text, "why": stop.why])
    do throws(StoreError) {
      _ = try await handOver(conversation, by: .failure, why: "assistant: " + stop.why, job, log)
    } catch {
      return .snooze(after: 5, why: error.sentence)
    }
    return .bury(why: stop.why)
  }

  private func ask(
    _ found: ConversationToAnswerRow, _ conversation: UUID, _ job: HeldJob, _ log: Log
  ) async -> Result<Reply, Stop> {
    let key = settings.secret(.anthropicKey)
    guard !key.isEmpty else {
      return .failure(Stop(why: "ANTHROPIC_API_KEY is not set", again: false, after: nil))
    }
    let call = prompt(found, conversation)
    let started = Instant.now
    do {
      let response = try await http.send(call.request(base: settings.url(.anthropicURL), key: key))
      let answer = try ClaudeAnswer.read(response)
      let usage = usageRow(answer, call, conversation, started, job)
      // A reply is stored together with what it cost.
      if answer.outcome.isText { return .success(reply(answer, usage)) }
      await record(usage, job, log)
      switch answer.outcome {
      case .text, .cut: return .success(reply(answer, usage))
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

  private func reply(_ answer: ClaudeAnswer, _ usage: JSONText) -> Reply {
    Reply(
      text: answer.text,
      metadata: .object(["model": .string(answer.model), "request_id": answer.requestID.map { .string($0) }]),
      usage: usage)
  }

  /// The business first, which is the same text every time and so cached; then the moment, then the conversation.
  private func prompt(_ found: ConversationToAnswerRow, _ conversation: UUID) -> ClaudeCall {
    let profile = found.profile
    return ClaudeCall(
      model: profile.assistant.model ?? settings.text(.anthropicModel),
      maxTokens: Int(profile.assistant.maxTokens ?? 500), temperature: profile.assistant.temperature,
      system: [.init(profile.render(), cached: true), .init(found.moment)],
      turns: turns(found.said, last: Self.lastMessages), metadataUser: conversation.text)
  }

  /// Two blue ticks, and "typing…" while Claude thinks. A courtesy: its failure is logged and changes nothing.
  private func markSeen(_ found: ConversationToAnswerRow, _ job: HeldJob, _ log: Log) async {
    guard let channel = Channel.named(found.channel), let question = found.questionExternalId,
      let account = found.accountId, let token = open(found.token, found.tokenId, tenant: job.tenant),
      let kind = found.contactKind, let address = found.contactAddress
    else { return }
    let access = ChannelAccess(base: base(of: channel, login: found.login), accountID: account, token: token)
    for var request in channel.markRead(question, Alias(kind: kind, value: address), true, access) {
      request.timeout = 2
      do throws(HTTPFailure) {
        let response = try await http.send(request)
        if response.status >= 300 { log.warning("not_marked_read", ["status": String(response.status)]) }
      } catch {
        log.warning("not_marked_read", ["why": error.sentence])
      }
    }
  }

  /// What a call took and cost, as `record_usage` reads it. Under an id of its own, so that asking again after a lost
  /// answer writes it once.
  private func usageRow(
    _ answer: ClaudeAnswer, _ call: ClaudeCall, _ conversation: UUID, _ started: Instant, _ job: HeldJob
  ) -> JSONText {
    let model = ClaudeModel.named(call.model)
    let usage = answer.usage
    func clamped(_ count: Int64) -> JSON { .number(Int32(clamping: count)) }
    let row: JSON = [
      "id": .string(UUID().text), "conversation_id": .string(conversation.text), "job_id": .string(job.id.text),
      "ai_model": .string(model.id), "prompt_tokens": clamped(usage.prompt),
      "cache_write_tokens": clamped(usage.cacheWrite + usage.cacheWriteHour),
      "cache_read_tokens": clamped(usage.cacheRead), "completion_tokens": clamped(usage.output),
      "cost_usd": .string(usage.costUSD(model)),
      "response_time_ms": .number(Int32(min((Instant.now - started) * 1000, 1e9))),
      "stop_reason": .string("\(answer.stopReason)"), "was_successful": .bool(answer.outcome.isText),
    ]
    return JSONText(row.text)
  }

  /// For what is not stored together with a reply.
  func record(_ usage: JSONText?, _ job: HeldJob, _ log: Log) async {
    guard let usage else { return }
    do throws(StoreError) {
      try await insist(job.tenant) { (scope) throws(StoreError) in try scope.recordUsage(usage: usage) }
    } catch {
      log.error("usage_not_written", ["why": error.sentence])
    }
  }
}
