import Core
import FoundationEssentials
import Rules
import Store
import TestSupport
import Testing

@testable import Flows

/// The guide's functions about conversations and messages: the same road as the webhook's.
@Suite struct GuideConversationTests {
  @Test func oneConversation() async throws {
    try await Shop.test { shop in
      let (client, phone) = (try GuideClient(shop), newPhone())
      let lead = try client.lead("+" + phone)
      let results = try await onThreads(20) { i in
        if i % 4 == 0 { try shop.post(message("hola", from: phone)) }
        return try GuideClient(shop).conversation(lead, shop)
      }
      #expect(Set(results).count == 1)
      #expect(try shop.count("conversations") == 1)
      let again = "find_or_create_conversation($1::uuid, null, $2::uuid, $3::uuid)"
      #expect(try client.row("is_new", again, client.id, lead, shop.tenant.connection.text) == "f")
      // An escalated one is not begun anew; a resolved one is over.
      try shop.run("update conversations set status = 'escalated'")
      #expect(try client.row("is_new", again, client.id, lead, shop.tenant.connection.text) == "f")
      try shop.run("update conversations set status = 'resolved'")
      let silent = "find_or_create_conversation($1::uuid, null, $2::uuid, $3::uuid, p_ai_enabled => false)"
      #expect(try client.row("is_new", silent, client.id, lead, shop.tenant.connection.text) == "t")
      #expect(try shop.value("ai_handling", of: "conversations", "status = 'active'") == "false")
      #expect(try shop.value("contact_address", of: "conversations", "status = 'active'") == phone)
    }
  }

  @Test func aMessageIsSavedOnceAndAnswered() async throws {
    try await Shop.test { shop in
      let (client, phone, id) = (try GuideClient(shop), newPhone(), unique("wamid."))
      let lead = try client.lead("+" + phone)
      let conversation = try client.conversation(lead, shop)
      let results = try await onThreads(20) { i in
        if i % 4 == 0 {
          try shop.post(message("[[echo:claro que sí]]", from: phone, id: id))
          return "t|f"
        }
        return try GuideClient(shop).save("[[echo:claro que sí]]", conversation, lead, id: id)
      }
      #expect(Set(results).isSubset(of: ["f|f", "t|f"]) && results.count { $0 == "f|f" } <= 1)
      for table in ["messages", "conversations", "leads", "jobs", "contact_windows"] {
        #expect(try shop.count(table) == 1, "\(table)")
      }
      #expect(try shop.value("message_count", of: "conversations") == "1")
      try await shop.work()
      #expect(try await shop.texts(phone) == ["claro que sí"])
      #expect(try client.ask("select ai_processed from messages_guide where role = 'user'") == ["true"])
      #expect(try client.save("[[echo:claro que sí]]", conversation, lead, id: id) == "t|f")
      #expect(try await shop.work() == 0)
    }
  }

  /// Without the platform's id each is a message of its own.
  @Test func withoutAnID() async throws {
    try await Shop.test { shop in
      let client = try GuideClient(shop)
      let lead = try client.lead("+" + newPhone())
      let conversation = try client.conversation(lead, shop)
      let save =
        "save_incoming_message($1::uuid, $2::uuid, '', 'image', p_media_url => $3, p_metadata => '{\"caption\": 1}')"
      let first = try client.row("message_id, is_duplicate", save, conversation, lead, "media/1")
      let second = try client.row("message_id, is_duplicate", save, conversation, lead, "media/2")
      #expect(first != second && first.hasSuffix("|f") && second.hasSuffix("|f"))
      #expect(try client.ask("select media_url from messages_guide order by id") == ["media/1", "media/2"])
      #expect(try client.ask("select metadata ->> 'caption' from messages_guide") == ["1", "1"])
    }
  }

  @Test func aResolvedConversationIsOpenedAgain() async throws {
    try await Shop.test { shop in
      let client = try GuideClient(shop)
      let lead = try client.lead("+" + newPhone())
      let old = try client.conversation(lead, shop)
      try shop.run("update conversations set status = 'resolved', resolved_at = now()")
      let results = try await onThreads(20) { i in try GuideClient(shop).save("hola \(i)", old, lead, id: nil) }
      #expect(results.sorted() == Array(repeating: "f|f", count: 19) + ["f|t"])
      #expect(try shop.value("status || ' ' || message_count", of: "conversations") == "active 20")
      // While another is open, that one takes it.
      try shop.run("update conversations set status = 'resolved'")
      let new = try client.conversation(lead, shop)
      #expect(try client.save("¿y esto?", old, lead, id: nil) == "f|f")
      #expect(try shop.value("conversation_id", of: "messages", "content = '¿y esto?'") == new)
    }
  }

