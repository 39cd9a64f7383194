import Core
import FoundationEssentials
import Store

/// Each business in its own name: what is sealed, what stands still, what waits for a person.
extension Doctor {
  private struct Rings {
    var inbound: Keyring?
    var outbound: Keyring?
    /// Rows that opened, by the name of the setting and the id of the key.
    var opened: [String: Int] = [:]
  }

  mutating func examineTenants(_ database: Connection) throws(StoreError) {
    let tenants = try database.everyone.listTenants()
    var rings = Rings(inbound: keyring(.inboundKeys), outbound: keyring(.outboundKeys))
    compareSeal(.inboundSeal, with: rings.inbound, of: .inboundKeys)
    compareSeal(.outboundSeal, with: rings.outbound, of: .outboundKeys)
    for tenant in tenants {
      let scope = database.tenant(tenant.id)
      for value in try scope.sealedValues() { open(value, tenant, &rings) }
      for channel in try scope.channelTroubles() { tell(channel, tenant.slug) }
      tell(try scope.tenantTroubles(limit: Int64(HealthDoor.countedAtMost)), tenant.slug)
    }
    for (key, count) in rings.opened.sorted(by: { $0.key < $1.key }) {
      add("keys", .ok, "\(count) sealed with \(key)")
    }
    add("tenants", .ok, "\(tenants.count)")
  }

  /// nil where it was not given or cannot be read, which is said.
  private mutating func keyring(_ setting: Setting) -> Keyring? {
    guard environment[setting.name] != nil || environment[setting.name + "_FILE"] != nil else {
      add("keys", .skipped, "\(setting.name) is not set here: what it seals was not tried")
      return nil
    }
    do throws(Settings.Fault) {
      let settings = try Settings([setting], from: environment)
      return try? Keyring(settings.secret(setting))
    } catch {
      for problem in error.problems { add("keys", .problem, problem.what, problem.cure) }
      return nil
    }
  }

  /// What `api` seals with has to be of the keys that open it, or what people enter is lost.
  private mutating func compareSeal(_ setting: Setting, with ring: Keyring?, of keys: Setting) {
    guard let ring, let text = environment[setting.name], !text.isEmpty else { return }
    let cure = "write what tistis seals prints into \(etc)/common.env, then: systemctl restart 'tistis-api@*'"
    guard let seal = Seal(text) else {
      return add("keys", .problem, "\(setting.name) is no seal: api cannot take secrets", cure)
    }
    guard let opener = ring.opens(seal) else {
      return add(
        "keys", .problem, "\(setting.name) does not belong to \(keys.name): what api seals with it nobody can open",
        cure + "; secrets entered meanwhile have to be entered anew")
    }
    if opener.isFirst {
      add("keys", .ok, "\(setting.name) belongs to \(keys.name) \(opener.id)")
    } else {
      add("keys", .warning, "\(setting.name) is that of the older key \(opener.id) of \(keys.name)", cure)
    }
  }

  private mutating func open(_ value: SealedValuesRow, _ tenant: ListTenantsRow, _ rings: inout Rings) {
    let isToken = value.table == "outbound_tokens"
    let name = isToken ? Setting.outboundKeys.name : Setting.inboundKeys.name
    guard let ring = isToken ? rings.outbound : rings.inbound else { return }
    let place = SealedPlace(table: value.table, tenant: tenant.id, row: value.id, column: "sealed")
    let what = "\(tenant.slug): the \(value.kind) of \(value.channel)"
    do throws(Keyring.Fault) {
      _ = try ring.open(value.sealed, for: place)
      rings.opened["\(name) \(Keyring.keyID(of: value.sealed) ?? "?")", default: 0] += 1
    } catch .unknownKey(let id) {
      add(
        "keys", .problem, "\(what) is sealed with the key \(id), which is not among \(name)",
        "put that key back into \(name)")
    } catch {
      add(
        "keys", .problem, "\(what) does not open: it was changed, copied from elsewhere, or a key has another's id",
        value.channel == "n8n"
          ? "enter it anew: tistis n8n set-secret --tenant \(tenant.slug)"
          : "enter it anew: tistis channels set-secret --tenant \(tenant.slug) --channel ID --kind \(value.kind)")
    }
  }

  private mutating func tell(_ channel: ChannelTroublesRow, _ slug: String) {
    let name = "\(slug): \(channel.channel) \(channel.accountNumber)"
    if ["error", "suspended"].contains(channel.status) {
      add(
        "channels", .problem, "\(name) stands still (\(channel.stoppedCode ?? channel.status))",
        "tistis alerts list --tenant \(slug) says why; then tistis channels resume")
    }
    if channel.status == "connected", !channel.missing.isEmpty {
      add(
        "channels", .problem, "\(name) is connected and lacks: \(channel.missing)",
        "tistis channels set-secret; without app_secret nothing comes in, without access_token nothing goes out")
    }
    if channel.status == "connected", let end = channel.tokenEndsAt { tell(end, name, slug) }
    if let refused = channel.refusedAt, clock() - refused < 86_400 {
      add(
        "channels", .warning,
        "\(name): \(channel.signatureFailures) posts were refused by their signature, the last \(Self.span(clock() - refused)) "
          + "ago, and no genuine one came after it",
        "if the platform sent them, its app has another secret: tistis channels set-secret --tenant \(slug) --channel ID "
          + "--kind \(channel.channel == "tiktok" ? "client_secret" : "app_secret")")
    }
  }

  /// Before `jobs` has to have renewed it, or somebody entered another.
  private mutating func tell(_ end: Instant, _ name: String, _ slug: String) {
    let left = end - clock()
    let cure =
      "tistis channels set-secret --tenant \(slug) --channel ID --kind access_token; why jobs has not renewed it: "
      + "tistis alerts list --tenant \(slug)"
    if left <= 0 {
      add("channels", .problem, "\(name): its access token ended \(Self.span(-left)) ago: nothing leaves", cure)
    } else if left < 3 * 3600 {
      add("channels", .warning, "\(name): its access token ends in \(Self.span(left))", cure)
    }
  }

  private mutating func tell(_ found: TenantTroublesRow, _ slug: String) {
    if found.deadLetters > 0 {
      add(
        "parked", .warning, "\(slug): \(found.deadLetters) events could not be stored",
        "tistis webhooks dead --tenant \(slug), then tistis webhooks replay")
    }
    if found.deadJobs > 0 {
      add(
        "jobs", .warning, "\(slug): \(found.deadJobs) jobs were given up",
        "tistis jobs dead --tenant \(slug), then tistis jobs retry")
    }
    if found.alerts > 0 {
      add(
        "alerts", .warning, "\(slug): \(found.alerts) alerts wait for a person", "tistis alerts list --tenant \(slug)")
    }
  }
}
