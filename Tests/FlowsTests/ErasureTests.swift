import Core
import FoundationEssentials
import Peers
import Store
import Synchronization
import TestSupport
import Testing

@testable import Flows

/// A person is erased: nothing of them is left, everybody else is untouched, and they do not come back by themselves.
@Suite struct ErasureTests {
  /// Somebody who did everything that leaves a trace, each with their own word in it.
  private struct Person {
    let phone = newPhone()
    let user = "MX." + uniqueDigits("9")
    let word = unique("persona")
    var id: String { "wamid.\(phone)." + word }

    /// Texts and files under both names, a change, a reaction, reports.
    func bodies(_ tenant: Tenant, media: String) -> [[UInt8]] {
      func item(_ type: String, _ body: JSON, _ n: Int) -> JSON {
        .object([
          "from": .string(phone), "from_user_id": .string(user), "id": .string("\(id).\(n)"),
          "timestamp": .string(String(Instant.now.seconds)), "type": .string(type), type: body,
        ])
      }
      return [
        tenant.payload([message("soy \(word)", from: phone, id: id)]),
        tenant.payload([message("la misma \(word)", user: user, id: id + ".u")]),
        tenant.payload(
          [
            item("text", ["body": .string("[[echo:\(word)]]")], 1),
            item("image", ["id": .string(media), "mime_type": "image/jpeg", "caption": .string(word)], 2),
            item(
              "edit",
              [
                "original_message_id": .string(id),
                "message": ["type": "text", "text": ["body": .string("editado \(word)")]],
              ], 3),
            item("reaction", ["message_id": .string(id), "emoji": "👍"], 4),
            item("wonder", ["x": .string(word)], 5),
          ], statuses: [status("failed", of: "wamid.otra.\(phone)", to: phone)]),
        tenant.change(
          "contacts", ["contacts": [["profile": ["name": .string(word)], "wa_id": .string(phone)]]]),
      ]
    }
  }

  private func test(_ body: (Shop, [String: String]) async throws -> Void) async throws {
    let folder = "/tmp/" + unique("tistis-media-")
    try await Shop.test { shop in try await body(shop, ["MEDIA_DIR": folder]) }
    try? FileManager.default.removeItem(atPath: folder)
  }

  private func files(_ settings: [String: String]) -> [String] {
    shell("find '\(settings["MEDIA_DIR"] ?? "/nowhere")' -type f -printf '%P\\n' 2>/dev/null | sort").lines
  }

  /// Everything that a person can leave behind, jobs done, with what our own side wrote about them.
  private func live(_ person: Person, _ shop: Shop, _ settings: [String: String], file: String) async throws {
    let media = uniqueDigits("4")
    _ = try await Sandbox.tell("PUT", "media/\(media)", ["text": .string(Sandbox.picture + file)])
    for body in person.bodies(shop.tenant, media: media) { try shop.post(body) }
    try await shop.work(settings)
    try shop.post(shop.tenant.echo("del negocio a \(person.word)", to: person.phone))
    try shop.run(
      """
      insert into webhook_dead_letters (tenant_id, channel, payload, error_message)
        values ('\(shop.tenant.id.text)', 'whatsapp', '{"from": "\(person.phone)", "text": "\(person.word)"}', 'x');
      insert into alerts (tenant_id, kind, dedup_key, severity, sentence, details)
        values ('\(shop.tenant.id.text)', 'x', '\(unique("k"))', 'act', 'ask +\(person.phone) what it was',
          '{"to": "\(person.phone)"}');
      insert into ai_usage_logs (tenant_id, conversation_id, ai_provider, ai_model, prompt_tokens)
        select tenant_id, id, 'local', 'x', 5 from conversations where tenant_id = '\(shop.tenant.id.text)'
          and lead_id = (select lead_id from lead_aliases where tenant_id = '\(shop.tenant.id.text)' and value = '\(person.phone)');
      """)
    try shop.run(guide(person, shop))
  }

