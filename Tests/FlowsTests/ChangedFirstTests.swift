import Core
import FoundationEssentials
import Peers
import Store
import TestSupport
import Testing

@testable import Flows

/// On Messenger and Instagram an edit or its being taken back may come before the message, too.
@Suite struct ChangedFirstTests {
  private static let platforms = [Platform.instagram, .facebook]

  /// What somebody does to one message: they write it, edit it twice, take it back.
  private struct Acts {
    let tenant: Tenant
    var mid = unique("mid.")
    let person = uniqueDigits("61")
    let at = Instant.now

    func body(_ act: String, by other: String? = nil) -> [UInt8] {
      let platform = tenant.platform
      func item(_ key: String, _ value: JSON, _ seconds: Double) -> [UInt8] {
        platform.messaging(
          tenant.account, [platform.item(from: other ?? person, to: tenant.account, at + seconds, key, value)])
      }
      switch act {
      case "says": return item("message", ["mid": .string(mid), "text": "el lunes"], -30)
      case "edits": return item("message_edit", ["mid": .string(mid), "text": "el martes", "num_edit": 1], -20)
      case "again": return item("message_edit", ["mid": .string(mid), "text": "el jueves", "num_edit": "2"], -10)
      default: return item("message", ["mid": .string(mid), "is_deleted": true], -5)
      }
    }
  }

  private func receive(_ body: [UInt8], _ tenant: Tenant, _ database: Database) throws {
    let channel = try #require(Channel.named(tenant.platform.rawValue))
    let rows = try channel.read(Field(JSON.parse(body))).map { $0.row(connection: tenant.connection) }
    _ = try database.connection(user: "tistis_webhook_" + tenant.platform.rawValue).tenant(tenant.id).receiveEvents(
      events: JSONText(.array(rows)), policy: JSONText(receivePolicy(delaySeconds: 60)), requestId: "r")
  }

  private static func orders(_ acts: [String]) -> [[String]] {
    acts.count < 2
      ? [acts] : acts.flatMap { first in orders(acts.filter { $0 != first }).map { [first] + $0 } }
  }

  private func said(_ tenant: Tenant) throws -> String? {
    try tenant.value(
      "concat_ws(' | ', content, metadata ->> 'original_content', edited_at is not null, deleted_at is not null)",
      of: "messages")
  }

  /// In every order, everything twice: one message as it is last, one question, and of an edit no more than one event.
  @Test(arguments: platforms) func theNewestWords(_ platform: Platform) async throws {
    try await Database.cloned { database in
      for order in Self.orders(["says", "edits", "again"]) {
        let tenant = try Tenant.make(on: platform, in: database)
        let acts = Acts(tenant: tenant)
        for act in order { try receive(acts.body(act), tenant, database) }
        let once = try said(tenant)
        for act in order { try receive(acts.body(act), tenant, database) }
        #expect(try said(tenant) == once, "\(order)")
        #expect(once == "el jueves | el lunes | t | f", "\(order)")
        #expect(try tenant.count("channel_events", where: "kind = 'edit'") == 2, "\(order)")
        #expect(try tenant.count("jobs", where: "job_type = 'ai_response' and status = 'pending'") == 1, "\(order)")
        #expect(try tenant.count("leads") == 1, "\(order)")
      }
    }
  }

  /// Taken back before it came: nothing of it is kept, whatever came of it.
  @Test(arguments: platforms) func takenBack(_ platform: Platform) async throws {
    try await Database.cloned { database in
      for order in Self.orders(["says", "edits", "takes it back"]) {
        let tenant = try Tenant.make(on: platform, in: database)
        let acts = Acts(tenant: tenant)
        for act in order { try receive(acts.body(act), tenant, database) }
        let once = try said(tenant)
        for act in order { try receive(acts.body(act), tenant, database) }
        #expect(try said(tenant) == once, "\(order)")
        #expect(once?.hasPrefix("[mensaje eliminado] | ") == true, "\(order)")
        #expect(try tenant.count("messages", where: "deleted_at is not null and raw is null") == 1, "\(order)")
        #expect(
          try tenant.count("channel_events", where: "content ~ 'martes' or raw::text ~ 'martes'") == 0, "\(order)")
      }
    }
  }

  /// The same id at another business, and from another person of the same one, is another message's or nobody's.
  @Test(arguments: platforms) func nobodyElses(_ platform: Platform) async throws {
    try await Database.cloned { database in
      let (tenant, other) = (try Tenant.make(on: platform, in: database), try Tenant.make(on: platform, in: database))
      let acts = Acts(tenant: tenant)
      let theirs = Acts(tenant: other, mid: acts.mid)
      try receive(acts.body("edits"), tenant, database)
      try receive(acts.body("takes it back", by: uniqueDigits("62")), tenant, database)
      try receive(theirs.body("says"), other, database)
      try receive(acts.body("says"), tenant, database)
      #expect(try said(other) == "el lunes | f | f")
      #expect(try said(tenant) == "el martes | el lunes | t | f")
    }
  }

  /// Message and edit at once, again and again: who waits for the other finds what the other left.
  @Test(arguments: platforms) func atOnce(_ platform: Platform) async throws {
    try await Database.cloned { database in
      let tenant = try Tenant.make(on: platform, in: database)
      let acts = Acts(tenant: tenant)
      _ = try await onThreads(8) { i in
        try receive(acts.body(["says", "edits", "again"][i % 3]), tenant, database)
      }
      #expect(try said(tenant) == "el jueves | el lunes | t | f")
      #expect(try tenant.count("jobs", where: "job_type = 'ai_response'") == 1)
    }
  }
}
