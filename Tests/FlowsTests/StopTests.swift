import Core
import FoundationEssentials
import Peers
import Rules
import Store
import TestSupport
import Testing

@testable import Flows

/// A channel that stands still: nothing leaves, nothing is lost, and a person knows what to do.
@Suite struct StopTests {
  private func scope(_ shop: Shop) -> Scope { shop.database.connection().tenant(shop.tenant.id) }

  /// So many messages of staff to each of so many people, in conversations of their own. Their texts, by number.
  private func queue(_ shop: Shop, people: Int, each: Int) throws -> [String: [String]] {
    var texts = [String: [String]]()
    for _ in 0..<people { texts[try shop.says("hola")] = [] }
    // Nobody but the people of the business answers.
    try shop.run("delete from jobs; update conversations set ai_handling = false")
    for i in 0..<each {
      for phone in texts.keys.sorted() {
        texts[phone]?.append("\(i) para \(phone)")
        try shop.run(
          """
          do $$ declare m messages; begin
            insert into messages (tenant_id, conversation_id, channel_connection_id, role, content, status)
              select tenant_id, id, channel_connection_id, 'staff', '\(i) para \(phone)', 'pending' from conversations
               where contact_address = '\(phone)' returning * into m;
            perform set_config('app.tenant_id', m.tenant_id::text, true);
            perform enqueue_jobs(jsonb_build_array(jsonb_build_object('job_type', 'send_whatsapp',
              'lane', 'send:' || m.conversation_id, 'priority', 1, 'max_attempts', 6, 'payload', jsonb_build_object(
                'message_id', m.id, 'channel_connection_id', m.channel_connection_id))));
          end $$
          """)
      }
    }
    return texts
  }

  @Test func whatIsQueuedWaitsAndLeavesInOrder() async throws {
    try await Shop.test(delay: 60) { shop in
      let texts = try queue(shop, people: 5, each: 10)
      let number = shop.tenant.phoneNumberID
      try await Sandbox.fail("whatsapp", "code:190", match: number)
      try await shop.work(most: 1)
      #expect(try await Sandbox.requests("whatsapp", match: number).count == 1)
      #expect(try shop.value("status || ' ' || stopped_code", of: "channel_connections") == "error 190")
      for _ in 0..<3 {
        try shop.hurry()
        try await shop.work()
      }
      #expect(try await Sandbox.requests("whatsapp", match: number).count == 1, "nothing asks Meta again")
      #expect(try shop.count("messages", "role = 'staff' and status = 'pending'") == 50)
      #expect(try shop.count("jobs", "job_type = 'send_whatsapp' and status = 'pending'") == 50)
      #expect(try shop.count("jobs", "max_attempts - attempts <> 6") == 0, "no attempt is burnt")
      let alert = try shop.value("kind || ' ' || severity || ' ' || times", of: "alerts", "resolved_at is null")
      #expect(alert == "channel_stopped act 1")
      #expect(try shop.value("sentence like '%tistis channels resume%'", of: "alerts") == "true")

      #expect(try scope(shop).resumeChannel(connectionId: shop.tenant.connection) == 5, "one of each conversation")
      #expect(try shop.value("status || coalesce(stopped_code, '')", of: "channel_connections") == "connected")
      #expect(try shop.count("alerts", "resolved_at is null") == 0)
      try await shop.work()
      for (phone, expected) in texts {
        let received = try await shop.texts(phone)
        #expect(received == expected)
      }
      #expect(try await Sandbox.requests("whatsapp", match: number, kind: "text").count == 51)
      #expect(try shop.count("messages", "role = 'staff' and status = 'accepted' and error_code is null") == 50)
    }
  }

  /// Several requests were under way when the first refusal came: one alert, which counts.
  @Test func manyRefusalsAreOneAlert() async throws {
    try await Shop.test(delay: 60) { shop in
      _ = try queue(shop, people: 6, each: 1)
      try await Sandbox.fail("whatsapp", "code:131031", match: shop.tenant.phoneNumberID, times: 6)
      try await shop.work()
      #expect(try shop.count("alerts") == 1)
      #expect(try shop.value("stopped_code", of: "channel_connections") == "131031")
      #expect(try shop.count("messages", "role = 'staff' and status = 'pending'") == 6)
    }
  }

