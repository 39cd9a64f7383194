import Core
import FoundationEssentials
import Rules
import Store
import TestSupport
import Testing

@testable import Flows

/// Several apps of a business share an account: only the one that has the conversation answers.
@Suite struct ThreadTests {
  private static let channels = [ChannelName.instagram, .facebook]

  private func control(_ account: Account, _ owner: JSON?, of person: Alias, at: Instant = .now) -> InboundEvent {
    account.event(.threadControl, of: person, at: at, details: .object(["action": "x", "owner": owner]))
  }

  @Test(arguments: channels) func whatAnotherAppHasIsNotAnswered(_ channel: ChannelName) async throws {
    try await Account.test(channel) { account in
      let person = account.stranger
      #expect(try account.receive(account.message("hola", from: person)).answers == 1)
      let message = try account.pending()
      #expect(try account.receive(account.message("¿hay alguien?", from: person, standby: true)).answers == 0)
      #expect(try account.verdict(message) == "not_thread_owner")
      #expect(try account.count("messages", "role = 'user'") == 2, "stored")
      // Theirs to the end, and then ours again.
      try account.receive(account.echo("aquí estamos", to: person, origin: EchoOrigin(app: "5"), standby: true))
      try account.receive(control(account, "us", of: person))
      #expect(try account.value("thread_owner is null and ai_handling", of: "conversations") == "true")
      #expect(try account.receive(account.message("gracias", from: person)).answers == 1)
      #expect(try account.verdict(try account.pending()) == "go")
    }
  }

  @Test(arguments: channels) func takenAndGivenBack(_ channel: ChannelName) async throws {
    try await Account.test(channel) { account in
      let (person, now) = (account.stranger, Instant.now)
      try account.receive(account.message("hola", from: person, at: now + -60))
      try account.run("update conversations set status = 'escalated', ai_handling = false")
      try account.receive(control(account, "263902037430900", of: person, at: now + -50))
      #expect(try account.value("thread_owner", of: "conversations") == "263902037430900")
      // Older news, another's request, and the same again change nothing.
      try account.receive(control(account, "us", of: person, at: now + -55))
      try account.receive(control(account, nil, of: person, at: now + -40))
      #expect(try account.value("thread_owner", of: "conversations") == "263902037430900")
      try account.receive(control(account, "us", of: person, at: now + -30))
      #expect(try account.value("status || ' ' || ai_handling", of: "conversations") == "active true")
      #expect(try account.receive(account.message("otra cosa", from: person)).answers == 1)
      #expect(try account.count("channel_events", "kind = 'thread_control' and lead_id is not null") == 4)
    }
  }

  /// Somebody of our own desk is talking to the person: the assistant does not begin again by itself.
  @Test func ourOwnDeskStays() async throws {
    try await Account.test(.facebook) { account in
      let person = account.stranger
      try account.receive(account.message("hola", from: person, at: .now + -60))
      try account.receive(control(account, "another", of: person, at: .now + -50))
      _ = try account.value("id", of: "conversations")
      try account.run(
        "select set_config('app.tenant_id', '\(account.tenant.text)', false); select send_staff_message(id, '[{\"content\": \"yo\"}]', null, null, false) from conversations"
      )
      try account.receive(control(account, "us", of: person))
      #expect(try account.value("thread_owner is null and not ai_handling", of: "conversations") == "true")
    }
  }

  /// How somebody of our own desk takes a conversation, before another app of the account has it or meanwhile. What they
  /// gave back to the assistant themselves is its own again.
  enum Taking: String, CaseIterable {
    case button = "take_over_conversation(id, null)"
    case switched = "change_conversation(id, null, '{\"ai_handling\": false}')"
    case escalated = "change_conversation(id, null, '{\"status\": \"escalated\"}')"
    case written = "send_staff_message(id, '[{\"content\": \"yo\"}]', null, null, false)"
    case noted = "note_message(id, null, '{\"content\": \"le llamé\"}', null)"
  }

  @Test(arguments: Taking.allCases, [true, false])
  func whatOurDeskTookComesBackToTheDesk(_ taking: Taking, _ before: Bool) async throws {
    try await Account.test(.facebook) { account in
      let person = account.stranger
      func call(_ function: String) throws {
        try account.run(
          "select set_config('app.tenant_id', '\(account.tenant.text)', false); select \(function) from conversations")
      }
      try account.receive(account.message("hola", from: person, at: .now + -60))
      if before { try call(taking.rawValue) }
      try account.receive(control(account, "another", of: person, at: .now + -50))
      if !before { try call(taking.rawValue) }
      try account.receive(control(account, "us", of: person, at: .now + -40))
      #expect(try account.value("thread_owner is null and not ai_handling", of: "conversations") == "true")
      #expect(try account.receive(account.message("¿y bien?", from: person, at: .now + -30)).answers == 0)
      // Given back by the desk, taken again by the other app and returned: nobody of the desk has it any more.
      try call("hand_back_conversation(id)")
      try account.receive(control(account, "another", of: person, at: .now + -20))
      try account.run("update conversations set ai_handling = false")
      try account.receive(control(account, "us", of: person, at: .now + -10))
      #expect(try account.value("ai_handling", of: "conversations") == "true")
    }
  }

