import Core
import FoundationEssentials
import Rules
import Store
import TestSupport
import Testing

@testable import Flows

/// What people do besides writing, on every platform: it is kept, it has its effect, and nobody answers it.
@Suite struct ChannelEventTests {
  @Test(arguments: ChannelName.allCases) func whatAsksForNothing(_ channel: ChannelName) async throws {
    try await Account.test(channel) { account in
      let person = account.stranger
      let kinds: [InboundEvent.Kind] = [.reaction, .referral, .optin, .threadControl, .system, .edit, .delete]
      for kind in kinds {
        let answers = try account.receive(account.event(kind, of: person, replyTo: "m.1")).answers
        #expect(answers == 0, "\(kind)")
      }
      let status = InboundEvent(
        kind: .status, externalID: "m.1", aliases: [person], at: .now, status: StatusReport(state: "delivered"))
      #expect(try account.receive(status).answers == 0)
      #expect(try account.receive(account.watermark("read", .now, to: person)).answers == 0)
      #expect(try account.count("contact_windows") == 0)
      #expect(try account.count("jobs") == 0)
      #expect(try account.count("channel_events", "lead_id is not null") == kinds.count)
      #expect(try account.count("leads") == 1)
    }
  }

  /// A button, a menu, an ice breaker: the person said something.
  @Test(arguments: ChannelName.allCases) func aPostback(_ channel: ChannelName) async throws {
    try await Account.test(channel) { account in
      var event = account.message("Ver precios", from: account.stranger)
      event.contentType = "interactive"
      event.selection = "PRICES"
      let stored = try account.receive(event)
      #expect(stored.answers == 1)
      #expect(try account.count("contact_windows") == 1)
      #expect(try account.value("selection", of: "messages") == "PRICES")
    }
  }

  @Test(arguments: ChannelName.allCases) func whereAPersonCameFrom(_ channel: ChannelName) async throws {
    try await Account.test(channel) { account in
      let person = account.stranger
      let ad: JSON = ["referral": ["source": "ADS", "ad_id": "120226305854819999", "ref": "verano"]]
      let event = account.event(.referral, of: person, at: .now + -60, details: ad)
      for _ in 0..<2 { try account.receive(event) }
      var message = account.message("hola", from: person)
      message.details = ["referral": ["source": "SHORTLINK", "ref": "cartel"]]
      try account.receive(message)
      #expect(try account.value("source_details #>> '{referral,ad_id}'", of: "leads") == "120226305854819999")
      #expect(
        try account.value("jsonb_path_query_array(source_details, '$.referrals[*].ref')", of: "leads")
          == #"["cartel"]"#)
      #expect(try account.value("source", of: "leads") == channel.rawValue)
    }
  }

  /// Whichever comes first; a second time is once; only who wrote it.
  @Test(arguments: ChannelName.allCases, [true, false])
  func editsAndDeletions(_ channel: ChannelName, _ messageFirst: Bool) async throws {
    try await Account.test(channel) { account in
      let person = account.stranger
      let messages = ["m.1", "m.2"].map { account.message("hola", from: person, id: $0) }
      let changes = [
        account.event(.edit, of: person, content: "hola, ¿qué tal?", replyTo: "m.1"),
        account.event(.delete, of: person, replyTo: "m.2"),
        account.event(.delete, of: account.stranger, replyTo: "m.1"),
      ]
      for event in messageFirst ? messages + changes + changes : changes + messages + messages {
        try account.receive(event)
      }
      #expect(try account.value("content", of: "messages", "external_id = 'm.1'") == "hola, ¿qué tal?")
      #expect(try account.value("deleted_at is not null", of: "messages", "external_id = 'm.2'") == "true")
      #expect(try account.count("messages", "deleted_at is not null") == 1)
    }
  }

  @Test(arguments: ChannelName.allCases) func reactions(_ channel: ChannelName) async throws {
    try await Account.test(channel) { account in
      let person = account.stranger
      try account.receive(account.event(.reaction, of: person, at: .now + -10, content: "❤️", replyTo: "m.1"))
      #expect(try account.value("emoji", of: "message_reactions") == "❤️")
      try account.receive(account.event(.reaction, of: person, at: .now, content: "", replyTo: "m.1"))
      try account.receive(account.event(.reaction, of: person, at: .now + -5, content: "😂", replyTo: "m.1"))
      #expect(try account.value("emoji", of: "message_reactions") == "")
    }
  }

  /// Who says stop is left alone on that platform, and nobody chats about it.
  @Test(arguments: ChannelName.allCases) func whoAsksToBeLeftAlone(_ channel: ChannelName) async throws {
    try await Account.test(channel) { account in
      let person = account.stranger
      #expect(try account.receive(account.message("¡Baja!", from: person, at: .now + -10)).answers == 0)
      let state = try account.value("channel || ' ' || scope || ' ' || state", of: "contact_consents")
      #expect(state == "\(channel.rawValue) marketing stopped")
      try account.receive(account.message("alta", from: person))
      #expect(try account.value("state", of: "contact_consents") == "allowed")
    }
  }
}
