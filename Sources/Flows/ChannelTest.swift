import Core
import FoundationEssentials
import Peers
import Rules
import Store

extension Office {
  /// Looks whether an account works: its token and permissions, the account itself, its subscription. What came of it is
  /// kept with the account, and if all is well the account is this business's (`take_account`); nothing else is changed,
  /// unless it is to be subscribed.
  func test(_ connection: UUID, _ subscribe: Bool, _ job: HeldJob) async -> Outcome {
    do throws(StoreError) {
      let found = try await database.tenant(job.tenant) { (scope) throws(StoreError) in
        try scope.channelToTest(connectionId: connection)
      }
      guard let found else { return .done(["skipped": "there is no such channel any more"]) }
      let report = await examine(found, subscribe, job)
      let told = report.json
      let heldReport = report.heldByAnother
      let isLast = job.isLastAttempt
      let kept = try await insistTogether(job.tenant) { (scope) throws(StoreError) -> TestKept in
        // Somebody may have entered another account while this one was looked at: nothing is known of that.
        guard try scope.note(told, connection, found) else { return .changed }
        guard report.isFine else { return .told(told, nil) }
        let taken = try scope.takeAccount(connectionId: connection, tokenStops: TokenLife.stops)
        let other = taken.otherTenant.flatMap { tenant in
          taken.otherConnection.map { OtherAccount(tenant: tenant, connection: $0) }
        }
        guard taken.verdict == "held", let other else {
          try scope.settleAlerts(connectionId: connection, kinds: ["account_held", "account_lost"])
          return .told(told, other)
        }
        _ = try scope.note(heldReport, connection, found)
        if isLast { try scope.raiseAlert(connectionId: connection, alert: Self.heldAlert) }
        return .held(heldReport, other)
      }
      return try await outcome(kept, job)
    } catch {
      // Somebody waits for it.
      return later(error, job, after: 2)
    }
  }

  private func outcome(_ kept: TestKept, _ job: HeldJob) async throws(StoreError) -> Outcome {
    switch kept {
    case .changed:
      let why = "the account was changed while it was tested"
      return job.isLastAttempt ? .done(["skipped": .string(why)]) : .retry(after: 1, why: why)
    case .told(let result, let loser):
      if let loser {
        try await insist(loser.tenant) { (scope) throws(StoreError) in
          try scope.raiseAlert(connectionId: loser.connection, alert: Self.lostAlert)
        }
      }
      return .done(result)
    case .held(let result, let holder):
      guard !job.isLastAttempt else { return .done(result) }
      // Does it still open the account for who has it? Their own test tells, and the next attempt decides by it.
      let look = JSONText(Errand.testChannel(holder.connection, subscribe: false, requestID: job.requestID).job)
      _ = try await insist(holder.tenant) { (scope) throws(StoreError) in try scope.requestJob(job: look) }
      return .retry(after: 2, why: "another business of this installation has the account; theirs is looked at")
    }
  }

  private static let heldAlert = JSONText(
    alert(
      "account_held", code: "account_held", .act,
      "The token of this channel opens its account, but another business of this installation has shown that before: the "
        + "webhook that all share brings its messages there. Have the account disconnected there, then test this channel."
    ).text)
  private static let lostAlert = JSONText(
    alert(
      "account_lost", code: "account_lost", .act,
      "Another business of this installation has shown that the account of this channel is theirs, and the platform refuses "
        + "this channel's token: the webhook that all share brings its messages there. If it is yours, enter a new token and "
        + "test it; else disconnect this channel."
    ).text)

  private func examine(_ found: ChannelToTestRow, _ subscribe: Bool, _ job: HeldJob) async -> TestReport {
    func only(_ name: String, _ sentence: String, cure: String) -> TestReport {
      TestReport(findings: [(name, .init(.failed, sentence, cure: cure), true)])
    }
    guard let channel = ChannelName(rawValue: found.channel) else {
      return only("account", "nothing is known of this channel", cure: "test it by hand")
    }
    guard let account = found.accountId else {
      return only("account", "the channel has no id of the platform's", cure: "enter the id of its account")
    }
    guard let sealed = found.token else {
      let cure = "give one: tistis channels set-secret, or PATCH the channel"
      return TestReport(
        findings: [("token", .init(.failed, "no access token is stored", cure: cure, isLockedOut: true), true)])
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
    let ours = settings.url(.publicURL)
    let access = ChannelAccess(base: base(of: channel, login: found.login), accountID: account, token: token)
    let checks = CheckedAccount(
      channel: channel, parentID: parent, byInstagramLogin: byLogin, heard: found.heard,
      app: channel == .tiktok ? app(of: found, tenant: job.tenant) : nil,
      addresses: ours.isEmpty
        ? [] : [sharedWebhookPath(found.channel), webhookPath(found.channel, slug: found.slug)].map { ours + $0 }
    ).checks(access, subscribing: subscribe, now: .now)
    var results = [(name: String, finding: ChannelCheck.Finding, isVital: Bool)]()
    var learned = ChannelCheck.Learned(app: found.metaAppId)
    for check in checks { results.append((check.name, await ask(check, &learned), check.isVital)) }
    return TestReport(findings: results)
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
}

/// What was asked about an account, and what came of it.
private struct TestReport: Sendable {
  var findings: [(name: String, finding: ChannelCheck.Finding, isVital: Bool)]

  var isFine: Bool {
    findings.allSatisfy { $0.finding.state == .ok || !$0.isVital && $0.finding.state == .unknown }
  }

  /// Nothing is wrong with it, but that another business of this installation has proven it before.
  var heldByAnother: JSON {
    let held = ChannelCheck.Finding(
      .failed, "another business of this installation has shown that the account is theirs",
      cure: "have it disconnected there, then test again")
    return TestReport(findings: findings + [("ownership", held, true)]).json
  }

  var json: JSON {
    [
      "ok": .bool(isFine),
      "checks": .array(
        findings.map { name, finding, _ in
          .object([
            "name": .string(name), "state": .string(finding.state.rawValue), "sentence": .string(finding.sentence),
            "cure": finding.cure.map { .string($0) }, "locked_out": finding.isLockedOut ? true : nil,
          ])
        }),
    ]
  }
}

/// What became of a test once it was written down.
private enum TestKept: Sendable {
  /// It was of another account than the channel has by now.
  case changed
  /// The other has lost the account by it.
  case told(JSON, OtherAccount?)
  /// The other has it.
  case held(JSON, OtherAccount)
}

/// A business that has proven the same account.
private struct OtherAccount: Sendable {
  let tenant: UUID
  let connection: UUID
}

extension Scope {
  /// False: the channel has other ids by now.
  fileprivate func note(_ result: JSON, _ connection: UUID, _ found: ChannelToTestRow) throws(StoreError) -> Bool {
    try self.noteChannelTest(
      result: JSONText(result), connectionId: connection, accountId: found.accountId,
      businessId: found.whatsappBusinessAccountId, instagramPageId: found.instagramPageId,
      facebookPageId: found.facebookPageId, login: found.login) == 1
  }
}
