import Core
import FoundationEssentials
import Rules
import Store
import TestSupport
import Testing

@testable import Flows

/// The platform tells back what the account said. What we said is a report; what somebody else said silences the assistant.
@Suite struct EchoTests {
  /// How an echo shows that it is ours: by what we attached, or by its words while they are on their way.
  enum Mark: CaseIterable {
    case opaque, words, wordsOfAProgram

    func origin(_ message: UUID) -> EchoOrigin {
      switch self {
      case .opaque: EchoOrigin(opaque: message.text, app: "77")
      case .words: EchoOrigin()
      case .wordsOfAProgram: EchoOrigin(byProgram: true)
      }
    }
  }

  private func quiet(_ account: Account) throws -> Bool {
    try account.value("ai_handling", of: "conversations") == "false"
  }

  /// The echo overtakes the send's answer; then the answer comes.
  @Test(arguments: ChannelName.allCases, Mark.allCases) func ours(_ channel: ChannelName, _ mark: Mark) async throws {
    try await Account.test(channel) { account in
      let person = account.stranger
      try account.receive(account.message("hola", from: person))
      let (message, attempt) = (try account.pending("Sí,\n cuesta 800"), UUID())
      try account.begin(message, attempt)
      let echo = account.echo("Sí, cuesta 800", to: person, id: "m.ours", origin: mark.origin(message))
      #expect(try account.receive(echo).reports == 1)
      #expect(try account.status(message) == "sent")
      try account.receive(echo)
      #expect(try account.end(message, attempt, id: "m.ours") == "sent")
      try account.receive(echo)
      #expect(try account.count("messages") == 2)
      #expect(try account.value("external_id", of: "messages", "role = 'assistant'") == "m.ours")
      #expect(try !quiet(account))
      #expect(try account.count("conversations", "last_human_at is not null") == 0)
      #expect(try account.count("message_status_history") == 1)
    }
  }

  /// Nobody knew whether it had left: its echo says so.
  @Test(arguments: ChannelName.allCases, Mark.allCases)
  func whatWasInDoubtIsSettled(_ channel: ChannelName, _ mark: Mark) async throws {
    try await Account.test(channel) { account in
      let person = account.stranger
      try account.receive(account.message("hola", from: person))
      let (message, attempt) = (try account.pending(), UUID())
      try account.begin(message, attempt)
      #expect(try account.end(message, attempt, "unknown") == "unknown")
      try account.receive(account.echo("respuesta", to: person, origin: mark.origin(message)))
      #expect(try account.status(message) == "sent")
      #expect(try account.count("messages") == 2)
      #expect(try !quiet(account))
    }
  }

  /// Where the platform itself answers everybody first, its echo is kept and silences nobody: the question is still answered.
  @Test(arguments: ChannelName.allCases) func besideTheAssistant(_ channel: ChannelName) async throws {
    try await Account.test(channel) { account in
      try account.run("update channel_connections set echo_takes_over = false")
      let person = account.stranger
      try account.receive(account.message("hola", from: person))
      let (message, attempt) = (try account.pending("Sí, cuesta 800"), UUID())
      try account.receive(account.echo("Gracias por escribirnos", to: person, id: "m.auto"))
      #expect(try account.value("content", of: "messages", "role = 'staff'") == "Gracias por escribirnos")
      #expect(try !quiet(account))
      #expect(try account.count("conversations", "last_human_at is not null") == 0)
      #expect(try account.begin(message, attempt).verdict == "go")
      // One that turns out to be ours leaves no trace of a person either.
      try account.receive(account.echo("Sí, cuesta 800.", to: person, id: "m.ours"))
      #expect(try account.end(message, attempt, id: "m.ours") == "accepted")
      #expect(try account.count("conversations", "ai_handling and last_human_at is null") == 1)
      #expect(try account.count("messages") == 3)
    }
  }

