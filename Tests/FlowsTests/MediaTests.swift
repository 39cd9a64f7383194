import Core
import FoundationEssentials
import Rules
import Store
import TestSupport
import Testing

@testable import Flows

/// Attachments: remembered with their message, fetched by a job, kept by their content.
@Suite struct MediaTests {
  /// An image as Meta sends it, whose file the sandbox holds.
  private func image(_ id: String, sha256: String? = nil, errors: JSON? = nil, from phone: String = newPhone()) -> JSON
  {
    .object([
      "from": .string(phone), "id": .string(unique("wamid.")), "timestamp": .string(String(Instant.now.seconds)),
      "type": "image",
      "image": .object([
        "id": .string(id), "mime_type": "image/jpeg", "sha256": sha256.map { .string($0) }, "caption": "mira",
      ]),
      "errors": errors,
    ])
  }

  /// Lets the sandbox hold a file; its SHA-256 as hex.
  @discardableResult
  private func hold(_ id: String, _ file: JSON) async throws -> String {
    try await Sandbox.tell("PUT", "media/\(id)", file)["sha256"].text ?? ""
  }

  private func seen(_ id: String, _ kind: String) async throws -> [Field] {
    try await Sandbox.requests("whatsapp", match: id, kind: kind)
  }

  private func base64(_ digest: String) -> String { Data(bytes(hex: digest) ?? []).base64EncodedString() }

  private func test(_ body: (Shop, [String: String], String) async throws -> Void) async throws {
    let folder = "/tmp/" + unique("tistis-media-")
    try await Shop.test(delay: 60) { shop in try await body(shop, ["MEDIA_DIR": folder], uniqueDigits("4")) }
    try? FileManager.default.removeItem(atPath: folder)
  }

  private func files(_ settings: [String: String]) -> [String] {
    shell("find '\(settings["MEDIA_DIR"] ?? "/nowhere")' -type f -printf '%P\\n' 2>/dev/null | sort").lines
  }

  // MARK: Remembered