  /// What the integration guide's clients wrote about them: by the lead, by the patient, and by the address alone.
  private func guide(_ person: Person, _ shop: Shop) throws -> String {
    let (id, phone, word) = (shop.tenant.id.text, person.phone, person.word)
    let lead = try #require(try shop.lead(phone)).text
    return """
      insert into branches (tenant_id, name, slug, city, places) select '\(id)', 'Centro', 'centro', 'Puebla', 9
        where not exists (select from branches where tenant_id = '\(id)');
      with p as (insert into patients (tenant_id, lead_id, first_name, last_name, phone)
          values ('\(id)', '\(lead)', '\(word)', 'x', '+\(phone)') returning *)
        insert into appointments (tenant_id, branch_id, patient_id, scheduled_at, notes)
          select p.tenant_id, b.id, p.id, now(), '\(word)' from p join branches b using (tenant_id);
      insert into patients (tenant_id, first_name, last_name, whatsapp_number) values ('\(id)', '\(word)', 'y', '+\(phone)');
      insert into appointments (tenant_id, branch_id, lead_id, scheduled_at, notes)
        select tenant_id, id, '\(lead)', now(), '\(word)' from branches where tenant_id = '\(id)';
      insert into lead_score_history (tenant_id, lead_id, previous_score, new_score, score_change, change_source, reason)
        values ('\(id)', '\(lead)', 50, 60, 10, 'manual', '\(word)');
      insert into ai_dead_letter_queue (tenant_id, contact_id, original_message, error_message, processing_stage)
        values ('\(id)', '\(lead)', '\(word)', 'x', 'x'), ('\(id)', null, '\(word) +\(phone)', 'x', 'x');
      insert into ai_dead_letter_queue (tenant_id, conversation_id, original_message, error_message, processing_stage)
        select tenant_id, id, '\(word)', 'x', 'x' from conversations where lead_id = '\(lead)' limit 1;
      insert into rate_limits (tenant_id, identifier, window_start) values ('\(id)', 'say:+\(phone)', now());
      insert into webhook_events (tenant_id, event_id, event_type, error_message) values
        ('\(id)', '\(unique("e"))', 'x', 'no such number: \(phone)'), ('\(id)', 'e.\(phone)', 'x', null);
      """
  }

  private func traces(_ person: Person, _ shop: Shop) throws -> [String] {
    try [person.phone, person.user, person.word].flatMap { try shop.traces(of: $0) }
  }

