import Core

/// What TikTok gives to read: conversations, their messages, what an account may do.
struct TikTokLists: Sendable {
  let inbox: Inbox

  func get(_ way: String, _ request: Request, _ account: Account?) async throws(TikTokError) -> JSON {
    guard let account else { throw .token }
    switch way {
    case "business/get": return ["username": .string(account.name), "display_name": .string(account.name)]
    case "business/message/conversation/list": return try await conversations(account, request)
    case "business/message/capabilities/get":
      _ = try conversation(request)
      return ["capability_infos": [["capability_type": "IMAGE_SEND", "capability_result": true]]]
    default: break
    }
    let id = try conversation(request)
    guard let talk = await inbox.conversation(id), talk.account == account.id else {
      throw .parameter("Param conversation_id is invalid")
    }
    let page = try page(talk.lines.reversed(), request)
    return .object([
      "messages": .array(page.items.map { message($0, talk, account) }), "cursor": .number(page.next),
      "has_more": .bool(page.hasMore),
    ])
  }

  private func conversation(_ request: Request) throws(TikTokError) -> String {
    guard let id = request.parameter("conversation_id"), !id.isEmpty else {
      throw .parameter("conversation_id: Missing data for required field.")
    }
    // A + that was not encoded comes as a blank.
    guard !id.contains(" ") else { throw .parameter("Param conversation_id is invalid") }
    return id
  }

  private func conversations(_ account: Account, _ request: Request) async throws(TikTokError) -> JSON {
    guard ["SINGLE", "STRANGER"].contains(request.parameter("conversation_type")) else {
      throw .parameter("conversation_type: must be SINGLE or STRANGER.")
    }
    let page = try page(await inbox.conversations(of: account), request)
    return .object([
      "conversations": .array(
        page.items.map { talk in
          [
            "conversation_id": .string(talk.id), "update_time": .number(milliseconds(talk.changed)),
            "participants": [
              ["id": .string(talk.person), "role": "personal_account", "display_name": .string(talk.name)]
            ],
          ]
        }), "cursor": .number(page.next), "has_more": .bool(page.hasMore),
    ])
  }

  private func message(_ line: Line, _ talk: Inbox.Talk, _ account: Account) -> JSON {
    let them: JSON = ["id": .string(talk.person), "role": "personal_account"]
    let us: JSON = ["id": .string(account.id), "role": "business_account"]
    var members = JSON.Members([
      .init("message_id", .string(line.id)), .init("conversation_id", .string(talk.id)),
      .init("timestamp", .number(milliseconds(line.at))), .init("from_user", line.fromPerson ? them : us),
      .init("to_user", line.fromPerson ? us : them),
    ])
    if case .object(let content) = line.content { for pair in content.pairs { members[pair.key] = pair.value } }
    return .object(members)
  }

  private func page<T>(_ all: [T], _ request: Request) throws(TikTokError) -> (items: [T], next: Int, hasMore: Bool) {
    let most = request.parameter("limit").flatMap { Int($0) } ?? 20
    guard (1...100).contains(most) else { throw .parameter("limit: must be 1 to 100.") }
    let from = min(max(request.parameter("cursor").flatMap { Int($0) } ?? 0, 0), all.count)
    let to = min(from + most, all.count)
    return (Array(all[from..<to]), to, to < all.count)
  }
}