  /// What the business's machine sent meanwhile is nobody at the desk.
  @Test func aReminderIsNobody() async throws {
    try await Account.test(.facebook) { account in
      let person = account.stranger
      try account.receive(account.message("hola", from: person, at: .now + -60))
      try account.receive(control(account, "another", of: person, at: .now + -50))
      try account.run(
        """
        select set_config('app.tenant_id', '\(account.tenant.text)', false);
        select send_prepared(id, '[{"content": "Le recordamos su cita"}]', 'reminder', null) from conversations
        """)
      try account.receive(control(account, "us", of: person))
      #expect(try account.value("thread_owner is null and ai_handling", of: "conversations") == "true")
    }
  }

  /// Two names turn out to be one person's: what was heard last of their conversations is true of the one that stays.
  @Test(arguments: channels, [true, false])
  func twoBecomeOne(_ channel: ChannelName, _ ownerIsNewer: Bool) async throws {
    try await Account.test(channel) { account in
      let (one, other) = (account.stranger, account.stranger)
      try account.receive(account.message("hola", from: one, at: .now + -60))
      try account.receive(account.message("hola otra vez", from: other, at: .now + -60))
      let (early, late) = (Instant.now + -50, Instant.now + -40)
      try account.receive(control(account, "us", of: one, at: ownerIsNewer ? early : late))
      try account.receive(control(account, "263902037430900", of: other, at: ownerIsNewer ? late : early))
      try account.receive(account.watermark("read", late, to: other), account.watermark("delivered", early, to: one))
      var both = account.message("soy yo", from: one, at: .now + -45)
      both.aliases = [one, other]
      both.kind = .reaction
      try account.receive(both)
      let stays = "status <> 'archived'"
      #expect(try account.count("conversations") == 2 && account.count("conversations", stays) == 1)
      #expect(
        try account.value("thread_owner", of: "conversations", stays) == (ownerIsNewer ? "263902037430900" : nil))
      let marks = "thread_since = '\(late)' and read_until = '\(late)' and delivered_until = '\(early)'"
      #expect(try account.value(marks, of: "conversations", stays) == "true")
    }
  }

  /// The platform did not say that it is ours again, but sends it as ours.
  @Test(arguments: channels) func itMendsItself(_ channel: ChannelName) async throws {
    try await Account.test(channel) { account in
      let (person, now) = (account.stranger, Instant.now)
      try account.receive(account.message("hola", from: person, at: now + -30, standby: true))
      #expect(try account.value("thread_owner", of: "conversations") == "another app")
      // What was said before, delivered late.
      try account.receive(account.message("antes", from: person, at: now + -90))
      #expect(try account.value("thread_owner", of: "conversations") == "another app")
      #expect(try account.receive(account.message("¿y ahora?", from: person)).answers == 1)
      #expect(try account.value("thread_owner", of: "conversations") == nil)
      // A late one of the time in which it was theirs.
      try account.receive(account.message("tarde", from: person, at: now + -20, standby: true))
      #expect(try account.value("thread_owner", of: "conversations") == nil)
    }
  }

  /// Staff may try: the platform tells them.
  @Test func staffMayTry() async throws {
    try await Account.test(.instagram) { account in
      try account.receive(account.message("hola", from: account.stranger, standby: true))
      #expect(try account.verdict(try account.pending(by: "staff")) == "go")
    }
  }

  @Test func whatItReads() {
    func thread(_ kind: InboundEvent.Kind, _ details: JSON) -> JSON? {
      InboundEvent(kind: kind, externalID: "x", details: details).thread
    }
    #expect(thread(.threadControl, ["owner": "us"]) == ["ours": true])
    #expect(thread(.threadControl, ["owner": 12]) == ["ours": false, "owner": "12"])
    #expect(thread(.threadControl, ["owner": ""]) == nil)
    #expect(thread(.threadControl, ["action": "request"]) == nil)
    #expect(thread(.threadControl, "junk") == nil)
    #expect(thread(.message, ["owner": "us"]) == nil)
  }
}
