import Core
import TestSupport

extension Scene {
  /// A POST of entries to a shop's own address, or to the one that all share.
  func delivery(_ entries: [JSON], to shop: Shop, shared: Bool = false, _ receipts: [Receipt]) -> Delivery {
    let platform = shop.platform
    return Delivery(
      path: shared ? platform.sharedPath : shop.tenant.path, platform: platform,
      secret: shared ? platform.sharedSecret : Secret(shop.tenant.appSecret), body: Payload.body(entries, on: platform),
      receipts: receipts)
  }

  /// Delivers as the platforms do: what is not answered with 200 is delivered again later, whatever the reason.
  func deliver(_ delivery: Delivery) async {
    ledger.began()
    defer { ledger.ended() }
    let status = await post(delivery)
    if status == 200 { return ledger.acknowledge(delivery) }
    if let status, !Self.trouble.contains(status) {
      ledger.complain("a genuine POST to \(delivery.path) was answered with \(status)")
    }
    ledger.postpone(delivery)
  }

  /// Delivers something that must be answered with one of these, unless the programs are in trouble just now.
  func attempt(_ delivery: Delivery, _ what: String, expect: Set<Int>) async {
    tally.add(.customers, what)
    guard let status = await post(delivery), !Self.trouble.contains(status), !expect.contains(status) else { return }
    ledger.complain("\(what): answered with \(status) instead of \(expect.sorted())")
  }

  /// 502 and 504 are nginx's: the program behind it was killed, or hangs with its database.
  private static let trouble: Set<Int> = [502, 503, 504]

  /// The status; nil if there was no answer.
  private func post(_ delivery: Delivery) async -> Int? {
    var headers = [("Content-Type", "application/json"), ("User-Agent", "facebookexternalua")]
    // Anew at each attempt: TikTok's names the time.
    if let secret = delivery.secret {
      headers.append((delivery.platform.signatureHeader, delivery.platform.signature(delivery.body, secret)))
    }
    let status = try? await Web.send(
      "POST", World.current.url + delivery.path, headers: headers, body: delivery.body, timeout: 20
    ).status
    tally.add(.customers, "POSTs, " + (status.map { "answered with \($0)" } ?? "without an answer"))
    return status
  }
}
