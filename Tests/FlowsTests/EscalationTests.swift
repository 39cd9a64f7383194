import Core
import FoundationEssentials
import Peers
import Rules
import Store
import TestSupport
import Testing

@testable import Flows

/// When people take over: the customer is told once, the assistant is silent until they give the conversation back.
@Suite struct EscalationTests {
  private let lastWord = LastWord.text(AssistantSettings(Field([:])))

  private func configure(_ shop: Shop, _ columns: String, _ values: String) throws {
    try shop.run("insert into ai_tenant_context (tenant_id, \(columns)) values ('\(shop.tenant.id.text)', \(values))")
  }

  private func handBack(_ shop: Shop) throws {
    let id = try #require(UUID(uuidString: shop.value("id", of: "conversations") ?? ""))
    let back = try shop.database.connection(user: "tistis_api").tenant(shop.tenant.id).handBackConversation(
      conversationId: id)
    #expect(back)
  }

  @Test func aWordOfTheBusinesssIsEnough() async throws {
    try await Shop.test { shop in
      try configure(shop, "escalation_keywords, auto_escalate_after_messages", "'{urgente,\"Quiero un Reembolso\"}', 0")
      let tag = unique("k")
      let phone = try shop.says("¡Quiero ÚN reembolso! \(tag)")
      try await shop.work()
      #expect(try await shop.texts(phone) == [lastWord])
      #expect(try await shop.asked(tag) == 0)
      #expect(
        try shop.value("concat_ws(' ', status, ai_handling, escalated_by, last_word_owed)", of: "conversations")
          == "escalated f keyword f")
      #expect(try shop.value("escalated_to_human", of: "leads") == "true")
      #expect(
        try shop.value("kind || ' ' || severity", of: "alerts", "resolved_at is null") == "conversation_escalated act")
      // Whoever writes on waits for people, and is not told again.
      try shop.post(message("¿hola?", from: phone))
      try await shop.work()
      #expect(try await shop.texts(phone) == [lastWord])
      // Given back, the assistant answers, and the old word does not count again.
      try handBack(shop)
      #expect(try shop.count("alerts", "resolved_at is null") == 0)
      #expect(try shop.value("escalated_to_human", of: "leads") == "false")
      try shop.post(message("¿Cuánto cuesta la limpieza? \(tag)", from: phone))
      try await shop.work()
      #expect(try await shop.texts(phone).count == 2)
      #expect(try await shop.asked(tag) == 1)
    }
  }

  @Test func manyMessagesAreEnough() async throws {
    try await Shop.test { shop in
      try configure(shop, "auto_escalate_after_messages", "2")
      let phone = try shop.says("[[echo:uno]]")
      try await shop.work()
      for text in ["dos", "tres"] {
        try shop.post(message("[[echo:\(text)]]", from: phone))
        try await shop.work()
      }
      #expect(try await shop.texts(phone) == ["uno", "dos", lastWord])
      #expect(try shop.value("escalated_by", of: "conversations") == "messages")
      try handBack(shop)
      try shop.post(message("[[echo:cuatro]]", from: phone))
      try await shop.work()
      #expect(try await shop.texts(phone) == ["uno", "dos", lastWord, "cuatro"], "it is counted anew")
    }
  }

  @Test func hotLeadsOnlyWhereTheBusinessWantsIt() async throws {
    try await Database.cloned { database in
      for (wanted, expected) in [(true, lastWord), (false, "sí")] {
        let shop = try Shop(database)
        try configure(shop, "escalate_on_hot_lead", "\(wanted)")
        let phone = try shop.says("[[echo:sí]]")
        try shop.run("update leads set score = 90, classification = 'hot' where tenant_id = '\(shop.tenant.id.text)'")
        try await shop.work()
        #expect(try await shop.texts(phone) == [expected])
        #expect(try shop.value("escalated_by", of: "conversations") == (wanted ? "hot_lead" : nil))
      }
    }
  }

  /// A hot lead that people gave back is known to them; one that becomes hot once more is not.
  @Test func aHotLeadThatWasGivenBackStaysWithTheAssistant() async throws {
    try await Shop.test { shop in
      try configure(shop, "escalate_on_hot_lead, enable_scoring", "true, false")
      let jobs = shop.database.connection(user: "tistis_jobs").tenant(shop.tenant.id)
      func score(_ points: Int) throws {
        try jobs.exec(unique("score"), "select update_lead_score(id, \(points), null, 'manual') from leads", [])
      }
      let phone = try shop.says("[[echo:uno]]")
      try score(60)
      try await shop.work()
      #expect(try await shop.texts(phone) == [lastWord])
      try handBack(shop)
      // Another signal.
      try score(1)
      try shop.post(message("[[echo:dos]]", from: phone))
      try await shop.work()
      #expect(try await shop.texts(phone) == [lastWord, "dos"])
      try score(-50)
      try score(50)
      try shop.post(message("[[echo:tres]]", from: phone))
      try await shop.work()
      #expect(try await shop.texts(phone) == [lastWord, "dos", lastWord])
    }
  }

  /// A person is with people until the last of their conversations is given back.
  @Test func ofTwoConversations() async throws {
    try await Shop.test { shop in
      let phone = try shop.says("hola")
      try shop.run(
        """
        with n as (insert into channel_connections (tenant_id, channel, status, whatsapp_phone_number_id, account_number)
          values ('\(shop.tenant.id.text)', 'whatsapp', 'connected', '\(unique("n"))', 2) returning id)
        insert into conversations (tenant_id, lead_id, channel, channel_connection_id, contact_kind, contact_address)
          select c.tenant_id, c.lead_id, c.channel, n.id, c.contact_kind, 'otra' from conversations c, n
        """)
      let jobs = shop.database.connection(user: "tistis_jobs").tenant(shop.tenant.id)
      let first = try #require(
        UUID(uuidString: shop.value("id", of: "conversations", "contact_address = '\(phone)'") ?? ""))
      #expect(try jobs.escalateConversation(conversationId: first, reason: "x"))
      try shop.run("update conversations set status = 'escalated' where contact_address = 'otra'")
      let api = shop.database.connection(user: "tistis_api").tenant(shop.tenant.id)
      #expect(try api.handBackConversation(conversationId: first))
      #expect(try shop.value("escalated_to_human", of: "leads") == "true")
      try shop.run("update conversations set status = 'resolved' where contact_address = 'otra'")
      #expect(try shop.value("escalated_to_human", of: "leads") == "false")
    }
  }

  @Test func whoIsClosedSaysSoOnceIfTheyWish() async throws {
    try await Database.cloned { database in
      for enabled in [true, false] {
        let shop = try Shop(database)
        try configure(
          shop, "out_of_hours_enabled, out_of_hours_message, business_hours",
          "\(enabled), 'Abrimos a las nueve.', '{\"monday\": []}'")
        let phone = try shop.says("[[echo:hola]]")
        try await shop.work()
        try shop.post(message("[[echo:¿hay alguien?]]", from: phone))
        try await shop.work()
        #expect(try await shop.texts(phone) == (enabled ? ["Abrimos a las nueve."] : ["hola", "¿hay alguien?"]))
        // It never opens: nobody would keep what the text promises, so people have to.
        let state = try shop.value("concat_ws(' ', status, escalated_by)", of: "conversations")
        #expect(state == (enabled ? "escalated closed" : "active"))
      }
    }
  }

  /// A holiday counts, somebody's time off and another branch's closing do not.
  @Test(arguments: [
    ("null", "null", true), ("(select id from branches where slug = 'a')", "null", true),
    ("(select id from branches where slug = 'b')", "null", false),
    ("null", "(select id from staff where email = 'e@x.mx')", false),
  ])
  func closedForTheHoliday(_ branch: String, _ staff: String, _ closed: Bool) async throws {
    try await Shop.test { shop in
      let id = shop.tenant.id.text
      try configure(shop, "out_of_hours_enabled, out_of_hours_message", "true, 'Felices fiestas.'")
      let always = #"{"start": "00:00", "end": "24:00", "days": [1, 2, 3, 4, 5, 6, 7]}"#
      try shop.run(
        """
        insert into branches (tenant_id, name, slug, city, operating_hours) values ('\(id)', 'A', 'a', 'x', '\(always)'),
          ('\(id)', 'B', 'b', 'x', '\(always)');
        update channel_connections set branch_id = (select id from branches where slug = 'a')
          where tenant_id = '\(id)';
        insert into staff (tenant_id, first_name, last_name, email, role)
          values ('\(id)', 'Eva', 'Paz', 'e@x.mx', 'dentist');
        insert into times_off (tenant_id, branch_id, staff_id, starts_at, ends_at)
          values ('\(id)', \(branch), \(staff), now() - interval '1 hour', now() + interval '1 day')
        """)
      let phone = try shop.says("[[echo:hola]]")
      try await shop.work()
      #expect(try await shop.texts(phone) == [closed ? "Felices fiestas." : "hola"])
    }
  }

  // MARK: By the tool

  private func use(_ shop: Shop, _ input: JSON) throws -> ToolUse {
    let conversation = try #require(UUID(uuidString: shop.value("id", of: "conversations") ?? ""))
    return ToolUse(
      id: "toolu_1", name: "escalate_to_human", input: Field(input), tenant: shop.tenant.id, conversation: conversation,
      lead: UUID(), branch: nil, question: UUID(), channel: .whatsapp, profile: TenantProfile(Field([:])),
      requestID: nil)
  }

  private func escalate(_ shop: Shop, _ input: JSON) throws -> ToolAnswer {
    let tool = try #require(AssistantTool.handingOver.first)
    let use = try use(shop, input)
    return try tool.run(use, shop.database.connection(user: "tistis_jobs").tenant(shop.tenant.id))
  }

  /// What Claude says after the tool is the last word, and leaves although people have the conversation.
  @Test func theTextAfterTheToolLeaves() async throws {
    try await Shop.test { shop in
      let phone = try shop.says("[[echo:ahora le atienden]]")
      let tag = unique("t")
      try shop.post(message("[[echo:ahora le atienden]] \(tag)", from: phone))
      try await Sandbox.hold("anthropic", match: tag)
      async let work = shop.work()
      #expect(try await eventually { try await shop.asked(tag) == 1 })
      let answer = try escalate(shop, ["reason": "quiere hablar", "urgency": 4])
      #expect(answer == ToolAnswer(["handed_over": true, "say": .string(lastWord)], handsOver: true))
      try await Sandbox.letGo(tag)
      _ = try await work
      #expect(try await shop.texts(phone) == ["ahora le atienden"])
      #expect(
        try shop.value("concat_ws(' ', escalated_by, escalation_urgency, escalation_reason)", of: "conversations")
          == "tool 4 quiere hablar")
      #expect(try shop.reply("metadata ->> 'last_word'") == "true")
      // A second use changes nothing and says the same.
      #expect(try escalate(shop, ["reason": "otra vez"]) == answer)
      try shop.post(message("¿hola?", from: phone))
      try await shop.work()
      #expect(try await shop.texts(phone).count == 1)
    }
  }

  /// Its worker died between the tool and what was to be said: the next run says it, once.
  @Test func whoDiedBeforeSayingSoIsHeardOnce() async throws {
    try await Shop.test { shop in
      let phone = try shop.says("quiero hablar con alguien")
      _ = try escalate(shop, ["reason": "quiere hablar"])
      try await shop.work()
      #expect(try await shop.texts(phone) == [lastWord])
      try shop.run(
        "update jobs set status = 'pending', lane_head = true, completed_at = null where job_type = 'ai_response'")
      try await shop.work()
      #expect(try await shop.texts(phone) == [lastWord])
    }
  }

  @Test func theLastWordDoesNotFollowAPersons() async throws {
    try await Shop.test { shop in
      let phone = try shop.says("quiero hablar con alguien")
      _ = try escalate(shop, ["reason": "quiere hablar"])
      try shop.post(shop.tenant.echo("yo le atiendo", to: phone))
      try await shop.work()
      #expect(try await shop.texts(phone).isEmpty)
    }
  }

  @Test func whoIsSureEnoughAnswersThemselves() async throws {
    try await Shop.test { shop in
      _ = try shop.says("¿Tienen rayos X?")
      let sure = try escalate(shop, ["reason": "no sé", "confidence": .number("0.5")])
      #expect(sure.isError && !sure.handsOver)
      #expect(try shop.value("status", of: "conversations") == "active")
      let unsure = try escalate(shop, ["reason": "no sé", "confidence": .number("0.49")])
      #expect(unsure.handsOver)
      #expect(try shop.value("escalated_by", of: "conversations") == "confidence")
    }
  }

  @Test func inParallelItIsToldOnce() async throws {
    try await Shop.test { shop in
      let phone = try shop.says("urgente")
      let id = try #require(UUID(uuidString: shop.value("id", of: "conversations") ?? ""))
      let database = shop.database
      let tenant = shop.tenant.id
      let told = try await withThrowingTaskGroup(of: Bool.self) { group in
        for _ in 0..<8 {
          group.addTask {
            try await onThread {
              try database.connection(user: "tistis_jobs").tenant(tenant).handOver(
                conversationId: id, reason: "x", details: "{}", texts: JSONText(LastWord.texts.text), jobId: UUID(),
                requestId: nil)
            }
          }
        }
        return try await group.reduce(into: 0) { $0 += $1 ? 1 : 0 }
      }
      #expect(told == 1)
      let again: [String?] = try database.connection(user: "tistis_jobs").tenant(tenant).many(
        "again",
        """
        select s.message_id::text from conversations c, store_reply(c.id, '{otra vez}', c.last_question_id, $1::text::uuid, null,
          '{"last_word": true}', null) s
        """, [UUID().text]
      ) { row throws(StoreError) in try row.get(0) }
      #expect(again.isEmpty, "nor does Claude say so after somebody else has")
      try await shop.work()
      #expect(try await shop.texts(phone) == [lastWord])
    }
  }

  /// Staff hand it over themselves: somebody has it, and the customer is not told what they may see at once.
  @Test func whatStaffDecideIsNotSaid() async throws {
    try await Shop.test { shop in
      let phone = try shop.says("hola")
      let id = try #require(try shop.value("id", of: "conversations"))
      let api = shop.database.connection(user: "tistis_api").tenant(shop.tenant.id)
      let done: [String?] = try api.many(
        "change", "select outcome from change_conversation($1::text::uuid, null, '{\"status\": \"escalated\"}')", [id]
      ) { row throws(StoreError) in try row.get(0) }
      #expect(done == ["changed"])
      #expect(try shop.count("alerts", "kind = 'conversation_escalated' and resolved_at is null") == 1)
      try await shop.work()
      #expect(try await shop.texts(phone).isEmpty)
      try handBack(shop)
      #expect(try shop.count("alerts", "resolved_at is null") == 0)
    }
  }

  // MARK: To whom

  /// Of the branch, at the desk, with the fewest.
  @Test func somebodyGetsIt() async throws {
    try await Shop.test { shop in
      let id = shop.tenant.id.text
      func staff() throws -> String? {
        let conversation = try shop.value("id", of: "conversations", "status <> 'escalated'") ?? ""
        let tenant = shop.database.connection(user: "tistis_jobs").tenant(shop.tenant.id)
        let done = try tenant.escalateConversation(
          conversationId: #require(UUID(uuidString: conversation)), reason: "x")
        #expect(done)
        return try shop.database.scalar(
          """
          select coalesce((select s.first_name from staff s where s.id = c.escalated_to_staff_id), '-')
            from conversations c where c.id = '\(conversation)'
          """)
      }
      _ = try shop.says("hola")
      #expect(try staff() == "-")
      try shop.run(
        """
        insert into branches (tenant_id, id, name, slug, city)
          values ('\(id)', 'b1000000-0000-0000-0000-0000000000\(id.suffix(2))', 'Norte', 'norte', 'Nogales'),
            ('\(id)', 'b2000000-0000-0000-0000-0000000000\(id.suffix(2))', 'Sur', 'sur', 'Nogales');
        insert into staff (tenant_id, first_name, last_name, email, role, is_active) values
          ('\(id)', 'Olga', 'O', 'o@x.mx', 'owner', true), ('\(id)', 'Rita', 'R', 'r@x.mx', 'receptionist', true),
          ('\(id)', 'Rosa', 'R', 's@x.mx', 'receptionist', true), ('\(id)', 'Saul', 'S', 't@x.mx', 'receptionist', true),
          ('\(id)', 'Nora', 'N', 'n@x.mx', 'receptionist', false);
        insert into staff_branches (tenant_id, staff_id, branch_id)
          select s.tenant_id, s.id, b.id from staff s join branches b on b.tenant_id = s.tenant_id
           where s.tenant_id = '\(id)' and b.slug = case s.first_name when 'Saul' then 'sur' else 'norte' end
             and s.first_name <> 'Olga';
        update channel_connections set branch_id = (select b.id from branches b where b.tenant_id = '\(id)' and b.slug = 'norte')
          where tenant_id = '\(id)'
        """)
      for expected in ["Rita", "Rosa", "Rita"] {
        _ = try shop.says("hola")
        #expect(try staff() == expected)
      }
      try shop.run("update staff set is_active = false where first_name in ('Rita', 'Rosa')")
      _ = try shop.says("hola")
      #expect(try staff() == "Olga", "who is of no branch is nearer than who is of another")
    }
  }
}
