import ArgumentParser
import Core
import Flows
import FoundationEssentials
import Store

struct Conversations: ParsableCommand {
  static let configuration = CommandConfiguration(
    abstract: "Take part in a conversation.", subcommands: [List.self, Send.self, HandBack.self, Why.self])

  struct Unknown: Error, CustomStringConvertible { let description = "the tenant has no such conversation" }

  struct List: ParsableCommand {
    static let configuration = CommandConfiguration(
      abstract: "List a tenant's conversations with their ids, the latest first.")
    @Option(help: "The tenant's slug.") var tenant: String
    @Option(help: "How many at most.") var limit = 20
    @Flag(help: "As a JSON array.") var json = false

    func run() throws {
      administer([.databaseURL]) { settings in
        let rows = try Selected(tenant, settings).scope.listConversations(limit: Int64(limit))
        if json { return say(JSON.array(rows.map(\.json)).text) }
        for row in rows {
          let answers = row.aiHandling ? "assistant" : "people"
          say("\(row.id.text)  \(row.status)  \(answers)  \(row.channel) \(row.contactAddress)  \(row.name ?? "")")
        }
      }
    }
  }

  struct HandBack: ParsableCommand {
    static let configuration = CommandConfiguration(abstract: "Give a conversation back to the assistant.")
    @Option(help: "The tenant's slug.") var tenant: String
    @Option(help: "The conversation's id.", transform: uuid) var conversation: UUID
    @Flag(help: "As a JSON object.") var json = false

    func run() throws {
      administer([.databaseURL]) { settings in
        guard try Selected(tenant, settings).scope.handBackConversation(conversationId: conversation) else {
          throw Unknown()
        }
        tell("handed back", json ? ["id": .string(conversation.text), "ai_handling": true] : nil)
      }
    }
  }
}

extension ListConversationsRow {
  fileprivate var json: JSON {
    [
      "id": .string(id.text), "status": .string(status), "ai_handling": .bool(aiHandling), "channel": .string(channel),
      "contact_address": .string(contactAddress), "name": name.map { .string($0) } ?? .null,
    ]
  }
}
