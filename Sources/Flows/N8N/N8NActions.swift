import Core
import FoundationEssentials
import Peers
import Rules
import Store

/// The guide's four actions. Each is done in one transaction, and once under a key; what is not done says why.
extension N8NDoor {
  func perform(_ call: N8NCall, _ voice: Voice?, _ request: Request) throws(APIProblem) -> Response {
    guard let voice else { return Self.done("logged", []) }
    switch call.action {
    case .answer(let conversation, let content, let model, let tokens):
      let (parts, policy) = try parts(of: content, conversation, voice, request)
      let metadata = JSON.object(["model": model.map { .string($0) }, "tokens": tokens.map { .number($0) }])
      let digest = hex(sha256(Array(content.utf8)))
      var isEarliers = false
      do throws(APIProblem) {
        let response = try once(call, voice, request) { (scope) throws(StoreError) in
          let row = try scope.acceptAnswer(
            conversationId: conversation, parts: parts, questionId: call.message, digest: digest,
            metadata: JSONText(metadata.text), policy: policy, requestId: request.id)
          isEarliers = row.outcome == "passed_over"
          if isEarliers { return .failure(Self.problem(Withheld.newerInbound.rawValue)) }
          guard row.outcome == "saved", let message = row.messageId else { return .failure(Self.problem(row.outcome)) }
          return .success(["action": "ai_response_saved", "message_id": .string(message.text)])
        }
        app.isUrgent = true
        return response
      } catch {
        // What is refused is taken back whole; this has to stay. If it does not, the next words are refused as well.
        if isEarliers {
          try? app.database.tenant(voice.tenant).passOverAnswer(conversationId: conversation, digest: digest)
        }
        throw error
      }
    case .score(let lead, let score, let reason):
      return try once(call, voice, request) { (scope) throws(StoreError) in
        let set = try scope.setLeadScore(
          leadId: lead, onlyBranch: voice.branch, score: score, reason: reason, anew: call.key != nil)
        guard let set else { return .failure(.unknown("lead")) }
        return .success(["action": "score_updated", "score": .number(set)])
      }
    case .book(let lead, let branch, let at, let service, let staff, let notes):
      var wish = [lead.text, branch.text, at.description, service?.text ?? "", staff?.text ?? ""]
      if let message = call.message { wish.append(message.text) }
      let digest = hex(sha256(Array(wish.joined(separator: "|").utf8)))
      let asked = JSON.object([
        "key": .string("n8n:" + (call.key ?? digest)), "digest": .string(digest),
        "lead_id": .string(lead.text), "branch_id": .string(branch.text),
        "service_id": service.map { .string($0.text) }, "staff_id": staff.map { .string($0.text) },
        "scheduled_at": .string(at.description), "on_grid": true, "booking_source": "ai_chat",
        "notes": notes.map { .string($0) },
      ])
      return try once(call, voice, request) { (scope) throws(StoreError) in
        let row = try scope.bookByN8N(request: JSONText(asked.text), onlyBranch: voice.branch)
        guard row.outcome == "booked", let id = row.appointmentId else {
          return .failure(Self.problem(row.outcome, detail: row.detail))
        }
        return .success(["action": "appointment_scheduled", "appointment_id": .string(id.text)])
      }
    case .escalate(let conversation, let reason, let staff):
      return try once(call, voice, request) { (scope) throws(StoreError) in
        let outcome = try scope.escalateByN8N(
          conversationId: conversation, onlyBranch: voice.branch, reason: reason, staffId: staff,
          messageId: call.message)
        guard outcome == "escalated" else { return .failure(Self.problem(outcome)) }
        return .success(["action": "escalated"])
      }
    case .other(let name):
      app.log.info("n8n_unknown", ["req": request.id, "action": name])
      return Self.done("logged", [])
    }
  }

