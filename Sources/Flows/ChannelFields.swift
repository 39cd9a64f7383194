import Core
import FoundationEssentials
import Peers
import Rules
import Store

/// What people may enter of an account: its columns, and its secrets, which go in and never come out.
public struct ChannelFields: Sendable {
  /// A secret under the name by which it is entered, for one kind of channel or for all.
  struct SecretField: Sendable {
    let name: String
    let kind: String
    let isToken: Bool
  }

  /// For `add_channel` and `change_channel`.
  public var columns: JSON
  public var secrets: [(kind: String, isToken: Bool, secret: Secret)]

  /// What says which account of the platform it is; in SQL, `keep_ownership`.
  private static let accountIDs = [
    "whatsapp_phone_number_id", "whatsapp_business_account_id", "instagram_account_id", "instagram_page_id",
    "facebook_page_id", "tiktok_business_id", "tiktok_open_id",
  ]
  private static let texts =
    accountIDs + [
      "connection_name", "account_name", "instagram_username", "facebook_page_name", "meta_app_id",
      "tiktok_client_key", "ai_personality_override", "custom_instructions_override",
    ]

  /// Whether an id of the account is among what was entered.
  public var namesAccount: Bool {
    guard case .object(let members) = columns else { return false }
    return Self.accountIDs.contains { members[$0] != nil }
  }
  private static let delays = [("first_message_delay_seconds", 1800), ("subsequent_message_delay_seconds", 300)]
  private static let longest = 20_000

  /// The guide's names for what is sealed, and ours.
  static func secretFields(_ channel: String) -> [SecretField] {
    var fields = [
      SecretField(name: "access_token", kind: "access_token", isToken: true),
      SecretField(name: "\(channel)_access_token", kind: "access_token", isToken: true),
      SecretField(name: "verify_token", kind: "verify_token", isToken: false),
      SecretField(name: "\(channel)_verify_token", kind: "verify_token", isToken: false),
    ]
    if channel == "tiktok" {
      fields += [
        SecretField(name: "client_secret", kind: "client_secret", isToken: false),
        SecretField(name: "tiktok_client_secret", kind: "client_secret", isToken: false),
        SecretField(name: "webhook_secret", kind: "client_secret", isToken: false),
        SecretField(name: "refresh_token", kind: "refresh_token", isToken: true),
        SecretField(name: "tiktok_refresh_token", kind: "refresh_token", isToken: true),
      ]
    } else {
      fields += [
        SecretField(name: "app_secret", kind: "app_secret", isToken: false),
        // Instagram's own login has an app secret of its own; either may sign, both are kept and tried.
        SecretField(
          name: "webhook_secret", kind: channel == "instagram" ? "webhook_secret" : "app_secret", isToken: false),
      ]
    }
    return fields
  }

  /// Which kinds of secrets a channel may have, for people.
  public static func secretKinds(_ channel: String) -> [(kind: String, isToken: Bool)] {
    var seen = [(String, Bool)]()
    for field in secretFields(channel) where !seen.contains(where: { $0.0 == field.kind }) {
      seen.append((field.kind, field.isToken))
    }
    return seen
  }

  /// Throws `.malformed` with the path of what is unknown or of a wrong kind.
  /// - Parameter placed: channel, account number and branch may be given as well (a new account).
  public init(_ body: Field, channel: String, placed: Bool) throws(Refusal) {
    let secretFields = Self.secretFields(channel)
    var columns = JSON.Members()
    var secrets = [(kind: String, isToken: Bool, secret: Secret)]()
    for pair in try body.object().pairs {
      let field = body[pair.key]
      switch pair.key {
      case "channel" where placed: columns["channel"] = .string(channel)
      case "account_number" where placed:
        guard let number = field.integer, (1...2).contains(number) else { throw field.expected("1 or 2") }
        columns["account_number"] = .number(number)
      case "branch_id" where placed:
        columns["branch_id"] = field.exists ? .string(try field.id().text) : .null
      case "login" where channel == "instagram":
        guard field.text.map({ ["page", "instagram"].contains($0) }) ?? !field.exists else {
          throw field.expected("page or instagram")
        }
        columns["login"] = field.value ?? .null
      case "ai_enabled", "is_personal_brand", "human_agent_enabled", "echo_takes_over":
        guard let flag = field.bool else { throw field.expected("true or false") }
        columns[pair.key] = .bool(flag)
      case _ where Self.texts.contains(pair.key):
        columns[pair.key] = try Self.text(field, pair.key)
      case _ where Self.delays.contains(where: { $0.0 == pair.key }):
        let most = Self.delays.first { $0.0 == pair.key }?.1 ?? 0
        guard field.exists else {
          columns[pair.key] = .null
          continue
        }
        guard let seconds = field.integer, (0...Int64(most)).contains(seconds) else {
          throw field.expected("0 to \(most)")
        }
        columns[pair.key] = .number(seconds)
      default:
        guard let secret = secretFields.first(where: { $0.name == pair.key }) else {
          throw .malformed(path: field.path, fault: "is not known of a \(channel) channel, or cannot be changed")
        }
        let text = try field.string()
        guard (4...4096).contains(text.utf8.count), !text.contains(where: \.isWhitespace) else {
          throw field.expected("a secret of 4 to 4096 characters without spaces")
        }
        secrets.append((secret.kind, secret.isToken, Secret(text)))
      }
    }
    self.columns = .object(columns)
    self.secrets = secrets
  }

