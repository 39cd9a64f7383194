import Core
import FoundationEssentials
import Store
import TestSupport
import Testing

@testable import Flows

/// Payloads that Meta publishes, where the folder with them lies beside the project: their bytes and signatures as they
/// are, on the webhook that all tenants share, half a minute after they were written. What they must leave behind is said
/// in that folder's index; here it is asked of the database.
@Suite struct PublishedEffectTests {
  static let folder = World.root + "/../shared/fixtures/channels"
  static let number = "106540352242922"

  /// payload · what is asked of the only row of which table · the answer
  static let effects: [(String, String, String, String)] = [
    ("button_reply", "content || ' ' || selection", "messages", "Cancel cancel-button"),
    ("button_reply", "count(*)", "contact_consents", "0"),
    ("contacts_unicode", "metadata #>> '{body,0,name,formatted_name}'", "messages", "Lucía Gómez"),
    ("contacts_unicode", "count(*)", "leads", "1"),
    ("contacts_unicode", "count(*)", "lead_aliases", "1"),
    ("group_create", "count(*)", "messages", "0"),
    ("group_create", "count(*)", "leads", "0"),
    ("image", "content_type || ' ' || (content ~ 'Taj Mahal')", "messages", "image true"),
    (
      "image", "kind || ' ' || external_id || ' ' || mime_type || ' ' || length(sha256)", "media_files",
      "image 1003383421387256 image/jpeg 64"
    ),
    ("image", "count(*) filter (where job_type = 'fetch_media')", "jobs", "1"),
    ("list_reply", "selection", "messages", "priority_express"),
    ("list_reply", "content ~ 'Priority Mail Express' and content ~ 'Next Day to 2 Days'", "messages", "true"),
    (
      "location", "concat_ws(' ', metadata #>> '{body,latitude}', metadata #>> '{body,longitude}')", "messages",
      "37.44221496582 -122.16165924072"
    ),
    ("location", "content ~ 'Philz Coffee' and metadata #>> '{body,url}' <> ''", "messages", "true"),
    ("order", "jsonb_array_length(metadata #> '{body,product_items}')", "messages", "2"),
    ("order", "metadata #>> '{total,USD}'", "messages", "85"),
    ("reaction", "count(*)", "messages", "0"),
    ("reaction", "count(*)", "jobs", "0"),
    ("reaction", "emoji || ' ' || (target_external_id ~ 'NkYA')", "message_reactions", "👍 true"),
    ("system_number_change", "count(*)", "jobs", "0"),
    ("system_number_change", "count(*)", "leads", "1"),
    (
      "system_number_change", "string_agg(value, ' ' order by value)", "lead_aliases", "12195555358 16505551234"
    ),
    ("template_button", "content || ' ' || selection", "messages", "Unsubscribe Unsubscribe"),
    ("template_button", "reply_to_external_id <> ''", "messages", "true"),
    ("template_button", "scope || ' ' || state", "contact_consents", "marketing stopped"),
    ("text", "content", "messages", "Does it come in another color?"),
    ("text", "name", "leads", "Sheena Nelson"),
    ("text", "external_id ~ 'RgA=$' and external_timestamp = to_timestamp(1749416383)", "messages", "true"),
    ("text", "last_inbound_at = to_timestamp(1749416383)", "contact_windows", "true"),
    ("text", "count(*) filter (where job_type = 'ai_response')", "jobs", "1"),
    ("text_ctwa_ad", "metadata #>> '{referral,source_id}'", "messages", "120226305854810726"),
    (
      "text_ctwa_ad",
      "jsonb_typeof(source_details #> '{referral,source_id}') || ' ' || (source_details -> 'referral' ? 'ctwa_clid')",
      "leads", "string true"
    ),
    ("text_ctwa_ad", "ad_clicked_at is not null and free_entry_until is null", "contact_windows", "true"),
    (
      "text_product_context", "metadata #>> '{context,referred_product,product_retailer_id}'", "messages",
      "di9ozbzfi4"
    ),
    ("text_product_context", "count(*) filter (where job_type = 'ai_response')", "jobs", "1"),
    ("unsupported", "content_type || ' ' || error_code", "messages", "unsupported 131051"),
    ("unsupported", "count(*)", "contact_windows", "1"),
  ]

  static var names: [String] {
    ((try? FileManager.default.contentsOfDirectory(atPath: folder)) ?? [])
      .filter { $0.hasPrefix("wa_meta_") && $0.hasSuffix(".json") }.sorted()
  }

  @Test(arguments: names) func asTheIndexSays(_ file: String) async throws {
    let body = Array(try #require(readFile(Self.folder + "/" + file)).utf8)
    let signatures = try #require(readFile(Self.folder + "/SIGNATURES.tsv")).split(separator: "\n")
      .map { $0.split(separator: "\t") }
    let signed = try #require(signatures.first { $0[0] == file })
    let written = try #require(Self.stamp(body))
    let asked = Self.effects.filter { "wa_meta_\($0.0).json" == file }
    #expect(!asked.isEmpty, "nothing is asked of \(file)")
    try await Database.cloned { database in
      try database.run("alter database \(database.name) set app.now = '\(written + 30)'")
      let shop = try Shop(database, delay: 60)
      try shop.own(Self.number)
      let app = try shop.app(["META_APP_SECRET": String(signed[2])])
      func post(_ body: [UInt8]) throws -> Int {
        try app.receive(
          .whatsapp, shop.request(body, signature: String(signed[3]), path: "/api/webhook/whatsapp")
        ).status
      }
      #expect(try post(body) == 200)
      for (_, what, table, answer) in asked {
        #expect(try shop.value("(\(what))::text", of: table) == answer, "\(what) of \(table)")
      }
      #expect(try shop.count("webhook_dead_letters") == 0)
      let once = try shop.everything()
      #expect(try post(body) == 200)
      #expect(try shop.everything() == once)
      // Its signature is of these bytes and no others.
      #expect(throws: Refusal.self) { try post(body + [32]) }
    }
  }

  /// When the payload's item was written.
  private static func stamp(_ body: [UInt8]) -> Instant? {
    guard let json = try? JSON.parse(body) else { return nil }
    let values = Field(json)["entry"].items.lazy.flatMap { $0["changes"].items }.map { $0["value"] }
    let stamps = values.flatMap { value in
      (value["messages"].items + value["groups"].items).compactMap { $0["timestamp"].loose }
        + [value["timestamp"].loose]
        .compactMap { $0 }
    }
    return stamps.compactMap { Int64($0) }.first.map { Instant(seconds: $0) }
  }
}
