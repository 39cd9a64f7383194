import Core
import FoundationEssentials
import Store

extension Office {
  /// Removes the file of an attachment whose message is gone, and what a killed attempt to fetch it left.
  func remove(_ media: UUID, _ key: String?, _ job: HeldJob) async -> Outcome {
    do {
      MediaFolder(root: settings.text(.mediaFolder)).removeDrafts(of: media, tenant: job.tenant)
      guard let key else { return .done(["file": "none"]) }
      return .done(["file": .string(try await drop(key, job.tenant))])
    } catch let fault as MediaFolder.Fault {
      return .retry(after: pause(nil, job), why: fault.sentence)
    } catch let error as StoreError {
      return later(error, job)
    } catch {
      return .bury(why: "\(error)")
    }
  }

  /// Removes a file unless a message has it. It is put aside first and only then asked about: whoever keeps the same
  /// content at this moment either is seen, or sees that the file is not there (`Office.keep`) and fetches it again.
  func drop(_ key: String, _ tenant: UUID) async throws -> String {
    let folder = MediaFolder(root: settings.text(.mediaFolder))
    try folder.putAside(key, tenant: tenant)
    let used = try await insist(tenant) { (scope) throws(StoreError) in try scope.mediaInUse(storageKey: key) }
    if used {
      try folder.putBack(key, tenant: tenant)
      return "another message has it"
    }
    try folder.discard(key, tenant: tenant)
    return "removed"
  }
}
