/// A name in the environment: what it is for, whether it must be there, and whether it may be shown.
/// `bin/etc/env.example` is this table; a test compares.
public struct Setting: Sendable {
  public enum Kind: Sendable { case text, integer, flag, url, secret }
  public let name: String
  public let kind: Kind
  /// nil: it must be given by every program that needs it. A secret never has a default.
  public let initial: String?
  /// One sentence for the operator.
  public let help: String

  public init(_ name: String, _ kind: Kind, default initial: String? = nil, _ help: String) {
    self.name = name
    self.kind = kind
    self.initial = initial
    self.help = help
  }
}

extension Setting {
  public static let databaseURL = Setting(
    "DATABASE_URL", .secret,
    "libpq connection string or URL of this program's own role; several hosts are tried in turn.")
  public static let databasePrepare = Setting(
    "DATABASE_PREPARE", .flag, default: "1",
    "0 behind a pooler that cannot carry prepared statements (PgBouncer before 1.21).")
  public static let statementSeconds = Setting(
    "DATABASE_STATEMENT_SECONDS", .integer, default: "5", "Longest time a statement may take.")
  public static let inboundKeys = Setting(
    "INBOUND_KEYS", .secret, "id:64-hex-digits[,…]: open app secrets and verify tokens; the first seals.")
  public static let outboundKeys = Setting(
    "OUTBOUND_KEYS", .secret, "id:64-hex-digits[,…]: open access tokens; the first seals.")
  public static let metaAppSecret = Setting(
    "META_APP_SECRET", .secret, default: "",
    "Secret of the platform's own Meta app, for the webhook that all tenants share; several, comma between, while rotating."
  )
  public static let verifyToken = Setting(
    "WHATSAPP_VERIFY_TOKEN", .secret, default: "", "Answers Meta's question whether the shared webhook is ours.")
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
  public static let rawRetentionDays = Setting(
    "RAW_RETENTION_DAYS", .integer, default: "30",
    "Days that what platforms sent is kept as it came, beside what was read from it; 0: for ever.")
  public static let cronSecret = Setting(
    "CRON_SECRET", .secret, default: "",
    "Bearer token of /api/jobs/process, for schedulers that cannot start `jobs`; empty: closed.")
  public static let environment = Setting(
    "TISTIS_ENV", .text, default: "production", "development or production.")
  public static let allowUnsigned = Setting(
    "ALLOW_UNSIGNED_WEBHOOKS", .flag, default: "0",
    "1 accepts webhooks without any signature header; only with TISTIS_ENV=development.")
  public static let maxRequests = Setting(
    "MAX_REQUESTS", .integer, default: "10000", "An endpoint's process leaves after so many requests; 0: never.")
  public static let jobsConnections = Setting(
    "JOBS_CONNECTIONS", .integer, default: "4", "Connections to Postgres that one run of `jobs` holds (1 to 8).")
  public static let jobsConcurrency = Setting(
    "JOBS_CONCURRENCY", .integer, default: "200", "Jobs that one run of `jobs` works on at once.")
  public static let answerDelayMilliseconds = Setting(
    "ANSWER_DELAY_MS", .integer, default: "2000", "Quiet time after a person's last message before it is answered.")

  /// All of them, in the order of the printed example.
  public static let all: [Setting] = [
    databaseURL, databasePrepare, statementSeconds, inboundKeys, outboundKeys, metaAppSecret, verifyToken, anthropicKey,
    anthropicURL,
    anthropicModel, graphURL, mediaFolder, rawRetentionDays, cronSecret, environment, allowUnsigned, maxRequests,
    jobsConnections,
    jobsConcurrency,
    answerDelayMilliseconds,
  ]
}

/// The environment, understood once at start.
public struct Settings: Sendable {
  private let values: [String: String]

  public struct Fault: Error, Sendable, CustomStringConvertible {
    /// Every problem at once, one a line.
    public let problems: [String]
    public var description: String { problems.joined(separator: "\n") }
  }

  /// Reads what `needs` names. A value may also stand in a file named by `NAME_FILE`, without its last newline.
  /// Throws every missing or unreadable name at once.
  public init(
    _ needs: [Setting], from environment: [String: String], file: (String) -> String? = readFile
  ) throws(Fault) {
    var values = [String: String]()
    var problems = [String]()
    for need in needs {
      var value = environment[need.name]
      if value == nil, let path = environment[need.name + "_FILE"] {
        value = file(path)
        if value == nil { problems.append("\(need.name)_FILE: cannot read \(path)") }
        if value?.last == "\n" { value?.removeLast() }
      }
      guard let text = value ?? need.initial else {
        if environment[need.name + "_FILE"] == nil { problems.append("\(need.name) is missing: \(need.help)") }
        continue
      }
      if let fault = Self.fault(text, need) { problems.append("\(need.name) \(fault)") }
      values[need.name] = text
    }
    guard problems.isEmpty else { throw Fault(problems: problems) }
    self.values = values
  }

  private static func fault(_ text: String, _ need: Setting) -> String? {
    switch need.kind {
    case .integer: Int(text) == nil ? "must be a whole number" : nil
    case .flag: ["0", "1"].contains(text) ? nil : "must be 0 or 1"
    case .url: text.hasPrefix("http://") || text.hasPrefix("https://") ? nil : "must begin with http:// or https://"
    case .secret: text.isEmpty && need.initial == nil ? "is empty: \(need.help)" : nil
    case .text: nil
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
      return "\(need.name)=" + (need.kind == .secret && !value.isEmpty ? "•••" : value)
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