  /// As the channel takes it, and no more of it than of a model's own answer.
  private func parts(
    of content: String, _ conversation: UUID, _ voice: Voice, _ request: Request
  ) throws(APIProblem) -> ([String], JSONText) {
    let found: ConversationOfCallRow?
    do throws(StoreError) {
      found = try app.database.tenant(voice.tenant).conversationOfCall(id: conversation, onlyBranch: voice.branch)
    } catch { throw app.problem(error, request) }
    guard let channel = (found?.channel).flatMap(ChannelName.init) else { throw .unknown("conversation") }
    let parts = ChannelLimits.of(channel).spoken(markdown: content)
    guard parts.contains(where: { $0.unicodeScalars.contains(where: Self.says) }) else {
      throw .malformed("$.content", "there is nothing in it but marks")
    }
    return (parts, gatePolicy(channel))
  }

  /// No blank, nothing invisible, none of Markdown's marks.
  private static func says(_ scalar: Unicode.Scalar) -> Bool {
    !scalar.properties.isWhitespace && scalar.properties.generalCategory != .format
      && !"*_~`#->|=+".unicodeScalars.contains(scalar)
  }

  // MARK: Once

  /// Under a key of n8n's own it is done once and answered the same for a day, what was booked for as long as there is the
  /// appointment; what is refused leaves the key free. Without one, each action by itself bears being told twice.
  private func once(
    _ call: N8NCall, _ voice: Voice, _ request: Request,
    _ body: (Scope) throws(StoreError) -> Result<JSON, APIProblem>
  ) throws(APIProblem) -> Response {
    let digest = hex(sha256(request.body))
    let asker = "n8n" + (voice.branch.map { ":" + $0.text } ?? "")
    var earlier: EarlierRequestRow?
    var refused: APIProblem?
    var answer = JSON.null
    for attempt in 1... {
      do throws(StoreError) {
        try app.database.transaction(tenant: voice.tenant) { (scope) throws(StoreError) in
          (earlier, refused) = (nil, nil)
          if let key = call.key {
            try scope.forgetRequests()
            if try scope.beginRequest(asker: asker, key: key, digest: digest) == 0 {
              earlier = try scope.earlierRequest(asker: asker, key: key)
              guard earlier != nil else { throw .unavailable("the call before this one was just forgotten") }
              return
            }
          }
          switch try body(scope) {
          case .success(let done):
            answer = done
            if let key = call.key { try scope.endRequest(answer: JSONText(done), asker: asker, key: key) }
          case .failure(let problem):
            refused = problem
            // Takes back the key.
            throw .conflict(constraint: "refused")
          }
        }
        break
      } catch {
        if let refused { throw refused }
        if case .serialization = error, attempt < 4 { continue }
        throw app.problem(error, request)
      }
    }
    if let earlier {
      guard earlier.digest == digest else { throw Self.reused }
      answer = (try? earlier.answer?.parse()) ?? .null
    }
    guard case .object(let members) = answer else { throw APIProblem(.shape("answer")) }
    return .json(.object(JSON.Members([.init("success", true)] + members.pairs)))
  }

  private static func done(_ action: String, _ more: [JSON.Members.Pair]) -> Response {
    .json(.object(JSON.Members([.init("success", true), .init("action", .string(action))] + more)))
  }

  // MARK: Why not

  private static let reused = APIProblem.conflict("IDEMPOTENCY_KEY_REUSED", "something else was told under this key")

  static func problem(_ outcome: String, detail: JSONText? = nil) -> APIProblem {
    if outcome == "unknown" { return .unknown("conversation") }
    if outcome == "key_reused" { return reused }
    if outcome.hasPrefix("unknown_") { return .unknown(String(outcome.dropFirst(8))) }
    let sentence =
      switch outcome {
      case "nobody_asked": "nobody has asked anything in this conversation"
      case "answered": "the question was answered already"
      case "handed_back": "people have had the conversation since, and gave it back"
      case "cancelled", "rescheduled":
        "it was booked, and \(outcome) since: a new wish needs an idempotency_key of its own"
      default: Withheld(rawValue: outcome)?.sentence ?? "it cannot be booked so: \(outcome)"
      }
    let slots = detail.flatMap { try? $0.parse() }?["slots"]
    return .conflict(outcome, sentence, slots.map { [.init("slots", $0)] } ?? [])
  }
}