  @Test func oneJobAnAttachmentWhateverIsDelivered() async throws {
    try await test { shop, settings, id in
      let digest = try await hold(id, ["text": .string(Sandbox.picture + "a photograph")])
      let body = shop.tenant.payload([image(id, sha256: base64(digest))])
      try shop.post(body)
      try shop.post(body)
      #expect(try shop.count("media_files") == 1)
      #expect(try shop.count("jobs", "job_type = 'fetch_media'") == 1)
      #expect(
        try shop.value("status || ' ' || kind || ' ' || mime_type", of: "media_files") == "pending image image/jpeg")
      #expect(try shop.value("sha256", of: "media_files") == digest)
      #expect(
        try shop.value(
          "f.expires_at - m.external_timestamp",
          of: "(select * from media_files) f join messages m using (tenant_id)", "m.id = f.message_id") == "7 days")
      #expect(try shop.value("media_url", of: "messages", "role = 'user'") == id)
      try await shop.work(settings)
      let place = "\(shop.tenant.id.text)/\(digest.prefix(2))/\(digest)"
      #expect(try shop.value("status || ' ' || storage_key || ' ' || size", of: "media_files") == "stored \(place) 18")
      #expect(files(settings) == [place])
      #expect(readFile((settings["MEDIA_DIR"] ?? "") + "/" + place) == Sandbox.picture + "a photograph")
      // Delivered once more, after all of it: nothing is asked for.
      try shop.post(body)
      #expect(try await shop.work(settings) == 0)
      #expect(try await seen(id, "look-up").count == 1)
    }
  }

  @Test func whatMetaItselfCouldNotTakeIsNotAskedFor() async throws {
    try await test { shop, _, id in
      try shop.post(image(id, errors: [["code": 131052, "title": "Media download error"]]))
      #expect(try shop.count("messages") == 1)
      #expect(try shop.count("media_files") == 0)
      #expect(try shop.count("jobs", "job_type = 'fetch_media'") == 0)
    }
  }

  @Test func junkIsNoAttachment() async throws {
    try await test { shop, settings, id in
      // Neither id is one that may stand in a path; the second is no SHA-256.
      try shop.post(image("../../" + id), image(""), image(id, sha256: "not a digest"))
      #expect(try shop.count("messages") == 3)
      #expect(try shop.count("media_files") == 2)
      try await shop.work(settings)
      #expect(try shop.count("media_files", "status = 'gone' and error_message is not null") == 2)
      #expect(try await seen(id, "look-up").count == 1)
      #expect(files(settings).isEmpty)
    }
  }

  /// The same id at two businesses is two attachments, each of its own, in its own folder.
  @Test func anotherTenantsAttachment() async throws {
    try await test { shop, settings, id in
      let other = try Shop(shop.database, delay: 60)
      try await hold(id, ["text": .string(Sandbox.picture + "one file")])
      for each in [shop, other] { try each.post(image(id)) }
      try await shop.work(settings)
      for each in [shop, other] {
        let mine = "status = 'stored' and storage_key like '\(each.tenant.id.text)/%'"
        #expect(try each.count("media_files", mine) == 1)
      }
      #expect(files(settings).count == 2)
      // Neither sees or settles the other's.
      let theirs = try #require(try other.value("id", of: "media_files").flatMap { UUID(uuidString: $0) })
      let session = shop.database.connection(user: "tistis_jobs")
      #expect(try session.tenant(shop.tenant.id).mediaToFetch(mediaId: theirs) == nil)
    }
  }

  // MARK: Fetched

  @Test func theSameContentIsKeptOnce() async throws {
    try await test { shop, settings, id in
      for n in 1...3 {
        try await hold("\(id)\(n)", ["text": .string(Sandbox.picture + "the same sticker")])
        try shop.post(image("\(id)\(n)"))
      }
      try await shop.work(settings)
      #expect(try shop.count("media_files", "status = 'stored'") == 3)
      #expect(files(settings).count == 1)
    }
  }

  @Test(arguments: [1, 2]) func aDeadAddressIsAskedForOnceMore(_ dead: Int) async throws {
    try await test { shop, settings, id in
      try await hold(id, ["text": .string(Sandbox.picture + "x"), "dead": .number(dead)])
      try shop.post(image(id))
      try await shop.work(settings)
      #expect(try shop.value("status", of: "media_files") == (dead == 1 ? "stored" : "gone"))
      #expect(try await seen(id, "look-up").count == 2)
      #expect(files(settings).count == (dead == 1 ? 1 : 0))
    }
  }

  /// What is never kept, and says why.
  @Test(
    arguments: [
      ("an unknown id", nil, "gone", "does not exist"),
      ("too large, and says so", ["size": 17_000_000], "refused", "larger than 16 MB"),
      ("too large, and lies", ["size": 20_000_000, "file_size": "12"], "refused", "larger than 16 MB"),
      (
        "another content than the look-up says",
        ["text": .string(Sandbox.picture + "x"), "sha256": .string(hex(sha256([1])))], "refused",
        "SHA-256"
      ),
      (
        "leads elsewhere", ["text": .string(Sandbox.picture + "x"), "redirect": "https://evil.example/x"], "refused",
        "not Meta's"
      ),
      (
        "leads inwards", ["text": .string(Sandbox.picture + "x"), "redirect": "http://127.0.0.1:1/x"], "refused",
        "not Meta's"
      ),
      ("leads nowhere", ["text": .string(Sandbox.picture + "x"), "redirect": ""], "refused", "not Meta's"),
    ] as [(String, JSON?, String, String)])
  func isNotKept(_ what: String, _ file: JSON?, _ status: String, _ why: String) async throws {
    try await test { shop, settings, id in
      if let file { try await hold(id, file) }
      try shop.post(image(id))
      try await shop.work(settings)
      #expect(try shop.value("status", of: "media_files") == status, "\(what)")
      let said = try shop.value("error_message", of: "media_files") ?? ""
      #expect(said.contains(why), "\(what): \(said)")
      #expect(try shop.job("status", kind: "fetch_media") == "completed")
      #expect(files(settings).isEmpty, "\(what)")
    }
  }

  /// The stand-in is a host of development only: in production no request leaves for it, and nothing with our token.
  @Test func inProductionOnlyMetasHosts() async throws {
    try await test { shop, settings, id in
      try await hold(id, ["text": .string(Sandbox.picture + "x")])
      try shop.post(image(id))
      try await shop.work(settings.merging(["TISTIS_ENV": "production"]) { $1 })
      #expect(try shop.value("status", of: "media_files") == "refused")
      #expect(try await seen(id, "look-up").count == 1)
      #expect(files(settings).isEmpty)
    }
  }

  @Test func anotherContentThanTheWebhookSaidIsRefused() async throws {
    try await test { shop, settings, id in
      try await hold(id, ["text": .string(Sandbox.picture + "x")])
      try shop.post(image(id, sha256: base64(hex(sha256([1])))))
      try await shop.work(settings)
      #expect(try shop.value("status", of: "media_files") == "refused")
      #expect(files(settings).isEmpty)
    }
  }

  @Test(arguments: ["500", "429", "reset", "malformed", "code:190:463", "code:80007"])
  func troubleIsForAnotherTime(_ fault: String) async throws {
    try await test { shop, settings, id in
      try await hold(id, ["text": .string(Sandbox.picture + "x")])
      try await Sandbox.fail("whatsapp", fault, match: id)
      try shop.post(image(id))
      try await shop.work(settings, most: 1)
      #expect(try shop.value("status", of: "media_files") == "pending")
      #expect(try shop.job("status", kind: "fetch_media") == "pending")
      // A dead token costs no attempt: it waits until a person has mended it.
      #expect(try shop.job("max_attempts - attempts", kind: "fetch_media") == (fault == "code:190:463" ? "5" : "4"))
      try shop.hurry()
      try await shop.work(settings)
      #expect(try shop.value("status", of: "media_files") == "stored")
    }
  }

  @Test func afterItsDaysItIsGoneWithoutAQuestion() async throws {
    try await test { shop, settings, id in
      try await hold(id, ["text": .string(Sandbox.picture + "x")])
      try shop.post(image(id))
      try shop.run("update media_files set expires_at = now() - interval '1 second'")
      try await shop.work(settings)
      #expect(try shop.value("status", of: "media_files") == "gone")
      #expect(try await seen(id, "look-up").isEmpty)
    }
  }

  @Test func aStoppedChannelsAttachmentsWait() async throws {
    try await test { shop, settings, id in
      try await hold(id, ["text": .string(Sandbox.picture + "x")])
      try shop.post(image(id))
      try shop.run("update channel_connections set status = 'error'")
      try await shop.work(settings)
      #expect(try shop.job("status || ' ' || max_attempts - attempts", kind: "fetch_media") == "pending 5")
      #expect(try await seen(id, "look-up").isEmpty)
    }
  }

  /// A killed attempt leaves part of a file, under a name that nobody takes for one; the next one clears it away.
  @Test func killedHalfWay() async throws {
    try await test { shop, settings, id in
      try await hold(id, ["text": .string(Sandbox.picture + "whole")])
      try shop.post(image(id))
      let media = try #require(try shop.value("id", of: "media_files").flatMap { UUID(uuidString: $0) })
      let folder = MediaFolder(root: settings["MEDIA_DIR"] ?? "")
      let left = folder.root + "/\(shop.tenant.id.text)/.\(media.text).0123"
      // Makes the folder; the draft itself goes with its last user.
      do { _ = try folder.draft(of: UUID(), tenant: shop.tenant.id) }
      try Data("wh".utf8).write(to: URL(filePath: left))
      #expect(files(settings).count == 1)
      try await shop.work(settings)
      let key = try #require(try shop.value("storage_key", of: "media_files"))
      #expect(files(settings) == [key])
      #expect(readFile(folder.root + "/" + key) == Sandbox.picture + "whole")
      // Killed between the file and its row: done again, with the same end.
      try shop.run(
        """
        update media_files set status = 'pending', storage_key = null, stored_at = null;
        update jobs set status = 'pending', completed_at = null, worker_id = null
         where job_type = 'fetch_media'
        """)
      try shop.hurry()
      try await shop.work(settings)
      #expect(try shop.value("storage_key", of: "media_files") == key)
      #expect(files(settings) == [key])
    }
  }

  @Test func aFolderThatCannotBeWrittenIsTriedAgainAndThenAPersons() async throws {
    try await test { shop, settings, id in
      try await hold(id, ["text": .string(Sandbox.picture + "x")])
      try shop.post(image(id))
      try shop.run("update jobs set max_attempts = 1 where job_type = 'fetch_media'")
      try await shop.work(["MEDIA_DIR": "/proc/no-such-folder"])
      #expect(try shop.job("status", kind: "fetch_media") == "dead")
      #expect(try shop.job("error_message", kind: "fetch_media")?.contains("MEDIA_DIR") == true)
      // Nobody waits for it for ever.
      #expect(try shop.value("status", of: "media_files") == "gone")
      #expect(try shop.value("error_message", of: "media_files")?.contains("MEDIA_DIR") == true)
      // The person who has mended it lets it be asked for once more.
      let job = try #require(try shop.job("id", kind: "fetch_media").flatMap { UUID(uuidString: $0) })
      #expect(try shop.database.connection().tenant(shop.tenant.id).redriveJobs(ids: [job]) == [job])
      #expect(try shop.value("status", of: "media_files") == "pending")
      try await shop.work(settings)
      #expect(try shop.value("status", of: "media_files") == "stored")
    }
  }

  /// A platform that never answers: after the last attempt people are told, with the reason.
  @Test func whatIsGivenUpIsGone() async throws {
    try await test { shop, settings, id in
      try await hold(id, ["text": .string(Sandbox.picture + "x")])
      try await Sandbox.fail("whatsapp", "500", match: id, times: 0)
      try shop.post(image(id))
      for _ in 0..<8 {
        try await shop.work(settings)
        try shop.hurry()
      }
      #expect(try shop.job("status", kind: "fetch_media") == "dead")
      #expect(try shop.value("status || coalesce(' ' || nullif(error_message, ''), '')", of: "media_files") != "gone")
      #expect(try shop.value("status", of: "media_files") == "gone")
    }
  }

  /// Many large ones at once: never more than a few under way, and all of them arrive.
  @Test func aFlood() async throws {
    try await test { shop, settings, id in
      let messages = (0..<12).map { n in image("\(id)\(n)") }
      for n in 0..<12 { try await hold("\(id)\(n)", ["size": .number(3_000_000 + n)]) }
      try shop.post(shop.tenant.payload(messages))
      for _ in 0..<20 {
        try await shop.work(settings)
        if try shop.count("media_files", "status = 'stored'") == 12 { break }
        try shop.hurry()
      }
      #expect(try shop.count("media_files", "status = 'stored'") == 12)
      // Waiting for a place costs no attempt.
      #expect(try shop.count("jobs", "job_type = 'fetch_media' and max_attempts - attempts <> 4") == 0)
      #expect(files(settings).count == 12)
    }
  }
}
