import Core

/// Which of the stand-ins a request is for. Meta's three share a host: there the object that a path names decides, or what
/// the body looks like.
struct Routes: Sendable {
  let whatsapp: WhatsApp
  let facebook: Messenger
  let instagram: Messenger
  let tiktok: TikTok
  let anthropic: Anthropic
  let n8n = N8N()

  static let names = ["whatsapp", "instagram", "facebook", "tiktok", "anthropic", "n8n"]

  func peer(for call: Call) async -> (any Peer)? {
    switch call.request.path.split(separator: "/").first {
    case "anthropic": anthropic
    case "n8n": n8n
    case "tiktok": tiktok
    case "instagram": instagram
    case "graph": await graph(call)
    default: nil
    }
  }

  private func graph(_ call: Call) async -> any Peer {
    let path = GraphPath(call.request)
    let accounts = facebook.accounts
    let body = call.body.map { Field($0) }
    if Tokens.ways.contains(path.object) {
      let token = call.request.parameter("input_token") ?? Tokens.given(call.request)
      if token.contains("instagram") { return instagram }
      if token.contains("facebook") { return facebook }
      return whatsapp
    }
    if path.object == "me" { return facebook }
    if await whatsapp.numbers.of(path.object) != nil { return whatsapp }
    let linked = await accounts.instagram(ofPage: path.object)
    let page = await accounts.of(path.object, .facebook)
    if let linked {
      if page == nil || call.request.parameter("platform") == "instagram" { return instagram }
      if let person = body?["recipient"]["id"].loose {
        // Whom bin/send let write, past us, is known by nothing but what the sender's token is called.
        let token = Tokens.given(call.request)
        if token.contains("facebook") { return facebook }
        if token.contains("instagram") { return instagram }
        if await facebook.inbox.of(linked, person: person) != nil { return instagram }
      }
    }
    if page != nil { return facebook }
    if await accounts.of(path.object, .instagram) != nil { return instagram }
    if let owner = await owner(of: path.object) { return owner.channel == .instagram ? instagram : facebook }
    if let body, body["recipient"].exists, !body["messaging_product"].exists { return facebook }
    let people = ["first_name", "profile_pic", "username"]
    if path.verb == nil, let fields = call.request.parameter("fields"), people.contains(where: fields.contains) {
      return fields.contains("username") ? instagram : facebook
    }
    return whatsapp
  }

  /// The account whose conversation, message or customer it is.
  private func owner(of id: String) async -> Account? {
    let inbox = facebook.inbox
    var talk = await inbox.conversation(id)
    if talk == nil { talk = await inbox.message(id)?.talk }
    if talk == nil { talk = await inbox.anybody(id) }
    guard let talk else { return nil }
    return await facebook.accounts.of(talk.account)
  }
}
