import Core
import Rules

/// Is the token good, may it do what we need, is it this account's, and does the account send us its webhooks? Graph API,
/// November 2026.
extension CheckedAccount {
  func metaChecks(_ through: ChannelAccess, subscribing: Bool, now: Instant) -> [ChannelCheck] {
    let get = { @Sendable (path: String) in
      HTTPRequest("GET", through.base + path, headers: [Self.bearer(through)], timeout: 8)
    }
    var checks = [ChannelCheck]()
    if byInstagramLogin {
      checks.append(
        ChannelCheck("token", { _ in get("/me?fields=user_id,username") }) { response, _ in
          owner(response, through.accountID)
        })
      checks.append(
        ChannelCheck("permissions", isVital: false, { _ in get("/me/permissions") }) { response, learned in
          permissions(response, &learned)
        })
    } else {
      let path = "/debug_token?input_token=" + queryEscaped(through.token.reveal())
      checks.append(ChannelCheck("token", { _ in get(path) }) { response, learned in token(response, now, &learned) })
    }
    let account = queryEscaped(through.accountID)
    let fields =
      switch channel {
      case .whatsapp: "display_phone_number,verified_name,quality_rating,status,code_verification_status"
      case .instagram: "id,username"
      case .facebook, .tiktok: "id,name"
      }
    checks.append(
      ChannelCheck("account", { _ in get("/\(account)?fields=\(fields)") }) { response, _ in self.account(response) })
    guard let owner = byInstagramLogin ? through.accountID : parentID else {
      checks.append(unnamedOwner)
      return checks
    }
    let path = "/\(queryEscaped(owner))/subscribed_apps"
    if subscribing {
      let wanted = subscribedFields.map { "?subscribed_fields=" + $0.joined(separator: ",") } ?? ""
      let post = HTTPRequest("POST", through.base + path + wanted, headers: [Self.bearer(through)], timeout: 8)
      if channel == .whatsapp {
        checks += [Self.override { _ in get(path) }, subscribe { $0.delivery == .app ? post : nil }]
      } else {
        checks.append(subscribe { _ in post })
      }
    }
    checks.append(
      ChannelCheck("subscription", { _ in get(path) }) { response, learned in subscription(response, learned) })
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
    case .instagram where byInstagramLogin: ["instagram_business_basic", "instagram_business_manage_messages"]
    case .instagram: ["instagram_manage_messages", "pages_manage_metadata"]
    case .tiktok: []
    }
  }

  /// nil: the app's own choice counts (WhatsApp). What is posted for a page replaces what was posted before, whoever did:
  /// one list, whether it is Messenger's, Instagram's or both's.
  var subscribedFields: [String]? {
    switch channel {
    case .whatsapp, .tiktok: nil
    case .instagram where byInstagramLogin:
      [
        "messages", "messaging_postbacks", "messaging_seen", "message_reactions", "messaging_referral", "message_edit",
        "standby",
      ]
    case .facebook, .instagram:
      [
        "messages", "messaging_postbacks", "message_deliveries", "message_reads", "message_echoes", "message_reactions",
        "messaging_referrals", "messaging_optins", "message_edits", "messaging_handovers", "standby",
        "messaging_policy_enforcement",
      ]
    }
  }

  /// Without these it does not work. What people type elsewhere silences the assistant: Messenger tells it by
  /// `message_echoes`, Instagram among its messages.
  private var neededFields: [String] {
    switch channel {
    case .whatsapp, .tiktok: []
    case .facebook: ["messages", "messaging_postbacks", "message_echoes"]
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

  /// `{"data": {"app_id", "is_valid", "expires_at", "scopes": […], "error": {"message"}}}`; `expires_at` 0: never.
  private func token(
    _ response: HTTPResponse, _ now: Instant, _ learned: inout ChannelCheck.Learned
  ) -> ChannelCheck.Finding {
    let body: Field
    do throws(PeerError) { body = try GraphAnswer.body(response) } catch { return fault(error) }
    let data = body["data"]
    learned.app = data["app_id"].loose ?? learned.app
    guard data["is_valid"].bool == true else {
      let why = data["error"]["message"].text.map { ": " + withoutTokens(clipped($0, 200)) } ?? ""
      return .init(.failed, "Meta does not accept the access token\(why)", cure: newToken, isLockedOut: true)
    }
    let given = data["scopes"].items.compactMap(\.text)
    let missing = data["scopes"].exists ? scopes.filter { !given.contains($0) } : []
    guard missing.isEmpty else {
      return .init(
        .failed, "the access token lacks \(missing.joined(separator: ", "))",
        cure: "make a token with these permissions: " + newToken)
    }
    learned.mayMessage = data["scopes"].exists
    guard let expires = data["expires_at"].integer, expires > 0 else {
      return .init(.ok, "the access token does not expire")
    }
    let until = Instant(seconds: expires)
    guard until > now else {
      return .init(.failed, "the access token ended at \(until)", cure: newToken, isLockedOut: true)
    }
    return .init(
      .ok, "the access token is good until \(until)",
      cure: until - now < 7 * 86_400 ? "it ends within a week: " + newToken : nil)
  }

  /// `{"user_id", "username"}` of Instagram's own login: whose token it is. `user_id` is what webhooks name; the `id` of the
  /// same answer is another.
  private func owner(_ response: HTTPResponse, _ account: String) -> ChannelCheck.Finding {
    let body: Field
    do throws(PeerError) { body = try GraphAnswer.body(response) } catch { return fault(error) }
    let name = body["username"].text.map { " of \(clipped($0, 120))" } ?? ""
    guard let owner = body["user_id"].loose, owner != account else {
      return .init(.ok, "Instagram accepts the access token\(name)")
    }
    return .init(
      .failed, "the access token\(name) is that of the account \(clipped(owner, 40)), not of \(account)",
      cure: "enter \(clipped(owner, 40)) as instagram_account_id, or connect the account that is meant",
      isLockedOut: true)
  }

  /// `{"data": [{"permission", "status": "granted"}]}`. Not every host is known to tell them: then it is not held against
  /// the account.
  private func permissions(
    _ response: HTTPResponse, _ learned: inout ChannelCheck.Learned
  ) -> ChannelCheck.Finding {
    let body = (try? GraphAnswer.body(response)) ?? Field(.null)
    let told = body["data"].items.filter { $0["permission"].text != nil }
    guard !told.isEmpty else { return .init(.unknown, "Instagram does not tell the permissions of the access token") }
    let granted = told.filter { $0["status"].text ?? "granted" == "granted" }.compactMap { $0["permission"].text }
    let missing = scopes.filter { !granted.contains($0) }
    guard missing.isEmpty else {
      return .init(
        .failed, "the access token lacks \(missing.joined(separator: ", "))",
        cure: "make a token with these permissions: " + newToken)
    }
    learned.mayMessage = true
    return .init(.ok, "the access token has \(scopes.joined(separator: " and "))")
  }

  private func account(_ response: HTTPResponse) -> ChannelCheck.Finding {
    let body: Field
    do throws(PeerError) { body = try GraphAnswer.body(response) } catch {
      var finding = fault(error)
      // 10 and 200 say that a permission is missing; what is not there for this token is another's.
      if case .refused(let code, _) = error { finding.isLockedOut = !["10", "200"].contains(code) }
      return finding
    }
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

  private func subscribe(
    _ request: @escaping @Sendable (ChannelCheck.Learned) -> HTTPRequest?
  ) -> ChannelCheck {
    ChannelCheck("subscribe", request) { response, learned in subscribed(response, &learned) }
  }

  private func subscribed(
    _ response: HTTPResponse, _ learned: inout ChannelCheck.Learned
  ) -> ChannelCheck.Finding {
    // Of WhatsApp, nothing was posted.
    if case .own? = learned.delivery {
      return .init(.ok, "our app is subscribed already, with an address of its own, and was left as it is")
    }
    if response.status == 0 {
      return .init(
        .unknown, "the account was not subscribed: nobody could say whether it has an address of its own",
        cure: "try again")
    }
    do throws(PeerError) {
      guard try GraphAnswer.body(response)["success"].bool == true else {
        return .init(
          .failed, "Meta did not subscribe the account", cure: "try again, or subscribe it in the app's dashboard")
      }
      learned.isSubscribed = true
      return .init(.ok, "the account was subscribed to our app")
    } catch {
      return .init(
        .failed, "Meta did not subscribe the account: \(error.sentence)",
        cure: unsubscribedCure(error) + ", then test again with \"subscribe\": true")
    }
  }

  private func unsubscribedCure(_ error: PeerError) -> String {
    // 10 and 200 to 299 say that a permission is missing; 100 that Meta has no such account, or not by this way in.
    if let code = Int(error.code), code == 10 || 200...299 ~= code {
      return "give the token the permission to manage the account"
    }
    switch error {
    case .unauthorised where GraphFault.wantsProof(error.sentence): return GraphFault.proofCure
    case .unauthorised: return newToken
    case .refused where channel == .instagram:
      return "see whether the ids of the channel are this account's, and whether it is connected by a page or by "
        + "Instagram's own login, as the channel has it"
    case .refused: return "see whether the ids of the channel are this account's"
    case .throttled, .unreachable, .unparseable: return "wait a little"
    }
  }

  /// Whether the account has an address of its own with our app, which a subscription without a body would take back to the
  /// app's: asked before one is posted.
  private static func override(_ request: @escaping @Sendable (ChannelCheck.Learned) -> HTTPRequest?) -> ChannelCheck {
    ChannelCheck("override", request) { response, learned in
      func unknown(_ why: String) -> ChannelCheck.Finding {
        .init(.unknown, "nobody could say whether the account has an address of its own: \(why)", cure: "try again")
      }
      let body: Field
      do throws(PeerError) { body = try GraphAnswer.body(response) } catch { return unknown(error.sentence) }
      guard case .array? = body["data"].value else { return unknown("the list of its apps cannot be read") }
      guard let own = ours(body["data"].items, learned).compactMap({ $0["override_callback_uri"].text }).first else {
        learned.delivery = .app
        return .init(.ok, "the account has no address of its own")
      }
      learned.delivery = .own(own)
      return .init(.ok, "the account has an address of its own: \(clipped(own, 200))")
    }
  }

  /// Those of `{"data": […]}` that are our app, as far as anybody knows.
  private static func ours(_ apps: [Field], _ learned: ChannelCheck.Learned) -> [Field] {
    apps.filter { app in
      let named = app["whatsapp_business_api_data"].exists ? app["whatsapp_business_api_data"] : app
      return learned.app.flatMap { id in named["id"].loose.map { $0 == id } } ?? true
    }
  }

  /// `{"data": [{"whatsapp_business_api_data": {"id", "name"}, "override_callback_uri"?} or {"id", "name", "subscribed_fields": […]}]}`. One without
  /// an id is taken for ours. Instagram's own login tells nobody which app made its token: unless somebody has entered it,
  /// or that app was subscribed just now, nobody can say whether ours is among them.
  private func subscription(_ response: HTTPResponse, _ learned: ChannelCheck.Learned) -> ChannelCheck.Finding {
    let body: Field
    do throws(PeerError) { body = try GraphAnswer.body(response) } catch { return fault(error) }
    let apps = body["data"].items.map { app in
      app["whatsapp_business_api_data"].exists ? app["whatsapp_business_api_data"] : app
    }
    let cure = "test again with \"subscribe\": true, or tistis channels test --subscribe"
    guard !apps.isEmpty else {
      return .init(.failed, "no app is subscribed: the account's messages reach nobody", cure: cure)
    }
    let names = apps.map { clipped($0["name"].text ?? $0["id"].loose ?? "?", 80) }.joined(separator: ", ")
    guard learned.app != nil || learned.isSubscribed else {
      return .init(
        .unknown,
        "subscribed: \(names); whether that is our app cannot be told, for the channel does not say which that is",
        cure: "enter the app's id as meta_app_id (Instagram's own login: the Instagram app ID of the dashboard), or "
          + cure)
    }
    let ours = Self.ours(apps, learned)
    guard !ours.isEmpty else {
      return .init(
        .failed,
        "only others are subscribed (\(names)), our app \(learned.app ?? "") is not: messages do not reach us",
        cure: cure)
    }
    let listed = ours.filter { $0["subscribed_fields"].exists }.map { app in
      app["subscribed_fields"].items.compactMap { $0.text ?? $0["name"].text }
    }
    let missing = neededFields.filter { field in !listed.isEmpty && !listed.contains { $0.contains(field) } }
    guard missing.isEmpty else {
      return .init(.failed, "the subscription lacks \(missing.joined(separator: " and "))", cure: cure)
    }
    if let own = Self.ours(body["data"].items, learned).compactMap({ $0["override_callback_uri"].text }).first,
      !addresses.isEmpty, !addresses.contains(own)
    {
      return .init(
        .failed, "our app is subscribed, but the account's messages go to \(clipped(own, 200)), which is not ours",
        cure: "post override_callback_uri with one of our addresses and its verify token to "
          + "/{whatsapp_business_account_id}/subscribed_apps, or without a body to go by the app's address again")
    }
    let others = apps.count > ours.count ? ", and so is somebody else's" : ""
    return .init(.ok, "our app is subscribed\(others)", cure: heard || !learned.mayMessage ? nil : advancedAccess)
  }

  /// Token, permission and subscription are right, and nothing has ever come.
  private var advancedAccess: String {
    "no webhook of this account has come yet: if customers have written, the app most likely has Standard Access only, "
      + "which brings nothing but what people with a role in the app write; ask Meta for Advanced Access to "
      + "\(scopes.first { $0.contains("messag") } ?? scopes.joined(separator: ", ")) (App Review), publish the app, and "
      + "see that its webhook names our address"
  }

  private func fault(_ error: PeerError) -> ChannelCheck.Finding {
    switch error {
    case .unauthorised where GraphFault.wantsProof(error.sentence):
      .init(.failed, "Meta refused (\(error.code)): \(error.sentence)", cure: GraphFault.proofCure)
    case .unauthorised:
      .init(.failed, "Meta refused (\(error.code)): \(error.sentence)", cure: newToken, isLockedOut: true)
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
    return ChannelCheck(
      "subscription",
      .init(.unknown, "it is not known whether the account is subscribed: the channel has no \(what)", cure: "enter it")
    )
  }
}