  @Test func nothingIsLeftAndNobodyElseIsTouched() async throws {
    try await test { shop, settings in
      let other = try Shop(shop.database)
      let (person, neighbour) = (Person(), Person())
      try await live(person, shop, settings, file: "one")
      try await live(neighbour, shop, settings, file: "two")
      // The same person at another business.
      try other.post(message("soy \(person.word)", from: person.phone))
      let lead = try #require(try shop.lead(person.phone))
      #expect(try traces(person, shop).count > 20)
      #expect(files(settings).count == 2)
      let usage = try shop.value("count(*) || ' ' || sum(prompt_tokens)", of: "ai_usage_logs")
      let (theirs, ours) = (try other.rows(), try shop.rows(mentioning: [neighbour.phone, neighbour.word]))

      let tried = try #require(try shop.erase(lead, reallyDo: false))
      #expect(tried["messages"].integer ?? 0 >= 4)
      let counted = [
        "patients": 2, "appointments": 2, "ai_dead_letter_queue": 3, "rate_limits": 1, "webhook_events": 2,
      ]
      for (table, n) in counted { #expect(tried[table].integer == Int64(n), "\(table)") }
      #expect(try traces(person, shop).count > 20)

      let erased = try #require(try shop.erase(lead))
      #expect(erased.value == tried.value)
      let left = try traces(person, shop)
      #expect(left.isEmpty)
      #expect(try other.rows() == theirs)
      #expect(try shop.rows(mentioning: [neighbour.phone, neighbour.word]) == ours)
      #expect(try shop.value("count(*) || ' ' || sum(prompt_tokens)", of: "ai_usage_logs") == usage)
      // The integrator's own events stay known as handled.
      #expect(try shop.count("webhook_events") == 3)
      #expect(try shop.count("erasures", "erased_by = 'test' and '\(lead.text)' = any (lead_ids)") == 1)

      try await shop.work(settings)
      #expect(files(settings).count == 1)
      // Twice: there is nobody any more, and it is known why.
      #expect(try shop.erase(lead) == nil)
      let session = shop.database.connection(user: "tistis_owner")
      #expect(try session.tenant(shop.tenant.id).erasureOf(leadId: lead)?.waiting == 0)
    }
  }

  /// What platforms deliver again for days stays away; whoever writes anew is somebody new, who is still left alone.
  @Test func theyDoNotComeBackByThemselves() async throws {
    try await test { shop, settings in
      let person = Person()
      let bodies = person.bodies(shop.tenant, media: uniqueDigits("4"))
      for body in bodies { try shop.post(body) }
      try await shop.work(settings)
      try shop.post(message("STOP", from: person.phone, id: person.id + ".stop"))
      let opaque = try #require(try shop.value("max(id::text)", of: "messages", "role = 'assistant'"))
      try shop.erase(try shop.lead(person.user))
      let before = try shop.rows()
      for body in bodies { try shop.post(body) }
      try shop.post(statuses: [
        status("read", of: person.id, to: person.phone), status("sent", of: "wamid.new", opaque: opaque),
      ])
      #expect(try shop.count("leads") == 0)
      #expect(try shop.rows() == before)
      try shop.post(message("buenas", from: person.phone))
      #expect(try shop.count("leads") == 1)
      #expect(try shop.value("content", of: "messages") == "buenas")
      #expect(try shop.value("scope || ' ' || state", of: "contact_consents") == "marketing stopped")
      // Until they say otherwise, and are erased again.
      try shop.post(message("ALTA", from: person.phone))
      try shop.erase(try shop.lead(person.phone))
      try shop.post(message("buenas", from: person.phone))
      #expect(try shop.count("contact_consents") == 0)
    }
  }

  @Test func unknownPeopleAndThoseOfOthers() async throws {
    try await test { shop, _ in
      let other = try Shop(shop.database)
      let phone = try other.says("hola")
      let before = try other.rows()
      #expect(try shop.erase(UUID()) == nil)
      #expect(try shop.erase(try other.lead(phone)) == nil)
      #expect(try other.rows() == before)
      #expect(try shop.count("erasures") == 0)
    }
  }

  @Test func whileTheyWrite() async throws {
    try await test { shop, _ in
      let person = Person()
      try shop.post(message("hola \(person.word)", from: person.phone))
      let over = Atomic(false)
      let erased = try await onThreads(5) { thread -> Int in
        let app = try shop.app()
        var (times, n) = (0, 0)
        if thread == 0 {
          defer { over.store(true, ordering: .relaxed) }
          // Until it has met somebody who came back, however late they are.
          while n < 30 || times < 2, n < 3000 {
            n += 1
            if let lead = try shop.lead(person.phone), try shop.erase(lead) != nil { times += 1 }
          }
        } else {
          while n < 30 || !over.load(ordering: .relaxed), n < 3000 {
            try shop.post(
              message("otra \(person.word)", from: person.phone, id: "\(person.id).\(thread).\(n)"),
              statuses: [status("sent", of: "\(person.id).\(thread).\(n - 1)", to: person.phone)], app: app)
            n += 1
          }
        }
        return times
      }
      #expect(erased[0] > 1)
      #expect(try shop.count("leads") <= 1)
      try shop.erase(try shop.lead(person.phone))
      let left = try traces(person, shop)
      #expect(left.isEmpty)
    }
  }

  /// Claude thinks about their question, their photograph is on its way.
  @Test func whileTheirJobsAreDone() async throws {
    try await test { shop, settings in
      let person = Person()
      let media = uniqueDigits("4")
      _ = try await Sandbox.tell("PUT", "media/\(media)", ["text": .string(Sandbox.picture + person.word)])
      try await Sandbox.hold("anthropic", match: person.word)
      try await Sandbox.hold("whatsapp", match: media)
      for body in person.bodies(shop.tenant, media: media) { try shop.post(body) }
      async let work = shop.work(settings)
      #expect(try await eventually { try await shop.asked(person.word) > 0 })
      try shop.erase(try shop.lead(person.phone))
      for held in [person.word, media] { try await Sandbox.letGo(held) }
      _ = try await work
      try shop.hurry()
      try await shop.work(settings)
      let left = try traces(person, shop)
      #expect(left.isEmpty)
      #expect(files(settings).isEmpty)
      #expect(try await shop.texts(person.phone).isEmpty)
      #expect(try shop.count("jobs", "status not in ('completed', 'cancelled')") == 0)
      #expect(try shop.count("ai_usage_logs", "conversation_id is null") == 1)
    }
  }

  @Test func aFileThatAnotherHasTooStays() async throws {
    try await test { shop, settings in
      let (person, neighbour) = (Person(), Person())
      try await live(person, shop, settings, file: "the same")
      try await live(neighbour, shop, settings, file: "the same")
      #expect(files(settings).count == 1)
      try shop.erase(try shop.lead(person.phone))
      try await shop.work(settings)
      #expect(files(settings).count == 1)
      try shop.erase(try shop.lead(neighbour.phone))
      try await shop.work(settings)
      #expect(files(settings).isEmpty)
    }
  }
}
