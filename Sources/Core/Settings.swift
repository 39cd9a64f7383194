/// A name in the environment: what it is for, whether it must be there, and whether it may be shown.
/// `bin/etc/env.example` is this table; a test compares.
public struct Setting: Sendable {
  /// `keys` is a secret as `Keyring` reads it.
  public enum Kind: Sendable { case text, integer, flag, url, secret, keys }
  public let name: String
  public let kind: Kind
  /// nil: it must be given by every program that needs it. A secret never has a default.
  public let initial: String?
  /// Of a whole number: what it may be.
  public let range: ClosedRange<Int>
  /// The only words it may be; empty: any.
  public let words: [String]
  /// One sentence for the operator.
  public let help: String

  public init(
    _ name: String, _ kind: Kind, default initial: String? = nil, range: ClosedRange<Int> = 0...Int.max,
    words: [String] = [], _ help: String
  ) {
    self.name = name
    self.kind = kind
    self.initial = initial
    self.range = range
    self.words = words
    self.help = help
  }

  /// Must not be shown.
  public var isSecret: Bool { kind == .secret || kind == .keys }
}

extension Setting {
  public static let databaseURL = Setting(
    "DATABASE_URL", .secret,
    "libpq connection string or URL of this program's own role; several hosts are tried in turn.")
  public static let databasePrepare = Setting(
    "DATABASE_PREPARE", .flag, default: "1",
    "0 behind a pooler that cannot carry prepared statements (PgBouncer before 1.21).")
  public static let statementSeconds = Setting(
    "DATABASE_STATEMENT_SECONDS", .integer, default: "5", range: 1...600, "Longest time a statement may take.")
  public static let inboundKeys = Setting(
    "INBOUND_KEYS", .keys, "id:64-hex-digits[,…]: open app secrets and verify tokens; the first seals.")
  public static let outboundKeys = Setting(
    "OUTBOUND_KEYS", .keys, "id:64-hex-digits[,…]: open access tokens; the first seals.")
  public static let inboundSeal = Setting(
    "INBOUND_SEAL", .text, default: "",
    "What app secrets and verify tokens are sealed with by who must not open them; `tistis seals` prints it.")
  public static let outboundSeal = Setting(
    "OUTBOUND_SEAL", .text, default: "",
    "The same for access tokens; empty: they are entered by `tistis channels set-secret` only.")
  public static let metaAppSecret = Setting(
    "META_APP_SECRET", .secret, default: "",
    "Secret of the platform's own Meta app, for the webhook that all tenants share; several, comma between, while rotating."
  )
  public static let verifyToken = Setting(
    "WHATSAPP_VERIFY_TOKEN", .secret, default: "", "Answers Meta's question whether the shared webhook is ours.")
  public static let instagramAppSecret = Setting(
    "INSTAGRAM_APP_SECRET", .secret, default: "",
    "Secret of the Instagram app, for accounts connected by Instagram Login; signs the shared webhook beside META_APP_SECRET."
  )
  public static let instagramVerifyToken = Setting(
    "INSTAGRAM_VERIFY_TOKEN", .secret, default: "", "Answers the question whether the shared Instagram webhook is ours."
  )
  public static let facebookVerifyToken = Setting(
    "FACEBOOK_VERIFY_TOKEN", .secret, default: "", "Answers the question whether the shared Messenger webhook is ours.")
  public static let tiktokSecret = Setting(
    "TIKTOK_CLIENT_SECRET", .secret, default: "",
    "Secret of the platform's own TikTok app, for the webhook that all tenants share and to renew its accounts' tokens."
  )
  public static let tiktokKey = Setting(
    "TIKTOK_CLIENT_KEY", .secret, default: "", "Key of the platform's own TikTok app, to renew its accounts' tokens.")
  public static let tiktokSignatureSeconds = Setting(
    "TIKTOK_SIGNATURE_SECONDS", .integer, default: "300", range: 1...86_400,
    "How far the time in TikTok's signature may be from ours.")
  public static let instagramURL = Setting(
    "INSTAGRAM_GRAPH_URL", .url, default: "https://graph.instagram.com/v25.0",
    "Graph API of accounts connected by Instagram Login, with its version.")
  public static let tiktokURL = Setting(
    "TIKTOK_URL", .url, default: "https://business-api.tiktok.com/open_api/v1.3",
    "TikTok's Business API with its version.")
  public static let n8nURL = Setting(
    "N8N_WEBHOOK_URL", .url, default: "",
    "The platform's own n8n, for businesses that named none: events are posted to this address followed by / and their name."
  )
  public static let n8nKey = Setting(
    "N8N_API_KEY", .secret, default: "",
    "Shown to the platform's own n8n as X-N8N-API-KEY; its call-backs may show it to us, about businesses that use it.")
  public static let anthropicKey = Setting(
    "ANTHROPIC_API_KEY", .secret, default: "", "Claude's key; empty: answers are parked and conversations escalated.")
  public static let anthropicURL = Setting(
    "ANTHROPIC_BASE_URL", .url, default: "https://api.anthropic.com", "Base of the Messages API, without /v1.")
  public static let anthropicModel = Setting(
    "ANTHROPIC_MODEL", .text, default: "claude-haiku-5-5", "Model of tenants that chose none.")
  public static let graphURL = Setting(
    "META_GRAPH_URL", .url, default: "https://graph.facebook.com/v25.0", "Graph API with its version.")
  public static let mediaFolder = Setting(
    "MEDIA_DIR", .text, default: "/var/lib/tistis/media",
    "Folder in which attachments are kept; it belongs to the user that runs `jobs`.")
  public static let mediaMoreTypes = Setting(
    "MEDIA_MORE_TYPES", .text, default: "",
    "Types of documents that are kept besides the usual ones, as application/zip image/tiff; programs and pages never are."
  )
  public static let rawRetentionDays = Setting(
    "RAW_RETENTION_DAYS", .integer, default: "30",
    "Days that what platforms sent is kept as it came, beside what was read from it; 0: for ever.")
  public static let cronSecret = Setting(
    "CRON_SECRET", .secret, default: "",
    "Bearer token of /api/jobs/process, for schedulers that cannot start `jobs`; empty: closed.")
  public static let environment = Setting(
    "TISTIS_ENV", .text, default: "production", words: ["production", "development"], "development or production.")
  public static let publicURL = Setting(
    "TISTIS_PUBLIC_URL", .url, default: "",
    "The https address under which the platforms reach us; with it, settings made for development are refused.")
  public static let healthToken = Setting(
    "HEALTH_CHECK_TOKEN", .secret, default: "",
    "Whoever sends it as x-health-token is told the details of /api/health; empty: only private networks are.")
  public static let allowUnsigned = Setting(
    "ALLOW_UNSIGNED_WEBHOOKS", .flag, default: "0",
    "1 accepts webhooks without any signature header; only with TISTIS_ENV=development.")
  public static let maxRequests = Setting(
    "MAX_REQUESTS", .integer, default: "10000", "An endpoint's process leaves after so many requests; 0: never.")
  public static let jobsConnections = Setting(
    "JOBS_CONNECTIONS", .integer, default: "4", range: 1...8,
    "Connections to Postgres that one run of `jobs` holds (1 to 8).")
  public static let jobsConcurrency = Setting(
    "JOBS_CONCURRENCY", .integer, default: "200", range: 1...10_000, "Jobs that one run of `jobs` works on at once.")
  public static let jobsListen = Setting(
    "JOBS_LISTEN", .flag, default: "1",
    "0 behind a pooler in transaction mode: `jobs` then finds what is due at once by its poll, a quarter of a second later."
  )
  public static let answerDelayMilliseconds = Setting(
    "ANSWER_DELAY_MS", .integer, default: "2000", range: 0...1_800_000,
    "Quiet time after a person's last message before it is answered.")

