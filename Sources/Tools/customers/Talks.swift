import Core
import TestSupport

#if canImport(Glibc)
  import Glibc
#endif

/// Who wrote when, and what the sandbox's journal says came of it.
actor Talks {
  private struct Talk {
    let posted: Instant
    var acknowledged: Instant?
    var asked: Instant?
    var thought: Instant?
    /// Seconds that Claude took, in all of his answers.
    var thinking = 0.0
    var received: Instant?
  }

  private var talks: [Int: Talk] = [:]
  private var refused = 0
  private let path = World.current.folder + "/log/sandbox.jsonl"
  private var offset: off_t = 0
  private var rest: [UInt8] = []

  /// What is said and what is answered, by which both are found again.
  private static let word = "Respuesta "

  /// `booking`: asks for an appointment (`Booking`) instead of a price.
  func write(_ serial: Int, to tenant: Tenant, booking: Bool) async throws {
    let text =
      booking ? "\(Booking.asked) \(Self.word)\(serial)" : "¿Cuánto cuesta? [[echo:\(Self.word)\(serial)]]"
    let body = tenant.payload([Tenant.text(text)])
    let signature = tenant.signature(body)
    talks[serial] = Talk(posted: .now)
    let response = try await Web.deliver(body, to: tenant, signature: signature)
    if response.status == 200 { talks[serial]?.acknowledged = .now } else { refused += 1 }
  }

  /// Whether so many have their answer, at the latest after so many seconds.
  func answered(_ count: Int, within seconds: Double) async -> Bool {
    await eventually(within: seconds, every: 2) { talks.values.count { $0.received != nil } >= count }
  }

  private func eventually(within seconds: Double, every milliseconds: Int, _ condition: () -> Bool) async -> Bool {
    let end = Instant.now + seconds
    while !condition() {
      guard Instant.now < end else { return false }
      try? await Task.sleep(for: .milliseconds(milliseconds))
    }
    return true
  }

  func forget() { talks = [:] }

  // MARK: The journal

  /// Reads what the sandbox writes, until cancelled.
  func watch() async {
    let file = open(path, O_RDONLY | O_CLOEXEC)
    guard file >= 0 else { return }
    defer { close(file) }
    offset = lseek(file, 0, SEEK_END)
    var chunk = [UInt8](repeating: 0, count: 1 << 18)
    while !Task.isCancelled {
      let count = pread(file, &chunk, chunk.count, offset)
      guard count > 0 else {
        try? await Task.sleep(for: .milliseconds(4))
        continue
      }
      offset += off_t(count)
      let lines = (rest + chunk[..<count]).split(separator: UInt8(ascii: "\n"), omittingEmptySubsequences: false)
      for line in lines.dropLast() { take(Array(line)) }
      rest = Array(lines.last ?? [])
    }
  }

  private func take(_ line: [UInt8]) {
    guard let entry = (try? JSON.parse(line)).map({ Field($0) }), entry["accepted"].bool == true,
      ["text", "messages"].contains(entry["kind"].text), let at = entry["at"].text.flatMap({ Instant($0) }),
      let match = String(decoding: line, as: UTF8.self).firstMatch(of: /Respuesta (\d+)/), let serial = Int(match.1)
    else { return }
    if entry["kind"].text == "text" {
      talks[serial]?.received = at
    } else if let thought = entry["answered_at"].text.flatMap({ Instant($0) }) {
      guard var talk = talks[serial] else { return }
      talk.asked = min(at, talk.asked ?? at)
      talk.thought = max(thought, talk.thought ?? thought)
      talk.thinking += thought - at
      talks[serial] = talk
    }
  }

  // MARK: What it came to

  func figures(of count: Int) -> [(String, String)] {
    var waits = [Double]()
    var acknowledgements = [Double]()
    var before = [Double]()
    var after = [Double]()
    for talk in talks.values {
      if let acknowledged = talk.acknowledged { acknowledgements.append(acknowledged - talk.posted) }
      guard let asked = talk.asked, let thought = talk.thought, let received = talk.received else { continue }
      before.append(asked - talk.posted)
      after.append(received - thought)
      waits.append(received - talk.posted - talk.thinking)
    }
    return [
      ("p50", Self.rank(waits, 0.5)), ("p90", Self.rank(waits, 0.9)), ("p99", Self.rank(waits, 0.99)),
      ("max", Self.rank(waits, 1)), ("webhook_p50", Self.rank(acknowledgements, 0.5)),
      ("to_claude_p50", Self.rank(before, 0.5)), ("from_claude_p50", Self.rank(after, 0.5)),
      ("unanswered", String(count - waits.count)), ("refused", String(refused)),
    ]
  }

  /// In milliseconds, by the nearest rank.
  private static func rank(_ values: [Double], _ part: Double) -> String {
    guard !values.isEmpty else { return "0" }
    let sorted = values.sorted()
    let i = min(sorted.count - 1, max(0, Int((Double(sorted.count) * part).rounded(.up)) - 1))
    return String((sorted[i] * 10_000).rounded() / 10)
  }
}