  @Test func statesMoveUpOnly() async throws {
    try await Shop.test { shop in
      try shop.run(Shop.anAssistantsMessage(shop.tenant, "accepted"))
      try shop.run("update messages set external_id = 'wamid.x'")
      let (client, update) = (try GuideClient(shop), "update_message_status($1::uuid, $2, $3, 'why')")
      let steps = [
        ("sent", "t", "sent"), ("sent", "f", "sent"), ("read", "t", "read"), ("delivered", "f", "read"),
        ("failed", "f", "read"), ("played", "t", "played"), ("sent", "f", "played"),
      ]
      for step in steps {
        #expect(try client.row("updated", update, client.id, "wamid.x", step.0) == step.1, "\(step)")
        #expect(try shop.value("status", of: "messages") == step.2, "\(step)")
      }
      let once = try await onThreads(20) { _ in
        try GuideClient(shop).row("updated", update, shop.tenant.id.text, "wamid.x", "delivered")
      }
      #expect(Set(once) == ["f"])
      #expect(try client.row("message_id, updated", update, client.id, "wamid.nobody's", "read") == "f")
      for junk in ["pending", "received", "READ", "", nil] {
        #expect(try client.refused("select updated from \(update)", [client.id, "wamid.x", junk]) == "22023")
      }
      #expect(try shop.value("message_count", of: "conversations") == "0")
      let conversation = try shop.value("id", of: "conversations")
      _ = try client.ask("select increment_conversation_message_count($1::uuid)", [conversation])
      #expect(try shop.value("message_count", of: "conversations") == "1")
    }
  }

  @Test func strangersAndJunkAreRefused() async throws {
    try await Shop.test { shop in
      let (client, other) = (try GuideClient(shop), try Shop(shop.database))
      let (them, lead) = (try GuideClient(other), try client.lead("+" + newPhone()))
      let theirs = try them.lead("+" + newPhone())
      let theirConversation = try them.conversation(theirs, other)
      let conversation = try client.conversation(lead, shop)
      let find = "select is_new from find_or_create_conversation($1::uuid, null, $2::uuid, $3::uuid, $4)"
      let (ours, strange) = (shop.tenant.connection.text, other.tenant.connection.text)
      #expect(try client.refused(find, [client.id, theirs, ours, "whatsapp"]) == "P0002")
      #expect(try client.refused(find, [client.id, lead, strange, "whatsapp"]) == "22023")
      #expect(try client.refused(find, [client.id, lead, ours, "instagram"]) == "22023")
      #expect(try client.refused(find, [other.tenant.id.text, theirs, strange, "whatsapp"]) == "42501")
      let nameless = try client.row(
        "lead_id", "find_or_create_channel_lead($1::uuid, null, 'instagram', 'ig9')", client.id)
      #expect(try client.refused(find, [client.id, nameless, ours, "whatsapp"]) == "22023")
      let save = "select is_duplicate from save_incoming_message($1::uuid, $2::uuid, $3)"
      #expect(try client.refused(save, [theirConversation, theirs, "hola"]) == "P0002")
      #expect(try client.refused(save, [conversation, theirs, "hola"]) == "22023")
      #expect(try client.refused(save, [conversation, nameless, "hola"]) == "22023")
      for blank in [nil, "", " \n"] { #expect(try client.refused(save, [conversation, lead, blank]) == "22023") }
      #expect(try shop.count("messages") == 0)
    }
  }

  /// SQL has no other way to know them.
  @Test func theNumbersAreThoseOfTheRules() throws {
    let sql = try #require(try Database.world.scalar("select receive_policy()"))
    let rules = receivePolicy(delaySeconds: Debounce.quiet)
    #expect(try Database.world.scalar("select $1::jsonb = $2::jsonb", [sql, rules.text]) == "true")
    for channel in ChannelName.allCases {
      #expect(
        try Database.world.scalar("select channel_minute_limit('\(channel.rawValue)')")
          == String(ChannelLimits.of(channel).perMinute))
    }
  }
}
