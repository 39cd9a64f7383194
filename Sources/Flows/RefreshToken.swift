import Core
import FoundationEssentials
import Peers
import Rules
import Store

/// Access tokens that end are renewed before they do: housekeeping asks which, each is a job of its own, and the tokens are
/// taken for one attempt at a time.
extension Office {
  /// Longer than the request may take.
  static let renewalSeconds = 60.0

  static let renewalPolicy: JSONText = {
    let lives = ChannelName.allCases.compactMap { name in TokenLife.of(name).map { (name, $0) } }
    let policy = JSON.object(
      JSON.Members(
        lives.map { name, life in
          .init(
            name.rawValue,
            .object(["lead": .number(decimal(life.lead)), "life": life.assumed.map { .number(decimal($0)) }]))
        }))
    return JSONText(policy.text)
  }()

  /// Asks for a job for each token that ends soon. What fails is done by the next run.
  func renewTokens() async {
    do throws(StoreError) {
      let due = try await database.everyone { (scope) throws(StoreError) in
        try scope.tokensToRenew(policy: Self.renewalPolicy, limit: 200)
      }
      for account in due {
        let id = account.connectionId.text
        let jobs: JSON = [
          [
            "job_type": "refresh_token", "lane": .string("token:\(id)"), "unique_key": .string("refresh_token:\(id)"),
            "priority": 3, "max_attempts": 10,
            "payload": ["channel_connection_id": .string(id), "tenant_id": .string(account.tenantId.text)],
          ]
        ]
        _ = try await database.tenant(account.tenantId) { (scope) throws(StoreError) in
          try scope.enqueue(jobs: JSONText(jobs.text))
        }
      }
    } catch {
      log.warning("tokens_not_renewed", ["why": error.sentence])
    }
  }

  /// Renews one account's token. Killed half-way it is done again a minute later; that the platform has made the refresh
  /// token useless meanwhile is what the alert of a refusal tells.
  func refreshToken(_ connection: UUID, _ job: HeldJob) async -> Outcome {
    let log = log.with(["req": job.requestID, "job": job.id.text, "channel": connection.text])
    let attempt = UUID()
    do throws(StoreError) {
      let found = try await insist(job.tenant) { (scope) throws(StoreError) in
        try scope.beginRenewal(
          connectionId: connection, attempt: attempt, policy: Self.renewalPolicy, seconds: Self.renewalSeconds)
      }
      switch found.verdict {
      case "go": break
      case "held": return .snooze(after: Self.renewalSeconds / 2, why: "somebody else renews it")
      default: return .done(["token": .string(found.verdict)])
      }
      guard let channel = found.channel.flatMap(Channel.named), let renewal = channel.renewal,
        let old = open(found.token, found.tokenId, tenant: job.tenant)
      else { return try await cannot("OUTBOUND_KEYS do not open its tokens", found, connection, attempt, job) }
      let grant = grant(found, channel, old, job)
      guard !renewal.wantsApp || (grant.refreshToken != nil && grant.appSecret != nil && !grant.appKey.isEmpty) else {
        return try await cannot(
          "it needs a refresh token and the app's key and secret (TIKTOK_CLIENT_KEY, TIKTOK_CLIENT_SECRET, or the "
            + "account's own client_secret)", found, connection, attempt, job)
      }
      let fresh: RenewedTokens
      do {
        fresh = try renewal.renewed(try await http.send(try renewal.request(grant)))
      } catch {
        return try await failed(error, found, connection, attempt, job, log)
      }
      let stored = try await keep(fresh, found, connection, attempt, job)
      log.info(
        "token_renewed",
        ["peer": found.channel, "tokens": String(stored.stored), "due": stored.due.map { String($0) }])
      return .done(["tokens": .number(Int64(stored.stored)), "due": stored.due.map { .number(Int64($0)) } ?? .null])
    } catch {
      return later(error, job)
    }
  }

  /// The tenant's own app where one is entered, else the platform's.
  private func grant(_ found: BeginRenewalRow, _ channel: Channel, _ old: Secret, _ job: HeldJob) -> TokenGrant {
    let key = settings.text(.tiktokKey)
    let own = open(found.secret, found.secretId, tenant: job.tenant)
    let ours = settings.text(.tiktokSecret).split(separator: ",").first.map { Secret(String($0)) }
    let isOurs = found.appKey == nil || found.appKey == key
    return TokenGrant(
      base: base(of: channel.name, login: "instagram"), accessToken: old,
      refreshToken: open(found.refresh, found.refreshId, tenant: job.tenant), appKey: found.appKey ?? key,
      appSecret: own ?? (isOurs ? ours : nil))
  }

