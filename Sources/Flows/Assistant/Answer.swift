import Core
import FoundationEssentials
import Peers
import Rules
import Store

extension Office {
  /// Messages of a conversation that Claude is shown.
  static let lastMessages = 20
  /// Why a job that has lost its conversation says nothing.
  static let answeredElsewhere = "another worker answers this, or nobody is there any more"

  /// Answers a conversation: asks the gate, then Claude, stores the reply with its send jobs, and sends its first part
  /// at once. A model's failure never reaches the customer as text: it is tried again, then people take over.
  func answer(_ conversation: UUID, _ channel: ChannelName, _ job: HeldJob) async -> [JobResult] {
    let log = log.with(["req": job.requestID, "job": job.id.text])
    let found: ConversationToAnswerRow?
    let policy = gatePolicy(channel)
    do throws(StoreError) {
      found = try await database.tenant(job.tenant) { (scope) throws(StoreError) in
        try scope.conversationToAnswer(
          jobId: job.id, policy: policy, lastMessages: Int64(Self.lastMessages), conversationId: conversation)
      }
    } catch {
      return [
        JobResult(job, await give(up: Stop(why: error.sentence, again: true, after: nil), conversation, job, log))
      ]
    }
    guard let found, let question = found.lastQuestionId else {
      return [JobResult(job, .bury(why: "no such conversation, or nobody asked anything in it"))]
    }
    let results = await settle(found, question, conversation, job, log)
    // Whoever else answers it tells what was done.
    for why in results.compactMap(\.outcome.withheld) where why != Self.answeredElsewhere {
      await tellStaff(conversation, why: why, job, log)
    }
    // What goes along with a reply is kept with it.
    if results.count == 1, results[0].outcome.isFinal { await score(found.turn, conversation, job, log) }
    return results
  }

  private func settle(
    _ found: ConversationToAnswerRow, _ question: UUID, _ conversation: UUID, _ job: HeldJob, _ log: Log
  ) async -> [JobResult] {
    if found.answered {
      // Until it opens, that it is closed counts as the answer; that people will answer is said all the same.
      if found.gate == Withheld.escalated.rawValue { return [JobResult(job, await sayLastWord(conversation, job))] }
      return [JobResult(job, .done(["skipped": "answered before"]))]
    }
    if let gate = found.gate {
      // What is pressed holds, though nothing is said to it: people have the conversation.
      if case .stop(let stop) = await pressedAppointments(found, conversation, job, log).settled, stop.again {
        if !job.isLastAttempt { return [JobResult(job, .retry(after: pause(stop.after, job), why: stop.why))] }
        log.error("press_lost", ["conversation": conversation.text, "why": stop.why])
      }
      // A refused answer is not worth its price.
      log.info("not_asked", ["conversation": conversation.text, "why": gate])
      if gate == Withheld.escalated.rawValue { return [JobResult(job, await sayLastWord(conversation, job))] }
      // A stopped channel is not the customer's fault: the question waits until somebody has mended it, or is stale.
      if gate == Withheld.channelInactive.rawValue { return [JobResult(job, .snooze(after: 60, why: gate))] }
      if found.promised { await tooLate(gate, found, conversation, job, log) }
      return [JobResult(job, .done(["withheld": .string(gate)]))]
    }
    // Nobody waits for a courtesy.
    Task { await markSeen(found, job, log) }
    // What a model has begun is ended by it.
    var informed = found
    if found.steps == nil {
      let pressed = await pressedAppointments(found, conversation, job, log)
      informed.did(pressed.done)
      var settled = pressed.settled
      if case .notSettled = settled { settled = await withoutModel(informed, conversation, job, log) }
      switch settled {
      case .notSettled: break
      case .say(let reply): return await deliver(reply, found, conversation, question, job, log)
      case .nothing(let why): return [JobResult(job, .done(["settled": .string(why)]))]
      case .stop(let stop): return [JobResult(job, await give(up: stop, conversation, job, log))]
      }
    }
    switch await think(informed, conversation, question, job, log) {
    case .say(let reply): return await deliver(reply, found, conversation, question, job, log)
    case .nothing(Withheld.channelInactive.rawValue):
      return [JobResult(job, .snooze(after: 60, why: Withheld.channelInactive.rawValue))]
    case .nothing(let why): return [JobResult(job, .done(["withheld": .string(why)]))]
    case .stop(let stop): return [JobResult(job, await give(up: stop, conversation, job, log))]
    case .notSettled: return [JobResult(job, .bury(why: "nothing was said, and nothing stood in the way"))]
    }
  }

  /// What is to be said, whoever thought of it.
  struct Reply {
    /// May hold Markdown; the channel's form of it is sent.
    let text: String
    /// For `messages.metadata`: the model and its request's id, or what made it.
    var metadata: JSON = [:]
    /// The call of a model that brought it (`record_call`), if one did.
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

  /// The business first, which is the same text every time and so cached; then the moment, then the conversation.
  func prompt(_ found: ConversationToAnswerRow, _ conversation: UUID) -> ClaudeCall {
    let profile = found.profile
    let briefing = Briefing(profile, settings, moment: found.moment, tools: tools)
    return ClaudeCall(
      model: briefing.model,
      maxTokens: Int(profile.assistant.maxTokens ?? 500), temperature: profile.assistant.temperature,
      system: [.init(briefing.business, cached: true), .init(briefing.moment)],
      turns: turns(found.said, last: Self.lastMessages), tools: briefing.tools, metadataUser: conversation.text)
  }

  /// For what is not stored together with a reply.
  func record(_ call: JSONText?, _ job: HeldJob, _ log: Log) async {
    guard let call else { return }
    do throws(StoreError) {
      try await insist(job.tenant) { (scope) throws(StoreError) in try scope.recordCall(call: call) }
    } catch {
      log.error("usage_not_written", ["why": error.sentence])
    }
  }
}
