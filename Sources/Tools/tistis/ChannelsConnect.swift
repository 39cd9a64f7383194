import ArgumentParser
import Core
import Flows
import FoundationEssentials
import Rules
import Store

#if canImport(Glibc)
  import Glibc
#endif

extension Channels {
  struct Taken: Error, CustomStringConvertible {
    let description =
      "the place or the platform's account is taken: tistis channels list shows this tenant's; another tenant's account has to be disconnected there first"
  }
  struct Rejected: Error, CustomStringConvertible { let description: String }

  struct Add: ParsableCommand {
    static let configuration = CommandConfiguration(
      abstract: "Make an account known: where messages of this business arrive and leave.",
      discussion: """
        Fields are columns, as name=value. Secrets are entered apart, by `tistis channels set-secret`; then `tistis channels \
        test --subscribe`. The same account again changes its fields.

          tistis channels add --tenant clinica-sol --channel whatsapp \\
            --field whatsapp_phone_number_id=106540352242922 --field whatsapp_business_account_id=102290129340398
          tistis channels add --tenant clinica-sol --channel instagram --field instagram_account_id=178… \\
            --field instagram_page_id=106…
          tistis channels add --tenant clinica-sol --channel facebook --field facebook_page_id=106…
          tistis channels add --tenant clinica-sol --channel tiktok --field tiktok_open_id=-000m…
        """)
    @Option(help: "The tenant's slug.") var tenant: String
    @Option(help: "\(ChannelName.choice).") var channel: String
    @Option(help: "1, or 2 for a second one of the same channel.") var number = 1
    @Option(help: "A column as name=value. Again for each.") var field: [String] = []
    @Flag(help: "As a JSON object.") var json = false

    func validate() throws { _ = try entered() }

    private func entered() throws -> ChannelFields {
      guard ChannelName(rawValue: channel) != nil else {
        throw ValidationError("\(channel) is none of \(ChannelName.words.joined(separator: ", ")).")
      }
      var members = JSON.Members([.init("channel", .string(channel)), .init("account_number", .number(number))])
      for text in field {
        guard let sign = text.firstIndex(of: "="), sign > text.startIndex else {
          throw ValidationError("\(text) is not of the form name=value.")
        }
        members[String(text[..<sign])] = .string(String(text[text.index(after: sign)...]))
      }
      let fields: ChannelFields
      do throws(Refusal) {
        fields = try ChannelFields(Field(.object(members)), channel: channel, placed: true)
      } catch { throw ValidationError(error.sentence) }
      guard fields.secrets.isEmpty else {
        throw ValidationError("Secrets are not written on a command line: tistis channels set-secret reads them.")
      }
      return fields
    }

    func run() throws {
      let fields = try entered()
      administer([.databaseURL, .publicURL]) { settings in
        let selected = try Selected(tenant, settings)
        let known = try selected.scope.channelAt(
          channel: channel, accountNumber: Int32(number),
          branchId: Field(fields.columns)["branch_id"].text.flatMap { UUID(uuidString: $0) })
        do throws(StoreError) {
          let id: UUID
          if let known, known.status != "disconnected" {
            var columns = fields.columns
            if case .object(var members) = columns {
              for key in ["channel", "account_number", "branch_id"] { members[key] = nil }
              columns = .object(members)
            }
            _ = try selected.scope.changeChannel(connectionId: known.id, fields: JSONText(columns))
            id = known.id
          } else {
            id = try selected.scope.addChannel(fields: JSONText(fields.columns))
          }
          guard let row = try selected.channel(id) else { return }
          if json { return say(row.json(base: settings.text(.publicURL)).text) }
          say("\(row.id.text)  \(row.channel) \(row.accountNumber)  \(row.accountId ?? "-")  \(row.status)")
          say("webhook  \(settings.text(.publicURL))\(webhookPath(row.channel, slug: row.slug))")
        } catch {
          if case .conflict = error { throw Taken() }
          throw error
        }
      }
    }
  }

  struct SetSecret: ParsableCommand {
    static let configuration = CommandConfiguration(
      abstract: "Seal a secret of an account; it is read from standard input.",
      discussion: """
        Kinds: access_token, app_secret, verify_token; of Instagram also webhook_secret, the secret of the Instagram app \
        where its own login is used; of TikTok access_token, refresh_token, client_secret, verify_token. \
        A new access token lets a channel go on that was stopped. Nobody can read a secret back: the list shows the last \
        four characters.

          tistis channels set-secret --tenant clinica-sol --channel ID --kind access_token < token.txt
        """)
    @Option(help: "The tenant's slug.") var tenant: String
    @Option(help: "The channel's id.", transform: uuid) var channel: UUID
    @Option(help: "What it is.") var kind: String
    @Flag(help: "As a JSON object.") var json = false

