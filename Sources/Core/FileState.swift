#if canImport(Glibc)
  import Glibc
#endif

/// What a person who sets up a machine gets wrong about files.
public enum FileState {
  /// Whether others than its owner and group have any of these rights to it; false for what is not there.
  public static func isOpenToAll(_ path: String, _ rights: UInt32 = 0o007) -> Bool {
    var about = stat()
    return stat(path, &about) == 0 && about.st_mode & rights != 0
  }

  public static func isFolder(_ path: String) -> Bool {
    var about = stat()
    return stat(path, &about) == 0 && about.st_mode & S_IFMT == S_IFDIR
  }

  /// Whether this process may make files there.
  public static func isWritable(_ folder: String) -> Bool { access(folder, R_OK | W_OK | X_OK) == 0 }

  /// Bytes that an ordinary user may still write to the disk behind a folder, and what part of it that is.
  public static func space(_ folder: String) -> (bytes: Int, part: Double)? {
    var about = statvfs()
    guard statvfs(folder, &about) == 0, about.f_blocks > 0 else { return nil }
    return (Int(about.f_bavail) * Int(about.f_frsize), Double(about.f_bavail) / Double(about.f_blocks))
  }
}
