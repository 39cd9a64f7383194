import Core

#if canImport(Glibc)
  import Glibc
#endif

/// What was received and what was answered: the newest in memory, all of it in a file if there is one.
actor Journal {
  struct Entry: Sendable {
    let number: Int
    let at: Instant
    let peer: String
    let kind: String
    let request: Request
    /// nil until it is answered, and for ever if the connection was held or broken.
    var answer: Response?
    var answeredAt: Instant?
    var accepted = false
    var fault: String?
    /// Its end is known, and it is in the file.
    var settled = false
  }

  /// Requests kept, and the bytes of body that they may have together.
  private static let most = 20_000
  private static let mostBytes = 128 << 20
  /// Of a form with a file, which is no text: its fields come first, and a few files would push all else out.
  private static let mostOfForm = 64 << 10

  private var entries = [Entry]()
  private var bytes = 0
  private var last = 0
  private var file: Int32 = -1

  struct Unwritable: Error, CustomStringConvertible {
    let description: String
  }

  init(file path: String?) throws(Unwritable) {
    guard let path else { return }
    file = open(path, O_WRONLY | O_CREAT | O_APPEND | O_CLOEXEC, 0o600)
    guard file >= 0 else { throw Unwritable(description: "cannot write \(path): \(String(cString: strerror(errno)))") }
  }

  func receive(peer: String, kind: String, _ request: Request) -> Int {
    last += 1
    var request = request
    if request.headers["content-type"]?.hasPrefix("multipart/") == true, request.body.count > Self.mostOfForm {
      request.body = Array(request.body.prefix(Self.mostOfForm))
    }
    entries.append(Entry(number: last, at: .now, peer: peer, kind: kind, request: request))
    bytes += request.body.count
    if entries.count > Self.most + 1000 || bytes > Self.mostBytes { shrink() }
    return last
  }

  func settle(_ number: Int, _ ending: Ending, accepted: Bool, fault: String?) {
    guard let first = entries.first?.number, number >= first, number - first < entries.count else { return }
    let i = number - first
    if case .answer(var response) = ending {
      // A file is no text, and as large as it likes.
      if entries[i].kind == "download", response.status == 200 { response.body = [] }
      entries[i].answer = response
      entries[i].answeredAt = .now
    }
    entries[i].accepted = accepted
    entries[i].fault = fault
    entries[i].settled = true
    write(entries[i])
  }

  /// The newest `limit` of those that fit, oldest first, with the figures of all that fit.
  func requests(peer: String?, kind: String?, match: String?, limit: Int) -> JSON {
    let fitting = entries.filter { entry in
      (peer.map { $0 == entry.peer } ?? true) && (kind.map { $0 == entry.kind } ?? true)
        && (match.map { entry.request.contains($0) } ?? true)
    }
    let texts = fitting.count { $0.kind == "text" && $0.accepted }
    return .object([
      "count": .number(fitting.count), "texts": .number(texts),
      "requests": .array(fitting.suffix(limit).map(\.json)),
    ])
  }

  /// Forgets what it holds in memory. Numbers go on.
  func clear() {
    entries = []
    bytes = 0
  }

  /// Writes what has no answer yet, too.
  func close() {
    for entry in entries where !entry.settled { write(entry) }
    if file >= 0 { _ = Glibc.close(file) }
    file = -1
  }

  /// A thousand at a time, since moving an array costs.
  private func shrink() {
    repeat {
      let gone = entries.prefix(min(1000, max(1, entries.count / 4)))
      for entry in gone where !entry.settled { write(entry) }
      bytes -= gone.reduce(0) { $0 + $1.request.body.count }
      entries.removeFirst(gone.count)
    } while bytes > Self.mostBytes && !entries.isEmpty
  }

  private func write(_ entry: Entry) {
    guard file >= 0 else { return }
    let line = entry.json.bytes + [UInt8(ascii: "\n")]
    var sent = 0
    while sent < line.count {
      let n = line.withUnsafeBytes { Glibc.write(file, $0.baseAddress! + sent, $0.count - sent) }
      guard n > 0 else { return }
      sent += n
    }
  }
}

extension Journal.Entry {
  var json: JSON {
    .object([
      "seq": .number(number), "at": .string(at.description),
      "answered_at": answeredAt.map { .string($0.description) } ?? .null, "peer": .string(peer), "kind": .string(kind),
      "method": .string(request.method), "path": .string(request.path), "headers": headers,
      "body": parsed(request.body), "status": answer.map { .number($0.status) } ?? .null,
      "answer": answer.map { parsed($0.body) } ?? .null, "accepted": .bool(accepted),
      "fault": fault.map { .string($0) } ?? .null,
    ])
  }

  private static let redacted = ["authorization", "x-api-key", "x-n8n-api-key"]

  private var headers: JSON {
    let sorted = request.headers.sorted { $0.key < $1.key }
    return .object(
      JSON.Members(
        sorted.map { name, value in
          .init(name, .string(Self.redacted.contains(name) ? "•••" : value))
        }))
  }
}

/// The bytes as JSON, as text if they are none, null if there are none.
func parsed(_ bytes: [UInt8]) -> JSON {
  if bytes.isEmpty { return .null }
  return (try? JSON.parse(bytes)) ?? .string(String(decoding: bytes, as: UTF8.self))
}
