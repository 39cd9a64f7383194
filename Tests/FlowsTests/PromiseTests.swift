import Core
import FoundationEssentials
import Rules
import Store
import TestSupport
import Testing

@testable import Flows

/// What happens between the promise and the opening takes nothing back of it.
@Suite struct PromiseTests {
  private let lastWord = LastWord.text(AssistantSettings(Field([:])))

  /// More than a minute after the question, so that it was not said in one go.
  private func later(_ shop: Shop) throws {
    try shop.run(
      "update jobs set created_at = created_at + interval '2 minutes' where status = 'pending' and unique_key like 'answer:%'"
    )
  }

  // MARK: Deleted meanwhile

  @Test(arguments: ["the last", "the first", "both"]) func whatIsDeletedAtNight(_ which: String) async throws {
    try await Night.test { clinic in
      let shop = clinic.shop
      let phone = newPhone()
      for (id, text) in [("wamid.0", "[[echo:cero]]"), ("wamid.1", "[[echo:uno]]")] {
        try shop.post(message(text, from: phone, id: id))
        try await shop.work()
      }
      // Hours later.
      try Night.clock(shop, 15)
      for id in which == "the last" ? ["wamid.1"] : which == "the first" ? ["wamid.0"] : ["wamid.1", "wamid.0"] {
        try shop.post(revoke(id, from: phone, at: Night.onTheWall(15)))
        try await shop.work()
      }
      #expect(try await shop.texts(phone) == [Night.closed])
      try Night.clock(shop, 20.1)
      try await shop.work()
      let answer = ["the last": ["cero"], "the first": ["uno"]][which] ?? []
      #expect(try await shop.texts(phone) == [Night.closed] + answer)
      // Who took everything back waits for nobody.
      #expect(try shop.count("alerts") == 0)
      #expect(try shop.value("status", of: "conversations") == "active")
    }
  }

  /// As the last resort: nobody found the other question again.
  @Test func theGateFindsItDeleted() async throws {
    try await Night.test { clinic in
      let shop = clinic.shop
      let phone = try shop.says("[[echo:cero]]")
      try await shop.work()
      try shop.post(message("[[echo:uno]]", from: phone))
      try await shop.work()
      try shop.run("update messages set deleted_at = now() where content = '[[echo:uno]]'")
      try Night.clock(shop, 20.1)
      try await shop.work()
      #expect(try shop.value("concat_ws(' ', status, escalated_by)", of: "conversations") == "escalated closed")
      #expect(try shop.value("times", of: "alerts", "kind = 'conversation_escalated'") == "1")
    }
  }

  // MARK: It opens earlier

  private func closes(_ clinic: Clinic) throws -> UUID {
    let id = UUID()
    try clinic.shop.run(
      """
      insert into times_off (tenant_id, id, starts_at, ends_at)
        values ('\(clinic.shop.tenant.id.text)', '\(id.text)', now() - interval '1 hour', now() + interval '3 days')
      """)
    return id
  }

  private func promised(_ shop: Shop) throws -> String? {
    try shop.value(
      "(select string_agg(round(extract(epoch from j.scheduled_for - c.promised_for)) || ' ' || (j.scheduled_for < now() + interval '12 hours') || ' ' || (j.scheduled_for < now() + interval '10 seconds'), ',') from jobs j where \(Night.waits))",
      of: "conversations c")
  }

