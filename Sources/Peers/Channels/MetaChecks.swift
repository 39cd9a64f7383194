import Core
import Rules

/// Is the token good, may it do what we need, is it this account's, and does the account send us its webhooks? Graph API,
/// November 2026.
extension CheckedAccount {
  func metaChecks(_ through: ChannelAccess, subscribing: Bool, now: Instant) -> [ChannelCheck] {
    let get = { (path: String) in
      HTTPRequest("GET", through.base + path, headers: [Self.bearer(through)], timeout: 8)
    }
    var checks = [ChannelCheck]()
    if !byInstagramLogin {
      let path = "/debug_token?input_token=" + queryEscaped(through.token.reveal())
      checks.append(ChannelCheck(name: "token", request: get(path)) { [self] in token($0, now) })
    }
    let account = queryEscaped(through.accountID)
    let fields =
      switch channel {
      case .whatsapp: "display_phone_number,verified_name,quality_rating,status,code_verification_status"
      case .instagram: "id,username"
      case .facebook, .tiktok: "id,name"
      }
    checks.append(
      ChannelCheck(name: "account", request: get("/\(account)?fields=\(fields)")) { [self] in self.account($0) })
    guard let owner = byInstagramLogin ? through.accountID : parentID else {
      checks.append(unnamedOwner)
      return checks
    }
    let path = "/\(queryEscaped(owner))/subscribed_apps"
    if subscribing {
      let wanted = subscribedFields.map { "?subscribed_fields=" + $0.joined(separator: ",") } ?? ""
      let post = HTTPRequest("POST", through.base + path + wanted, headers: [Self.bearer(through)], timeout: 8)
      checks.append(ChannelCheck(name: "subscribe", request: post) { Self.subscribed($0) })
    }
    checks.append(ChannelCheck(name: "subscription", request: get(path)) { [self] in subscription($0) })
    return checks
  }

  private static func bearer(_ through: ChannelAccess) -> HTTPRequest.Header {
    .init("Authorization", "Bearer \(through.token.reveal())")
  }

  /// Without them nothing can be read or sent.
  private var scopes: [String] {
    switch channel {
    case .whatsapp: ["whatsapp_business_messaging", "whatsapp_business_management"]
    case .facebook: ["pages_messaging", "pages_manage_metadata"]
    case .instagram: ["instagram_manage_messages", "pages_manage_metadata"]
    case .tiktok: []
    }
  }

  /// nil: the app's own choice counts (WhatsApp).
  var subscribedFields: [String]? {
    switch channel {
    case .whatsapp, .tiktok: nil
    case .facebook:
      [
        "messages", "messaging_postbacks", "message_deliveries", "message_reads", "message_echoes", "message_reactions",
        "messaging_referrals", "messaging_optins", "message_edits", "messaging_handovers", "standby",
        "messaging_policy_enforcement",
      ]
    case .instagram where byInstagramLogin:
      [
        "messages", "messaging_postbacks", "messaging_seen", "message_reactions", "messaging_referral", "message_edit",
        "standby",
      ]
    case .instagram: ["messages", "messaging_postbacks"]
    }
  }

  private var newToken: String {
    switch channel {
    case .whatsapp:
      "make a new system-user token in Meta Business settings and give it to tistis channels set-secret, or PATCH the channel"
    default:
      "connect the account again, or make a new page token, and give it to tistis channels set-secret, or PATCH the channel"
    }
  }

  /// `{"data": {"is_valid", "expires_at", "scopes": […], "error": {"message"}}}`; `expires_at` 0: never.
  private func token(_ response: HTTPResponse, _ now: Instant) -> ChannelCheck.Finding {
    let body: Field
    do throws(PeerError) { body = try GraphAnswer.body(response) } catch { return fault(error) }
    let data = body["data"]
    guard data["is_valid"].bool == true else {
      let why = data["error"]["message"].text.map { ": " + withoutTokens(clipped($0, 200)) } ?? ""
      return .init(.failed, "Meta does not accept the access token\(why)", cure: newToken)
    }
    let given = data["scopes"].items.compactMap(\.text)
    let missing = data["scopes"].exists ? scopes.filter { !given.contains($0) } : []
    guard missing.isEmpty else {
      return .init(
        .failed, "the access token lacks \(missing.joined(separator: ", "))",
        cure: "make a token with these permissions: " + newToken)
    }
    guard let expires = data["expires_at"].integer, expires > 0 else {
      return .init(.ok, "the access token does not expire")
    }
    let until = Instant(seconds: expires)
    guard until > now else { return .init(.failed, "the access token ended at \(until)", cure: newToken) }
    return .init(
      .ok, "the access token is good until \(until)",
      cure: until - now < 7 * 86_400 ? "it ends within a week: " + newToken : nil)
  }

