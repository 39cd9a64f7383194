import Core
import FoundationEssentials
import Peers
import Rules
import Store
import TestSupport
import Testing

@testable import Flows

/// Appointment confirmation, reminder, services menu: the form that the window allows, once, and the assistant stays.
@Suite struct PreparedTests {
  private func scope(_ shop: Shop) -> Scope { shop.database.connection().tenant(shop.tenant.id) }

  private func conversation(_ shop: Shop, _ phone: String) throws -> UUID {
    try #require(UUID(uuidString: try shop.value("id", of: "conversations", "contact_address = '\(phone)'") ?? ""))
  }

  private func closeWindow(_ shop: Shop) throws {
    try shop.run("update contact_windows set last_inbound_at = now() - interval '3 days'")
  }

  /// Who wants no promotions is reminded of their appointments, and shown no offers.
  @Test func afterBaja() async throws {
    try await Shop.test(delay: 60) { shop in
      let phone = try shop.says("baja")
      let id = try conversation(shop, phone)
      try shop.run(
        "insert into services (tenant_id, name, slug) values ('\(shop.tenant.id.text)', 'Limpieza', 'limpieza-de-prueba')"
      )
      let menu = try scope(shop).sendPrepared(.servicesMenu, conversation: id, onlyBranch: nil, requestId: nil)
      #expect(menu == .optedOut)
      let reminder = try scope(shop).sendPrepared(wish, conversation: id, onlyBranch: nil, requestId: nil)
      guard case .queued = reminder else {
        Issue.record("\(reminder)")
        return
      }
      try shop.run("update contact_consents set said_at = said_at - interval '1 minute'")
      try shop.post(message("alta", from: phone))
      let again = try scope(shop).sendPrepared(.servicesMenu, conversation: id, onlyBranch: nil, requestId: nil)
      guard case .queued = again else {
        Issue.record("\(again)")
        return
      }
    }
  }

