import Core
import FoundationEssentials
import Peers
import Store
import TestSupport
import Testing

@testable import Flows

@Suite struct ConsentTests {
  private func state(_ shop: Shop, _ alias: String = Shop.ana) throws -> String? {
    try shop.tenant.value(
      "concat_ws(' ', scope, state, source)", of: "contact_consents",
      where: "lead_id = (select lead_id from lead_aliases a where a.tenant_id = '\(shop.tenant.id.text)' "
        + "and a.value = '\(alias)')")
  }

  /// A word is kept and asks for no chat; what only contains one is a question like any other.
  @Test func wordsOfPeople() async throws {
    try await Shop.test { shop in
      let stops = ["STOP", " ¡Baja! ", "darme de baja", "Cancelar  suscripción", "opt-out"]
      let resumes = ["ALTA", "Reanudar."]
      let others = ["Quiero dar de baja mi cita", "cancelar", "no", "salir"]
      let app = try shop.app()
      let people = try (stops + resumes + others).map { text in
        let phone = newPhone()
        try shop.post(message(text, from: phone), app: app)
        return phone
      }
      for (i, phone) in people.enumerated() {
        let expected =
          i < stops.count
          ? "marketing stopped keyword" : i < stops.count + resumes.count ? "marketing allowed keyword" : nil
        #expect(try state(shop, phone) == expected, "\(i)")
      }
      #expect(try shop.count("messages") == people.count)
      #expect(try shop.count("jobs") == resumes.count + others.count)
    }
  }

  /// payload, what is known afterwards
  @Test(arguments: [
    ("text_opt_out_word", "marketing stopped keyword"), ("unsubscribe_button", "marketing stopped keyword"),
    ("preference_stop", "marketing stopped platform"), ("preference_resume", "marketing allowed platform"),
    ("preference_signup", "marketing allowed platform"), ("button_reply", nil), ("text", nil),
  ])
  func payloads(_ name: String, _ expected: String?) async throws {
    try await Shop.test { shop in
      try shop.post(fixtures: [name, name])
      #expect(try state(shop) == expected)
      #expect(try shop.count("contact_consents") == (expected == nil ? 0 : 1))
    }
  }

  /// In whichever order they come, the newest word counts.
  @Test func theNewestCounts() async throws {
    try await Shop.test { shop in
      try shop.post(fixtures: ["preference_resume", "preference_stop"])
      #expect(try state(shop) == "marketing allowed platform")
      let app = try shop.app()
      // Somebody who wrote the word today said it after all of these.
      try shop.post(fromAna: message("stop", from: "5216311234567"), app)
      try shop.post(fixtures: ["preference_signup", "preference_stop", "preference_resume"])
      #expect(try state(shop) == "marketing stopped keyword")
      // A clock ahead of ours does not outlast what is said later.
      let ahead = Tenant.text("alta", from: "5216311234567", at: .now + 86_400)
      try shop.post(fromAna: ahead, app)
      #expect(try state(shop) == "marketing allowed keyword")
      try await Task.sleep(for: .seconds(1))
      try shop.post(fromAna: message("baja", from: "5216311234567"), app)
      #expect(try state(shop) == "marketing stopped keyword")
      try shop.post(fromAna: ahead, app)
      #expect(try state(shop) == "marketing stopped keyword")
    }
  }

  /// A word without a time counts from when it first came, not from each delivery.
  @Test func withoutATime() async throws {
    try await Shop.test { shop in
      func preference(_ value: String) -> [UInt8] {
        shop.tenant.change(
          "user_preferences",
          ["user_preferences": [["wa_id": "5216311234567", "value": .string(value)], ["value": "stop"]]])
      }
      for value in ["stop", "resume", "stop", "maybe"] { try shop.post(preference(value)) }
      #expect(try state(shop) == "marketing allowed platform")
    }
  }

  /// The platform refuses a send for it: known by the message, and where it is too fast for that, by the number.
  @Test(arguments: [true, false]) func aRefusedSend(_ known: Bool) async throws {
    try await Shop.test { shop in
      try shop.post(fromAna: message("hola", from: "5216311234567"))
      if known {
        try shop.run(
          """
          insert into messages (tenant_id, conversation_id, channel_connection_id, role, content, status, external_id)
            select tenant_id, conversation_id, channel_connection_id, 'staff', 'x', 'sent', 'wamid.out' from messages
          """)
      }
      try shop.post(fixtures: ["status_failed_window_closed"])
      #expect(try state(shop) == nil)
      try shop.post(fixtures: ["status_failed_131050", "status_failed_131050"])
      #expect(try state(shop) == "marketing stopped error")
      #expect(try shop.count("messages", "error_code = '131050'") == (known ? 1 : 0))
    }
  }

  /// A report about somebody who is nobody's lead makes none.
  @Test func aStrangersRefusal() async throws {
    try await Shop.test { shop in
      try shop.post(fixtures: ["status_failed_131050"])
      #expect(try shop.count("leads") == 0)
      #expect(try shop.count("contact_consents") == 0)
      #expect(try shop.count("message_status_history") == 1)
    }
  }

  @Test func twoLeadsThatWereOnePerson() async throws {
    try await Shop.test { shop in
      let phone = newPhone()
      try shop.post(Tenant.text("alta", from: phone, at: .now + -60))
      try shop.post(message("baja", user: "MX.7"))
      try shop.post(message("soy la misma", from: phone, user: "MX.7"))
      #expect(try state(shop, phone) == "marketing stopped keyword")
      #expect(try state(shop, "MX.7") == "marketing stopped keyword")
    }
  }

  @Test func everybodyAtOnceAndNobodyElse() async throws {
    try await Database.cloned { database in
      let shop = try Shop(database)
      let other = try Shop(database)
      let phone = newPhone()
      try other.post(message("hola", from: phone))
      _ = try await onThreads(6) { thread in
        let app = try shop.app()
        for i in 0..<10 {
          let last = thread == 3 && i == 9
          let at = last ? Instant.now : .now + -Double(60 + thread * 10 + i)
          try shop.post(Tenant.text(last ? "baja" : "alta", from: phone, at: at), app: app)
        }
      }
      #expect(try state(shop, phone) == "marketing stopped keyword")
      #expect(try other.count("contact_consents") == 0)
    }
  }
}
