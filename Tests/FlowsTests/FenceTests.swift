import Core
import FoundationEssentials
import Rules
import Store
import TestSupport
import Testing

@testable import Flows

#if canImport(Glibc)
  import Glibc
#endif

/// A human writes while the assistant's reply is on its way out: whoever is committed first decides, and after a human
/// no bot message leaves. On every platform, here or in its own app, whether the reply waits to be sent or is just being
/// stored.
@Suite struct FenceTests {
  enum Human: CaseIterable { case staff, echo }
  static let rounds = 125
  /// Milliseconds that each waits in turn at the start. Without them one side may lose every time on a busy machine.
  private static let (botWaits, humanWaits): ([UInt32], [UInt32]) = ([0, 0, 1, 5, 20], [0, 5, 0, 20, 1])

  private struct Round: Sendable {
    let conversation: UUID
    let question: UUID
    let person: Alias
    /// nil: Claude has only just answered.
    let message: UUID?
  }

  @Test(arguments: ChannelName.allCases, Human.allCases) func theRace(_ channel: ChannelName, _ human: Human)
    async throws
  {
    try await Account.test(channel) { account in
      let rounds = try prepare(account)
      let barriers = rounds.map { _ in Barrier(2) }
      // Two sessions, each on a thread of its own, meet before every round.
      async let sent = onThread { try bot(account, rounds, barriers) }
      async let seen = onThread { try person(account, human, rounds, barriers) }
      let (verdicts, first) = try await (sent, seen)
      for i in rounds.indices {
        let expected = first[i] ? "withheld" : "go"
        #expect(verdicts[i] == expected, "round \(i): the human was first: \(first[i])")
      }
      let humans = first.filter { $0 }.count
      #expect(
        try account.count("messages", "role = 'assistant' and error_code = 'human_took_over'") == humans)
      // A race that one side always wins proves nothing.
      #expect(humans > 0 && humans < rounds.count, "\(humans) of \(rounds.count)")
      // And whatever comes now is silent.
      #expect(try account.receive(account.message("otra", from: rounds[0].person)).answers == 0)
    }
  }

  /// As many conversations, of every second a reply that waits.
  private func prepare(_ account: Account) throws -> [Round] {
    let session = account.database.connection(user: "tistis_webhook_" + account.channel.rawValue)
    let people = (0..<Self.rounds).map { _ in account.stranger }
    for person in people {
      try account.receive(account.message("hola", from: person), session: session)
    }
    try account.run(
      """
      insert into messages (tenant_id, conversation_id, channel_connection_id, role, content, channel, status, answers_message_id)
        select tenant_id, id, channel_connection_id, 'assistant', 'respuesta', channel, 'pending', last_question_id
          from (select *, row_number() over (order by id) as n from conversations) c where n % 2 = 0
      """)
    let rows = try account.database.column(
      """
      select concat_ws(' ', c.id, c.last_question_id, m.id) from conversations c
        left join messages m on m.conversation_id = c.id and m.role = 'assistant' order by c.id
      """)
    return try zip(rows, people).map { row, person in
      let ids = (row ?? "").split(separator: " ").map { UUID(uuidString: String($0)) }
      return Round(
        conversation: try #require(ids[0]), question: try #require(ids[1]), person: person,
        message: ids.count > 2 ? ids[2] : nil)
    }
  }

  private func bot(_ account: Account, _ rounds: [Round], _ barriers: [Barrier]) throws -> [String] {
    let session = account.database.connection(user: "tistis_jobs")
    var met = 0
    // Whoever fails lets the other go on.
    defer { for barrier in barriers[met...] { barrier.wait() } }
    return try rounds.indices.map { i in
      let round = rounds[i]
      let usage = JSONText(
        #"{"id": "\#(UUID().text)", "conversation_id": "\#(round.conversation.text)", "ai_model": "m", "prompt_tokens": 1, "cache_write_tokens": 0, "cache_read_tokens": 0, "completion_tokens": 1, "cost_usd": "0", "response_time_ms": 1, "stop_reason": "x", "was_successful": true}"#
      )
      barriers[i].wait()
      met = i + 1
      usleep(1000 * Self.botWaits[i % 5])
      if let message = round.message { return try account.begin(message, session: session).verdict }
      let begun = try session.tenant(account.tenant).beginReply(
        conversationId: round.conversation, parts: ["respuesta"], answers: round.question, jobId: UUID(),
        workerId: UUID(), metadata: "{}", requestId: nil, usage: usage, attempt: UUID(), policy: account.policy,
        turn: nil
      )
      guard let begun else { return "nothing" }
      // Behind what the human is sending: its turn comes after that.
      return begun.verdict == "later" ? try account.begin(begun.messageId, session: session).verdict : begun.verdict
    }
  }

  /// Whether the human's transaction, after its own row was in, saw that nothing of the bot's had left.
  private func person(
    _ account: Account, _ human: Human, _ rounds: [Round], _ barriers: [Barrier]
  ) throws -> [Bool] {
    let session = account.database.connection()
    let policy = JSONText(receivePolicy(delaySeconds: 60))
    var met = 0
    // Whoever fails lets the other go on.
    defer { for barrier in barriers[met...] { barrier.wait() } }
    return try rounds.indices.map { i in
      let round = rounds[i]
      let echo = JSONText(.array([account.echo("Le atiendo yo", to: round.person).row(connection: account.connection)]))
      barriers[i].wait()
      met = i + 1
      usleep(1000 * Self.humanWaits[i / 5 % 5])
      return try session.transaction(tenant: account.tenant) { (scope) throws(StoreError) in
        switch human {
        case .staff:
          _ = try scope.sendStaffMessage(
            conversationId: round.conversation, content: "Le atiendo yo", staffId: nil, requestId: nil)
        case .echo: _ = try scope.receiveEvents(events: echo, policy: policy, requestId: "r")
        }
        return try scope.one(
          "see",
          "select not exists (select from messages where conversation_id = $1 and role = 'assistant' and status = 'sending')",
          [round.conversation.text]
        ) { (row) throws(StoreError) -> Bool in try row.get(0) }
      }
    }
  }
}
