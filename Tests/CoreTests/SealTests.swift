import FoundationEssentials
import Testing

@testable import Core

@Suite struct SealTests {
  private let place = SealedPlace(table: "outbound_tokens", tenant: UUID(), row: UUID(), column: "sealed")
  private let keys = "2026a:" + String(repeating: "ab", count: 32)

  @Test func whoSealsCannotOpenAndWhoHasTheKeysCan() throws {
    let ring = try Keyring(Secret(keys))
    let seal = try #require(ring.seal.flatMap { Seal($0.text) })
    #expect(seal.text.hasPrefix("2026a:") && !seal.text.contains("abab"))
    let blob = seal.seal(Secret("EAAG-token-ñ"), for: place)
    #expect(blob != seal.seal(Secret("EAAG-token-ñ"), for: place))
    #expect(Keyring.keyID(of: blob) == "2026a")
    let opened = try ring.open(blob, for: place)
    #expect(opened == Secret("EAAG-token-ñ"))
  }

  @Test func itOpensOnlyWhereItBelongsAndWhole() throws {
    let ring = try Keyring(Secret(keys))
    let seal = try #require(ring.seal)
    let blob = seal.seal(Secret("s"), for: place)
    let elsewhere = SealedPlace(table: "outbound_tokens", tenant: UUID(), row: UUID(), column: "sealed")
    #expect(throws: Keyring.Fault.notOpened) { try ring.open(blob, for: elsewhere) }
    for i in blob.indices.dropFirst(8) {
      var broken = blob
      broken[i] ^= 1
      #expect(throws: Keyring.Fault.notOpened) { try ring.open(broken, for: place) }
    }
    for length in 0..<blob.count {
      #expect(throws: Keyring.Fault.self) { try ring.open(Array(blob.prefix(length)), for: place) }
    }
  }

  /// What was sealed before the keys were rotated opens as long as the old one is there.
  @Test func rotated() throws {
    let blob = try #require(try Keyring(Secret(keys)).seal).seal(Secret("s"), for: place)
    let new = "2027a:" + String(repeating: "cd", count: 32)
    let both = try Keyring(Secret("\(new),\(keys)"))
    let opened = try both.open(blob, for: place)
    #expect(opened == Secret("s") && both.seal?.id == "2027a")
    let (old, first) = (try #require(try Keyring(Secret(keys)).seal), try #require(both.seal))
    let (byOld, byFirst) = (both.opens(old), both.opens(first))
    #expect(byOld?.isFirst == false && byOld?.id == "2026a" && byFirst?.isFirst == true)
    let other = try #require(Seal("2026a:" + String(repeating: "09", count: 32)))
    #expect(both.opens(other) == nil)
    let after = try Keyring(Secret(new))
    #expect(throws: Keyring.Fault.unknownKey("2026a")) { try after.open(blob, for: place) }
  }

  @Test(arguments: [
    "", "x", "x:", "x:12", "x:" + String(repeating: "0", count: 63), "x:" + String(repeating: "g", count: 64),
    ":" + String(repeating: "1", count: 64),
  ])
  func whatIsNoSeal(_ text: String) { #expect(Seal(text) == nil) }
}
