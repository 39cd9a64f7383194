#if canImport(Glibc)
  import Glibc
#endif

/// An IPv4 (4 bytes) or IPv6 (16 bytes) address in network order.
struct IPAddress: Equatable {
  let bytes: [UInt8]

  /// nil for anything but IPv4 and IPv6.
  init?(_ address: UnsafeRawPointer, family: Int32) {
    switch family {
    case AF_INET:
      let v4 = address.loadUnaligned(as: sockaddr_in.self)
      bytes = withUnsafeBytes(of: v4.sin_addr) { Array($0) }
    case AF_INET6:
      let v6 = address.loadUnaligned(as: sockaddr_in6.self)
      bytes = withUnsafeBytes(of: v6.sin6_addr) { Array($0) }
    default: return nil
    }
  }

  /// From text as people write it; nil if it is none.
  init?(_ text: String) {
    var raw = [UInt8](repeating: 0, count: 16)
    if inet_pton(AF_INET, text, &raw) == 1 {
      bytes = Array(raw[..<4])
    } else if inet_pton(AF_INET6, text, &raw) == 1 {
      bytes = raw
    } else {
      return nil
    }
  }

  private init(v4 bytes: some Sequence<UInt8>) { self.bytes = Array(bytes) }

  var text: String {
    var out = [CChar](repeating: 0, count: Int(INET6_ADDRSTRLEN))
    guard inet_ntop(bytes.count == 4 ? AF_INET : AF_INET6, bytes, &out, socklen_t(out.count)) != nil else { return "?" }
    return String(decoding: out.prefix { $0 != 0 }.map { UInt8(bitPattern: $0) }, as: UTF8.self)
  }

  /// Whether it belongs to the public internet, by IANA's special-purpose registries. Of IPv6 only 2000::/3 does; forms
  /// that carry an IPv4 address are judged by that one.
  var isPublic: Bool {
    if bytes.count == 4 { return !Self.special4.contains { has(prefix: $0.0, bits: $0.1) } }
    if has(prefix: [0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0xFF, 0xFF], bits: 96)
      || has(prefix: [0, 0x64, 0xFF, 0x9B, 0, 0, 0, 0, 0, 0, 0, 0], bits: 96)
    {
      return IPAddress(v4: bytes[12...]).isPublic
    }
    if has(prefix: [0x20, 0x02], bits: 16) { return IPAddress(v4: bytes[2..<6]).isPublic }
    return has(prefix: [0x20], bits: 3) && !Self.special6.contains { has(prefix: $0.0, bits: $0.1) }
  }

  /// Whether it is this machine's or a private network's: loopback, RFC 1918, RFC 4193.
  var isPrivate: Bool {
    if bytes.count == 4 {
      return [([127], 8), ([10], 8), ([172, 16], 12), ([192, 168], 16)].contains { has(prefix: $0.0, bits: $0.1) }
    }
    if has(prefix: [0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0xFF, 0xFF], bits: 96) {
      return IPAddress(v4: bytes[12...]).isPrivate
    }
    return bytes == [0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 1] || has(prefix: [0xFC], bits: 7)
  }

  private func has(prefix: [UInt8], bits: Int) -> Bool {
    for i in 0..<bits where (bytes[i / 8] ^ prefix[i / 8]) & (0x80 >> UInt8(i % 8)) != 0 { return false }
    return true
  }

  /// This network, private, shared (carrier NAT), loopback, link-local, protocol assignments, documentation, 6to4
  /// relay, benchmarks, multicast, reserved and broadcast.
  private static let special4: [([UInt8], Int)] = [
    ([0], 8), ([10], 8), ([100, 64], 10), ([127], 8), ([169, 254], 16), ([172, 16], 12), ([192, 0, 0], 24),
    ([192, 0, 2], 24), ([192, 88, 99], 24), ([192, 168], 16), ([198, 18], 15), ([198, 51, 100], 24),
    ([203, 0, 113], 24),
    ([224], 4), ([240], 4),
  ]
  /// Protocol assignments with Teredo, and both documentation blocks.
  private static let special6: [([UInt8], Int)] = [
    ([0x20, 0x01, 0x00], 23), ([0x20, 0x01, 0x0D, 0xB8], 32), ([0x3F, 0xFF, 0x00], 20),
  ]
}

/// Whether a caller's address, as nginx tells it, is this machine's or a private network's.
public func isPrivateAddress(_ text: String) -> Bool { IPAddress(text)?.isPrivate ?? false }