  public static let jwtSecret = Setting(
    "SUPABASE_JWT_SECRET", .secret, default: "",
    "Secret of the Supabase project, for the dashboard's tokens signed with HS256; empty: those are refused.")
  public static let supabaseURL = Setting(
    "SUPABASE_URL", .url, default: "",
    "The Supabase project that issues the dashboard's tokens; its public keys are fetched from there.")
  public static let userPerMinute = Setting(
    "USER_CALLS_PER_MINUTE", .integer, default: "600", range: 1...1_000_000,
    "Requests that a user of the dashboard may make a minute; those of keys are the plan's.")
  public static let uploadBytesPerDay = Setting(
    "UPLOAD_BYTES_PER_DAY", .integer, default: "2147483648", range: Limits.attachment...1_000_000_000_000,
    "Bytes that a business may upload by POST /api/media in a day.")

  /// All of them, in the order of the printed example.
  public static let all: [Setting] = [
    databaseURL, databasePrepare, statementSeconds, inboundKeys, outboundKeys, inboundSeal, outboundSeal,
    metaAppSecret, verifyToken,
    instagramAppSecret, instagramVerifyToken, facebookVerifyToken, tiktokKey, tiktokSecret, tiktokSignatureSeconds,
    n8nURL, n8nKey, anthropicKey,
    anthropicURL,
    anthropicModel, graphURL, instagramURL, tiktokURL, mediaFolder, mediaMoreTypes, rawRetentionDays, cronSecret,
    healthToken,
    environment, publicURL,
    allowUnsigned, maxRequests,
    jobsConnections,
    jobsConcurrency, jobsListen,
    answerDelayMilliseconds, jwtSecret, supabaseURL, userPerMinute, uploadBytesPerDay,
  ]
}

