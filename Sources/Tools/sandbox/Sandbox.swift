import ArgumentParser
import Core

/// Stands in for the outside systems that the platform speaks with, on one loopback port. Never part of a release.
@main
struct Sandbox: AsyncParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "sandbox", abstract: "Stands in for WhatsApp's Graph API and for Anthropic's Messages API.",
    discussion: Help.text)

  @Option(help: "Port to listen on; 0 takes a free one and logs it.")
  var port: UInt16 = 9301

  @Option(help: "Address to listen on.")
  var bind = "127.0.0.1"

  @Option(help: "File to which every request is appended, a line of JSON each.")
  var journal: String?

  @Option(help: "JSON file of numbers to call back: an object of phone_number_id → what PUT /sandbox/numbers takes.")
  var numbers: String?

  @Option(help: "Put before a callback that is only a path.")
  var callbackBase = "http://127.0.0.1:8080"

  @Option(help: "Signs the call-backs of numbers registered without an app_secret.")
  var appSecret = "dev_meta_app_secret"

  @Option(help: "The only bearer token accepted. Default: any that starts with dev_ or test_.")
  var token: String?

  @Option(help: "Milliseconds before each of sent, delivered, read.")
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
    let known = Numbers(base: callbackBase, secret: Secret(appSecret))
    if let numbers { try await known.load(file: numbers) }
    let callbacks = CallBacks(log: log, delay: Double(statusDelayMs) / 1000, retryDelay: Double(retryDelayMs) / 1000)
    let faults = Faults()
    let memory = Memory()
    let shelf = MediaShelf()
    let world = World(
      peers: [
        WhatsApp(
          token: token.map { Secret($0) }, numbers: known, memory: memory, shelf: shelf, callbacks: callbacks),
        Anthropic(delay: Double(claudeDelayMs) / 1000),
      ],
      control: Control(
        journal: kept, faults: faults, numbers: known, callbacks: callbacks, memory: memory, shelf: shelf),
      journal: kept, faults: faults, log: log)

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
