import Core

/// Tells the owners of numbers what became of their messages: signed, one POST a status, and again if it is refused.
actor CallBacks {
  private let log: Log
  private let delay: Double
  private let retryDelay: Double
  private let client = HTTPMulti()
  private var entries = [Entry]()
  private var last = 0

  /// Repetitions after the first attempt. Meta goes on for seven days.
  private static let repetitions = 5
  /// Attempts kept.
  private static let most = 20_000

  private struct Entry: Sendable {
    let number: Int
    let at: Instant
    let phoneNumberID: String
    let url: String
    let state: String
    let attempt: Int
    let body: [UInt8]
    let result: Result<Int, HTTPFailure>
  }

  /// Both in seconds; the second doubles with each repetition.
  init(log: Log, delay: Double, retryDelay: Double) {
    self.log = log
    self.delay = delay
    self.retryDelay = retryDelay
  }

  /// Goes through the states of a message. A state waits for the answer to the one before, not for its repetitions.
  nonisolated func tell(_ message: SentMessage, to number: Number, states: [String]) {
    Task {
      for state in states {
        await pause(delay)
        let body = escaped(message.status(state, number, at: .now))
        if await attempt(1, state, body, number) { continue }
        Task { await again(state, body, number) }
      }
    }
  }

  /// Posts a webhook's body; whether the first attempt was taken. One that was not is repeated as a status is.
  nonisolated func deliver(_ body: JSON, _ word: String, to number: Number) async -> Bool {
    let body = escaped(body)
    if await attempt(1, word, body, number) { return true }
    Task { await again(word, body, number) }
    return false
  }

  private nonisolated func again(_ state: String, _ body: [UInt8], _ number: Number) async {
    var wait = retryDelay
    for i in 1...Self.repetitions {
      await pause(wait)
      if await attempt(i + 1, state, body, number) { return }
      wait *= 2
    }
    log.warning("gave-up", ["url": number.url, "state": state])
  }

  private nonisolated func attempt(_ i: Int, _ state: String, _ body: [UInt8], _ number: Number) async -> Bool {
    let request = HTTPRequest(
      "POST", number.url,
      headers: [
        .init("Content-Type", "application/json"), .init("User-Agent", "facebookexternalua"),
        .init("X-Hub-Signature-256", "sha256=" + hex(hmacSHA256(body, key: number.secret))),
      ], body: body, timeout: 20)
    let at = Instant.now
    let result: Result<Int, HTTPFailure>
    do throws(HTTPFailure) {
      result = .success(try await client.send(request).status)
    } catch { result = .failure(error) }
    await keep(number, at, state, i, body, result)
    if case .success(200...299) = result { return true }
    return false
  }

  private func keep(
    _ number: Number, _ at: Instant, _ state: String, _ attempt: Int, _ body: [UInt8],
    _ result: Result<Int, HTTPFailure>
  ) {
    last += 1
    if entries.count >= Self.most + 1000 { entries.removeFirst(1000) }
    entries.append(
      Entry(
        number: last, at: at, phoneNumberID: number.id, url: number.url, state: state, attempt: attempt, body: body,
        result: result))
  }

  /// The newest `limit` of the attempts whose URL or body contains `match`, oldest first.
  func made(match: String?, limit: Int) -> JSON {
    let fitting = entries.filter { entry in
      match.map { find($0, in: entry.body) || find($0, in: Array(entry.url.utf8)) } ?? true
    }
    return ["count": .number(fitting.count), "callbacks": .array(fitting.suffix(limit).map { Self.json($0) })]
  }

  private static func json(_ entry: Entry) -> JSON {
    var status = JSON.null
    var failure: JSON?
    switch entry.result {
    case .success(let s): status = .number(s)
    case .failure(let f): failure = .string(f.sentence)
    }
    return .object([
      "seq": .number(entry.number), "at": .string(entry.at.description),
      "phone_number_id": .string(entry.phoneNumberID), "url": .string(entry.url), "state": .string(entry.state),
      "attempt": .number(entry.attempt), "status": status, "failure": failure, "body": parsed(entry.body),
    ])
  }

  func clear() { entries = [] }
}

/// JSON as Meta writes it, and signs it: everything beyond ASCII as `\uXXXX`, `/` as `\/`.
func escaped(_ value: JSON) -> [UInt8] {
  var out = [UInt8]()
  for unit in value.text.utf16 {
    if unit == UInt16(UInt8(ascii: "/")) {
      out += "\\/".utf8
    } else if unit < 0x80 {
      out.append(UInt8(unit))
    } else {
      out += "\\u".utf8
      out += hex([UInt8(unit >> 8), UInt8(unit & 255)]).utf8
    }
  }
  return out
}
