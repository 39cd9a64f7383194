import ArgumentParser
import Core

/// Stands in for the outside systems that the platform speaks with, on one loopback port. Never part of a release.
@main
struct Sandbox: AsyncParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "sandbox",
    abstract: "Stands in for Meta's Graph API, TikTok's Business API and Anthropic's Messages API.",
    discussion: Help.text)

  @Option(help: "Port to listen on; 0 takes a free one and logs it.")
  var port: UInt16 = 9301

  @Option(help: "Address to listen on.")
  var bind = "127.0.0.1"

  @Option(help: "File to which every request is appended, a line of JSON each.")
  var journal: String?

  @Option(
    help:
      "JSON file of whom to call back: an object of id → what PUT /sandbox/numbers or, with a channel, accounts takes.")
  var numbers: String?

  @Option(help: "Folder of scripts for Claude, each as PUT /sandbox/scripts takes it, named as its file.")
  var scripts: String?

  @Option(help: "Put before a callback that is only a path.")
  var callbackBase = "http://127.0.0.1:8080"

  @Option(help: "Signs the call-backs of who was registered without an app_secret.")
  var appSecret = "dev_meta_app_secret"

  @Option(help: "The only bearer token accepted. Default: any that starts with dev_ or test_.")
  var token: String?

  @Option(help: "Milliseconds before each call-back: sent, echo, delivered, read.")
  var statusDelayMs = 50

  @Option(help: "Milliseconds that Claude takes for an answer.")
  var claudeDelayMs = 150

  @Option(help: "Milliseconds before a refused call-back is repeated; doubles with each of five repetitions.")
  var retryDelayMs = 500

  func validate() throws {
    guard min(statusDelayMs, claudeDelayMs, retryDelayMs) >= 0,
      max(statusDelayMs, claudeDelayMs, retryDelayMs) <= 600_000
    else { throw ValidationError("a delay is 0 to 600000 milliseconds") }
  }

  func run() async throws {
    let log = Log(service: "sandbox")
    Sockets.raiseFileLimit()
    let kept = try Journal(file: journal)
    let secret = Secret(appSecret)
    let known = Numbers(base: callbackBase, secret: secret)
    let accounts = Accounts(base: callbackBase, secret: secret)
    let callbacks = CallBacks(log: log, delay: Double(statusDelayMs) / 1000, retryDelay: Double(retryDelayMs) / 1000)
    let (faults, memory, shelf, inbox, plays) = (Faults(), Memory(), MediaShelf(), Inbox(), Scripts())
    let tokens = Tokens(only: token.map { Secret($0) })
    func messenger(_ channel: Account.Channel) -> Messenger {
      Messenger(channel: channel, tokens: tokens, accounts: accounts, inbox: inbox, callbacks: callbacks)
    }
    let control = Control(
      journal: kept, faults: faults, numbers: known, accounts: accounts, callbacks: callbacks, memory: memory,
      inbox: inbox, shelf: shelf, scripts: plays)
    if let scripts { try await control.load(scripts: scripts) }
    if let numbers { try await control.load(file: numbers) }
    let world = World(
      routes: Routes(
        whatsapp: WhatsApp(
          tokens: tokens, numbers: known, memory: memory, shelf: shelf, callbacks: callbacks, accounts: accounts),
        facebook: messenger(.facebook), instagram: messenger(.instagram),
        tiktok: TikTok(tokens: tokens, accounts: accounts, inbox: inbox, shelf: shelf, callbacks: callbacks),
        anthropic: Anthropic(delay: Double(claudeDelayMs) / 1000, scripts: plays)),
      control: control, journal: kept, faults: faults, log: log)

    let stop = Signals.whenStopped {
      await kept.close()
      log.info("stopped")
    }
    defer { stop.cancel() }
    do {
      try await Server(bind: bind, port: port, world: world, log: log).run()
    } catch {
      log.error("failed", ["why": "\(error)", "bind": "\(bind):\(port)"])
      throw ExitCode.failure
    }
  }
}