  /// Known already: nothing happens. A platform that gives a message another id in its echo says that a program sent it.
  @Test(arguments: ChannelName.allCases) func whatIsKnownChangesNothing(_ channel: ChannelName) async throws {
    try await Account.test(channel) { account in
      let person = account.stranger
      try account.receive(account.message("hola", from: person))
      let message = try account.sent("respuesta", id: "m.known")
      try account.receive(account.echo("respuesta", to: person, id: "m.known"))
      try account.receive(
        account.echo("respuesta", to: person, id: "m.other", origin: EchoOrigin(opaque: message.text)))
      try account.receive(account.echo("respuesta", to: person, id: "m.third", origin: EchoOrigin(byProgram: true)))
      #expect(try account.count("messages") == 2)
      #expect(try !quiet(account))
      #expect(try account.value("external_id", of: "messages", "role = 'assistant'") == "m.known")
    }
  }

  /// Two of the same words on their way: each echo is of one of them.
  @Test func twoOfTheSameWords() async throws {
    try await Account.test(.tiktok) { account in
      let person = account.stranger
      try account.receive(account.message("hola", from: person))
      let messages = try (0..<2).map { _ in try account.pending("ok") }
      for message in messages { try account.begin(message) }
      try account.receive(account.echo("ok", to: person, id: "m.1"), account.echo("ok", to: person, id: "m.2"))
      #expect(try account.count("messages", "role = 'assistant' and status = 'sent'") == 2)
      #expect(
        try account.database.column("select external_id from messages where role = 'assistant' order by id")
          == ["m.1", "m.2"])
      try account.receive(account.echo("ok", to: person, id: "m.3"))
      #expect(try quiet(account), "a third was said by somebody else")
    }
  }

  struct Stranger: Sendable {
    var name: String
    var origin: EchoOrigin?
    var text = "Le atiendo yo"
    var hours = 0.0
  }

  static let strangers = [
    Stranger(name: "a person"), Stranger(name: "another program", origin: EchoOrigin(app: "1")),
    Stranger(name: "some program", origin: EchoOrigin(byProgram: true)),
    Stranger(name: "somebody's own mark", origin: EchoOrigin(opaque: "pedido-7")),
    Stranger(name: "a mark of nobody's", origin: EchoOrigin(opaque: "0198c5a0-0000-7000-8000-000000000000")),
    Stranger(name: "the same words, hours later", text: "respuesta", hours: 3),
  ]

  /// Stored once, read by staff and Claude, and no bot message leaves.
  @Test(arguments: ChannelName.allCases) func somebodyElse(_ channel: ChannelName) async throws {
    try await Database.cloned { database in
      for stranger in Self.strangers {
        let account = try Account(channel, database)
        let person = account.stranger
        try account.receive(account.message("hola", from: person))
        let message = try account.pending()
        let echo = account.echo(stranger.text, to: person, at: .now + stranger.hours * 3600, origin: stranger.origin)
        for _ in 0..<2 { try account.receive(echo) }
        #expect(try account.verdict(message) == "human_took_over", "\(stranger.name)")
        #expect(try account.count("messages", "role = 'staff' and status = 'sent'") == 1, "\(stranger.name)")
        #expect(try quiet(account))
      }
    }
  }

  /// Buttons come back in the platform's words, and of TikTok without a name; elsewhere a program that says who it is and
  /// bears no mark of ours is another's, whatever of ours is on its way.
  @Test(arguments: ChannelName.allCases, [true, false])
  func anotherProgramBesideOurButtons(_ channel: ChannelName, _ inDoubt: Bool) async throws {
    try await Account.test(channel) { account in
      let person = account.stranger
      try account.receive(account.message("hola", from: person))
      let (message, attempt) = (try account.pending("¿Confirma? [Sí]"), UUID())
      try account.run("update messages set payload = '{\"kind\": \"buttons\"}' where id = '\(message.text)'")
      try account.begin(message, attempt)
      if inDoubt { try account.end(message, attempt, "unknown") }
      try account.receive(
        account.echo("Su pedido va en camino", to: person, id: "m.theirs", origin: EchoOrigin(app: "1")))
      #expect(try account.status(message) == (inDoubt ? "unknown" : "sending"))
      #expect(try account.count("messages", "role = 'staff' and external_id = 'm.theirs'") == 1)
      #expect(try quiet(account))
      // Ours, some program's that nobody names.
      try account.receive(account.echo("¿Confirma?", to: person, id: "m.ours", origin: EchoOrigin(byProgram: true)))
      #expect(try account.status(message) == "sent")
    }
  }

  /// Somebody else's mark is no key to another account's message.
  @Test func anotherAccountsMessage() async throws {
    try await Database.cloned { database in
      let (ours, theirs) = (try Account(.facebook, database), try Account(.facebook, database))
      let (one, other) = (ours.stranger, theirs.stranger)
      try ours.receive(ours.message("hola", from: one))
      let (message, attempt) = (try ours.pending(), UUID())
      try ours.begin(message, attempt)
      try ours.end(message, attempt, "unknown")
      try theirs.receive(theirs.echo("respuesta", to: other, origin: EchoOrigin(opaque: message.text)))
      #expect(try ours.status(message) == "unknown")
      #expect(try theirs.count("messages", "role = 'staff'") == 1)
    }
  }

  /// Nothing showed whose it was (the platform changed the words); our send's answer tells. It is one message, and the
  /// assistant goes on.
  @Test(arguments: ChannelName.allCases, [true, false])
  func theAnswerTellsThatItWasOurs(_ channel: ChannelName, _ echoFirst: Bool) async throws {
    try await Account.test(channel) { account in
      let person = account.stranger
      try account.receive(account.message("hola", from: person))
      let (message, attempt) = (try account.pending("uno"), UUID())
      try account.begin(message, attempt)
      let echo = account.echo("en otras palabras", to: person, id: "m.one")
      if echoFirst {
        try account.receive(echo)
        #expect(try quiet(account))
      }
      #expect(try account.end(message, attempt, id: "m.one") == "accepted")
      if !echoFirst { try account.receive(echo) }
      #expect(try account.count("messages") == 2)
      #expect(try account.value("external_id", of: "messages", "role = 'assistant'") == "m.one")
      #expect(try account.value("ai_handling and last_human_at is null", of: "conversations") == "true")
      try account.receive(account.message("¿y mañana?", from: person))
      #expect(try account.verdict(try account.pending("dos")) == "go")
    }
  }

  /// A person wrote as well: that one is not taken back.
  @Test func whoeverWroteMeanwhileStays() async throws {
    try await Account.test(.instagram) { account in
      let person = account.stranger
      try account.receive(account.message("hola", from: person))
      let (message, attempt) = (try account.pending("uno"), UUID())
      try account.begin(message, attempt)
      try account.receive(account.echo("otras palabras", to: person, id: "m.one"))
      try account.receive(account.echo("yo le atiendo", to: person))
      try account.end(message, attempt, id: "m.one")
      #expect(try account.count("messages", "role = 'staff'") == 1)
      #expect(try quiet(account))
      #expect(try account.value("last_human_at is not null", of: "conversations") == "true")
    }
  }

  /// Both at the same time, many times.
  @Test(arguments: [ChannelName.instagram, .tiktok]) func theTwoMeet(_ channel: ChannelName) async throws {
    try await Database.cloned { database in
      let rounds = 60
      let account = try Account(channel, database)
      var sends = [(person: Alias, message: UUID, attempt: UUID)]()
      for i in 0..<rounds {
        let person = account.stranger
        try account.receive(account.message("hola", from: person))
        let message = try account.pending("texto \(i)")
        let attempt = UUID()
        try account.begin(message, attempt)
        sends.append((person, message, attempt))
      }
      let ready = sends
      // Each on a session of its own; whoever is first in one round need not be in the next.
      _ = try await onThreads(2) { side in
        let session = database.connection(user: side == 0 ? "tistis_jobs" : "tistis_webhook_" + channel.rawValue)
        for (i, send) in ready.enumerated() {
          if side == 0 {
            try account.end(send.message, send.attempt, id: "m.\(i)", session: session)
          } else {
            // Half of them cannot be told by their words.
            let echo = account.echo(i % 2 == 0 ? "texto \(i)" : "otro", to: send.person, id: "m.\(i)")
            try account.receive(echo, session: session)
          }
        }
      }
      #expect(try account.count("messages", "role = 'staff'") == 0)
      #expect(try account.count("messages", "role = 'assistant' and status in ('accepted', 'sent')") == rounds)
      #expect(try account.count("conversations", "ai_handling and last_human_at is null") == rounds)
      #expect(try account.count("webhook_dead_letters") == 0)
    }
  }
}
