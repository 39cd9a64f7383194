import TestSupport
import Testing

@testable import Core

@Suite struct PublicAddressTests {
  @Test(arguments: [
    "8.8.8.8", "157.240.1.1", "100.63.255.255", "100.128.0.0", "172.15.0.1", "172.32.0.1", "192.167.1.1",
    "223.255.255.1",
    "2606:4700::1111", "2a03:2880::1", "::ffff:8.8.8.8", "64:ff9b::8.8.8.8", "2002:808:808::1",
  ])
  func publicOnes(_ text: String) throws { #expect(try #require(IPAddress(text)).isPublic) }

  @Test(arguments: [
    "0.0.0.0", "10.1.2.3", "100.64.0.1", "100.127.255.255", "127.0.0.1", "127.255.0.1", "169.254.169.254", "172.16.0.1",
    "172.31.255.255", "192.0.2.1", "192.168.0.1", "198.18.0.1", "198.19.1.1", "224.0.0.1", "239.1.1.1", "240.0.0.1",
    "255.255.255.255", "::", "::1", "fe80::1", "fc00::1", "fd12::1", "ff02::1", "::ffff:127.0.0.1", "::ffff:10.0.0.1",
    "::7f00:1", "64:ff9b::10.0.0.1", "64:ff9b:1::1", "2002:7f00:1::1", "2001:db8::1", "2001::1", "fec0::1", "100::1",
  ])
  func otherOnes(_ text: String) throws { #expect(try !#require(IPAddress(text)).isPublic) }

  @Test func textAndJunk() throws {
    #expect(try #require(IPAddress("::FFFF:1.2.3.4")).text == "::ffff:1.2.3.4")
    #expect(IPAddress("1.2.3") == nil && IPAddress("") == nil && IPAddress("localhost") == nil)
  }

  /// Names and spellings that lead here are refused at the address connected to.
  @Test(arguments: ["127.0.0.1", "localhost", "[::ffff:127.0.0.1]", "0x7f.1", "2130706433", "0"])
  func refusedAtConnect(_ host: String) async {
    let server = LoopbackServer { _ in .send(ok("secret")) }
    defer { server.stop() }
    let http = HTTPMulti(.init(allowPrivateAddresses: false))
    do throws(HTTPFailure) {
      _ = try await http.send(HTTPRequest("GET", "http://\(host):\(server.port)/"))
      #expect(Bool(false), "it was fetched")
    } catch {
      guard case .notPublic(_, let address) = error else { return #expect(Bool(false), "\(error)") }
      #expect(IPAddress(address)?.isPublic == false)
      #expect(error.sentence == "\(host):\(server.port) leads to no public address")
    }
    #expect(server.received.isEmpty)
  }
}
