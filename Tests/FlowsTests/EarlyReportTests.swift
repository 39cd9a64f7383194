import Core
import FoundationEssentials
import Rules
import Store
import TestSupport
import Testing

@testable import Flows

/// Reports under an id that none of our messages has yet: whatever gives it that id applies them.
@Suite struct EarlyReportTests {
  /// How a message gets the platform's id.
  enum Naming: CaseIterable {
    case answer, echo, readBack
  }

  private static let channels = [ChannelName.instagram, .tiktok]

  private func report(_ state: String, of id: String, to person: Alias) -> InboundEvent {
    InboundEvent(
      kind: .status, externalID: id, aliases: [person], at: .now, status: StatusReport(state: state), raw: [:])
  }

  @Test(arguments: ChannelName.allCases, Naming.allCases)
  func bothOrders(_ channel: ChannelName, _ naming: Naming) async throws {
    try await Database.cloned { database in
      for reportFirst in [true, false] {
        let account = try Account(channel, database)
        let person = account.stranger
        try account.receive(account.message("hola", from: person))
        let (message, attempt) = (try account.pending(), UUID())
        try account.begin(message, attempt)
        if naming == .readBack { try account.end(message, attempt, "unknown") }
        let read = report("read", of: "m.ours", to: person)
        if reportFirst {
          try account.receive(read)
          #expect(try account.count("message_status_history", "message_id is null") == 1)
        }
        switch naming {
        case .answer: try account.end(message, attempt, id: "m.ours")
        case .echo: try account.receive(account.echo("respuesta", to: person, id: "m.ours"))
        case .readBack:
          let found = try account.database.connection(user: "tistis_jobs").tenant(account.tenant).settleReadBack(
            messageId: message, found: #"[{"id": "m.ours"}]"#)
          #expect(found == "m.ours")
        }
        if !reportFirst { try account.receive(read) }
        #expect(try account.status(message) == "read", "report first: \(reportFirst)")
        #expect(try account.count("message_status_history", "message_id is null") == 0)
        try account.receive(read)
        #expect(try account.count("message_status_history", "status = 'read'") == 1)
      }
    }
  }

  /// The owner's own words are read before the platform tells us what they were.
  @Test(arguments: channels) func whatSomebodyElseSaid(_ channel: ChannelName) async throws {
    try await Account.test(channel) { account in
      let person = account.stranger
      try account.receive(report("read", of: "m.theirs", to: person))
      try account.receive(account.echo("yo le atiendo", to: person, id: "m.theirs"))
      #expect(try account.value("status", of: "messages", "role = 'staff'") == "read")
    }
  }

  /// The echo, two reports and the send's answer at the same time, many times: none is lost, and nobody waits in a ring.
  @Test(arguments: channels) func allAtOnce(_ channel: ChannelName) async throws {
    try await Database.cloned { database in
      let rounds = 80
      let account = try Account(channel, database)
      var sends = [(person: Alias, message: UUID, attempt: UUID)]()
      for i in 0..<rounds {
        let person = account.stranger
        try account.receive(account.message("hola", from: person))
        let (message, attempt) = (try account.pending("texto \(i)"), UUID())
        try account.begin(message, attempt)
        sends.append((person, message, attempt))
      }
      let ready = sends
      _ = try await onThreads(4) { side in
        let session = database.connection(user: side == 3 ? "tistis_jobs" : "tistis_webhook_" + channel.rawValue)
        for (i, send) in ready.enumerated() {
          switch side {
          case 0: try account.receive(account.echo("texto \(i)", to: send.person, id: "m.\(i)"), session: session)
          case 1: try account.receive(report("delivered", of: "m.\(i)", to: send.person), session: session)
          case 2: try account.receive(report("read", of: "m.\(i)", to: send.person), session: session)
          // Of every other one no answer comes.
          default: if i % 2 == 0 { try account.end(send.message, send.attempt, id: "m.\(i)", session: session) }
          }
        }
      }
      #expect(try account.count("message_status_history", "message_id is null") == 0)
      #expect(try account.count("messages", "role = 'assistant' and status = 'read'") == rounds)
      #expect(try account.count("messages", "role = 'staff'") == 0)
    }
  }
}
