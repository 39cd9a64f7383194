import Core
import Flows
import FoundationEssentials
import Peers
import TestSupport
import Testing

/// Attachments go through a processor, not into its memory: eight of the largest cost it no more than one.
@Suite struct LargeFilesTests {
  static let files = 8
  static let bytes = 15_000_000

  @Test func eightInOneProcess() async throws {
    try await Database.cloned { database in
      let tenant = try Tenant.make(in: database, delay: Tenant.never)
      let folder = "/tmp/" + unique("tistis-media-")
      let ids = (0..<Self.files).map { uniqueDigits("40") + String($0) }
      for (n, id) in ids.enumerated() {
        let file: JSON = ["size": .number(Self.bytes + n), "mime_type": "video/mp4"]
        try await Sandbox.tell("PUT", "media/\(id)", file)
      }
      try receive(ids, tenant)
      let started = Instant.now
      var megabytes = 0
      // Who finds no place waits for another run, or for the next second of this one.
      while try tenant.count("media_files", where: "status = 'pending'") > 0, Instant.now - started < 300 {
        let jobs = try Program(
          "jobs", environment: ["DATABASE_URL": database.dsn(user: "tistis_jobs"), "MEDIA_DIR": folder],
          arguments: ["--drain"])
        while jobs.isRunning {
          megabytes = max(megabytes, jobs.residentMegabytes)
          try await Task.sleep(for: .milliseconds(20))
        }
        #expect(jobs.exitCode == 0, "\(jobs.said.suffix(500))")
      }
      #expect(try tenant.count("media_files", where: "status = 'stored' and size >= \(Self.bytes)") == Self.files)
      #expect(shell("find \(folder) -type f -size +14M").lines.count == Self.files)
      #expect(megabytes > 0 && megabytes <= 100, "\(megabytes) MB resident")
      for id in ids { try await Sandbox.tell("DELETE", "media/\(id)", [:]) }
      _ = shell("rm -r \(folder)")
    }
  }

  /// One message with each of them.
  private func receive(_ ids: [String], _ tenant: Tenant) throws {
    let body = tenant.payload(
      ids.map { id in
        [
          "from": .string(uniqueDigits("1")), "id": .string("wamid." + id), "type": "video",
          "timestamp": .string(String(Instant.now.seconds)), "video": ["id": .string(id), "mime_type": "video/mp4"],
        ]
      })
    try tenant.post(body)
  }
}