  @Test(arguments: [
    "the closing ends", "other hours", "the business's hours", "another branch's hours", "the owner's repair",
  ])
  func itOpensEarlierThanWasSaid(_ why: String) async throws {
    try await Night.test { clinic in
      let shop = clinic.shop
      let closing = try closes(clinic)
      if why == "the business's hours" {
        let hours = Night.week(#"{"open": "20:00", "close": "23:00"}"#)
        try shop.run(
          "delete from times_off; update branches set operating_hours = '{}'; update ai_tenant_context set business_hours = '\(hours)'"
        )
      } else if why != "the closing ends" && why != "the owner's repair" {
        try shop.run("delete from times_off")
      }
      let phone = try shop.says("[[echo:uno]]")
      try await shop.work()
      #expect(try await shop.texts(phone) == [Night.closed])
      let api = shop.database.connection(user: "tistis_api").tenant(shop.tenant.id)
      let always = Night.week(#"{"open": "00:00", "close": "24:00"}"#)
      switch why {
      case "the closing ends":
        #expect(try promised(shop) == "1 false false")
        #expect(try api.removeTimeOff(id: closing, onlyBranch: nil) == 1)
        #expect(try promised(shop) == "1 true false")
        try Night.clock(shop, 20.1)
      case "other hours":
        _ = try api.changeBranch(id: clinic.branch, change: JSONText(#"{"operating_hours": \#(always)}"#))
        #expect(try promised(shop) == "1 true true")
        try shop.hurry()
      case "the business's hours":
        try api.changeAssistantConfig(values: JSONText(#"{"business_hours": \#(always)}"#))
        #expect(try promised(shop) == "1 true true")
        try shop.hurry()
      case "another branch's hours":
        let other = UUID()
        try shop.run(
          "insert into branches (tenant_id, id, name, slug, city, operating_hours) values ('\(shop.tenant.id.text)', '\(other.text)', 'B', 'b', 'x', '\(Night.week("[]"))')"
        )
        _ = try api.changeBranch(id: other, change: JSONText(#"{"operating_hours": \#(always)}"#))
        #expect(try promised(shop) == "1 true false")
        return
      default:
        // Nobody told us: the next question does.
        try shop.run("delete from times_off")
        #expect(try promised(shop) == "1 false false")
        try shop.post(message("[[echo:dos]]", from: phone))
        try await shop.work()
        #expect(try promised(shop) == "1 true false")
        try Night.clock(shop, 20.1)
      }
      try await shop.work()
      let answer = why == "the owner's repair" ? "dos" : "uno"
      #expect(try await shop.texts(phone) == [Night.closed, answer])
      #expect(try shop.count("alerts") == 0)
    }
  }

  // MARK: Closed again

  /// Who was answered in the morning is told again in the evening.
  @Test func eachTimeItCloses() async throws {
    try await Night.test { clinic in
      let shop = clinic.shop
      let hours = Night.week(#"[{"open": "14:00", "close": "16:00"}, {"open": "22:00", "close": "23:00"}]"#)
      try shop.run("update branches set operating_hours = '\(hours)'")
      let phone = try shop.says("[[echo:uno]]")
      try await shop.work()
      try Night.clock(shop, 14.1)
      try await shop.work()
      try Night.clock(shop, 18)
      func asks(_ text: String, at hour: Double) async throws {
        try shop.post([
          "from": .string(phone), "id": .string(unique("wamid.")), "type": "text", "text": ["body": .string(text)],
          "timestamp": .string(String(Night.onTheWall(hour).seconds)),
        ])
        try await shop.work()
      }
      try await asks("[[echo:dos]]", at: 18)
      #expect(try await shop.texts(phone) == [Night.closed, "uno", Night.closed])
      try Night.clock(shop, 22.1)
      try await shop.work()
      #expect(try await shop.texts(phone) == [Night.closed, "uno", Night.closed, "dos"])
    }
  }

  // MARK: People

  @Test(arguments: [false, true]) func whomN8NHandsOverIsToldAtOnce(_ pressed: Bool) async throws {
    try await Night.test { clinic in
      let shop = clinic.shop
      try shop.useN8N()
      let phone = try shop.says("[[echo:uno]]")
      let id = try clinic.appointment(of: phone, inHours: 40)
      try await shop.work()
      if pressed {
        try clinic.presses("confirmar_cita:\(id.text)", from: phone)
        try later(shop)
        try await shop.work()
      }
      let heard = try await shop.texts(phone).count
      let call: JSON = [
        "action": "escalate_conversation", "conversation_id": .string(try shop.conversation()),
        "reason": "pide persona",
      ]
      for _ in 0..<2 { #expect(try shop.tell(call).status == 200) }
      try await shop.work()
      #expect(try await shop.texts(phone).dropFirst(heard) == [lastWord])
      try Night.clock(shop, 20.1)
      try await shop.work()
      #expect(try await shop.texts(phone).count == heard + 1)
    }
  }

  /// Each worker that was to keep the promise died, and nobody may be written to any more.
  @Test func whereEveryWorkerDiesPeopleAreCalled() async throws {
    try await Night.test { clinic in
      let shop = clinic.shop
      let phone = try shop.says("[[echo:uno]]")
      try await shop.work()
      try Night.clock(shop, 20.1)
      try shop.run("update contact_windows set last_inbound_at = last_inbound_at - interval '30 hours'")
      for _ in 1...5 {
        try shop.run(
          """
          with w as (insert into workers (name, last_seen) values ('x', now() - interval '1 minute') returning id)
            update jobs set status = 'processing', worker_id = (select id from w), attempts = attempts + 1, started_at = now()
             where job_type = 'ai_response' and status = 'pending'
          """)
        #expect(try shop.database.connection(user: "tistis_jobs").everyone.recoverJobs(leaseSeconds: 20) == 1)
      }
      try await shop.work()
      #expect(try await shop.texts(phone) == [Night.closed])
      #expect(try shop.job("result ->> 'withheld'", kind: "hand_over") == "window_closed")
      #expect(try shop.value("concat_ws(' ', status, escalated_by)", of: "conversations") == "escalated closed")
    }
  }

  // MARK: What was done before it closed

  @Test func whatWasDoneIsToldBeforeItIsSaidToBeClosed() async throws {
    try await Night.test { clinic in
      let shop = clinic.shop
      let always = Night.week(#"{"open": "00:00", "close": "24:00"}"#)
      try shop.run("update branches set operating_hours = '\(always)'")
      let phone = try shop.says("Cancele mi cita")
      _ = try clinic.appointment(of: phone, inHours: 48)
      // The reply comes too late: the person has written on, and it has closed.
      @Sendable func closes() {
        try? Night.opens(clinic, "20:00")
        try? shop.post(message("¿Sigue ahí?", from: phone))
      }
      let claude = Claude(
        .tools([Claude.Use("cancel_appointment")]), .after({ closes() }, .text("Listo")), .text("Claro"))
      defer { claude.stop() }
      try await shop.work(claude, AssistantTool.all)
      let texts = try await shop.texts(phone)
      #expect(texts.count == 1 && texts.first?.hasPrefix("Su cita quedó cancelada: ") == true, "\(texts)")
      #expect(texts.first?.hasSuffix(Night.closed) == true)
      // Once, whoever writes or answers next.
      try shop.post(message("¿hola?", from: phone))
      try await shop.work(claude, AssistantTool.all)
      #expect(try await shop.texts(phone).count == 1)
      try Night.clock(shop, 20.1)
      try await shop.work(claude, AssistantTool.all)
      #expect(try await shop.texts(phone).dropFirst() == ["Claro"])
      let asked = claude.asked.last?.value?.text ?? ""
      #expect(asked.contains("cancel_appointment") && !asked.contains("aún no lo sabe"), "\(asked)")
    }
  }

  /// Whoever has thousands of appointments: what was done for one person is looked up, whatever a step says.
  @Test func whatWasDoneIsLookedUp() async throws {
    try await Clinic.test { clinic in
      let shop = clinic.shop
      let phone = try shop.says("hola")
      let id = try clinic.appointment(of: phone, inHours: 48)
      try shop.run(
        """
        alter table appointments disable trigger user;
        insert into appointments (tenant_id, branch_id, lead_id, service_id, scheduled_at, end_time, status)
          select a.tenant_id, a.branch_id, a.lead_id, a.service_id, a.scheduled_at + interval '1 minute' * i,
              a.end_time + interval '1 minute' * i, 'completed'
            from appointments a, generate_series(1, 3000) i;
        alter table appointments enable trigger user;
        analyze appointments;
        insert into ai_steps (tenant_id, conversation_id, job_id, question_id, ordinal, kind, name, tool_use_id, input, output)
          select m.tenant_id, m.conversation_id, gen_random_uuid(), m.id, i, 'tool', 'cancel_appointment', 't' || i, '{}',
              json_build_object('appointment_id', case when i = 1 then '\(id.text)' else 'x' || i end)
            from messages m, generate_series(1, 3) i
        """)
      let conversation = try #require(UUID(uuidString: shop.value("id", of: "conversations") ?? ""))
      let session = shop.database.connection(user: "tistis_jobs")
      let (rows, touched) = try session.transaction(tenant: shop.tenant.id) { (scope) throws(StoreError) in
        let rows = try scope.doneUntold(conversationId: conversation).count
        let touched: [Int64] = try scope.many(
          "touched",
          """
          select pg_stat_get_xact_tuples_returned(c.oid) + pg_stat_get_xact_tuples_fetched(c.oid)
            from pg_class c where c.oid = 'public.appointments'::regclass
          """, []
        ) { row throws(StoreError) in try row.get(0) }
        return (rows, Int(touched.first ?? -1))
      }
      // What stands was not cancelled by the assistant; what it did with none there is cannot be known.
      #expect(rows == 2)
      #expect(touched < 50, "\(touched)")
    }
  }
}

private func revoke(_ original: String, from phone: String, at: Instant) -> JSON {
  [
    "from": .string(phone), "id": .string(unique("wamid.")), "timestamp": .string(String(at.seconds)), "type": "revoke",
    "revoke": ["original_message_id": .string(original)],
  ]
}
