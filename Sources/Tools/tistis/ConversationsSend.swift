import ArgumentParser
import Core
import Flows
import FoundationEssentials
import Rules
import Store

#if canImport(Glibc)
  import Glibc
#endif

extension Conversations {
  struct Send: ParsableCommand {
    static let configuration = CommandConfiguration(
      abstract: "Write to a person as the business; the assistant is silent from then on.",
      discussion: """
        Markdown is converted, and what is too long or too much for the conversation's platform takes the next form \
        down: buttons, a list, numbered lines; a long text goes in parts. What the platform would refuse is refused \
        here (exit 64).

          tistis conversations send … "Le atiende Ana"
          tistis conversations send … "¿Confirma su cita?" --button si=Sí --button no=No
          tistis conversations send … "Nuestro menú" --link https://example.com/menu --link-title "Ver el menú"
          tistis conversations send … --media-link https://example.com/sala.jpg --caption "La sala"
          tistis conversations send … --template recordatorio --language es_MX --param Ana --param 10:00
          tistis conversations send … --from-json place.json

        The JSON is what Sources/Rules/OutboundJSON.swift reads, for example \
        {"kind": "location", "latitude": 31.3, "longitude": -110.9, "name": "Clínica"}; there are examples of every kind \
        in Tests/PeersTests/Fixtures/whatsapp-send. Only a template leaves while the person's window is closed, and \
        none that its platform has not approved (exit 69).
        """)
    @Option(help: "The tenant's slug.") var tenant: String
    @Option(help: "The conversation's id.", transform: uuid) var conversation: UUID
    @Option(help: "The platform's id of a message to quote.") var replyTo: String?
    @Flag(help: "Print what would be sent, a line of JSON a message, and send nothing.") var dryRun = false
    @Flag(help: "What came of it as a JSON object; what would be sent, as an array. A file to send is --from-json.")
    var json = false
    @OptionGroup var said: Said

    /// What no platform takes is refused before anybody is asked whose conversation it is.
    func validate() throws {
      if let replyTo, !isPlatformID(replyTo) { throw ValidationError("\(replyTo) is no id of the platform's.") }
      // It took a file once, whose name must not go to a person as words.
      if json, let text = said.text, text.lowercased().hasSuffix(".json") || access(text, F_OK) == 0 {
        throw ValidationError("--json takes no file, it is how the result is told: --from-json \(text)")
      }
      var first: ValidationError?
      for channel in ChannelName.allCases {
        do {
          _ = try parts(channel, .spanish)
          return
        } catch let fault as ValidationError { first = first ?? fault }
      }
      if let first { throw first }
    }

    /// What is sent, in the order of sending.
    private func parts(_ channel: ChannelName, _ phrases: Phrases) throws -> [OutboundContent] {
      let limits = ChannelLimits.of(channel)
      let parts = ladder(try said.wish(), limits, phrases)
      if parts.isEmpty { throw ValidationError("There is nothing to say in an empty text.") }
      for part in parts {
        do throws(ContentFault) {
          try part.check(limits)
        } catch { throw ValidationError(error.sentence) }
      }
      return parts
    }

    struct Blocked: Error, CustomStringConvertible { let description: String }

    func run() throws {
      var refusal: ValidationError?
      administer([.databaseURL]) { settings in
        let selected = try Selected(tenant, settings)
        let account = try selected.scope.accountOfConversation(conversationId: conversation)
        guard let account, let channel = ChannelName(rawValue: account.channel) else { throw Unknown() }
        let parts: [OutboundContent]
        do {
          parts = try self.parts(channel, .of(account.language))
        } catch let fault as ValidationError {
          refusal = fault
          return
        }
        if dryRun {
          if json { return say(JSON.array(parts.map(\.json)).text) }
          for part in parts { say(part.json.text) }
          return
        }
        if let why = try selected.scope.templateTrouble(parts, connectionId: account.connectionId) {
          throw Blocked(description: why)
        }
        let id = try selected.scope.sendStaffMessage(
          conversationId: conversation, contents: parts, replyTo: replyTo, staffId: nil, requestId: nil)
        guard let id else { throw Unknown() }
        selected.database.wakeWorkers()
        tell(
          "queued message \(id.text)" + (parts.count > 1 ? " and \(parts.count - 1) more" : ""),
          json ? ["id": .string(id.text), "messages": .number(parts.count), "status": "pending"] : nil)
      }
      if let refusal { throw refusal }
    }
  }
}
