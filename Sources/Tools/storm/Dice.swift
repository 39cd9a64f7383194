/// Chance that can be repeated (SplitMix64): the same seed and stream throw the same numbers. What the machine makes of
/// them is another matter.
struct Dice: RandomNumberGenerator, Sendable {
  private var state: UInt64

  init(seed: UInt64, stream: String) {
    state = stream.utf8.reduce(seed &* 0x9E37_79B9_7F4A_7C15 | 1) { ($0 ^ UInt64($1)) &* 0x100_0000_01B3 }
  }

  mutating func next() -> UInt64 {
    state &+= 0x9E37_79B9_7F4A_7C15
    var z = state
    z = (z ^ (z >> 30)) &* 0xBF58_476D_1CE4_E5B9
    z = (z ^ (z >> 27)) &* 0x94D0_49BB_1331_11EB
    return z ^ (z >> 31)
  }

  mutating func chance(_ share: Double) -> Bool { Double.random(in: 0..<1, using: &self) < share }
  mutating func number(_ range: ClosedRange<Int>) -> Int { Int.random(in: range, using: &self) }
  mutating func seconds(_ range: ClosedRange<Double>) -> Double { Double.random(in: range, using: &self) }

  /// One of them; the list is not empty.
  mutating func pick<T>(_ list: [T]) -> T { list[number(0...list.count - 1)] }

  /// One of them, as often as its weight says.
  mutating func weighted<T>(_ list: [(weight: Int, value: T)]) -> T {
    var left = number(1...list.reduce(0) { $0 + $1.weight })
    for entry in list {
      left -= entry.weight
      if left <= 0 { return entry.value }
    }
    return list[list.count - 1].value
  }
}
