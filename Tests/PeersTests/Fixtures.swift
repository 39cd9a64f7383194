import Core
import FoundationEssentials
import Peers
import Testing

/// The folder of this target's sources; fixtures are read from the source tree.
private let here = URL(filePath: #filePath).deletingLastPathComponent()

/// A case: `<name>.json` is what comes in, `<name>.expected` what must come out, as text.
struct Fixture: Sendable, CustomTestStringConvertible {
  let folder: String
  let name: String

  var testDescription: String { "\(folder)/\(name)" }

  static func all(_ folder: String) -> [Fixture] {
    let names = (try? FileManager.default.contentsOfDirectory(atPath: here.path + "/Fixtures/\(folder)")) ?? []
    return names.filter { $0.hasSuffix(".json") }.sorted().map { Fixture(folder: folder, name: String($0.dropLast(5))) }
  }

  /// The same folder of every platform: `-send` those of `whatsapp-send`, `instagram-send` …
  static func each(_ ending: String = "") -> [Fixture] {
    Channel.all.flatMap { all($0.name.rawValue + ending) }
  }

  /// The platform that its folder is named after.
  var channel: Channel {
    get throws { try #require(Channel.named(String(folder.prefix { $0 != "-" }))) }
  }

  var bytes: [UInt8] { read(".json") }

  func field() throws -> Field { Field(try JSON.parse(bytes)) }

  /// Compares with the file. With `UPDATE=1` in the environment the file is rewritten instead: `git diff` is the review.
  func expect(_ text: String, sourceLocation: SourceLocation = #_sourceLocation) throws {
    if ProcessInfo.processInfo.environment["UPDATE"] == "1" {
      try Data((text + "\n").utf8).write(to: URL(filePath: path(".expected")))
    }
    #expect(String(decoding: read(".expected"), as: UTF8.self) == text + "\n", sourceLocation: sourceLocation)
  }

  /// What is expected of it, as the file says.
  var expected: String { String(decoding: read(".expected"), as: UTF8.self) }

  private func path(_ ending: String) -> String { here.path + "/Fixtures/\(folder)/\(name)\(ending)" }

  private func read(_ ending: String) -> [UInt8] {
    (try? Data(contentsOf: URL(filePath: path(ending)))).map { Array($0) } ?? []
  }
}

/// Other people's payloads, if this checkout has them beside it.
func sharedPayloads(_ prefix: String) -> [(name: String, bytes: [UInt8])] {
  let root = here.deletingLastPathComponent().deletingLastPathComponent()
  let folder = root.deletingLastPathComponent().path + "/shared/fixtures/channels"
  let names = (try? FileManager.default.contentsOfDirectory(atPath: folder)) ?? []
  return names.filter { $0.hasPrefix(prefix) && $0.hasSuffix(".json") }.sorted().map { name in
    (name, (try? Data(contentsOf: URL(filePath: folder + "/" + name))).map { Array($0) } ?? [])
  }
}

func quoted(_ text: String) -> String { JSON.string(text).text }

extension HTTPRequest {
  /// For comparing: as on the wire, without what the client adds.
  var text: String {
    let head = ["\(method) \(url)"] + headers.map { "\($0.name): \($0.value)" }
    return head.joined(separator: "\n") + "\n\n" + String(decoding: body, as: UTF8.self)
  }
}

extension HTTPResponse {
  /// `{"status", "headers", "body"}`; a body that is a string is sent as it is.
  init(_ field: Field) {
    let members = if case .object(let m)? = field["headers"].value { m.pairs } else { [JSON.Members.Pair]() }
    self.init(
      status: Int(field["status"].integer ?? 0),
      headers: Dictionary(members.map { ($0.key, Field($0.value).loose ?? "") }) { $1 },
      body: field["body"].text.map { Array($0.utf8) } ?? field["body"].value?.bytes ?? [])
  }
}
