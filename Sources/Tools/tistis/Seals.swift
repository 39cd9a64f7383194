import ArgumentParser
import Core

struct Seals: ParsableCommand {
  static let configuration = CommandConfiguration(
    abstract: "Print INBOUND_SEAL and OUTBOUND_SEAL, which belong to INBOUND_KEYS and OUTBOUND_KEYS.",
    discussion: """
      With a seal a program can seal a secret and not open any, so `api` may be given one. They are no secrets. After the \
      first key of either list was changed, put the new seal into /etc/tistis/common.env.
      """)

  @Flag(help: "As a JSON object, by the settings' names.") var json = false

  func run() throws {
    administer([.inboundKeys, .outboundKeys]) { settings in
      var seals = JSON.Members()
      for (name, keys) in [(Setting.inboundSeal, Setting.inboundKeys), (.outboundSeal, .outboundKeys)] {
        guard let seal = try Keyring(settings.secret(keys)).seal else { continue }
        seals[name.name] = .string(seal.text)
        if !json { say("\(name.name)=\(seal.text)") }
      }
      if json { say(JSON.object(seals).text) }
    }
  }
}
