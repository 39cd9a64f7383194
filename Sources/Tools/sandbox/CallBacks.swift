import Core

/// Tells the owners of accounts what became of their messages: signed, one POST each, and again if it is refused.
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
    let account: String
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

  /// Whether an address answers Meta's handshake.
  nonisolated func confirms(_ url: String, _ token: String) async -> Bool {
    let challenge = String(UInt32.random(in: 0 ... .max))
    let query =
      "hub.mode=subscribe&hub.challenge=\(challenge)&hub.verify_token=\(token.utf8.map { "%" + hex([$0]) }.joined())"
    let answer = try? await client.send(HTTPRequest("GET", url + "?" + query, timeout: 10))
    return answer.map { (200...299).contains($0.status) && $0.body == Array(challenge.utf8) } ?? false
  }

  /// Goes through what there is to tell of a message. Each waits for the answer to the one before, not for its repetitions.
  nonisolated func tell(_ reports: [Report], to subscriber: Subscriber) {
    Task {
      for report in reports {
        await pause(delay)
        _ = await deliver(report.body(), report.word, to: subscriber)
      }
    }
  }

  /// Posts a webhook's body; whether the first attempt was taken. One that was not is repeated.
  nonisolated func deliver(_ body: JSON, _ word: String, to subscriber: Subscriber) async -> Bool {
    let body = subscriber.bytes(body)
    if await attempt(1, word, body, subscriber) { return true }
    Task { await again(word, body, subscriber) }
    return false
  }

  private nonisolated func again(_ state: String, _ body: [UInt8], _ subscriber: Subscriber) async {
    var wait = retryDelay
    for i in 1...Self.repetitions {
      await pause(wait)
      if await attempt(i + 1, state, body, subscriber) { return }
      wait *= 2
    }
    log.warning("gave-up", ["url": subscriber.url, "state": state])
  }

  private nonisolated func attempt(_ i: Int, _ state: String, _ body: [UInt8], _ to: Subscriber) async -> Bool {
    // Signed at each attempt: TikTok's signature names the time.
    let request = HTTPRequest("POST", to.url, headers: to.headers(body), body: body, timeout: 20)
    let at = Instant.now
    let result: Result<Int, HTTPFailure>
    do throws(HTTPFailure) {
      result = .success(try await client.send(request).status)
    } catch { result = .failure(error) }
    await keep(to, at, state, i, body, result)
    if case .success(200...299) = result { return true }
    return false
  }

  private func keep(
    _ to: Subscriber, _ at: Instant, _ state: String, _ attempt: Int, _ body: [UInt8],
    _ result: Result<Int, HTTPFailure>
  ) {
    last += 1
    if entries.count >= Self.most + 1000 { entries.removeFirst(1000) }
    entries.append(
      Entry(
        number: last, at: at, account: to.id, url: to.url, state: state, attempt: attempt, body: body,
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
      "account": .string(entry.account), "url": .string(entry.url), "state": .string(entry.state),
      "attempt": .number(entry.attempt), "status": status, "failure": failure, "body": parsed(entry.body),
    ])
  }

  func clear() { entries = [] }
}
