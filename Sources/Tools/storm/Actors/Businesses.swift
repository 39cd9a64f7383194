import Core
import Flows
import FoundationEssentials
import Store
import TestSupport

/// People of the businesses, who write at any moment, above all while Claude thinks.
extension StormActor {
  static let businesses = [
    StormActor(name: "staff", act: takeOver),
    StormActor(name: "echoes", act: writeInTheApp),
    StormActor(name: "handing back", act: handBack),
    StormActor(name: "scheduler", act: knock),
  ]

  @Sendable private static func takeOver(_ scene: Scene, _ dice: Dice) async {
    var dice = dice
    while !scene.isOver {
      await scene.pause(dice.seconds(0.1...0.8))
      let shop = dice.pick(scene.shops)
      let which = dice.number(0...moments.count - 1)
      guard let id = (try? await someConversation(shop, moments[which]))?.flatMap({ UUID(uuidString: $0) }) else {
        continue
      }
      let content = "Le escribe Luis, \(scene.run) \(scene.crowd.serial())"
      guard let note = try? await onThread({ try write(content, in: id, of: shop) }) else {
        // Whether it was committed is not known; if it was, nothing is known of that moment.
        scene.tally.add(.humans, "staff messages that the database did not confirm")
        continue
      }
      scene.ledger.read { $0.staff.append(note) }
      scene.tally.add(.humans, "staff messages")
      if !note.pending.isEmpty { scene.tally.add(.humans, "staff messages while an answer was about to leave") }
    }
  }

  /// Where it is most awkward: an answer waits to be sent, Claude thinks, or anywhere.
  private static let moments = [
    "select conversation_id from messages where role = 'assistant' and status = 'pending' and tenant_id = $1",
    """
    select replace(lane, 'answer:', '')::uuid from jobs
      where status in ('pending', 'processing') and job_type = 'ai_response' and tenant_id = $1
    """,
    "select id from conversations where status = 'active' and ai_handling and tenant_id = $1",
  ]

  private static func someConversation(_ shop: Shop, _ moment: String) async throws -> String? {
    try await onThread {
      try Database.world.column(
        "select id from (\(moment)) x (id) order by random() limit 1", [shop.tenant.id.text]
      ).first ?? nil
    }
  }

  /// As the service does it, with a look at the bot's answers under the lock that everybody takes first.
  private static func write(_ content: String, in id: UUID, of shop: Shop) throws -> StaffNote {
    let connection = Database.world.connection(user: "tistis_jobs")
    return try connection.transaction(tenant: shop.tenant.id) { (scope) throws(StoreError) in
      let question: UUID? = try scope.one(
        "lock", "select last_question_id from conversations where tenant_id = $1 and id = $2 for update",
        [shop.tenant.id.sql, id.sql]
      ) { row throws(StoreError) in try row.get(0) }
      func answers(_ condition: String) throws(StoreError) -> [UUID] {
        try scope.many(
          "answers",
          "select id from messages where tenant_id = $1 and conversation_id = $2 and role = 'assistant' and "
            + condition, [shop.tenant.id.sql, id.sql]
        ) { row throws(StoreError) in try row.get(0) }
      }
      let pending = try answers("status = 'pending'")
      let gone = try question.map { (q) throws(StoreError) in
        try answers("status <> 'pending' and answers_message_id = '\(q.text)'")
      }
      guard try scope.sendStaffMessage(conversationId: id, content: content, staffId: nil, requestId: nil) != nil else {
        throw .shape("the conversation is gone")
      }
      return StaffNote(
        tenant: shop.tenant.id, conversation: id, content: content, pending: pending, question: question,
        gone: gone ?? [])
    }
  }

  /// Echoes of what somebody wrote in the platform's own app.
  @Sendable private static func writeInTheApp(_ scene: Scene, _ dice: Dice) async {
    var dice = dice
    while !scene.isOver {
      await scene.pause(dice.seconds(0.2...1.2))
      let shop = dice.pick(scene.shops)
      let person = scene.crowd.someone(shop.number, &dice)
      let tag = Tag(person, serial: scene.crowd.serial())
      let id = scene.id(tag, ".eco")
      let entry = Payload.entry(shop, [Payload.echo(person, tag, id: id, of: shop)], as: "message_echoes")
      scene.tally.add(.humans, "messages in the platform's own app")
      await scene.deliver(
        scene.delivery(
          [entry], to: shop, shared: dice.chance(0.3), [Receipt(shop: shop.number, kind: .echo, id: id)]))
    }
  }

  /// Gives conversations back, so that there is something left to take over.
  @Sendable private static func handBack(_ scene: Scene, _ dice: Dice) async {
    var dice = dice
    while !scene.isOver {
      await scene.pause(dice.seconds(0.1...0.6))
      let shop = dice.pick(scene.shops)
      let silent = "select id from conversations where status <> 'archived' and not ai_handling and tenant_id = $1"
      guard let id = (try? await someConversation(shop, silent))?.flatMap({ UUID(uuidString: $0) }) else { continue }
      // Said before it is done: a question of that moment may belong to either side.
      scene.ledger.read { $0.handedBack.append((id, .now + 1)) }
      let done = try? await onThread {
        try Database.world.connection(user: "tistis_jobs").tenant(shop.tenant.id).handBackConversation(
          conversationId: id)
      }
      if done == true { scene.tally.add(.humans, "conversations given back to the assistant") }
    }
  }

  /// A scheduler that works on the queue over HTTP, beside `jobs`.
  @Sendable private static func knock(_ scene: Scene, _ dice: Dice) async {
    var dice = dice
    let secret = World.current.environment(of: "jobs-process")["CRON_SECRET"] ?? ""
    while !scene.isOver {
      await scene.pause(dice.seconds(1...6))
      guard !scene.isOver else { return }
      let status = try? await Web.send(
        "POST", World.current.url + "/api/jobs/process",
        headers: [("Authorization", "Bearer \(secret)"), ("Content-Type", "application/json")],
        body: (["max_jobs": .number(dice.number(1...50))] as JSON).bytes, timeout: 60
      ).status
      scene.tally.add(.humans, "the queue's door, " + (status.map { "answered with \($0)" } ?? "without an answer"))
      if let status, ![200, 502, 503, 504].contains(status) {
        scene.ledger.complain("POST /api/jobs/process was answered with \(status)")
      }
    }
  }
}
