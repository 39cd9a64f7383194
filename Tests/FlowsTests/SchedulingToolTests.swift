import Core
import FoundationEssentials
import Rules
import Store
import TestSupport
import Testing

@testable import Flows

/// What Claude may do with appointments, for the person it talks to.
@Suite struct SchedulingToolTests {
  private static let monday = "2026-03-02T10:00:00-07:00"

  /// Uses a tool as the loop does: in a transaction, for that person.
  private func use(
    _ name: String, _ input: JSON, _ agenda: Agenda, _ lead: UUID, id: String = unique("toolu_"), branch: UUID? = nil
  ) throws -> (answer: Field, isError: Bool) {
    let tool = try #require(AssistantTool.scheduling.first { $0.definition.name == name })
    let use = ToolUse(
      id: id, name: name, input: Field(input), tenant: agenda.shop.tenant.id, conversation: UUID(), lead: lead,
      branch: branch, question: UUID(), channel: .whatsapp, profile: TenantProfile(Field([:])), requestID: nil)
    let connection = agenda.shop.database.connection(user: "tistis_jobs")
    let answer = try connection.transaction(tenant: agenda.shop.tenant.id) { (scope) throws(StoreError) in
      try tool.run(use, scope)
    }
    return (Field(answer.content), answer.isError)
  }