    func run() throws {
      administer([.databaseURL, .inboundKeys, .outboundKeys]) { settings in
        let selected = try Selected(tenant, settings)
        guard let row = try selected.channel(channel), row.status != "disconnected" else { throw Missing() }
        guard ChannelFields.secretKinds(row.channel).contains(where: { $0.kind == kind }) else {
          let kinds = ChannelFields.secretKinds(row.channel).map(\.kind).joined(separator: ", ")
          throw Rejected(description: "a \(row.channel) channel has no \(kind): it is one of \(kinds)")
        }
        if isatty(0) == 1 { complain("type or paste the secret, then Ctrl-D") }
        let text = standardInput().filter { !$0.isWhitespace }
        guard !text.isEmpty else { throw NoToken() }
        let fields = try ChannelFields(
          Field([kind: .string(text)]), channel: row.channel, placed: false)
        let store = try selected.secrets(settings)
        let (isConnected, resumed) = try selected.database.transaction(tenant: selected.tenant) {
          (scope) throws(StoreError) -> (Bool, Int32?) in
          guard try store.keep(fields, connection: channel, tenant: selected.tenant, in: scope) else {
            return (false, nil)
          }
          if try scope.connectChannel(connectionId: channel) { return (true, nil) }
          return (false, row.status == "error" ? try scope.resumeChannel(connectionId: channel) : nil)
        }
        if resumed != nil { selected.database.wakeWorkers() }
        if json {
          let done = JSON.object([
            "id": .string(channel.text), "kind": .string(kind), "sealed": true, "connected": .bool(isConnected),
            "resumed_conversations": resumed.map { .number($0) },
          ])
          return say(done.text)
        }
        say("sealed the \(kind)")
        if isConnected { say("connected") }
        if let resumed { say("resumed; \(resumed) conversations go on") }
      }
    }
  }

  struct Missing: Error, CustomStringConvertible {
    let description = "the tenant has no such channel; tistis channels list shows them"
  }

  struct TestCommand: ParsableCommand {
    static let configuration = CommandConfiguration(
      commandName: "test", abstract: "Ask the platform whether an account works: token, permissions, subscription.",
      discussion: "`jobs` does the asking. Exit 0: all is well; 1: something is not; 75: nobody has done it yet.")
    @Option(help: "The tenant's slug.") var tenant: String
    @Option(help: "The channel's id.", transform: uuid) var channel: UUID
    @Flag(help: "Also subscribe the account to our webhook.") var subscribe = false
    @Option(help: "Seconds to wait.") var seconds = 60
    @Flag(help: "As a JSON object.") var json = false

    func run() throws {
      administer([.databaseURL]) { settings in
        let selected = try Selected(tenant, settings)
        guard try selected.channel(channel) != nil else { throw Missing() }
        let result = try selected.result(
          of: .testChannel(channel, subscribe: subscribe, requestID: nil), seconds: seconds, silent: json)
        if json {
          say(result.value?.text ?? "null")
        } else {
          for check in result["checks"].items {
            say("\(check["state"].text ?? "-")  \(check["name"].text ?? "-")  \(check["sentence"].text ?? "")")
            if let cure = check["cure"].text { say("    → \(cure)") }
          }
        }
        if result["ok"].bool != true { leave(1) }
      }
    }
  }

  struct Health: ParsableCommand {
    static let configuration = CommandConfiguration(
      abstract: "Show how an account is: its errors, its last message, its last test, what waits.")
    @Option(help: "The tenant's slug.") var tenant: String
    @Option(help: "The channel's id.", transform: uuid) var channel: UUID
    @Flag(help: "As a JSON object.") var json = false

    func run() throws {
      administer([.databaseURL]) { settings in
        let selected = try Selected(tenant, settings)
        guard let row = try selected.channel(channel) else { throw Missing() }
        let waits = try selected.scope.channelWaits(connectionId: channel)
        let health = row.health(sends: waits.sends, alerts: waits.alerts)
        if json { return say(health.text) }
        if case .object(let members) = health {
          for pair in members.pairs where pair.value != .null { say("\(pair.key)  \(pair.value.text)") }
        }
      }
    }
  }

  struct Disconnect: ParsableCommand {
    static let configuration = CommandConfiguration(
      abstract: "End an account: its secrets are removed, nothing comes in or leaves. Its conversations stay.",
      discussion: "`tistis channels add` with the same channel and number brings it back.")
    @Option(help: "The tenant's slug.") var tenant: String
    @Option(help: "The channel's id.", transform: uuid) var channel: UUID
    @Flag(help: "As a JSON object.") var json = false

    func run() throws {
      administer([.databaseURL]) { settings in
        guard try Selected(tenant, settings).scope.disconnectChannel(connectionId: channel) else { throw Missing() }
        tell("disconnected", json ? ["id": .string(channel.text), "status": "disconnected"] : nil)
      }
    }
  }
}

/// What is typed or piped in.
private func standardInput() -> String {
  var bytes = [UInt8]()
  var chunk = [UInt8](repeating: 0, count: 8192)
  while bytes.count < 1 << 16 {
    let n = read(0, &chunk, chunk.count)
    guard n > 0 else { break }
    bytes += chunk[..<n]
  }
  return String(decoding: bytes, as: UTF8.self)
}