  private static func text(_ field: Field, _ name: String) throws(Refusal) -> JSON {
    guard field.exists else { return .null }
    guard let text = field.loose, text.utf8.count <= longest else { throw field.expected("a text") }
    if name.hasSuffix("_id") {
      // The ids of Meta are numbers, TikTok's are not; none has a space, a quote or a slash.
      let plain = text.utf8.allSatisfy {
        (48...57).contains($0) || (65...90).contains($0) || (97...122).contains($0) || "-_=+".utf8.contains($0)
      }
      guard plain, (1...200).contains(text.utf8.count) else { throw field.expected("an id of the platform's") }
    }
    if name == "ai_personality_override", ResponseStyle(rawValue: text) == nil {
      throw field.expected("one of " + ResponseStyle.names.joined(separator: ", "))
    }
    return .string(text)
  }
}

extension Field {
  /// An id of ours.
  func id() throws(Refusal) -> UUID {
    guard let text, let id = UUID(uuidString: text) else { throw expected("an id (UUID)") }
    return id
  }
}

/// The way to the webhook that all tenants share, and to a tenant's own.
func sharedWebhookPath(_ channel: String) -> String { "/api/webhook/" + channel }
public func webhookPath(_ channel: String, slug: String) -> String { sharedWebhookPath(channel) + "/" + slug }

extension ChannelDetailsRow {
  /// All that people may see. Of secrets the last four characters of the long ones, and when they end.
  /// - Parameter base: TISTIS_PUBLIC_URL; empty: the path alone.
  public func json(base: String) -> JSON {
    func text(_ value: String?) -> JSON { value.map { .string($0) } ?? .null }
    func time(_ value: Instant?) -> JSON { value.map { .string($0.description) } ?? .null }
    func number(_ value: Int32?) -> JSON { value.map { .number($0) } ?? .null }
    let base = base.hasSuffix("/") ? String(base.dropLast()) : base
    let parsed = secrets.flatMap { try? $0.parse() } ?? JSON.object(JSON.Members())
    return [
      "id": .string(id.text), "channel": .string(channel), "account_number": .number(accountNumber),
      "branch_id": branchId.map { .string($0.text) } ?? .null, "account_id": text(accountId), "status": .string(status),
      "ai_enabled": .bool(aiEnabled),
      "connection_name": text(connectionName), "account_name": text(accountName),
      "is_personal_brand": .bool(isPersonalBrand), "login": text(login), "meta_app_id": text(metaAppId),
      "human_agent_enabled": .bool(humanAgentEnabled), "echo_takes_over": .bool(echoTakesOver),
      "whatsapp_phone_number_id": text(whatsappPhoneNumberId),
      "whatsapp_business_account_id": text(whatsappBusinessAccountId), "instagram_account_id": text(instagramAccountId),
      "instagram_page_id": text(instagramPageId), "instagram_username": text(instagramUsername),
      "facebook_page_id": text(facebookPageId), "facebook_page_name": text(facebookPageName),
      "tiktok_business_id": text(tiktokBusinessId), "tiktok_client_key": text(tiktokClientKey),
      "tiktok_open_id": text(tiktokOpenId), "first_message_delay_seconds": number(firstMessageDelaySeconds),
      "subsequent_message_delay_seconds": number(subsequentMessageDelaySeconds),
      "ai_personality_override": text(aiPersonalityOverride),
      "custom_instructions_override": text(customInstructionsOverride), "quality": text(quality),
      "messaging_limit": text(messagingLimit), "error_count": .number(errorCount),
      "last_message_at": time(lastMessageAt),
      "last_error_at": time(lastErrorAt), "last_error_message": text(lastErrorMessage), "secrets": parsed,
      "connected_at": time(connectedAt),
      "disconnected_at": time(disconnectedAt), "created_at": .string(createdAt.description),
      "updated_at": .string(updatedAt.description), "webhook_url": .string(base + webhookPath(channel, slug: slug)),
      "branches": branchId.map {
        [
          "id": .string($0.text), "name": text(branchName), "city": text(branchCity),
          "is_headquarters": .bool(branchHeadquarters ?? false),
        ]
      } ?? .null,
    ]
  }

  /// How it is, for who wonders why nothing arrives.
  public func health(sends: Int64, alerts: Int64) -> JSON {
    func text(_ value: String?) -> JSON { value.map { .string($0) } ?? .null }
    func time(_ value: Instant?) -> JSON { value.map { .string($0.description) } ?? .null }
    return [
      "channel_id": .string(id.text), "channel": .string(channel), "status": .string(status),
      "stopped_code": text(stoppedCode), "stopped_at": time(stoppedAt), "last_message_at": time(lastMessageAt),
      "last_webhook_at": time(lastWebhookAt), "signature_failures": .number(signatureFailures),
      "last_signature_failure_at": time(lastSignatureFailureAt),
      "last_error": text(lastErrorMessage), "last_error_at": time(lastErrorAt), "error_count": .number(errorCount),
      "waiting_sends": .number(sends), "open_alerts": .number(alerts), "tested_at": time(testedAt),
      "owned_at": time(ownedAt),
      "test": testResult.flatMap { try? $0.parse() } ?? .null,
    ]
  }
}