/// The environment, understood once at start.
public struct Settings: Sendable {
  private let values: [String: String]

  public struct Fault: Error, Sendable, CustomStringConvertible {
    /// Every problem at once, one a line.
    public let problems: [Problem]
    public var description: String { problems.map(\.description).joined(separator: "\n") }
  }

  /// Reads what `needs` names. A value may also stand in a file named by `NAME_FILE`, without its last newline.
  /// Throws everything that is missing, unreadable or not fit for a public address, at once.
  public init(
    _ needs: [Setting], from environment: [String: String], file: (String) -> String? = readFile
  ) throws(Fault) {
    var values = [String: String]()
    var problems = [Problem]()
    for need in needs {
      var value = environment[need.name]
      if value == nil, let path = environment[need.name + "_FILE"] {
        value = file(path)
        if value == nil {
          problems.append(
            Problem("\(need.name)_FILE: cannot read \(path)", cure: "put the value there, readable for this user"))
          continue
        }
        if value?.last == "\n" { value?.removeLast() }
      }
      guard let text = value ?? need.initial else {
        problems.append(Problem("\(need.name) is missing", cure: "set it: \(need.help)"))
        continue
      }
      if let fault = Self.fault(text, need) {
        problems.append(Problem("\(need.name) \(fault)", cure: need.help))
      }
      values[need.name] = text
    }
    problems += Self.exposures(needs, values)
    guard problems.isEmpty else { throw Fault(problems: problems) }
    self.values = values
  }

  private static func fault(_ text: String, _ need: Setting) -> String? {
    switch need.kind {
    case .integer:
      switch Int(text) {
      case nil: return "must be a whole number"
      case .some(let n) where !need.range.contains(n):
        let most = need.range.upperBound == .max ? "" : " and at most \(need.range.upperBound)"
        return "must be at least \(need.range.lowerBound)\(most)"
      default: return nil
      }
    case .flag: return ["0", "1"].contains(text) ? nil : "must be 0 or 1"
    case .url:
      if text.isEmpty, need.initial == "" { return nil }
      guard text.hasPrefix("http://") || text.hasPrefix("https://") else {
        return "must begin with http:// or https://"
      }
      return urlHost(text) == nil ? "names no host" : nil
    case .secret: return text.isEmpty && need.initial == nil ? "is empty" : nil
    case .keys:
      do throws(Keyring.Fault) { _ = try Keyring(Secret(text)) } catch {
        return text.isEmpty ? "is empty" : "cannot be read as keys"
      }
      return nil
    case .text:
      return need.words.isEmpty || need.words.contains(text)
        ? nil : "must be one of: " + need.words.joined(separator: ", ")
    }
  }

  /// The value of a setting that was among `needs`; asking for another is a programmer's mistake.
  public func text(_ setting: Setting) -> String {
    guard let value = values[setting.name] else { preconditionFailure("\(setting.name) is not among the needs") }
    return value
  }
  public func secret(_ setting: Setting) -> Secret { Secret(text(setting)) }
  public func int(_ setting: Setting) -> Int { Int(text(setting)) ?? 0 }
  public func flag(_ setting: Setting) -> Bool { text(setting) == "1" }
  /// A base URL without a slash at its end.
  public func url(_ setting: Setting) -> String {
    let text = text(setting)
    return text.hasSuffix("/") ? String(text.dropLast()) : text
  }

  /// What was understood, secrets as dots: for `--config`.
  public func listing(_ needs: [Setting]) -> String {
    needs.map { need in
      let value = text(need)
      return "\(need.name)=" + (need.isSecret && !value.isEmpty ? "•••" : value)
    }.joined(separator: "\n")
  }

  /// `env.example`: every setting with its sentence.
  public static var example: String {
    Setting.all.map { s in
      let value = s.initial ?? ""
      let mark = s.initial == nil ? "" : "# "
      return "# \(s.help)\n\(mark)\(s.name)=\(value)\n"
    }.joined(separator: "\n")
  }
}
