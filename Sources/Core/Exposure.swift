/// What is made for development, and would stand open where the platforms reach us under a public address.
extension Settings {
  /// The problems of these values together with TISTIS_PUBLIC_URL; none while that is empty or names no public host.
  static func exposures(_ needs: [Setting], _ values: [String: String]) -> [Problem] {
    guard let base = values[Setting.publicURL.name], let host = urlHost(base), isPublicHost(host) else { return [] }
    return needs.compactMap { need in
      guard let value = values[need.name], let fault = exposure(need, value) else { return nil }
      return Problem(
        "\(need.name) \(fault.what), while TISTIS_PUBLIC_URL names the public host \(host)", cure: fault.cure)
    }
  }

  private static func exposure(_ need: Setting, _ value: String) -> Problem? {
    switch need.kind {
    case _ where need.name == Setting.environment.name && value == "development":
      Problem("is development", cure: "leave it out, or make it production")
    case _ where need.name == Setting.allowUnsigned.name && value == "1":
      Problem("lets anybody post messages", cure: "leave it out, or make it 0")
    case .secret where value.split(separator: ",").contains { $0.hasPrefix("dev_") }:
      Problem("is a development secret that everybody may read", cure: "put the real one there")
    case .keys where value.split(separator: ",").contains { $0.hasPrefix("dev:") }:
      Problem("holds a development world's key", cure: "make a new one: printf '2026a:%s' \"$(openssl rand -hex 32)\"")
    // Some may be left empty, and turn something off.
    case .url where value.isEmpty: nil
    case .url where !value.hasPrefix("https://"):
      Problem("does not begin with https://", cure: "write it with https://")
    case .url where need.name != Setting.publicURL.name && !(urlHost(value).map(isPublicHost) ?? false):
      Problem("leads to no public host", cure: "leave it out: its default is the real one")
    default: nil
    }
  }
}

/// The host of a URL: what stands between `//`, somebody's name and the port, in lower case; nil if nothing does.
func urlHost(_ url: String) -> String? {
  guard let scheme = url.firstRange(of: "://") else { return nil }
  var authority = url[scheme.upperBound...].prefix { !"/?#".contains($0) }
  if let at = authority.lastIndex(of: "@") { authority = authority[authority.index(after: at)...] }
  let host = authority.hasPrefix("[") ? authority.dropFirst().prefix { $0 != "]" } : authority.prefix { $0 != ":" }
  return host.isEmpty ? nil : host.lowercased()
}

/// Whether others than this machine and its network could reach a host of this name. Names are not looked up: what is not
/// known to be private (RFC 6761, RFC 6762) counts as public.
func isPublicHost(_ host: String) -> Bool {
  if let address = IPAddress(host) { return address.isPublic }
  let last = host.split(separator: ".").last.map { String($0) } ?? ""
  return !["localhost", "test", "example", "invalid", "local"].contains(last)
}
