import Core
import Rules

extension ChannelDoor {
  static let done = Route.Answer.json(.object([.needs("success", .flag)]))

  static func answer(_ shape: Shape) -> Route.Answer {
    .json(.object([.needs("success", .flag), .needs("data", shape)]))
  }

  private static let externalID = Shape.text(1...200)
  private static let secret = Shape.text(4...4096)

  /// Only of a new account.
  static let placed: [Shape.Member] = [.may("account_number", .integer(1...2)), .may("branch_id", .id)]

  /// Null empties a text; what is secret is sealed and never shown again.
  static let changeable: [Shape.Member] =
    [
      "whatsapp_phone_number_id", "whatsapp_business_account_id", "instagram_account_id", "instagram_page_id",
      "facebook_page_id", "meta_app_id", "tiktok_business_id", "tiktok_open_id",
    ].map { .may($0, externalID) }
    + ["connection_name", "account_name", "instagram_username", "facebook_page_name", "tiktok_client_key"].map {
      .may($0, .line)
    }
    + [
      .may("ai_enabled", .flag), .may("is_personal_brand", .flag), .may("human_agent_enabled", .flag),
      .may("echo_takes_over", .flag),
      .may("login", .word(["page", "instagram"])),
      .may("first_message_delay_seconds", .integer(0...1800)),
      .may("subsequent_message_delay_seconds", .integer(0...300)),
      .may("ai_personality_override", .word(ResponseStyle.names)),
      .may("custom_instructions_override", .note),
    ]
    + [
      "access_token", "whatsapp_access_token", "instagram_access_token", "facebook_access_token", "tiktok_access_token",
      "refresh_token", "tiktok_refresh_token", "app_secret", "webhook_secret", "client_secret", "tiktok_client_secret",
      "verify_token", "whatsapp_verify_token", "instagram_verify_token", "facebook_verify_token", "tiktok_verify_token",
    ].map { .may($0, secret) }

  private static let text = Shape.maybe(.text(0...20_000))
  private static let time = Shape.maybe(.moment)

  static let shape = Shape.object([
    .needs("id", .id), .needs("channel", .word(ChannelName.words)), .needs("account_number", .integer(1...2)),
    .needs("branch_id", .maybe(.id)), .needs("account_id", text), .needs("status", .line), .needs("ai_enabled", .flag),
    .needs("connection_name", text),
    .needs("account_name", text), .needs("is_personal_brand", .flag), .needs("login", text),
    .needs("meta_app_id", text),
    .needs("human_agent_enabled", .flag), .needs("echo_takes_over", .flag), .needs("whatsapp_phone_number_id", text),
    .needs("whatsapp_business_account_id", text), .needs("instagram_account_id", text),
    .needs("instagram_page_id", text),
    .needs("instagram_username", text), .needs("facebook_page_id", text), .needs("facebook_page_name", text),
    .needs("tiktok_business_id", text), .needs("tiktok_client_key", text), .needs("tiktok_open_id", text),
    .needs("first_message_delay_seconds", .maybe(.count)), .needs("subsequent_message_delay_seconds", .maybe(.count)),
    .needs("ai_personality_override", text), .needs("custom_instructions_override", text), .needs("quality", text),
    .needs("messaging_limit", text), .needs("error_count", .count), .needs("last_message_at", time),
    .needs("last_error_at", time), .needs("last_error_message", text), .needs("secrets", .map),
    .needs("connected_at", time),
    .needs("disconnected_at", time), .needs("created_at", .moment), .needs("updated_at", .moment),
    .needs("webhook_url", .line),
    .needs(
      "branches",
      .maybe(
        .object([
          .needs("id", .id), .needs("name", text), .needs("city", text), .needs("is_headquarters", .flag),
        ]))),
  ])

  static let testShape = Shape.object([
    .needs("ok", .flag),
    .needs(
      "checks",
      .list(
        .object([
          .needs("name", .line), .needs("state", .word(["ok", "failed", "unknown"])),
          .needs("sentence", .text(0...2000)),
          // The platform does not let the token to the account.
          .may("cure", .text(0...2000)), .may("locked_out", .flag),
        ]), atMost: 20)),
  ])

  static let healthShape = Shape.object([
    .needs("channel_id", .id), .needs("channel", .word(ChannelName.words)), .needs("status", .line),
    .needs("stopped_code", text),
    .needs("stopped_at", time), .needs("last_message_at", time),
    .needs("last_webhook_at", time), .needs("signature_failures", .count), .needs("last_signature_failure_at", time),
    .needs("last_error", text), .needs("last_error_at", time),
    .needs("error_count", .count), .needs("waiting_sends", .count), .needs("open_alerts", .count),
    .needs("tested_at", time), .needs("owned_at", time), .needs("test", .maybe(testShape)),
  ])
}
