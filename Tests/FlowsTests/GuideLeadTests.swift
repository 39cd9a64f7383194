import Core
import FoundationEssentials
import Store
import TestSupport
import Testing

@testable import Flows

/// The guide's functions about people, called as its SQL clients call them.
@Suite struct GuideLeadTests {
  /// Ten digits of a Mexican number.
  private func typed() -> String { "55" + uniqueDigits("").suffix(8) }

  @Test func onePersonHoweverTyped() async throws {
    try await Shop.test { shop in
      let (client, ten) = (try GuideClient(shop), typed())
      let made = "find_or_create_lead($1::uuid, null, $2, 'Ana')"
      let first = try client.row("lead_id, lead_name, is_new", made, client.id, ten)
      let lead = try client.lead(ten)
      #expect(first == "\(lead)|Ana|t")
      for spelling in ["+52 \(ten)", "521\(ten)", "0052\(ten)"] {
        #expect(
          try client.row("lead_id, lead_name, is_new", made, client.id, spelling) == "\(lead)|Ana|f", "\(spelling)")
      }
      try shop.post(message("hola", from: "521" + ten))
      #expect(try shop.count("leads") == 1)
      #expect(try shop.value("lead_id", of: "conversations") == lead)
      #expect(try shop.value("phone_normalized", of: "leads") == "+52\(ten)")
    }
  }

  @Test func twentyAtOnceAndTheWebhook() async throws {
    try await Shop.test { shop in
      let phone = newPhone()
      _ = try await onThreads(20) { i in
        if i % 2 == 0 {
          _ = try GuideClient(shop).lead("+" + phone)
        } else {
          try shop.post(message("hola", from: phone))
        }
      }
      #expect(try shop.count("leads") == 1)
      #expect(try shop.count("lead_aliases") == 1)
    }
  }

  /// Staff wrote the number down, nobody has told a platform's name for the person yet.
  @Test func whoWasEnteredByHandIsFound() async throws {
    try await Shop.test { shop in
      let (client, a, b) = (try GuideClient(shop), typed(), typed())
      try shop.run(
        """
        insert into leads (tenant_id, phone, phone_normalized, email, first_name, last_name) values
          ('\(client.id)', '\(a)', '+52\(a)', 'Eva@X.mx', 'Eva', 'Ruiz'),
          ('\(client.id)', '\(b)', '52\(b)', null, null, null)
        """)
      let lead = try #require(try shop.value("id", of: "leads", "full_name = 'Eva Ruiz'"))
      #expect(try client.lead(a) == lead)
      let found = "find_lead_by_any_identity($1::uuid, p_email => $2)"
      #expect(
        try client.row("lead_id, lead_name, match_type", found, client.id, " EVA@x.mx ") == "\(lead)|Eva Ruiz|email")
      // Both write: one by the alias that was just made, one who is looked for by the number.
      try shop.post(message("hola", from: "521" + a), message("hola", from: "521" + b))
      #expect(try shop.count("leads") == 2)
      #expect(try shop.count("conversations") == 2)
      #expect(try shop.count("lead_aliases") == 2)
    }
  }

  @Test func smart() async throws {
    try await Shop.test { shop in
      let (client, a, b) = (try GuideClient(shop), newPhone(), newPhone())
      let (ana, beto) = (try client.lead("+" + a), try client.lead("+" + b))
      let smart = "find_or_create_lead_smart($1::uuid, null, $2, $3, null, $4, $5)"
      let columns = "lead_id, is_new, was_linked, coalesce(match_type, '-'), coalesce(matched_channel, '-')"
      func ask(_ channel: String, _ identity: String?, _ email: String?, _ phone: String?) throws -> String {
        try client.row(columns, smart, client.id, channel, identity, email, phone)
      }
      #expect(try ask("instagram", "ig1", "ana@x.mx", "+" + a) == "\(ana)|f|t|phone|whatsapp")
      #expect(try ask("instagram", "ig1", nil, nil) == "\(ana)|f|f|channel|whatsapp")
      #expect(try ask("tiktok", "tt1", "ANA@x.mx", nil) == "\(ana)|f|t|email|whatsapp")
      // A number and an address of two people make nobody one: the number is believed.
      #expect(try ask("facebook", "fb1", "ana@x.mx", "+" + b) == "\(beto)|f|t|phone|whatsapp")
      #expect(try ask("facebook", "fb2", nil, nil).hasSuffix("|t|f|-|-"))
      #expect(try shop.count("leads", "merged_into_id is null") == 3)
      let identities =
        "select concat_ws('|', instagram_psid, facebook_psid, tiktok_open_id) from leads_guide where id = $1::uuid"
      #expect(try client.ask(identities, [ana]) == ["ig1|tt1"])
      #expect(try client.ask(identities, [beto]) == ["fb1"])
    }
  }

  /// The contract's table, and its wish: the mobile 1 of Mexico makes no stranger.
  @Test func dedup() async throws {
    try await Shop.test { shop in
      let client = try GuideClient(shop)
      let make = "find_or_create_lead_smart($1::uuid, null, 'whatsapp', null, $2, $3, $4)"
      let ana = try client.row("lead_id", make, client.id, "Ana", "ana@x.mx", "5512345678")
      let beto = try client.row("lead_id", make, client.id, "Beto", "beto@x.mx", "5599990000")
      let cases: [(phone: String?, email: String?, expected: String)] = [
        ("55 1234 5678", nil, "\(ana)|phone|0.95"), (nil, "BETO@x.mx", "\(beto)|email|0.90"),
        ("5512345678", "beto@x.mx", "\(ana)|phone|0.95"), ("5215512345678", nil, "\(ana)|phone|0.95"),
        ("5500000000", "nadie@x.mx", ""), ("abc", " ", ""), (nil, nil, ""),
      ]
      func found(_ phone: String?, _ email: String?) throws -> String {
        try client.row(
          "lead_id, match_type, confidence", "find_matching_lead_for_dedup($1::uuid, $2, $3)", client.id, phone, email)
      }
      for c in cases { #expect(try found(c.phone, c.email) == c.expected, "\(c)") }
      #expect(try client.ask("select success from soft_delete_lead($1::uuid)", [ana]) == ["true"])
      #expect(try found("5512345678", nil) == "")
    }
  }

  @Test func deletedRestoredAndBackAgain() async throws {
    try await Shop.test { shop in
      let (client, phone) = (try GuideClient(shop), newPhone())
      try shop.post(message("hola", from: phone))
      let lead = try #require(try shop.value("id", of: "leads"))
      try shop.run(
        """
        insert into branches (tenant_id, name, slug, city) values ('\(client.id)', 'Centro', 'centro', 'Puebla');
        insert into appointments (tenant_id, branch_id, lead_id, scheduled_at)
          select tenant_id, id, '\(lead)', now() + make_interval(days => d) from branches, generate_series(-1, 2, 3) d
           where tenant_id = '\(client.id)'
        """)
      let delete = "soft_delete_lead($1::uuid, null, 'se mudó')"
      let results = try await onThreads(20) { _ in
        try GuideClient(shop).row("success, appointments_cancelled, conversations_closed", delete, lead)
      }
      #expect(results.sorted() == Array(repeating: "f|0|0", count: 19) + ["t|1|1"])
      #expect(try shop.value("cancellation_reason", of: "appointments", "status = 'cancelled'") == "se mudó")
      #expect(try shop.value("status", of: "conversations") == "resolved")
      let restore = "restore_lead($1::uuid)"
      #expect(try client.row("success, restored_status", restore, lead) == "t|appointment_scheduled")
      #expect(try client.row("success, restored_status", restore, lead) == "f")
      #expect(try client.row("success", delete, lead) == "t")
      // Who writes again is there again.
      try shop.post(message("¿siguen ahí?", from: phone))
      #expect(try shop.count("leads", "deleted_at is null") == 1)
      #expect(try shop.count("conversations", "status = 'active'") == 1)
    }
  }

  @Test func scores() async throws {
    try await Shop.test { shop in
      try shop.post(message("hola", from: newPhone()))
      let lead = try #require(try shop.value("id", of: "leads"))
      let sent = try #require(try shop.value("id", of: "messages"))
      let update = "select update_lead_score($1::uuid, $2::int, $3, 'rule_trigger', null, $4::uuid)"
      // A message raises a signal once.
      let scores = try await onThreads(20) { _ in
        try GuideClient(shop).ask(update, [lead, "25", "wants_appointment", sent]).joined()
      }
      #expect(Set(scores) == ["75"])
      let client = try GuideClient(shop)
      #expect(try shop.value("classification", of: "leads") == "hot")
      let steps: [(change: String, score: String, classification: String)] = [
        ("-6", "69", "warm"), ("1", "70", "hot"), ("-30", "40", "warm"), ("-1", "39", "cold"),
        ("-2147483648", "0", "cold"), ("2147483647", "100", "hot"), ("0", "100", "hot"),
      ]
      for step in steps {
        #expect(try client.ask(update, [lead, step.change, "x", nil]) == [step.score], "\(step)")
        #expect(try shop.value("classification", of: "leads") == step.classification, "\(step)")
      }
      #expect(try shop.count("lead_score_history") == 1 + steps.count)
      #expect(try shop.count("lead_score_history", "new_score - previous_score <> score_change") == 0)
      // What a person says counts, too.
      try shop.run("update leads set classification = 'cold' where id = '\(lead)'")
      #expect(try shop.value("score", of: "leads") == "25")
      #expect(try client.ask(update, [UUID().text, "1", "x", nil]) == ["null"])
      #expect(try client.refused(update, [lead, nil, "x", nil]) == "22004")
      #expect(try client.refused("select update_lead_score($1::uuid, 1, 'x', 'junk')", [lead]) == "23514")
    }
  }

  @Test func whatIsWrittenDownMovesWithAMerge() async throws {
    try await Shop.test { shop in
      let (client, phone) = (try GuideClient(shop), newPhone())
      let (a, b) = (
        try client.lead("+" + phone),
        try client.row(
          "lead_id", "find_or_create_channel_lead($1::uuid, null, 'whatsapp', 'MX.abc')", client.id)
      )
      _ = try client.ask("select update_lead_score($1::uuid, 10, 'x', 'manual')", [b])
      try shop.run(
        "insert into patients (tenant_id, lead_id, first_name, last_name) values ('\(client.id)', '\(b)', 'Eva', 'Ruiz')"
      )
      try shop.post(message("hola", from: phone, user: "MX.abc"))
      #expect(try shop.value("lead_id", of: "lead_score_history", "signal_name = 'x'") == a)
      // The higher score is the survivor's, and that is a change as well.
      #expect(
        try shop.value("lead_id || ' ' || new_score", of: "lead_score_history", "signal_name is null") == a + " 60")
      #expect(try shop.value("lead_id", of: "patients") == a)
      // The old id still finds its way.
      #expect(try client.ask("select update_lead_score($1::uuid, 5, 'y', 'manual')", [b]) == ["65"])
    }
  }

  @Test func strangersAndJunkAreRefused() async throws {
    try await Shop.test { shop in
      let (client, other) = (try GuideClient(shop), try Shop(shop.database))
      let theirs = try GuideClient(other).lead("+" + newPhone())
      let make = "select lead_id from find_or_create_lead($1::uuid, null, $2)"
      #expect(try client.refused(make, [other.tenant.id.text, "5512345678"]) == "42501")
      #expect(try client.refused(make, [nil, "5512345678"]) == "42501")
      for blank in [nil, "", "  ", "abc"] { #expect(try client.refused(make, [client.id, blank]) == "22023") }
      let channel = "select lead_id from find_or_create_channel_lead($1::uuid, null, $2, 'x')"
      #expect(try client.refused(channel, [client.id, "pigeon"]) == "22023")
      #expect(try client.row("success, message", "soft_delete_lead($1::uuid)", theirs) == "f|no such lead")
      #expect(try client.row("success, message", "restore_lead($1::uuid)", theirs) == "f|no such lead")
      #expect(try client.ask("select update_lead_score($1::uuid, 1, 'x', 'manual')", [theirs]) == ["null"])
      client.tenant = nil
      #expect(try client.refused(make, [client.id, "5512345678"]) == "42501")
      #expect(try client.refused("select success from soft_delete_lead($1::uuid)", [theirs]) == "42501")
      #expect(try client.ask("select id from leads_guide") == [])
      #expect(try shop.count("leads") == 0)
    }
  }
}