  /// Whose channel it is not resumes nothing; what is no error does not either.
  @Test func onlyOnesOwnAndOnlyAnError() async throws {
    try await Shop.test { shop in
      let other = try Shop(shop.database)
      try shop.run("update channel_connections set status = 'error'")
      let theirs = try scope(other).resumeChannel(connectionId: shop.tenant.connection)
      #expect(theirs == nil)
      #expect(try shop.value("status", of: "channel_connections") == "error")
      for status in ["disconnected", "pending", "suspended"] {
        try shop.run("update channel_connections set status = '\(status)'")
        let none = try scope(shop).resumeChannel(connectionId: shop.tenant.connection)
        #expect(none == nil, "\(status)")
      }
      #expect(try scope(shop).resumeChannel(connectionId: UUID()) == nil)
    }
  }

  /// Somebody has given a new token while the old one was being refused: the channel goes on.
  @Test(arguments: [true, false]) func aTokenThatWasReplacedStopsNothing(_ replaced: Bool) async throws {
    try await Shop.test(delay: 60) { shop in
      _ = try queue(shop, people: 1, each: 1)
      let message = try #require(UUID(uuidString: try shop.value("id", of: "messages", "role = 'staff'") ?? ""))
      let jobs = shop.database.connection(user: "tistis_jobs").tenant(shop.tenant.id)
      let attempt = UUID()
      let ready = try jobs.beginSend(messageId: message, attempt: attempt, policy: gatePolicy(.whatsapp))
      if replaced { try shop.run("update outbound_tokens set id = uuid_v7()") }
      let refused = SendAnswer(
        fault: .unauthorised(code: "190", sentence: "x"), judgement: SendJudgement(code: "190", .stop, advice: "x"))
      let effects = SendVerdict(refused, tries: 1, isLast: false).effects(token: ready.tokenId?.text)
      let end = try jobs.endSend(
        messageId: message, attempt: attempt, state: "pending", externalId: nil, errorCode: "190", errorMessage: "x",
        aliases: "[]", effects: JSONText(effects.text))
      #expect(end.status == "pending")
      #expect(end.waitSeconds == (replaced ? 1 : nil))
      #expect(try shop.value("status", of: "channel_connections") == (replaced ? "connected" : "error"))
      #expect(try shop.count("alerts") == (replaced ? 0 : 1))
    }
  }

