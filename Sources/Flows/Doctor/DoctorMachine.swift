import Core
import FoundationEssentials

/// What is on this machine beside the database.
extension Doctor {
  mutating func examineFiles() {
    guard FileState.isFolder(etc) else {
      return add("settings", .skipped, "there is no \(etc) here")
    }
    let files = ((try? FileManager.default.contentsOfDirectory(atPath: etc)) ?? []).filter { $0.hasSuffix(".env") }
      .sorted()
    let missing = programs.keys.sorted().filter { !files.contains($0 + ".env") }
    for program in missing {
      add(
        "settings", .problem, "\(etc)/\(program).env is not there",
        "install -m 600 it with what the program needs: \(program) --help")
    }
    let open = files.map { etc + "/" + $0 }.filter { FileState.isOpenToAll($0, 0o002) || showsSecrets($0) }
    for file in open {
      add("settings", .problem, "everybody on the machine may use \(file)", "chmod o= \(file)")
    }
    if missing.isEmpty, open.isEmpty { add("settings", .ok, "\(files.count) files in \(etc)") }
  }

  /// common.env may be read by everybody, as long as nobody writes a secret into it.
  private func showsSecrets(_ file: String) -> Bool {
    guard FileState.isOpenToAll(file) else { return false }
    // Who may enter it but not read it is not us.
    guard let text = readFile(file) else { return true }
    let set = text.split(separator: "\n").map { $0.prefix { $0 != "=" } }
    return Setting.all.contains { $0.isSecret && set.contains($0.name[...]) }
  }

  mutating func examineNginx() {
    let file = nginx ?? "/etc/nginx/nginx.conf"
    guard nginx != nil || FileManager.default.fileExists(atPath: file) else {
      return add("nginx", .skipped, "there is no \(file) here")
    }
    guard nginx != nil || isRoot else {
      return add("nginx", .skipped, "only root can try \(file), whose certificate is root's", "as root: nginx -t")
    }
    let program = "/usr/sbin/nginx"
    let found = runProgram(
      FileManager.default.isExecutableFile(atPath: program) ? program : "nginx",
      ["-t", "-q", "-e", "stderr", "-c", file])
    guard let found else {
      return add("nginx", .problem, "nginx cannot be started", "apt-get install nginx")
    }
    let said = found.output.split(separator: "\n").filter { !$0.contains("[warn]") }
    if found.status == 0 {
      add("nginx", .ok, "\(file) is valid")
    } else {
      add(
        "nginx", .problem, said.joined(separator: "; "),
        "mend it, then: nginx -t && systemctl reload nginx")
    }
  }

  mutating func examineMedia() {
    guard let folder = try? Settings([.mediaFolder], from: environment).text(.mediaFolder) else { return }
    guard FileState.isFolder(folder), let space = FileState.space(folder) else {
      return add(
        "media", .warning, "there is no folder \(folder), where attachments are kept",
        MediaFolder.cure(folder) + "; or look on the machine that runs jobs")
    }
    let left = "\(space.bytes >> 20) MB, \(Int(space.part * 100)) %, are free in \(folder)"
    if space.bytes < leastSpace.bytes || space.part < leastSpace.part {
      add("media", .problem, left, "make room or a larger disk: attachments cannot be kept without")
    } else {
      add("media", .ok, left)
    }
  }
}
