import FoundationEssentials
import Testing

@testable import Core

@Suite struct CryptoTests {
  /// RFC 4231, case 2.
  @Test func hmacVector() {
    let mac = hmacSHA256(Array("what do ya want for nothing?".utf8), key: Secret("Jefe"))
    #expect(hex(mac) == "5bdcc146bf60754e6a042426089575c75a003f089d2739839dec58b964ec3843")
    #expect(hex(sha256(Array("abc".utf8))) == "ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad")
  }

  @Test func comparing() {
    #expect(equalInConstantTime([1, 2], [1, 2]) && equalInConstantTime([], []))
    #expect(!equalInConstantTime([1, 2], [1, 3]) && !equalInConstantTime([1], [1, 2]))
    #expect(randomBytes(32).count == 32 && randomBytes(32) != randomBytes(32))
  }

  @Test func secretsAreNeverPrinted() {
    let secret = Secret("hunter2")
    struct Holder { var token: Secret }
    var dumped = ""
    dump(Holder(token: secret), to: &dumped)
    for text in [
      "\(secret)", secret.debugDescription, String(reflecting: secret), "\(Holder(token: secret))", "\([secret])",
      dumped,
    ] {
      #expect(!text.contains("hunter2") && !text.contains("104"))
    }
    #expect(secret.reveal() == "hunter2" && secret == Secret("hunter2") && secret != Secret("hunter"))
    #expect(Secret("").isEmpty)
  }
}

@Suite struct KeyringTests {
  let old = "2025a:" + String(repeating: "11", count: 32)
  let new = "2026a:" + String(repeating: "Ab", count: 32)
  let tenant = UUID()
  let row = UUID()
  var place: SealedPlace { SealedPlace(table: "channel_secrets", tenant: tenant, row: row, column: "access_token") }

  @Test func roundTrip() throws {
    let ring = try Keyring(Secret(new))
    for text in ["", "EAAG…token", String(repeating: "x", count: 10_000)] {
      let blob = ring.seal(Secret(text), for: place)
      #expect(try ring.open(blob, for: place) == Secret(text))
      #expect(blob != ring.seal(Secret(text), for: place))
    }
  }

  @Test func anotherPlaceDoesNotOpen() throws {
    let ring = try Keyring(Secret(new))
    let blob = ring.seal(Secret("s"), for: place)
    for other in [
      SealedPlace(table: "other", tenant: tenant, row: row, column: "access_token"),
      SealedPlace(table: "channel_secrets", tenant: UUID(), row: row, column: "access_token"),
      SealedPlace(table: "channel_secrets", tenant: tenant, row: UUID(), column: "access_token"),
      SealedPlace(table: "channel_secrets", tenant: tenant, row: row, column: "app_secret"),
    ] { #expect(throws: Keyring.Fault.notOpened) { try ring.open(blob, for: other) } }
  }

  @Test func rotation() throws {
    let before = try Keyring(Secret(old))
    let during = try Keyring(Secret("\(new),\(old)"))
    let after = try Keyring(Secret(new))
    let sealedBefore = before.seal(Secret("s"), for: place)
    let sealedDuring = during.seal(Secret("s"), for: place)
    #expect(try during.open(sealedBefore, for: place) == Secret("s"))
    #expect(try after.open(sealedDuring, for: place) == Secret("s"))
    #expect(throws: Keyring.Fault.unknownKey("2025a")) { try after.open(sealedBefore, for: place) }
  }

  @Test func tampering() throws {
    let ring = try Keyring(Secret(new))
    let blob = ring.seal(Secret("s"), for: place)
    for i in blob.indices {
      var damaged = blob
      damaged[i] ^= 1
      #expect(throws: Keyring.Fault.self) { try ring.open(damaged, for: place) }
      #expect(throws: Keyring.Fault.self) { try ring.open(Array(blob[..<i]), for: place) }
    }
  }

  @Test(arguments: [
    "", ",", "a", "a:", "a:11", ":" + String(repeating: "11", count: 32), "a:" + String(repeating: "zz", count: 32),
  ])
  func badKeys(_ text: String) {
    do {
      _ = try Keyring(Secret(text))
      #expect(Bool(false), "taken")
    } catch { guard case .unreadableKeys = error else { return #expect(Bool(false)) } }
  }
}
