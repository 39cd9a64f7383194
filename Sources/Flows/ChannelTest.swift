import Core
import FoundationEssentials
import Peers
import Rules
import Store

extension Office {
  /// Looks whether an account works: its token and permissions, the account itself, its subscription. What came of it is
  /// kept with the account; nothing else is changed, unless it is to be subscribed.
  func test(_ connection: UUID, _ subscribe: Bool, _ job: HeldJob) async -> Outcome {
    do throws(StoreError) {
      let found = try await database.tenant(job.tenant) { (scope) throws(StoreError) in
        try scope.channelToTest(connectionId: connection)
      }
      guard let found else { return .bury(why: "there is no such channel") }
      let result = await examine(found, subscribe, job)
      let text = JSONText(result)
      try await insist(job.tenant) { (scope) throws(StoreError) in
        try scope.noteChannelTest(result: text, connectionId: connection)
      }
      return .done(result)
    } catch {
      return job.isLastAttempt ? .snooze(after: 5, why: error.sentence) : .retry(after: 2, why: error.sentence)
    }
  }

  private func examine(_ found: ChannelToTestRow, _ subscribe: Bool, _ job: HeldJob) async -> JSON {
    func only(_ name: String, _ sentence: String, cure: String) -> JSON {
      report([(name, .init(.failed, sentence, cure: cure), true)])
    }
    guard let channel = ChannelName(rawValue: found.channel) else {
      return only("account", "nothing is known of this channel", cure: "test it by hand")
    }
    guard let account = found.accountId else {
      return only("account", "the channel has no id of the platform's", cure: "enter the id of its account")
    }
    guard let sealed = found.token else {
      return only(
        "token", "no access token is stored", cure: "give one: tistis channels set-secret, or PATCH the channel")
    }
    guard let token = open(sealed, found.tokenId, tenant: job.tenant) else {
      return only(
        "token", "OUTBOUND_KEYS do not open the access token",
        cure: "put the key back that sealed it, or enter the token anew")
    }
    let byLogin = channel == .instagram && found.login == "instagram"
    let parent =
      switch channel {
      case .whatsapp: found.whatsappBusinessAccountId
      case .instagram: found.instagramPageId
      case .facebook: found.facebookPageId
      case .tiktok: String?.none
      }
    let base =
      switch channel {
      case .instagram where byLogin: settings.url(.instagramURL)
      case .whatsapp, .instagram, .facebook: settings.url(.graphURL)
      case .tiktok: settings.url(.tiktokURL)
      }
    let access = ChannelAccess(base: base, accountID: account, token: token)
    let checks = CheckedAccount(
      channel: channel, parentID: parent, byInstagramLogin: byLogin, heard: found.heard,
      app: channel == .tiktok ? app(of: found, tenant: job.tenant) : nil
    ).checks(access, subscribing: subscribe, now: .now)
    var results = [(name: String, finding: ChannelCheck.Finding, isVital: Bool)]()
    var learned = ChannelCheck.Learned(app: found.metaAppId)
    for check in checks { results.append((check.name, await ask(check, &learned), check.isVital)) }
    return report(results)
  }

  /// The account's own app where one is entered, else the platform's; nil: its key or its secret is missing. The platform's
  /// may deliver to the address that all share, or to this business's if it is the only one.
  private func app(of found: ChannelToTestRow, tenant: UUID) -> TikTokApp? {
    let key = settings.text(.tiktokKey)
    let ours = settings.text(.tiktokSecret).split(separator: ",").first.map { Secret(String($0)) }
    let isOurs = found.tiktokClientKey == nil || found.tiktokClientKey == key
    guard let secret = open(found.secret, found.secretId, tenant: tenant) ?? (isOurs ? ours : nil),
      let key = found.tiktokClientKey ?? (key.isEmpty ? nil : key)
    else { return nil }
    let base = settings.url(.publicURL)
    let own = base + webhookPath("tiktok", slug: found.slug)
    let addresses = isOurs ? [base + sharedWebhookPath("tiktok"), own] : [own]
    return TikTokApp(key: key, secret: secret, addresses: base.isEmpty ? [] : addresses)
  }

  private func ask(_ check: ChannelCheck, _ learned: inout ChannelCheck.Learned) async -> ChannelCheck.Finding {
    // What needs no answer says what is missing.
    guard let request = check.request(learned) else { return check.read(HTTPResponse(status: 0), &learned) }
    do throws(HTTPFailure) { return check.read(try await http.send(request), &learned) } catch {
      return ChannelCheck.silent(error.sentence)
    }
  }

  private func report(_ results: [(name: String, finding: ChannelCheck.Finding, isVital: Bool)]) -> JSON {
    [
      "ok": .bool(
        results.allSatisfy { $0.finding.state == .ok || !$0.isVital && $0.finding.state == .unknown }),
      "checks": .array(
        results.map { name, finding, _ in
          .object([
            "name": .string(name), "state": .string(finding.state.rawValue), "sentence": .string(finding.sentence),
            "cure": finding.cure.map { .string($0) },
          ])
        }),
    ]
  }
}