  /// An acceptance may tell more than its id: that it is held back, or that our calls are used up.
  @Test func whatAnAcceptanceTellsBesides() async throws {
    try await Shop.test(delay: 60) { shop in
      _ = try queue(shop, people: 1, each: 2)
      let ids = try shop.database.column("select id from messages where role = 'staff' order by id")
      let jobs = shop.database.connection(user: "tistis_jobs").tenant(shop.tenant.id)
      let answers = [
        SendAnswer(acceptance: Acceptance(externalID: "wamid.a", held: "paused", advice: "word it better")),
        SendAnswer(
          acceptance: Acceptance(externalID: "wamid.b"), usage: SendUsage(percent: 12, regainSeconds: 300)),
      ]
      for (id, answer) in zip(ids, answers) {
        let (message, attempt) = (try #require(UUID(uuidString: id ?? "")), UUID())
        try shop.run("update send_pace set due_at = '-infinity'")
        #expect(try jobs.beginSend(messageId: message, attempt: attempt, policy: gatePolicy(.whatsapp)).verdict == "go")
        let verdict = SendVerdict(answer, tries: 1, isLast: false)
        let effects = JSONText(verdict.effects(token: nil).text)
        for _ in 0..<2 {
          let end = try jobs.endSend(
            messageId: message, attempt: attempt, state: verdict.state, externalId: answer.acceptance?.externalID,
            errorCode: nil, errorMessage: nil, aliases: "[]", effects: effects)
          #expect(end.status == "accepted")
        }
      }
      #expect(try shop.value("metadata ->> 'held'", of: "messages", "external_id = 'wamid.a'") == "paused")
      #expect(try shop.database.column("select kind from alerts order by kind") == ["sending_held", "usage"])
      let rest = try shop.value("extract(epoch from blocked_until - now()) > 200", of: "send_pace", "contact = ''")
      #expect(rest == "true")
    }
  }

  /// 131048: all of the number rest for hours, nothing is burnt, and a person may end it.
  @Test func aPauseIsARestOfTheWholeNumber() async throws {
    try await Shop.test(delay: 60) { shop in
      let texts = try queue(shop, people: 3, each: 1)
      try await Sandbox.fail("whatsapp", "code:131048", match: shop.tenant.phoneNumberID)
      try await shop.work(most: 1)
      try await shop.work()
      #expect(try await Sandbox.requests("whatsapp", match: shop.tenant.phoneNumberID).count == 1)
      #expect(try shop.count("messages", "role = 'staff' and status = 'pending'") == 3)
      #expect(
        try shop.count("jobs", "job_type = 'send_whatsapp' and scheduled_for > now() + interval '59 minutes'") == 3)
      #expect(try shop.value("status", of: "channel_connections") == "connected")
      #expect(try shop.value("kind", of: "alerts") == "sending_paused")
      #expect(try scope(shop).resumeChannel(connectionId: shop.tenant.connection) == 3)
      try await shop.work()
      for (phone, expected) in texts {
        let received = try await shop.texts(phone)
        #expect(received == expected)
      }
    }
  }

  /// 131056 three times: this person waits 1, 4, 16 seconds, the others do not wait at all.
  @Test func tooFastForOnePerson() async throws {
    try await Shop.test(delay: 60) { shop in
      let texts = try queue(shop, people: 2, each: 1)
      let phones = texts.keys.sorted()
      try await Sandbox.fail("whatsapp", "code:131056", match: phones[0], times: 3)
      let jobs = try phones.map { phone in
        let own = "lane = 'send:' || (select id from conversations where contact_address = '\(phone)')"
        return try #require(UUID(uuidString: try shop.value("id", of: "jobs", own) ?? ""))
      }
      for seconds in [1, 4, 16] as [Double] {
        try await shop.workOnce(jobs[0])
        let rest = "extract(epoch from scheduled_for - updated_at)"
        let wait = Double(try shop.value(rest, of: "jobs", "id = '\(jobs[0].text)' and status = 'pending'") ?? "") ?? -1
        #expect(wait > seconds - 1 && wait < seconds * 1.1 + 0.5, "\(wait)")
        if seconds == 1 { try await shop.workOnce(jobs[1]) }
        #expect(try await shop.texts(phones[1]).count == 1)
        try shop.hurry()
      }
      try await shop.work()
      #expect(try await shop.texts(phones[0]).count == 1)
      #expect(try shop.count("messages", "role = 'staff' and status = 'accepted'") == 2)
      #expect(try shop.count("send_pace", "strikes > 0") == 0)
    }
  }

  /// 1 and 131000 are tried three times only, and waits in between do not count.
  @Test func someTroubleIsTriedLessOften() async throws {
    try await Shop.test(delay: 60) { shop in
      let phone = try #require(try queue(shop, people: 1, each: 1).keys.first)
      try await Sandbox.fail("whatsapp", "code:131056", match: phone, times: 2)
      try await Sandbox.fail("whatsapp", "code:131000", match: phone, times: 9)
      for _ in 0..<8 {
        try shop.hurry()
        try await shop.work()
      }
      #expect(try await Sandbox.requests("whatsapp", match: phone).count == 5)
      #expect(try shop.value("status || error_code", of: "messages", "role = 'staff'") == "failed131000")
      #expect(try shop.count("jobs", "job_type = 'send_whatsapp' and status = 'dead'") == 1)
    }
  }
}
