import Core
import FoundationEssentials
import Rules
import Store

/// Message templates: `/api/templates`.
extension Route {
  static let templates: [Route] = [
    Route(
      "GET", "/api/templates", "listTemplates", "Templates as the platform told of them; usable ones may be sent",
      .granted(scope: "templates:read", .everybody), query: [.init("all", .flag, "Also those that are gone")],
      answers: [(200, ChannelDoor.answer(.list(templateShape, atMost: 6000)))]
    ) { (call) throws(APIProblem) in
      let rows = try call.store { (scope) throws(StoreError) in
        try scope.listTemplates(all: call.flag("all") ?? false, limit: 6000)
      }
      return .json(["success": true, "data": .array(rows.map(\.json))])
    },
    Route(
      "POST", "/api/templates", "syncTemplates",
      "Ask the platform for the templates of a WhatsApp Business Account; with create: submit those of ours that it lacks",
      .granted(scope: "templates:write", .owners),
      body: .object([.may("channel_id", .id), .may("create", .flag)]), answers: Awaited.answers(syncShape)
    ) { (call) throws(APIProblem) in
      let accounts = try call.store { (scope) throws(StoreError) in try scope.templateAccounts() }
      let named = call.body["channel_id"].uuid
      let channel: UUID
      if let named {
        channel = try ChannelDoor.row(call, named, writing: true).id
      } else {
        guard let first = accounts.first else {
          throw .conflict("NO_ACCOUNT", "no WhatsApp channel has a whatsapp_business_account_id: enter it first")
        }
        guard accounts.count == 1, call.caller.branch == nil else {
          throw .malformed("$.channel_id", "there are several business accounts: name a channel of one")
        }
        channel = first.id
      }
      return try Awaited.answer(
        call, .syncTemplates(channel, create: call.body["create"].bool ?? false, requestID: call.request.id))
    },
  ]

  private static let text = Shape.maybe(.text(0...1000))

  private static let templateShape = Shape.object([
    .needs("id", .id), .needs("business_account_id", .line), .needs("name", .text(0...512)), .needs("language", .line),
    .needs("category", text), .needs("status", .line), .needs("usable", .flag), .needs("reason", text),
    .needs("quality", text), .needs("parameter_format", text), .needs("components", .anything),
    .needs("synced_at", .maybe(.moment)), .needs("updated_at", .moment),
  ])

  private static let syncShape = Shape.object([
    .needs("business", .line), .needs("listed", .count), .needs("gone", .count),
    .needs("created", .list(.line, atMost: 100)),
    .needs(
      "refused",
      .list(.object([.needs("name", .line), .needs("code", .line), .needs("why", .text(0...2000))]), atMost: 100)),
  ])
}
