import Core
import FoundationEssentials
import Store
import TestSupport
import Testing

@testable import Flows

/// A human writes while the assistant's reply is on its way out: whoever is committed first decides, and after a human
/// no bot message leaves.
@Suite struct FenceTests {
  static let rounds = 1000

  /// One side of a round: asks in a transaction of the tenant's.
  private func ask(_ session: Connection, _ tenant: UUID, _ name: String, _ sql: String, _ values: [String?]) throws
    -> String?
  {
    try session.transaction(tenant: tenant) { (scope) throws(StoreError) in
      try scope.one(name, sql, values) { (row) throws(StoreError) -> String? in try row.get(0) }
    }
  }

  @Test(arguments: ["staff", "echo"])
  func theRace(_ human: String) async throws {
    try await Database.cloned { database in
      let tenant = try Tenant.make(in: database, delay: 60)
      let ready = try prepare(tenant, database)
      let rounds = Self.rounds / 2
      let barriers = (0..<rounds).map { _ in Barrier(2) }
      // Two sessions, each on a thread of its own, meet before every round.
      async let sent = onThread { try bot(database, tenant.id, ready, barriers) }
      async let seen = onThread { try person(database, tenant, human, ready, barriers) }
      let (verdicts, states) = try await (sent, seen)
      var left = 0
      for i in 0..<rounds {
        if states[i] == "pending" {
          #expect(verdicts[i] == "withheld", "round \(i): a human had written, and the reply left")
        } else {
          #expect(verdicts[i] == "go")
          left += 1
        }
      }
      #expect(
        try database.count("select count(*) from messages where status = 'withheld' and error_code = 'human_took_over'")
          == rounds - left)
      // A race that one side always wins proves nothing.
      #expect(left > 0 && left < rounds, "\(left) of \(rounds) left first")
    }
  }

  private struct Round: Sendable {
    let conversation: String
    let message: String
    let address: String
  }

  /// As many conversations with a reply that is about to leave.
  private func prepare(_ tenant: Tenant, _ database: Database) throws -> [Round] {
    try database.run(
      """
      do $$ declare l uuid; c uuid; q uuid; begin
        for i in 1 .. \(Self.rounds / 2) loop
          insert into leads (tenant_id) values ('\(tenant.id.text)') returning id into l;
          insert into lead_aliases (tenant_id, kind, value, lead_id, address)
            values ('\(tenant.id.text)', 'phone', '5263' || (10000000 + i), l, '5263' || (10000000 + i));
          insert into conversations (tenant_id, lead_id, channel, channel_connection_id, contact_kind, contact_address)
            values ('\(tenant.id.text)', l, 'whatsapp', '\(tenant.connection.text)', 'phone', '5263' || (10000000 + i))
            returning id into c;
          insert into contact_windows (tenant_id, channel_connection_id, lead_id, last_inbound_at, opened_by)
            values ('\(tenant.id.text)', '\(tenant.connection.text)', l, now(), 'message');
          insert into messages (tenant_id, conversation_id, channel_connection_id, role, content, status)
            values ('\(tenant.id.text)', c, '\(tenant.connection.text)', 'user', 'hola', 'received') returning id into q;
          update conversations set last_question_id = q where id = c;
          insert into messages (tenant_id, conversation_id, channel_connection_id, role, content, status, answers_message_id)
            values ('\(tenant.id.text)', c, '\(tenant.connection.text)', 'assistant', 'respuesta', 'pending', q);
        end loop;
      end $$
      """)
    return try database.column(
      """
      select c.id || ' ' || m.id || ' ' || c.contact_address from conversations c
        join messages m on m.conversation_id = c.id and m.role = 'assistant' order by m.id
      """
    ).map { line in
      let words = (line ?? "").split(separator: " ").map(String.init)
      return Round(conversation: words[0], message: words[1], address: words[2])
    }
  }

  private func bot(_ database: Database, _ tenant: UUID, _ rounds: [Round], _ barriers: [Barrier]) throws -> [String?] {
    let session = database.connection(user: "tistis_jobs")
    // As fast as it goes: how fast messages leave is another test's business.
    let policy = gatePolicy(.whatsapp).text.replacing(#""number_seconds":0.0125"#, with: #""number_seconds":0"#)
    return try rounds.indices.map { i in
      barriers[i].wait()
      return try ask(
        session, tenant, "begin", "select verdict from begin_send($1, uuid_v7(), $2)", [rounds[i].message, policy])
    }
  }

  /// What the human's transaction saw of the bot's message, after its own row was in.
  private func person(
    _ database: Database, _ tenant: Tenant, _ human: String, _ rounds: [Round], _ barriers: [Barrier]
  ) throws -> [String?] {
    let session = database.connection()
    let policy = receivePolicy(delaySeconds: 60).text
    return try rounds.indices.map { i in
      let echo = JSON.array([
        [
          "connection_id": .string(tenant.connection.text), "kind": "echo", "external_id": .string("wamid.echo.\(i)"),
          "aliases": [["kind": "phone", "value": .string(rounds[i].address), "address": .string(rounds[i].address)]],
          "content": "Le atiendo yo", "content_type": "text", "wants_answer": false, "details": [:], "raw": [:],
        ]
      ]).text
      barriers[i].wait()
      return try session.transaction(tenant: tenant.id) { (scope) throws(StoreError) in
        if human == "staff" {
          try scope.exec("say", "select send_staff_message($1, 'Le atiendo yo', null, null)", [rounds[i].conversation])
        } else {
          try scope.exec("echo", "select * from receive_events($1, $2, null)", [echo, policy])
        }
        return try scope.one("see", "select status from messages where id = $1", [rounds[i].message]) {
          (row) throws(StoreError) -> String? in try row.get(0)
        }
      }
    }
  }
}
