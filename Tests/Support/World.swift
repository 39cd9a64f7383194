import Core
import FoundationEssentials
import Synchronization

/// The world that `bin/test` started: real Postgres, real nginx, the programs, the sandbox.
public struct World: Sendable {
  /// A superuser's connection string to the cluster.
  public let adminDSN: String
  /// nginx, such as `http://127.0.0.1:20000`.
  public let url: String
  /// The sandbox itself, all of its paths.
  public let sandbox: String
  /// The folder of the programs' environment files.
  public let environmentFolder: String
  /// The world's folder.
  public let folder: String
  /// A migrated and seeded database to clone.
  public let template: String
  /// The folder of the built programs.
  public let programs: String

  /// Tests without their world fail; they never pass for want of it.
  public static let current: World = {
    let environment = processEnvironment()
    func value(_ name: String) -> String {
      guard let value = environment["TISTIS_TEST_" + name] else {
        say("TISTIS_TEST_\(name) is not set: run the tests by bin/test, which starts the world they need")
        leave(78)
      }
      return value
    }
    return World(
      adminDSN: value("DSN"), url: value("URL"), sandbox: value("SANDBOX"), environmentFolder: value("ENV"),
      folder: value("WORLD"), template: value("TEMPLATE"), programs: value("BIN"))
  }()

  /// The checkout's root.
  public static let root: String = {
    var parts = #filePath.split(separator: "/", omittingEmptySubsequences: false)
    parts.removeLast(3)
    return parts.joined(separator: "/")
  }()

  /// The cluster's connection string for another database or role.
  public func dsn(database: String, user: String = "postgres") -> String {
    let kept = adminDSN.split(separator: " ").filter { !$0.hasPrefix("dbname=") && !$0.hasPrefix("user=") }
    return (kept + ["dbname=\(database)", "user=\(user)"]).joined(separator: " ")
  }

  /// A program's environment as the world runs it.
  public func environment(of program: String) -> [String: String] {
    let text = readFile(environmentFolder + "/\(program).env") ?? ""
    return text.split(separator: "\n").reduce(into: [:]) { values, line in
      let pair = line.split(separator: "=", maxSplits: 1)
      if pair.count == 2 { values[String(pair[0])] = String(pair[1]) }
    }
  }
}

/// Text that no other test of this run uses.
public func unique(_ prefix: String) -> String { prefix + hex(randomBytes(6)) }

/// Digits that no other test of this run uses.
public func uniqueDigits(_ prefix: String) -> String {
  let n = drawn.wrappingAdd(1, ordering: .relaxed).oldValue
  // The step shares no factor with the number of numbers, so that none comes twice.
  let digits = String((firstDrawn + n * 387_420_489) % 1_000_000_000)
  return prefix + String(repeating: "0", count: 9 - digits.count) + digits
}

private let drawn = Atomic(0)
private let firstDrawn = Int.random(in: 0..<1_000_000_000)

/// Waits until `condition` holds; false after `seconds`.
public func eventually(
  within seconds: Double = 180, _ condition: () async throws -> Bool
) async rethrows -> Bool {
  let end = Instant.now + seconds
  while Instant.now < end {
    if try await condition() { return true }
    try? await Task.sleep(for: .milliseconds(30))
  }
  return try await condition()
}
