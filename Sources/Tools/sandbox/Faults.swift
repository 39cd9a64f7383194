import Core

/// Something that is to go wrong, by name.
struct Fault: Sendable {
  enum Kind: Sendable, Equatable {
    /// An HTTP status in the peer's own words.
    case status(Int)
    /// An error code of the peer, and its subcode if one was named.
    case code(Int, Int?)
    /// The person's window is closed, in the peer's own words.
    case closedWindow
    /// The app wants `appsecret_proof` with every call.
    case wantsProof
    /// Accepted, and failed with this code afterwards.
    case failed(Int)
    case timeout, reset, slow, malformed
  }

  let id: Int
  let peer: String
  let name: String
  let kind: Kind
  let match: String?
  /// Only requests of this kind.
  let only: String?
  /// Requests it still hits; nil: all.
  var left: Int?
  var hits = 0
  /// Seconds.
  let delay: Double?
  let retryAfter: Int?
  let afterAccept: Bool

  /// Reads what was posted; throws `.malformed` for what is no fault.
  init(_ body: Field, id: Int, peers: [String]) throws(Refusal) {
    self.id = id
    peer = try body["peer"].string()
    guard peers.contains(peer) else { throw body["peer"].expected(peers.joined(separator: " or ")) }
    // A status is as welcome as a number.
    guard let name = body["fault"].loose, let kind = Self.kind(name, peer) else {
      throw body["fault"].expected("a name that --help lists")
    }
    switch kind {
    case .failed: guard peer == "whatsapp" else { throw body["fault"].expected("a fault that \(peer) knows") }
    case .wantsProof:
      guard ["whatsapp", "facebook", "instagram"].contains(peer) else {
        throw body["fault"].expected("a fault that \(peer) knows")
      }
    case .code, .closedWindow:
      guard peer != "anthropic" else { throw body["fault"].expected("a fault that \(peer) knows") }
    default: break
    }
    self.name = name
    self.kind = kind
    match = body["match"].text
    only = body["kind"].text
    let times = body["times"].exists ? try body["times"].int() : 1
    guard (0...1_000_000).contains(times) else { throw body["times"].expected("0 to 1000000") }
    left = times == 0 ? nil : Int(times)
    let delay = body["delay_ms"].exists ? try body["delay_ms"].int() : nil
    guard (0...600_000).contains(delay ?? 0) else { throw body["delay_ms"].expected("0 to 600000") }
    self.delay = delay.map { Double($0) / 1000 }
    let after = body["retry_after"].exists ? try body["retry_after"].int() : nil
    guard (0...86_400).contains(after ?? 0) else { throw body["retry_after"].expected("0 to 86400") }
    retryAfter = after.map { Int($0) }
    afterAccept = body["after_accept"].bool ?? false
  }

  private static func kind(_ name: String, _ peer: String) -> Kind? {
    switch name {
    case "timeout": return .timeout
    case "reset": return .reset
    case "slow": return .slow
    case "malformed": return .malformed
    case "closed_window": return .closedWindow
    case "wants_proof": return .wantsProof
    case "revoked_token":
      return peer == "tiktok" ? .code(40105, nil) : peer == "anthropic" ? .status(401) : .code(190, 460)
    default: break
    }
    if let status = Int(name), (400...599).contains(status) { return .status(status) }
    let parts = name.split(separator: ":")
    guard (2...3).contains(parts.count), let code = Int(parts[1]), code >= 0 else { return nil }
    if parts.count == 3 { return parts[0] == "code" ? Int(parts[2]).map { .code(code, $0) } : nil }
    return parts[0] == "code" ? .code(code, nil) : parts[0] == "failed" ? .failed(code) : nil
  }

  var json: JSON {
    .object([
      "id": .number(id), "peer": .string(peer), "fault": .string(name), "match": match.map { .string($0) },
      "kind": only.map { .string($0) },
      "left": left.map { .number($0) } ?? "all", "hits": .number(hits),
      "delay_ms": delay.map { .number(Int($0 * 1000)) }, "retry_after": retryAfter.map { .number($0) },
      "after_accept": .bool(afterAccept),
    ])
  }
}

/// The faults that wait for their request, in the order they were posted.
actor Faults {
  private var waiting = [Fault]()
  private var last = 0
  /// What was let go, of which those who are still slow are not any more.
  private var released = Set<String>()

  /// At most so many wait at once.
  private static let most = 1000

  func add(_ body: Field, peers: [String]) throws(Refusal) -> Fault {
    guard waiting.count < Self.most else { throw .busy("\(Self.most) faults wait already", after: 1) }
    let fault = try Fault(body, id: last + 1, peers: peers)
    last += 1
    if let match = fault.match { released.remove(match) }
    waiting.append(fault)
    return fault
  }

  /// The first that fits the request; used up when its times are over.
  func take(peer: String, kind: String, _ request: Request) -> Fault? {
    let fits = waiting.firstIndex { fault in
      fault.peer == peer && (fault.only ?? kind) == kind && (fault.match.map { request.contains($0) } ?? true)
    }
    guard let i = fits else { return nil }
    waiting[i].hits += 1
    if let left = waiting[i].left { waiting[i].left = left - 1 }
    let fault = waiting[i]
    if fault.left == 0 { waiting.remove(at: i) }
    return fault
  }

  func all() -> [Fault] { waiting }
  func clear() {
    waiting = []
    released = []
  }

  /// Those that have this match hit nobody any more, and whom they slow down is answered now.
  func release(_ match: String) {
    waiting.removeAll { $0.match == match }
    released.insert(match)
  }

  /// Sleeps for as long as the fault wants it, unless it is let go meanwhile.
  func hold(_ fault: Fault, _ seconds: Double) async {
    let end = Instant.now + seconds
    while Instant.now < end, fault.match.map({ !released.contains($0) }) ?? true {
      await pause(min(0.02, end - .now))
    }
  }
}

extension Request {
  /// Whether the path, the query or the raw body contains a text.
  func contains(_ text: String) -> Bool {
    find(text, in: Array(path.utf8)) || find(text, in: Array(query.utf8)) || find(text, in: body)
  }
}
