import Core
import FoundationEssentials

#if canImport(Glibc)
  import Glibc
#endif

/// Where attachments are kept: `<root>/<tenant>/<first two digits>/<sha256>`, each content once a tenant.
struct MediaFolder {
  let root: String

  /// The folder does not do what it should: a disk that is full, a right that is missing.
  struct Fault: Error {
    let sentence: String

    init(_ what: String) { sentence = "MEDIA_DIR: \(what): \(String(cString: strerror(errno)))" }
  }

  /// Makes one as `install` does: what `jobs` keeps in it is the group's, who may read and remove it.
  static func cure(_ folder: String) -> String { "install -d -m 2770 -o tistis_jobs -g tistis_media \(folder)" }

  /// A file on its way. Gone with its last user, unless it was kept.
  final class Draft: Sendable {
    let file: Int32
    fileprivate let path: String

    fileprivate init(_ path: String) throws(Fault) {
      self.path = path
      file = open(path, O_RDWR | O_CREAT | O_EXCL | O_CLOEXEC, 0o640)
      guard file >= 0 else { throw Fault("cannot make a file") }
    }

    deinit {
      guard file >= 0 else { return }
      close(file)
      unlink(path)
    }

    /// Bytes written so far.
    var size: Int { Int(lseek(file, 0, SEEK_END)) }

    /// Its first bytes, at most so many.
    func head(_ most: Int) throws(Fault) -> [UInt8] {
      var bytes = [UInt8](repeating: 0, count: most)
      let n = bytes.withUnsafeMutableBytes { pread(file, $0.baseAddress!, most, 0) }
      guard n >= 0 else { throw Fault("cannot read a file") }
      return Array(bytes.prefix(n))
    }

    /// Adds what is held in memory.
    func add(_ bytes: [UInt8]) throws(Fault) {
      var done = 0
      while done < bytes.count {
        let n = bytes.withUnsafeBytes { write(file, $0.baseAddress! + done, bytes.count - done) }
        guard n > 0 || errno == EINTR else { throw Fault("cannot write a file") }
        done += max(0, n)
      }
    }

    /// Begins anew: what was written was no file but an answer that led elsewhere.
    func empty() throws(Fault) {
      guard ftruncate(file, 0) == 0, lseek(file, 0, SEEK_SET) == 0 else { throw Fault("cannot empty a file") }
    }
  }

  /// An empty file for an attachment. Removes what an attempt that was killed left of it.
  func draft(of media: UUID, tenant: UUID) throws(Fault) -> Draft {
    let folder = root + "/" + tenant.text
    for path in [root, folder] { try make(path) }
    removeDrafts(of: media, tenant: tenant)
    return try Draft("\(folder)/.\(media.text).\(hex(randomBytes(6)))")
  }

  /// What attempts that were killed left of an attachment.
  func removeDrafts(of media: UUID, tenant: UUID) {
    let folder = root + "/" + tenant.text
    for name in (try? FileManager.default.contentsOfDirectory(atPath: folder)) ?? []
    where name.hasPrefix(".\(media.text).") {
      unlink(folder + "/" + name)
    }
  }

  /// Puts a whole file in its place, at once for whoever looks. Returns its place below the root.
  func keep(_ draft: Draft, sha256: String, tenant: UUID) throws(Fault) -> String {
    guard fsync(draft.file) == 0 else { throw Fault("cannot write a file") }
    let part = tenant.text + "/" + sha256.prefix(2)
    try make(root + "/" + part)
    // One of the same content may be there: it is replaced by its equal.
    guard rename(draft.path, "\(root)/\(part)/\(sha256)") == 0 else { throw Fault("cannot keep a file") }
    let folder = open(root + "/" + part, O_RDONLY | O_DIRECTORY | O_CLOEXEC)
    if folder >= 0 {
      // So that a power cut does not take back what the database says is there.
      fsync(folder)
      close(folder)
    }
    return "\(part)/\(sha256)"
  }

  /// A whole file of a tenant's; nil if it is not there, or is none of this tenant's.
  func read(_ key: String, tenant: UUID) -> [UInt8]? {
    guard isPlace(key, tenant) else { return nil }
    let file = open(root + "/" + key, O_RDONLY | O_CLOEXEC | O_NOFOLLOW)
    guard file >= 0 else { return nil }
    defer { close(file) }
    let size = Int(lseek(file, 0, SEEK_END))
    guard (0...Limits.attachment).contains(size) else { return nil }
    var bytes = [UInt8](repeating: 0, count: size)
    var got = 0
    while got < size {
      let n = bytes.withUnsafeMutableBytes { pread(file, $0.baseAddress! + got, size - got, got) }
      guard n > 0 else { return nil }
      got += n
    }
    return bytes
  }

  /// Whether a file is in its place.
  func has(_ key: String) -> Bool { access(root + "/" + key, F_OK) == 0 }

  /// A file that is kept; nil if it is not there.
  func bytes(of key: String) -> [UInt8]? { FileManager.default.contents(atPath: root + "/" + key).map { Array($0) } }

  // MARK: Removing: `drop` says in which order

  /// Takes a file out of its place, if it is there: an earlier attempt may have done that.
  func putAside(_ key: String, tenant: UUID) throws(Fault) {
    guard let aside = aside(key, tenant) else { return }
    guard rename(root + "/" + key, aside) == 0 || errno == ENOENT else { throw Fault("cannot move a file") }
  }

  func putBack(_ key: String, tenant: UUID) throws(Fault) {
    guard let aside = aside(key, tenant) else { return }
    guard rename(aside, root + "/" + key) == 0 || errno == ENOENT else { throw Fault("cannot move a file") }
  }

  func discard(_ key: String, tenant: UUID) throws(Fault) {
    guard let aside = aside(key, tenant) else { return }
    guard unlink(aside) == 0 || errno == ENOENT else { throw Fault("cannot remove a file") }
  }

  /// Where a file waits for its removal; nil for what is no place of this tenant's.
  private func aside(_ key: String, _ tenant: UUID) -> String? {
    let name = key.suffix(64)
    guard isPlace(key, tenant) else { return nil }
    return "\(root)/\(tenant.text)/.removed.\(name)"
  }

  private func isPlace(_ key: String, _ tenant: UUID) -> Bool {
    let name = key.suffix(64)
    return name.utf8.count == 64 && name.allSatisfy(\.isHexDigit) && key == "\(tenant.text)/\(name.prefix(2))/\(name)"
  }

  private func make(_ folder: String) throws(Fault) {
    // The group's as well, if the umask agrees: `jobs` and `jobs-process` keep files for each other.
    guard mkdir(folder, 0o770) == 0 || errno == EEXIST else { throw Fault("cannot make a folder") }
  }
}
