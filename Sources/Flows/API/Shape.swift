import Core
import FoundationEssentials

/// What a value of a request or an answer looks like. One description checks what is asked, makes the OpenAPI document
/// and, in tests, judges what we answer.
public indirect enum Shape: Sendable {
  /// Text of so many Unicode scalars.
  case text(ClosedRange<Int>)
  /// A UUID.
  case id
  /// A point in time, RFC 3339.
  case moment
  case integer(ClosedRange<Int64>)
  case number
  case flag
  /// One of these words.
  case word([String])
  case list(Shape, atMost: Int)
  case object([Member])
  /// An object of whatever members.
  case map
  case anything
  /// Or null.
  case maybe(Shape)

  public struct Member: Sendable {
    let name: String
    let shape: Shape
    let needed: Bool
  }

  /// Some text, of no more than is sensible.
  public static let line = Shape.text(0...500)
  public static let note = Shape.text(0...10_000)
  /// Of an object that we keep as it is.
  static let mapBytes = 65_536
  public static let count = Shape.integer(0...Int64(Int32.max))
}

extension Shape.Member {
  /// A member that has to be there.
  public static func needs(_ name: String, _ shape: Shape) -> Self { .init(name: name, shape: shape, needed: true) }
  /// A member that may be missing; in a request it may be null as well, which says the same.
  public static func may(_ name: String, _ shape: Shape) -> Self { .init(name: name, shape: shape, needed: false) }
}

/// Something wrong with a value, and where: `$.ip_whitelist[2]`.
public struct ShapeFault: Sendable, Equatable {
  public let path: String
  public let fault: String
  static let most = 50
}

extension Shape {
  /// Whose values are judged: what others send may hold more than we know and say nothing by null; what we answer may not.
  public enum Judge: Sendable { case request, answer }

  /// Everything that is wrong, up to a bound.
  public func check(_ value: JSON, at path: String = "$", _ judge: Judge, _ faults: inout [ShapeFault]) {
    guard faults.count < ShapeFault.most else { return }
    func expected(_ what: String) { faults.append(ShapeFault(path: path, fault: "expected \(what)")) }
    switch (self, value) {
    case (.anything, _), (.flag, .bool), (.maybe, .null): return
    case (.map, .object):
      if judge == .request, value.bytes.count > Self.mapBytes { expected("at most \(Self.mapBytes) bytes") }
    case (.maybe(let inner), _): inner.check(value, at: path, judge, &faults)
    case (.text(let range), .string(let text)):
      if text.utf8.contains(0) { return expected("text without NUL") }
      let length = text.unicodeScalars.count
      if !range.contains(length) { expected("\(range.lowerBound) to \(range.upperBound) characters, found \(length)") }
    case (.id, .string(let text)): if UUID(uuidString: text) == nil { expected(what) }
    case (.moment, .string(let text)): if Self.moment(text) == nil { expected(what) }
    case (.integer(let range), .number(let text)):
      guard let n = Int64(text), range.contains(n) else { return expected(what) }
    case (.number, .number(let text)): if !(Double(text) ?? .nan).isFinite { expected(what) }
    case (.word(let words), .string(let text)): if !words.contains(text) { expected(what) }
    case (.list(let item, let most), .array(let items)):
      if items.count > most { return expected("at most \(most) items, found \(items.count)") }
      for (i, value) in items.enumerated() { item.check(value, at: "\(path)[\(i)]", judge, &faults) }
    case (.object(let members), .object(let found)): check(members, found, at: path, judge, &faults)
    default: expected(what)
    }
  }

  private func check(
    _ members: [Member], _ found: JSON.Members, at path: String, _ judge: Judge, _ faults: inout [ShapeFault]
  ) {
    for member in members {
      switch found[member.name] {
      case nil:
        if member.needed { faults.append(ShapeFault(path: "\(path).\(member.name)", fault: "is missing")) }
      case .null where judge == .request && !member.needed: continue
      case let value?: member.shape.check(value, at: "\(path).\(member.name)", judge, &faults)
      }
    }
    if judge == .answer {
      for pair in found.pairs where !members.contains(where: { $0.name == pair.key }) {
        faults.append(ShapeFault(path: "\(path).\(pair.key)", fault: "is in no document"))
      }
    }
  }

  /// Of the years 1 to 9999.
  static func moment(_ text: String) -> Instant? {
    Instant(text).flatMap { (-62_135_596_800..<253_402_300_800).contains($0.seconds) ? $0 : nil }
  }

  private var what: String {
    switch self {
    case .text(let range): "text of \(range.lowerBound) to \(range.upperBound) characters"
    case .id: "a UUID"
    case .moment: "a time as RFC 3339 writes it"
    case .integer(let range): "a whole number from \(range.lowerBound) to \(range.upperBound)"
    case .number: "a number"
    case .flag: "true or false"
    case .word(let words): "one of " + words.joined(separator: ", ")
    case .list: "an array"
    case .object, .map: "an object"
    case .anything: "anything"
    case .maybe(let inner): inner.what + " or null"
    }
  }

  /// A value that stands in a query or a path, as JSON would write it; what cannot be read stays text and is refused by
  /// `check`.
  func value(ofText text: String) -> JSON {
    switch self {
    case .integer: Int64(text).map { .number($0) } ?? .string(text)
    case .number: Double(text).map { $0.isFinite ? .number(text) : .string(text) } ?? .string(text)
    case .flag:
      ["true": .bool(true), "1": .bool(true), "false": .bool(false), "0": .bool(false)][text] ?? .string(text)
    case .maybe(let inner): inner.value(ofText: text)
    default: .string(text)
    }
  }
}

extension JSON {
  /// Whether a number in it would fill pages when Postgres writes it out: `1e131071` has seven characters here.
  var hasWildNumber: Bool {
    switch self {
    case .number(let text):
      let exponent = text.split(whereSeparator: { $0 == "e" || $0 == "E" }).dropFirst().first.map { Int($0) ?? .max }
      return text.utf8.count > 400 || !(-400...400).contains(exponent ?? 0)
    case .array(let items): return items.contains(where: \.hasWildNumber)
    case .object(let members): return members.pairs.contains { $0.value.hasWildNumber }
    case .null, .bool, .string: return false
    }
  }
}
