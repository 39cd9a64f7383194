import Core
import FoundationEssentials
import Peers
import Rules
import Store

extension Office {
  /// Calls of the model for one answer. Whoever has not said anything by then goes round in circles.
  static let mostCalls = 6

  /// Lets Claude answer, with the tools that it may use for this business: asks it, does what it asks for, tells it what
  /// came of that, until it says something. Every step is stored with its effects before the next begins, so that a job
  /// which runs again goes on from there.
  func think(
    _ found: ConversationToAnswerRow, _ conversation: UUID, _ question: UUID, _ job: HeldJob, _ log: Log
  ) async -> Settled {
    let key = settings.secret(.anthropicKey)
    guard !key.isEmpty else {
      let why = "ANTHROPIC_API_KEY is not set"
      await tellRefused(why, log)
      return .stop(Stop(why: why, again: false, after: nil))
    }
    let profile = TenantProfile(Field((try? found.context.parse()) ?? [:]))
    var talk = Deliberation(Field((try? found.steps?.parse()) ?? []))
    var gate: String?
    while true {
      while let (asked, use, ordinal) = talk.next {
        guard talk.rounds < Self.mostCalls else {
          await record(asked.usage, job, log)
          let why = "Claude used tools \(talk.rounds) times in a row and said nothing"
          return await farewell(talk, conversation, job, log, Stop(why: why, again: false, after: nil))
        }
        let place = ToolPlace(
          found: found, conversation: conversation, question: question, profile: profile, job: job,
          call: asked.call, callOrdinal: asked.ordinal, usage: asked.usage, ordinal: ordinal)
        switch await self.use(use, place, log) {
        case .told(let answer, let word):
          talk.told(answer)
          gate = word
        case .over(let settled):
          // Nothing was done that the call's cost could have been stored with; written twice it is one row.
          await record(asked.usage, job, log)
          return settled
        }
      }
      let asking = Asking(
        found: found, conversation: conversation, question: question, job: job, profile: profile, calls: talk.calls,
        gate: gate, handedOver: talk.handedOver)
      let word = await mayAsk(asking, log)
      if case .stop(let stop) = word { return await farewell(talk, conversation, job, log, stop) }
      guard case .notSettled = word else { return word }
      switch await ask(asking, &talk, key, log) {
      case .notSettled: continue
      case .stop(let stop): return await farewell(talk, conversation, job, log, stop)
      case let settled: return settled
      }
    }
  }

  /// One call of the model; `.notSettled`: it wants tools used first.
  private func ask(_ asking: Asking, _ talk: inout Deliberation, _ key: Secret, _ log: Log) async -> Settled {
    let job = asking.job
    var call = prompt(asking.found, asking.conversation)
    call.widen(attempt: job.attempt)
    call.continuation = talk.continuation
    let lately = LatelyDone.read(Field((try? asking.found.lately?.parse()) ?? []))
    call.system.append(.init(LatelyDone.render(lately)))
    let started = Instant.now
    let response: HTTPResponse
    do throws(PeerError) {
      let request = try call.request(base: settings.url(.anthropicURL), key: key)
      let thought = Thinking.Thought(
        tenant: job.tenant, conversation: asking.conversation, question: asking.question, job: job.id,
        policy: gatePolicy(ChannelName(rawValue: asking.found.channel) ?? .whatsapp), since: started)
      switch await thinking.send(request, for: thought, by: http) {
      case .response(let answer): response = answer
      case .failure(let failure): throw PeerError(failure)
      case .cancelled(let why): return await gaveUp(call, asking, why: why, started, log)
      }
      let answer = try ClaudeAnswer.read(response)
      return await heard(answer, asking, &talk, usageRow(answer, call, asking, talk.ordinal, started), log)
    } catch {
      var after: Double?
      if case .throttled(let seconds, _, _) = error { after = seconds }
      await failed(call, asking, error, started, log)
      // The key is the installation's: nobody's conversation is answered.
      if case .unauthorised = error { await tellRefused("\(error.code): \(error.sentence)", log) }
      // Asking twice harms nobody: a lost answer is asked for again.
      return .stop(
        Stop(why: "\(error.code): \(error.sentence)", again: error.repeatable(idempotent: true), after: after))
    }
  }

  /// Says so to whoever runs the installation; the next call that is taken ends it (`record_usage`).
  private func tellRefused(_ why: String, _ log: Log) async {
    do throws(StoreError) {
      let isFirst = try await database.everyone { (scope) throws(StoreError) in try scope.modelRefused(why: why) }
      if isFirst { log.error("model_refused", ["why": why]) }
    } catch {
      log.warning("model_refused_not_told", ["why": error.sentence])
    }
  }

  private func heard(
    _ answer: ClaudeAnswer, _ asking: Asking, _ talk: inout Deliberation, _ usage: (id: UUID, row: JSONText), _ log: Log
  ) async -> Settled {
    // A reply is stored together with what it cost.
    switch answer.outcome {
    case .text(let text):
      return .say(reply(text, answer, talk, usage.row))
    // A tool that it had begun to ask for is more than the words before it.
    case .cut(let text) where answer.toolUses.isEmpty:
      return .say(reply(untilSentenceEnd(text), answer, talk, usage.row))
    case .tools(let uses) where !tools.isEmpty:
      talk.called(usage.id, talk.ordinal, answer.content, uses, usage: usage.row)
      return .notSettled
    case .tools:
      await record(usage.row, asking.job, log)
      return .stop(Stop(why: "Claude asked for a tool that it was not given", again: false, after: nil))
    case .refused:
      await record(usage.row, asking.job, log)
      return .stop(Stop(why: "Claude refused to answer", again: false, after: nil))
    case .cut:
      await record(usage.row, asking.job, log)
      return .stop(Stop(why: "Claude's answer ended in the middle of a tool's input", again: true, after: nil))
    case .empty:
      await record(usage.row, asking.job, log)
      return .stop(Stop(why: "Claude's answer was empty", again: true, after: nil))
    }
  }

  /// Whoever was handed over to people is told so, even if the model has nothing left to say.
  private func farewell(
    _ talk: Deliberation, _ conversation: UUID, _ job: HeldJob, _ log: Log, _ stop: Stop
  ) async -> Settled {
    guard let farewell = talk.farewell, talk.handedOver, !stop.again || job.isLastAttempt else { return .stop(stop) }
    let done = await untold(conversation, job, log)
    let words = [done, farewell].compactMap { $0 }
    return .say(
      Reply(
        text: words.joined(separator: " "),
        metadata: .object(["last_word": true, "told_done": done == nil ? nil : true])))
  }

  private func reply(_ text: String, _ answer: ClaudeAnswer, _ talk: Deliberation, _ usage: JSONText) -> Reply {
    Reply(
      text: text,
      metadata: .object([
        "model": .string(answer.model), "request_id": answer.requestID.map { .string($0) },
        "last_word": talk.handedOver ? true : nil,
      ]),
      usage: usage)
  }
}
