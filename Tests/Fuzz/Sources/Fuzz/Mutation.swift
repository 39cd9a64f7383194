import Core

@_silgen_name("LLVMFuzzerMutate")
private func mutateBytes(_ data: UnsafeMutablePointer<UInt8>, _ count: Int, _ most: Int) -> Int

/// How libFuzzer makes a new input. JSON is changed as a tree three times out of four, since changed bytes are as a rule
/// no JSON any more and reach nothing behind the parser.
@_cdecl("LLVMFuzzerCustomMutator")
public func mutate(_ data: UnsafeMutablePointer<UInt8>, _ count: Int, _ most: Int, _ seed: CUnsignedInt) -> Int {
  var chance = Chance(seed: UInt64(seed))
  let given = Array(UnsafeBufferPointer(start: data, count: count))
  guard Target.chosen.readsTrees, chance.below(4) > 0, let tree = try? JSON.parse(given) else {
    return mutateBytes(data, count, most)
  }
  var mutation = TreeMutation(tree, chance)
  let bytes = mutation.mutated().bytes
  guard !bytes.isEmpty, bytes.count <= most else { return mutateBytes(data, count, most) }
  UnsafeMutableBufferPointer(start: data, count: bytes.count).update(fromContentsOf: bytes)
  return bytes.count
}

extension UnsafeMutableBufferPointer where Element == UInt8 {
  fileprivate func update(fromContentsOf bytes: [UInt8]) { _ = update(from: bytes) }
}

/// A tree with one to four changes.
private struct TreeMutation {
  private var tree: JSON
  private var chance: Chance
  private let pieces: [JSON]
  private let keys: [String]

  init(_ tree: JSON, _ chance: Chance) {
    self.tree = tree
    self.chance = chance
    var pieces = [JSON]()
    var keys = [String]()
    Self.collect(tree, &pieces, &keys)
    (self.pieces, self.keys) = (pieces, keys)
  }

  private static func collect(_ value: JSON, _ pieces: inout [JSON], _ keys: inout [String]) {
    pieces.append(value)
    switch value {
    case .array(let items): for item in items { collect(item, &pieces, &keys) }
    case .object(let members):
      for pair in members.pairs {
        keys.append(pair.key)
        collect(pair.value, &pieces, &keys)
      }
    default: break
    }
  }

  mutating func mutated() -> JSON {
    for _ in 0...chance.below(4) {
      var place = chance.below(Size(tree).nodes)
      tree = changed(tree, &place)
    }
    return tree
  }

  /// `value` with its `place`th inner value, in the order written, replaced.
  private mutating func changed(_ value: JSON, _ place: inout Int) -> JSON {
    guard place > 0 else {
      place = -1
      return replaced(value)
    }
    place -= 1
    switch value {
    case .array(var items):
      for i in items.indices where place >= 0 { items[i] = changed(items[i], &place) }
      return .array(items)
    case .object(var members):
      for i in members.pairs.indices where place >= 0 {
        members.pairs[i].value = changed(members.pairs[i].value, &place)
      }
      return .object(members)
    default: return value
    }
  }

  private mutating func replaced(_ value: JSON) -> JSON {
    switch (value, chance.below(8)) {
    case (_, 0): return Self.odd[chance.below(Self.odd.count)]
    case (_, 1): return pieces[chance.below(pieces.count)]
    case (.string(let text), 2), (.number(let text), 2): return retyped(text)
    case (.string(let text), _): return .string(String(decoding: bytesMutated(text), as: UTF8.self))
    case (.number, _): return .number(Self.numbers[chance.below(Self.numbers.count)])
    case (.array(let items), _): return .array(listed(items))
    case (.object(let members), _): return .object(JSON.Members(paired(members.pairs)))
    default: return .bool(chance.below(2) == 0)
    }
  }

  private mutating func listed(_ given: [JSON]) -> [JSON] {
    var items = given
    switch chance.below(4) {
    case 0 where !items.isEmpty: items.remove(at: chance.below(items.count))
    case 1 where !items.isEmpty: items.swapAt(chance.below(items.count), chance.below(items.count))
    case 2 where !items.isEmpty: items.append(items[chance.below(items.count)])
    default: items.insert(pieces[chance.below(pieces.count)], at: chance.below(items.count + 1))
    }
    return items
  }

  private mutating func paired(_ given: [JSON.Members.Pair]) -> [JSON.Members.Pair] {
    var pairs = given
    switch chance.below(5) {
    case 0 where !pairs.isEmpty: pairs.remove(at: chance.below(pairs.count))
    case 1 where !pairs.isEmpty:
      let (a, b) = (chance.below(pairs.count), chance.below(pairs.count))
      (pairs[a].value, pairs[b].value) = (pairs[b].value, pairs[a].value)
    case 2 where !pairs.isEmpty && !keys.isEmpty: pairs[chance.below(pairs.count)].key = name()
    case 3 where !pairs.isEmpty: pairs.append(pairs[chance.below(pairs.count)])
    default: pairs.append(.init(name(), pieces[chance.below(pieces.count)]))
    }
    return pairs
  }

  private mutating func name() -> String {
    chance.below(3) == 0 || keys.isEmpty ? words[chance.below(words.count)] : keys[chance.below(keys.count)]
  }

  /// A number as text, or text as a number if it is one.
  private mutating func retyped(_ text: String) -> JSON {
    if text.utf8.count < 20, text.first != "0", !text.isEmpty, text.utf8.allSatisfy({ (48...57).contains($0) }) {
      return chance.below(2) == 0 ? .number(text) : .string(text)
    }
    return .string(words[chance.below(words.count)])
  }

  /// libFuzzer's own mutation, with the words of its dictionary and what it saw being compared.
  private func bytesMutated(_ text: String) -> [UInt8] {
    let bytes = Array(text.utf8)
    let most = bytes.count + 64
    return [UInt8](unsafeUninitializedCapacity: most) { buffer, filled in
      _ = buffer.initialize(from: bytes)
      buffer[bytes.count...].initialize(repeating: 0)
      filled = buffer.baseAddress.map { mutateBytes($0, bytes.count, most) } ?? 0
    }
  }

  private static let odd: [JSON] = [
    .null, [], [:], "", " ", "\n", .bool(true), .bool(false), 0, -1, [[]], [:], ["": ""], .string("\u{301}"),
    .string("\u{1F1F2}\u{1F1FD}\u{200D}"), .string("\u{FFFD}"), .string(String(repeating: "9", count: 600)),
  ]

  private static let numbers = [
    "0", "-0", "1", "-1", "1e400", "-1.5E-7", "9007199254740993", "9223372036854775807", "9223372036854775808",
    "-9223372036854775808", "1774000000", "1774000000000", "99999999999", "100000000000", "131056", "190", "0.0",
  ]
}

/// Pseudo-random numbers that depend on libFuzzer's seed alone, so that a run can be repeated.
struct Chance {
  private var state: UInt64

  init(seed: UInt64) { state = seed &* 0x9E37_79B9_7F4A_7C15 &+ 1 }

  /// 0 up to and without `count`.
  mutating func below(_ count: Int) -> Int {
    state ^= state << 13
    state ^= state >> 7
    state ^= state << 17
    return Int(state >> 33) % max(count, 1)
  }
}
