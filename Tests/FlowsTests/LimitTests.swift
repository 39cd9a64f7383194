import Core
import FoundationEssentials
import Rules
import Store
import TestSupport
import Testing

@testable import Flows

/// What may leave, and until when, on each platform.
@Suite struct LimitTests {
  struct Late: Sendable {
    var channel: ChannelName
    var hours: Double
    var assistant = "go"
    var person = "go"
    /// Where the platform has approved it.
    var approved = "go"
    var asHuman = false
  }

  static let late: [Late] =
    [ChannelName.whatsapp, .instagram, .facebook].map { Late(channel: $0, hours: 23.9) } + [
      Late(
        channel: .whatsapp, hours: 24.1, assistant: "window_closed", person: "window_closed", approved: "window_closed")
    ]
    + [ChannelName.instagram, .facebook].flatMap { channel in
      [
        Late(channel: channel, hours: 24.1, assistant: "window_closed", person: "window_closed", asHuman: true),
        Late(channel: channel, hours: 167.9, assistant: "window_closed", person: "window_closed", asHuman: true),
        Late(
          channel: channel, hours: 168.1, assistant: "window_closed", person: "window_closed", approved: "window_closed"
        ),
      ]
    } + [
      Late(channel: .tiktok, hours: 47.9),
      Late(
        channel: .tiktok, hours: 48.1, assistant: "window_closed", person: "window_closed", approved: "window_closed"),
    ]

  @Test(arguments: late) func theWindow(_ late: Late) async throws {
    try await Account.test(late.channel) { account in
      try account.receive(account.message("hola", from: account.stranger))
      try account.age(late.hours)
      #expect(try account.verdict(try account.pending()) == late.assistant)
      #expect(try account.verdict(try account.pending(by: "staff")) == late.person)
      try account.run("update channel_connections set human_agent_enabled = true")
      #expect(try account.verdict(try account.pending()) == late.assistant, "a program is no human")
      let automatic = try account.pending(by: "staff", metadata: #"{"automatic": true}"#)
      #expect(try account.verdict(automatic) == late.assistant)
      let row = try account.begin(try account.pending(by: "staff"))
      #expect(row.verdict == (late.approved == "go" ? "go" : "withheld"))
      #expect(row.asHuman == late.asHuman)
    }
  }

  /// A program of the business, with a key of its own, is none either: what it says late does not leave.
  @Test(arguments: [ChannelName.facebook, .instagram]) func whatAProgramSays(_ channel: ChannelName) async throws {
    try await Account.test(channel) { account in
      try account.receive(account.message("hola", from: account.stranger))
      try account.age(25)
      try account.run("update channel_connections set human_agent_enabled = true")
      let conversation = try #require(UUID(uuidString: try account.value("id", of: "conversations") ?? ""))
      let scope = account.database.connection().tenant(account.tenant)
      for isAutomatic in [true, false] {
        let message = try scope.sendStaffMessage(
          conversationId: conversation, contents: [.text("uno"), .text("dos")], staffId: nil, requestId: nil,
          isAutomatic: isAutomatic)
        let row = try account.begin(try #require(message))
        #expect(row.verdict == (isAutomatic ? "withheld" : "go"))
        #expect(row.asHuman == !isAutomatic)
        if isAutomatic { #expect(row.reason == "window_closed") }
      }
      #expect(try account.count("messages", "metadata ? 'automatic'") == 2, "all of its parts")
    }
  }

  /// As whom and by whose login.
  @Test func whoSends() async throws {
    try await Database.cloned { database in
      for channel in ChannelName.allCases {
        let account = try Account(channel, database)
        try account.receive(account.message("hola", from: account.stranger))
        let row = try account.begin(try account.pending())
        let sender = channel == .instagram ? "instagram_page_id" : "account_id"
        #expect(try row.accountId == account.value(sender, of: "channel_connections"))
        #expect(row.login == (channel == .instagram ? "page" : nil))
        #expect(row.asHuman == false)
        guard channel == .instagram else { continue }
        try account.run("update channel_connections set login = 'instagram' where id = '\(account.connection.text)'")
        let own = try account.begin(try account.pending())
        #expect(try own.accountId == account.value("instagram_account_id", of: "channel_connections"))
        #expect(own.login == "instagram")
      }
      #expect(
        throws: StoreError.self, "by a login there is Instagram only",
        performing: {
          try database.connection().everyone.exec(
            "set", "update channel_connections set login = 'page' where channel = 'facebook'", [])
        })
    }
  }

  /// TikTok: ten since the person wrote last, whoever said them and wherever.
  @Test func tenUntilTheyWriteAgain() async throws {
    try await Account.test(.tiktok) { account in
      let person = account.stranger
      try account.receive(account.message("hola", from: person))
      // The clock of a day before, so that it is not the day's limit that is met.
      for i in 0..<6 { try account.sent("nuestra \(i)") }
      for i in 0..<4 { try account.receive(account.echo("de la app \(i)", to: person)) }
      try account.run("update conversations set ai_handling = true, last_human_at = null")
      #expect(try account.verdict(try account.pending()) == "per_user_limit")
      #expect(try account.verdict(try account.pending(by: "staff")) == "per_user_limit")
      // Longer ago than a day, but in the same window.
      try account.run(
        """
        update messages set attempted_at = attempted_at - interval '30 hours',
          external_timestamp = external_timestamp - interval '30 hours';
        update contact_windows set last_inbound_at = last_inbound_at - interval '31 hours'
        """)
      #expect(try account.verdict(try account.pending(by: "staff")) == "per_user_limit")
      try account.receive(account.message("¿sigue ahí?", from: person))
      #expect(try account.verdict(try account.pending()) == "go")
    }
  }

  /// And ten within a day, however often they write.
  @Test func tenADay() async throws {
    try await Account.test(.tiktok) { account in
      let person = account.stranger
      for i in 0..<10 {
        try account.receive(account.message("hola \(i)", from: person))
        #expect(try account.verdict(try account.pending()) == "go")
      }
      try account.receive(account.message("otra", from: person))
      #expect(try account.verdict(try account.pending()) == "daily_limit")
      // What was refused, or never left, was not said.
      try account.run(
        "update messages set status = 'failed' where id = (select max(id::text)::uuid from messages where status = 'sending')"
      )
      #expect(try account.verdict(try account.pending()) == "go")
      #expect(try account.verdict(try account.pending()) == "daily_limit")
      let other = account.stranger
      try account.receive(account.message("hola", from: other))
      #expect(try account.verdict(try account.pending()) == "go", "it is counted by person")
    }
  }

  /// Two at once take the last of them once.
  @Test func theLastOfTen() async throws {
    try await Account.test(.tiktok) { account in
      try account.receive(account.message("hola", from: account.stranger))
      for i in 0..<9 { try account.sent("n\(i)") }
      let messages = try (0..<4).map { _ in try account.pending(by: "staff") }
      let verdicts = try await onThreads(4) { try account.verdict(messages[$0]) }
      #expect(verdicts.filter { $0 == "go" }.count == 1)
      #expect(verdicts.filter { $0 == "per_user_limit" }.count == 3)
    }
  }

  /// Nobody else counts.
  @Test(arguments: [ChannelName.whatsapp, .instagram, .facebook]) func noSuchLimit(_ channel: ChannelName) async throws
  {
    try await Account.test(channel) { account in
      try account.receive(account.message("hola", from: account.stranger))
      for i in 0..<12 { try account.sent("n\(i)") }
      #expect(try account.verdict(try account.pending()) == "go")
    }
  }
}