  /// It waited for the channel, and the person said "baja" meanwhile: that opens the window and closes this.
  @Test func bajaWhileItWaits() async throws {
    try await Shop.test(delay: 60) { shop in
      let phone = try shop.says("hola")
      let id = try conversation(shop, phone)
      try shop.run(
        "insert into services (tenant_id, name, slug) values ('\(shop.tenant.id.text)', 'Limpieza', 'limpieza-de-prueba')"
      )
      for prepared in [PreparedWish.servicesMenu, wish] {
        guard case .queued = try scope(shop).sendPrepared(prepared, conversation: id, onlyBranch: nil, requestId: nil)
        else {
          Issue.record("not queued")
          return
        }
      }
      try shop.post(message("baja", from: phone))
      try await shop.work()
      #expect(
        try shop.database.column(
          "select (metadata ->> 'prepared') || ' ' || status || ' ' || coalesce(error_code, '') from messages where metadata ? 'prepared' order by id"
        ).map { $0?.hasPrefix("services_menu withheld opted_out") ?? false } == [true, false])
    }
  }

  private let wish = PreparedWish.appointmentConfirmation(
    .words(service: "limpieza", date: "martes 3 de febrero", time: "10:00", name: "Ana"))

  @Test func buttonsWhileTheWindowIsOpenAndTheTemplateAfterwards() async throws {
    try await Shop.test(delay: 60) { shop in
      let phone = try shop.says("hola")
      let id = try conversation(shop, phone)
      try shop.tenant.templates()
      for (closed, kind) in [(false, "interactive"), (true, "template")] {
        if closed { try closeWindow(shop) }
        let outcome = try scope(shop).sendPrepared(wish, conversation: id, onlyBranch: nil, requestId: nil)
        guard case .queued(_, let form) = outcome else {
          Issue.record("\(outcome)")
          return
        }
        #expect(form == (closed ? "template" : "buttons"))
        try await shop.work()
        let sent = try await Sandbox.requests("whatsapp", match: phone, kind: kind).filter {
          $0["accepted"].bool == true
        }
        #expect(sent.count == 1)
        #expect(sent.first?["body"].value?.text.contains("martes 3 de febrero") == true)
      }
      let menu = try scope(shop).sendPrepared(
        .servicesMenu, conversation: id, onlyBranch: nil, requestId: nil)
      #expect(menu == .windowClosed)
      let staff = try shop.count("messages", "role = 'staff' and metadata ? 'automatic' and metadata ? 'prepared'")
      #expect(staff == 2)
    }
  }

  /// The window ends between the wish and its leaving: it does not leave, though what people type might for seven days.
  @Test(arguments: Platform.allCases) func theWindowEndsBeforeItLeaves(_ platform: Platform) async throws {
    try await Database.cloned { database in
      let shop = try Shop(on: platform, database)
      let body = platform.text("hola", from: uniqueDigits("521"), to: shop.tenant.account)
      let rows = try #require(Channel.named(platform.rawValue)).read(Field(JSON.parse(body)))
        .map { $0.row(connection: shop.tenant.connection) }
      _ = try database.connection(user: "tistis_webhook_" + platform.rawValue).tenant(shop.tenant.id).receiveEvents(
        events: JSONText(.array(rows)), policy: JSONText(receivePolicy(delaySeconds: 600)), requestId: "r")
      let id = try #require(UUID(uuidString: try shop.value("id", of: "conversations") ?? ""))
      for prepared in [wish, .servicesMenu] {
        guard case .queued = try scope(shop).sendPrepared(prepared, conversation: id, onlyBranch: nil, requestId: nil)
        else {
          Issue.record("not queued")
          return
        }
      }
      try shop.run("update channel_connections set human_agent_enabled = true")
      try closeWindow(shop)
      try await shop.work()
      #expect(
        try shop.count("messages", "role = 'staff' and status = 'withheld' and error_code = 'window_closed'") == 2)
    }
  }

  @Test func theMenuIsAList() async throws {
    try await Shop.test(delay: 60) { shop in
      let phone = try shop.says("hola")
      let id = try conversation(shop, phone)
      let outcome = try scope(shop).sendPrepared(
        .servicesMenu, conversation: id, onlyBranch: nil, requestId: nil)
      guard case .queued(_, "list") = outcome else {
        Issue.record("\(outcome)")
        return
      }
      try await shop.work()
      let sent = try await Sandbox.requests("whatsapp", match: phone, kind: "interactive")
      let row = sent.first?["body"]["interactive"]["action"]["sections"][0]["rows"][0]
      #expect(row?["id"].text == "servicio:limpieza" && row?["description"].text == "$800 MXN · Con ultrasonido")
      try shop.run("update services set is_active = false")
      let empty = try scope(shop).sendPrepared(
        .servicesMenu, conversation: id, onlyBranch: nil, requestId: nil)
      #expect(empty == .empty)
    }
  }

  /// Whoever answers is answered by the assistant.
  @Test func theAssistantStays() async throws {
    try await Shop.test(delay: 60) { shop in
      let phone = try shop.says("¿limpieza?")
      let id = try conversation(shop, phone)
      _ = try scope(shop).sendPrepared(wish, conversation: id, onlyBranch: nil, requestId: nil)
      // Nobody has taken it, so that nobody gives it back.
      let state = try shop.value(
        "concat_ws(' ', ai_handling, last_human_at is null, handed_back_at is null, desk_has_it)", of: "conversations")
      #expect(state == "t t t f")
      try shop.hurry()
      try await shop.work()
      let replies = try shop.count("messages", "role = 'assistant' and status = 'accepted'")
      #expect(replies == 1)
    }
  }

  /// An appointment of ours in the branch's time, and only of the conversation's person.
  @Test func anAppointmentByItsID() async throws {
    try await Shop.test(delay: 60) { shop in
      let phone = try shop.says("hola")
      let id = try conversation(shop, phone)
      let other = try conversation(shop, try shop.says("yo también"))
      let appointment = UUID()
      try shop.run(
        """
        insert into branches (tenant_id, id, name, slug, city, timezone)
          values ('\(shop.tenant.id.text)', uuid_v7(), 'Centro', 'centro', 'Nogales', 'America/Hermosillo');
        insert into appointments (tenant_id, id, branch_id, lead_id, service_id, scheduled_at)
          select tenant_id, '\(appointment.text)', b.id, c.lead_id, s.id, '2027-02-02 17:00:00Z'
            from branches b join conversations c using (tenant_id) join services s using (tenant_id) where c.id = '\(id.text)';
        """)
      let ours = PreparedWish.reminder(.ours(appointment))
      let foreign = try scope(shop).sendPrepared(ours, conversation: other, onlyBranch: nil, requestId: nil)
      #expect(foreign == .unknown)
      let outcome = try scope(shop).sendPrepared(ours, conversation: id, onlyBranch: nil, requestId: nil)
      guard case .queued = outcome else {
        Issue.record("\(outcome)")
        return
      }
      let text = try shop.value("content", of: "messages", "role = 'staff'") ?? ""
      #expect(text.contains("Limpieza dental") && text.contains("martes 2 de febrero a las 10:00"), "\(text)")
      let selection = try shop.value("payload #>> '{options,0,id}'", of: "messages", "role = 'staff'")
      #expect(selection == "confirmar_cita:\(appointment.text)")
    }
  }

  @Test func whatIsNotThere() async throws {
    try await Shop.test(delay: 60) { shop in
      let id = try conversation(shop, try shop.says("hola"))
      let nobody = try scope(shop).sendPrepared(wish, conversation: UUID(), onlyBranch: nil, requestId: nil)
      #expect(nobody == .unknown)
      let branch = try scope(shop).sendPrepared(wish, conversation: id, onlyBranch: UUID(), requestId: nil)
      #expect(branch == .unknown)
      let another = try Tenant.make(in: shop.database)
      let foreign = try shop.database.connection().tenant(another.id).sendPrepared(
        wish, conversation: id, onlyBranch: nil, requestId: nil)
      #expect(foreign == .unknown)
    }
  }
}