  @Test func fromLookingToCancelling() async throws {
    try await Agenda.test(.init(staff: 2, minutes: 60)) { agenda in
      let ana = try agenda.person()
      let found = try use(
        "find_slots", ["service": "revisión dental", "from": "2026-03-02", "part_of_day": "morning"], agenda, ana)
      let slots = found.answer["slots"].items
      #expect(found.isError == false && found.answer["service"].text == "Revisión" && found.answer["more"].bool == true)
      #expect(slots.count == 6)
      #expect(slots.first?["words"].text == "lunes 2 de marzo, 09:00" && slots.first?["branch"].text == "centro")
      #expect(slots.first?["starts_at"].text == "2026-03-02T09:00:00-07:00" && slots.first?["staff"].exists == false)
      // Not all of them on one day.
      #expect(Set(slots.compactMap { $0["starts_at"].text?.prefix(10) }).count == 3)
      let wish: JSON = [
        "starts_at": .string(Self.monday), "service": "revision", "name": "Luz", "notes": "primera vez",
      ]
      let booked = try use("book_appointment", wish, agenda, ana, id: "toolu_1")
      let id = try #require(booked.answer["appointment_id"].text)
      #expect(booked.answer["words"].text == "lunes 2 de marzo, 10:00" && booked.answer["status"].text == "scheduled")
      #expect(try use("book_appointment", wish, agenda, ana, id: "toolu_1").answer["appointment_id"].text == id)
      #expect(
        try agenda.shop.value("notes || '|' || booking_source || '|' || ai_booking_channel", of: "appointments")
          == "Para: Luz\nprimera vez|ai_chat|ai_whatsapp")
      let again = try use("book_appointment", wish, agenda, ana)
      #expect(again.isError && again.answer["error"].text == "already_has_appointment")
      #expect(again.answer["appointments"].items.first?["appointment_id"].text == id)
      let moved = try use("reschedule_appointment", ["starts_at": "2026-03-03T11:00:00-07:00"], agenda, ana)
      #expect(moved.answer["words"].text == "martes 3 de marzo, 11:00")
      let gone = try use("cancel_appointment", ["reason": "viaje"], agenda, ana)
      #expect(
        gone.answer["status"].text == "cancelled"
          && gone.answer["appointment_id"].text == moved.answer["appointment_id"].text)
      let nothing = try use("cancel_appointment", [:], agenda, ana)
      #expect(nothing.isError && nothing.answer["error"].text == "unknown_appointment")
    }
  }

  @Test func whatCannotBe() async throws {
    try await Agenda.test(.init(staff: 1)) { agenda in
      let (ana, eva) = (try agenda.person(), try agenda.person("Eva"))
      let theirs = try agenda.booked(eva, Self.monday)
      let book = "book_appointment"
      let cases: [(String, JSON, String)] = [
        (book, ["starts_at": .string(Self.monday)], "slot_taken"),
        (book, ["starts_at": "2026-03-02T20:00:00-07:00"], "outside_hours"),
        (book, ["starts_at": "2026-03-02T10:37:00-07:00"], "off_grid"),
        (book, ["starts_at": "2026-02-02T10:00:00-07:00"], "in_past"),
        (book, ["starts_at": "2027-03-01T10:00:00-07:00"], "too_far"),
        (book, ["starts_at": "mañana a las 10"], "invalid_time"),
        (book, ["starts_at": "2026-02-30T10:00:00-07:00"], "invalid_time"),
        (book, ["starts_at": "99999-02-30T10:00:00-07:00"], "invalid_time"),
        (book, ["starts_at": .string(Self.monday), "service": "tatuaje"], "unknown_service"),
        (book, ["starts_at": .string(Self.monday), "branch": "Luna"], "unknown_branch"),
        (book, ["starts_at": .string(Self.monday), "staff": "Nadie"], "unknown_staff"),
        ("find_slots", ["from": "2026-02-30"], "invalid_date"),
        ("find_slots", ["service": "%_' or 1=1 --"], "unknown_service"),
        // Another person's, another business's, nobody's.
        ("cancel_appointment", ["appointment_id": .string(theirs)], "unknown_appointment"),
        ("cancel_appointment", ["appointment_id": "1"], "unknown_appointment"),
        ("cancel_appointment", [:], "unknown_appointment"),
        (
          "reschedule_appointment", ["appointment_id": .string(theirs), "starts_at": "2026-03-02T12:00:00-07:00"],
          "unknown_appointment"
        ),
        (
          "reschedule_appointment", ["appointment_id": .string(UUID().text), "starts_at": "2026-03-02T12:00:00-07:00"],
          "unknown_appointment"
        ),
      ]
      for (name, input, code) in cases {
        let said = try use(name, input, agenda, ana)
        #expect(said.isError && said.answer["error"].text == code, "\(name) \(input.text): \(said.answer)")
        #expect(said.answer["message"].text?.isEmpty == false)
      }
      let taken = try use(book, ["starts_at": .string(Self.monday), "service": "revision"], agenda, ana)
      #expect(
        taken.answer["slots"].items.compactMap { $0["words"].text } == [
          "lunes 2 de marzo, 09:00", "lunes 2 de marzo, 09:30", "lunes 2 de marzo, 10:30", "lunes 2 de marzo, 11:00",
        ])
      #expect(try agenda.shop.count("appointments") == 1)
    }
  }

  /// Once it has begun, or nobody has said what became of it, it is for people.
  @Test(arguments: ["", "in_progress", "confirmed"]) func whatHasBegunStays(_ status: String) async throws {
    try await Agenda.test { agenda in
      let ana = try agenda.person()
      let id = try agenda.booked(ana, Self.monday)
      // Half an hour before it is there, and may be moved; not to just any time.
      let named: JSON = ["appointment_id": .string(id)]
      let crooked = try use(
        "reschedule_appointment", named.with("starts_at", "2026-03-02T11:07:00-07:00"), agenda, ana)
      #expect(crooked.answer["error"].text == "off_grid" && crooked.answer["slots"].items.count == 4)
      if !status.isEmpty { try agenda.shop.run("update appointments set status = '\(status)'") }
      // It was begun early, or its time has come.
      let now = status == "in_progress" ? "2026-03-02T16:50:00Z" : "2026-03-02T17:00:00Z"
      try agenda.shop.run("alter database \(agenda.shop.database.name) set app.now = '\(now)'")
      let move = named.with("starts_at", "2026-03-02T12:00:00-07:00")
      for (name, input) in [
        ("cancel_appointment", named), ("cancel_appointment", [:]), ("reschedule_appointment", move),
        ("reschedule_appointment", ["starts_at": "2026-03-02T12:00:00-07:00"]),
      ] {
        let said = try use(name, input, agenda, ana)
        #expect(said.isError && said.answer["error"].text == "begun", "\(name): \(said.answer)")
      }
      // Nor at the desk; what became of it may be said.
      let scope = agenda.scope("tistis_api")
      let uuid = try #require(UUID(uuidString: id))
      func change(_ change: JSON) throws -> String {
        try scope.updateAppointment(id: uuid, onlyBranch: nil, change: JSONText(change)).outcome
      }
      #expect(try change(["scheduled_at": "2026-03-02T12:00:00-07:00", "anytime": true]) == "begun")
      #expect(try change(["status": "cancelled"]) == "begun")
      #expect(try agenda.change("cancel", named).outcome == "begun")
      #expect(try agenda.shop.value("status", of: "appointments") == (status.isEmpty ? "scheduled" : status))
      #expect(try change(["notes": "llegó tarde", "scheduled_at": .string(Self.monday)]) == "updated")
      #expect(try change(["status": "no_show"]) == "updated")
      #expect(try agenda.shop.count("appointments") == 1)
    }
  }

  /// The branch's clock, where nothing says how far it is from Greenwich, on the days on which it is changed.
  @Test func hoursThatAreNotThereOrTwice() async throws {
    let always = #"{"start": "00:00", "end": "24:00", "days": [1, 2, 3, 4, 5, 6, 7]}"#
    for (zone, now, missing, double, both) in [
      (
        "America/Tijuana", "2026-03-02T14:00:00Z", "2026-03-08T02:30", "2026-11-01T01:30",
        ["2026-11-01T01:30:00-07:00", "2026-11-01T01:30:00-08:00"]
      ),
      (
        "Europe/Madrid", "2026-03-02T14:00:00Z", "2026-03-29T02:00", "2026-10-25T02:30",
        ["2026-10-25T02:30:00+02:00", "2026-10-25T02:30:00+01:00"]
      ),
    ] {
      try await Agenda.test(.init(zone: zone, hours: always, now: now)) { agenda in
        try agenda.shop.run("update branches set advance_booking_days = 365")
        let ana = try agenda.person()
        let none = try use("book_appointment", ["starts_at": .string(missing)], agenda, ana)
        #expect(none.answer["error"].text == "missing_time", "\(none.answer)")
        let unclear = try use("book_appointment", ["starts_at": .string(double)], agenda, ana)
        #expect(unclear.answer["error"].text == "ambiguous_time", "\(unclear.answer)")
        #expect(unclear.answer["starts_at"].items.compactMap(\.text) == both)
        // They are two appointments, an hour apart.
        for at in both {
          let made = try use("book_appointment", ["starts_at": .string(at)], agenda, ana)
          #expect(made.answer["starts_at"].text == at, "\(made.answer)")
        }
        #expect(try agenda.shop.count("appointments") == 2)
      }
    }
  }

  /// What time it is says the database's clock. This machine's is months ahead here: what it takes for past can be booked, and
  /// what it takes for near is far; where it were behind, what the database takes for past is past.
  @Test(arguments: ["2026-03-02T14:00:00Z", "2099-06-01T14:00:00Z"]) func theDatabasesClockDecides(_ now: String)
    async throws
  {
    try await Agenda.test(.init(now: now)) { agenda in
      let ana = try agenda.person()
      let (later, before) =
        now.hasPrefix("2026")
        ? (Self.monday, "2026-03-02T06:30:00-07:00") : ("2099-06-01T10:00:00-07:00", Self.monday)
      #expect(
        try use("book_appointment", ["starts_at": .string(before)], agenda, ana).answer["error"].text == "in_past")
      let far = try use(
        "book_appointment", ["starts_at": .string((Instant.now + 100 * 86_400).description)], agenda, ana)
      #expect(far.isError && far.answer["error"].text == (now.hasPrefix("2026") ? "too_far" : "in_past"))
      let found = try use("find_slots", [:], agenda, ana)
      #expect(found.answer["slots"].items.first?["starts_at"].text?.prefix(10) == later.prefix(10))
      #expect(try use("book_appointment", ["starts_at": .string(later)], agenda, ana).answer["starts_at"].text == later)
    }
  }

  @Test func whereAndWhich() async throws {
    try await Agenda.test(.init(staff: 0, places: 3)) { agenda in
      let (id, ana) = (agenda.shop.tenant.id.text, try agenda.person())
      try agenda.shop.run(
        """
        insert into branches (tenant_id, name, slug, city, timezone, operating_hours) values
          ('\(id)', 'Playa', 'playa', 'Tijuana', 'America/Tijuana', '{"monday": {"open": "09:00", "close": "14:00"}}')
        """)
      let time: JSON = ["starts_at": "2026-03-02T10:00"]
      let unclear = try use("book_appointment", time, agenda, ana)
      #expect(
        unclear.answer["error"].text == "ambiguous_branch" && unclear.answer["message"].text?.contains("playa") == true)
      // Without an offset it is the branch's clock that counts.
      let there = try use("book_appointment", time.with("branch", "tijuana"), agenda, ana)
      #expect(there.answer["starts_at"].text == "2026-03-02T10:00:00-08:00")
      // The conversation's branch, if nothing is said.
      let here = try use(
        "book_appointment", time.with("starts_at", "2026-03-02T13:00"), agenda, ana, branch: agenda.branch)
      #expect(here.answer["starts_at"].text == "2026-03-02T13:00:00-07:00" && here.answer["branch"].text == "centro")
      let which = try use("cancel_appointment", [:], agenda, ana)
      #expect(which.answer["error"].text == "ambiguous_appointment" && which.answer["appointments"].items.count == 2)
      let moved = try use(
        "reschedule_appointment",
        ["appointment_id": there.answer["appointment_id"].value ?? .null, "starts_at": "2026-03-02T11:30"], agenda, ana)
      #expect(moved.answer["starts_at"].text == "2026-03-02T11:30:00-08:00", "\(moved.answer)")
      // Free times of both branches, each by its own clock.
      let found = try use("find_slots", ["from": "2026-03-02", "to": "2026-03-02"], agenda, ana)
      #expect(Set(found.answer["slots"].items.compactMap { $0["branch"].text }) == ["centro", "playa"])
      // A day without any.
      let none = try use("find_slots", ["from": "2026-03-04", "to": "2026-03-05"], agenda, ana)
      #expect(none.isError == false && none.answer["slots"].items.isEmpty && none.answer["more"].bool == false)
    }
  }
}
