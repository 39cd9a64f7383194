import Core
import FoundationEssentials
import Store
import TestSupport
import Testing

@testable import Flows

/// Files of ours on their way to a platform: twice, half-way killed, and never sent.
@Suite struct UploadTests {
  private func test(_ body: (Shop, [String: String], String) async throws -> Void) async throws {
    let folder = "/tmp/" + unique("tistis-media-")
    try await Shop.test(delay: 60) { shop in
      try await Sandbox.register(shop.tenant)
      let id = UUID().text
      try shop.run(
        """
        insert into media_files (tenant_id, id, channel_connection_id, external_id, kind, mime_type, size, filename)
          values ('\(shop.tenant.id.text)', '\(id)', '\(shop.tenant.connection.text)', 'upload:\(id)', 'image', 'image/jpeg', 9,
            'a.jpg');
        insert into uploads (tenant_id, media_id, bytes) values ('\(shop.tenant.id.text)', '\(id)', 'a picture')
        """)
      try await body(shop, ["MEDIA_DIR": folder], id)
    }
    try? FileManager.default.removeItem(atPath: folder)
  }

  private func ask(_ shop: Shop, _ id: String, times: Int = 1) throws {
    for _ in 0..<times {
      try shop.run(
        """
        insert into jobs (tenant_id, job_type, priority, payload)
          values ('\(shop.tenant.id.text)', 'upload_media', 3, jsonb_build_object('media_id', '\(id)'))
        """)
    }
  }

  private func given(_ shop: Shop) throws -> Bool {
    try shop.count("media_files", "status = 'stored' and platform_id is not null") == 1
      && shop.count("uploads", "true") == 0
  }

  @Test func twoAtOnceAreOneFile() async throws {
    try await test { shop, settings, id in
      try ask(shop, id, times: 4)
      async let one: Int = shop.work(settings, most: 2)
      async let two: Int = shop.work(settings, most: 2)
      let taken = try await one + two
      #expect(taken == 4)
      while try shop.count("jobs", "job_type = 'upload_media' and status = 'pending'") > 0 {
        try shop.hurry()
        try await shop.work(settings)
      }
      #expect(try given(shop))
      #expect(try shop.count("jobs", "job_type = 'upload_media' and status = 'completed'") == 4)
      #expect(shell("find '\(settings["MEDIA_DIR"] ?? "/nowhere")' -type f").lines.count == 1)
    }
  }

  /// Killed after the file was kept and before that was written down, or before the bytes were removed.
  @Test(arguments: ["status = 'pending', storage_key = null", "platform_id = null"])
  func aKilledOnesWorkIsDoneAgain(_ state: String) async throws {
    try await test { shop, settings, id in
      try ask(shop, id)
      try await shop.work(settings)
      #expect(try given(shop))
      try shop.run("update media_files set \(state) where id = '\(id)'")
      try shop.run(
        "insert into uploads (tenant_id, media_id, bytes) values ('\(shop.tenant.id.text)', '\(id)', 'a picture')")
      try ask(shop, id)
      try await shop.work(settings)
      #expect(try given(shop))
      #expect(shell("find '\(settings["MEDIA_DIR"] ?? "/nowhere")' -type f").lines.count == 1)
    }
  }

  /// What no message took is forgotten with the platform's copy; its file goes too.
  @Test func neverSentIsForgotten() async throws {
    try await test { shop, settings, id in
      try ask(shop, id)
      try await shop.work(settings)
      func forget(_ age: String) async throws {
        try shop.run("update media_files set expires_at = now() + interval '\(age)'")
        try shop.run("update retention_marks set checked_at = null")
        let office = try shop.office(settings)
        await office.forget()
        await office.close()
        try await shop.work(settings)
      }
      try await forget("1 minute")
      #expect(try given(shop))
      try await forget("-1 minute")
      #expect(try shop.count("media_files", "true") == 0)
      #expect(shell("find '\(settings["MEDIA_DIR"] ?? "/nowhere")' -type f").lines.isEmpty)
    }
  }
}
