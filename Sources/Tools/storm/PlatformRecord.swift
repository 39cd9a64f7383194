import Core
import Synchronization
import TestSupport

#if canImport(Glibc)
  import Glibc
#endif

/// What the sandbox received, read from its journal as it grows: it keeps only the newest in memory.
final class PlatformRecord: Sendable {
  struct State {
    var offset = 0
    var rest: [UInt8] = []
    var texts: [Sent] = []
    /// Those that were taken and named to us, for reports.
    var named: [Int] = []
    var unreadable = 0
  }
  private let state = Mutex(State())
  private let path = World.current.folder + "/log/sandbox.jsonl"
  private let tally: Tally

  /// What an earlier run in the same world has left in the journal is none of ours.
  init(_ tally: Tally) {
    self.tally = tally
    let file = open(path, O_RDONLY | O_CLOEXEC)
    guard file >= 0 else { return }
    let size = lseek(file, 0, SEEK_END)
    state.withLock { $0.offset = max(0, size) }
    close(file)
  }

  var texts: [Sent] { state.withLock { $0.texts } }
  var unreadable: Int { state.withLock { $0.unreadable } }

  func someNamed(_ dice: inout Dice) -> Sent? {
    let (count, roll) = (state.withLock { $0.named.count }, dice.next())
    guard count > 0 else { return nil }
    // The last hundred as a rule: whose reports are on their way just now.
    let back = Int(roll % UInt64(roll % 4 == 0 ? count : min(count, 100)))
    return state.withLock { $0.texts[$0.named[$0.named.count - 1 - back]] }
  }

  /// Reads what was written since the last time. One caller at a time.
  func catchUp() {
    let file = open(path, O_RDONLY | O_CLOEXEC)
    guard file >= 0 else { return }
    defer { close(file) }
    var chunk = [UInt8](repeating: 0, count: 1 << 20)
    while true {
      let offset = state.withLock { $0.offset }
      let count = pread(file, &chunk, chunk.count, offset)
      guard count > 0 else { return }
      state.withLock { state in
        state.offset += count
        let lines = (state.rest + chunk[..<count]).split(
          separator: UInt8(ascii: "\n"), omittingEmptySubsequences: false)
        for line in lines.dropLast() { take(Array(line), &state) }
        state.rest = Array(lines.last ?? [])
      }
    }
  }

  private func take(_ line: [UInt8], _ state: inout State) {
    let head = String(decoding: line.prefix(200), as: UTF8.self)
    let tail = String(decoding: line.suffix(120), as: UTF8.self)
    let peer = head.firstMatch(of: /"peer":"(\w+)"/).map { String($0.1) } ?? "unknown"
    if let match = tail.firstMatch(of: /"accepted":(\w+),"fault":"([^"]*)"\}/) {
      tally.add(.peers, "\(peer): \(match.2)\(match.1 == "true" ? ", and taken all the same" : "")")
    }
    guard head.contains(#""kind":"text""#) else {
      let kind = head.firstMatch(of: /"kind":"([^"]+)"/).map { String($0.1) } ?? "other"
      tally.add(.answers, peer == "anthropic" ? "Claude was asked" : "\(kind) requests to the platform")
      return
    }
    guard let sent = (try? JSON.parse(line)).flatMap({ Sent(Field($0)) }) else {
      state.unreadable += 1
      return
    }
    tally.add(.answers, sent.accepted ? "texts that the platform took" : "texts that the platform did not take")
    tally.add(.answers, "texts to \(peer)")
    if sent.accepted, sent.wamid != nil { state.named.append(state.texts.count) }
    state.texts.append(sent)
  }
}