  private func account(_ response: HTTPResponse) -> ChannelCheck.Finding {
    let body: Field
    do throws(PeerError) { body = try GraphAnswer.body(response) } catch { return fault(error) }
    let name =
      body["verified_name"].text ?? body["username"].text ?? body["name"].text ?? body["display_phone_number"].text
      ?? body["id"].loose ?? "the account"
    let quality = body["quality_rating"].text.map { ", quality \(clipped($0, 40))" } ?? ""
    let status = body["status"].text.map { ", \(clipped($0, 40))" } ?? ""
    guard body["status"].text.map({ ["CONNECTED", "PENDING", "UNKNOWN"].contains($0.uppercased()) }) ?? true else {
      return .init(
        .failed, "\(clipped(name, 120))\(status)\(quality)",
        cure: "register the number for the Cloud API in WhatsApp Manager, or see there what is wrong with it")
    }
    return .init(.ok, "\(clipped(name, 120))\(status)\(quality)")
  }

  private static func subscribed(_ response: HTTPResponse) -> ChannelCheck.Finding {
    do throws(PeerError) {
      guard try GraphAnswer.body(response)["success"].bool == true else {
        return .init(
          .failed, "Meta did not subscribe the account", cure: "try again, or subscribe it in the app's dashboard")
      }
      return .init(.ok, "the account was subscribed to our app")
    } catch {
      return .init(
        .failed, "Meta did not subscribe the account: \(error.sentence)",
        cure: "give the token the permission to manage the account, then test again with \"subscribe\": true")
    }
  }

  /// `{"data": [{"whatsapp_business_api_data": {"id", "name"}} or {"id", "name", "subscribed_fields": […]}]}`
  private func subscription(_ response: HTTPResponse) -> ChannelCheck.Finding {
    let body: Field
    do throws(PeerError) { body = try GraphAnswer.body(response) } catch { return fault(error) }
    let apps = body["data"].items
    let cure = "test again with \"subscribe\": true, or tistis channels test --subscribe"
    guard !apps.isEmpty else {
      return .init(.failed, "no app is subscribed: the account's messages reach nobody", cure: cure)
    }
    let needed = (subscribedFields ?? []).filter { ["messages", "messaging_postbacks"].contains($0) }
    let listed = apps.filter { $0["subscribed_fields"].exists }
    let covered =
      listed.isEmpty
      || listed.contains { app in
        let fields = app["subscribed_fields"].items.compactMap { $0.text ?? $0["name"].text }
        return needed.allSatisfy { fields.contains($0) }
      }
    guard covered else {
      return .init(.failed, "the subscription lacks \(needed.joined(separator: " and "))", cure: cure)
    }
    return .init(.ok, apps.count == 1 ? "one app is subscribed" : "\(apps.count) apps are subscribed")
  }

  private func fault(_ error: PeerError) -> ChannelCheck.Finding {
    switch error {
    case .unauthorised: .init(.failed, "Meta refused (\(error.code)): \(error.sentence)", cure: newToken)
    case .refused:
      .init(
        .failed, "Meta refused (\(error.code)): \(error.sentence)",
        cure: "see whether the ids of the channel are this account's, and whether the token may see it")
    case .throttled, .unreachable, .unparseable: ChannelCheck.silent(error.sentence)
    }
  }

  /// Asks nothing: it only says what is missing.
  private var unnamedOwner: ChannelCheck {
    let what =
      channel == .whatsapp
      ? "whatsapp_business_account_id" : channel == .instagram ? "instagram_page_id" : "facebook_page_id"
    return ChannelCheck(name: "subscription", request: HTTPRequest("GET", "")) { _ in
      .init(.unknown, "it is not known whether the account is subscribed: the channel has no \(what)", cure: "enter it")
    }
  }
}