  private func keep(
    _ fresh: RenewedTokens, _ found: BeginRenewalRow, _ connection: UUID, _ attempt: UUID, _ job: HeldJob
  ) async throws(StoreError) -> EndRenewalRow {
    func row(_ kind: String, _ used: UUID?, _ token: Secret?, _ livesFor: Double?) -> JSON? {
      guard let used, let token else { return nil }
      let id = UUID()
      let place = SealedPlace(table: "outbound_tokens", tenant: job.tenant, row: id, column: "sealed")
      return .object([
        "kind": .string(kind), "used": .string(used.text), "id": .string(id.text),
        "sealed": .string(hex(keys.seal(token, for: place))), "hint": SecretStore.hint(of: token).map { .string($0) },
        "expires_at": livesFor.map { .string((Instant.now + $0).description) },
      ])
    }
    let tokens = JSON.array(
      [
        row("access_token", found.tokenId, fresh.accessToken, fresh.livesFor),
        row("refresh_token", found.refreshId, fresh.refreshToken, fresh.refreshLivesFor),
      ].compactMap(\.self))
    return try await insist(job.tenant) { (scope) throws(StoreError) in
      try scope.endRenewal(
        connectionId: connection, attempt: attempt, tokens: JSONText(tokens.text), tokenStops: TokenLife.stops)
    }
  }

  // MARK: What went wrong

  /// The platform says no: a person has to act. Anything else is tried again, for as long as the token lives.
  private func failed(
    _ error: any Error, _ found: BeginRenewalRow, _ connection: UUID, _ attempt: UUID, _ job: HeldJob, _ log: Log
  ) async throws(StoreError) -> Outcome {
    let fault = (error as? PeerError) ?? (error as? HTTPFailure).map { PeerError($0) } ?? .unparseable("\(error)")
    switch fault {
    case .refused, .unauthorised:
      let sentence =
        "The platform does not renew this channel's access token (\(fault.code): \(fault.sentence)): connect the account "
        + "again, then tistis channels resume --token-file FILE."
      let notice = JSONText(alert("channel_stopped", code: "token_expired", .act, sentence).text)
      let token = found.tokenId ?? connection
      let stopped = try await insist(job.tenant) { (scope) throws(StoreError) in
        try scope.refuseRenewal(
          connectionId: connection, attempt: attempt, tokenId: token, sentence: sentence, alert: notice)
      }
      log.error("token_refused", ["code": fault.code, "why": fault.sentence, "stopped": String(stopped)])
      return .done(["token": "refused", "code": .string(fault.code)])
    case .throttled, .unreachable, .unparseable:
      log.warning("token_later", ["code": fault.code, "why": fault.sentence])
      try await release(connection, attempt, job)
      let asked: Double? = if case .throttled(let after, _, _) = fault { after } else { nil }
      let after = pause(asked, job)
      return job.isLastAttempt
        ? .snooze(after: max(after, 600), why: fault.sentence) : .retry(after: after, why: fault.sentence)
    }
  }

  /// Something is missing here; the token itself lives on until its end.
  private func cannot(
    _ what: String, _ found: BeginRenewalRow, _ connection: UUID, _ attempt: UUID, _ job: HeldJob
  ) async throws(StoreError) -> Outcome {
    let sentence =
      "This channel's access token ends at \(found.endsAt?.description ?? "a time nobody knows") and cannot be renewed: "
      + what + "."
    try await release(connection, attempt, job)
    let notice = JSONText(alert("token_ends", code: "token_ends", .act, sentence).text)
    try await insist(job.tenant) { (scope) throws(StoreError) in
      try scope.raiseAlert(connectionId: connection, alert: notice)
    }
    return .snooze(after: 3600, why: what)
  }

  private func release(_ connection: UUID, _ attempt: UUID, _ job: HeldJob) async throws(StoreError) {
    _ = try await insist(job.tenant) { (scope) throws(StoreError) in
      try scope.endRenewal(
        connectionId: connection, attempt: attempt, tokens: JSONText(JSON.array([]).text), tokenStops: [])
    }
  }
}
