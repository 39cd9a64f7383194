import Core
import Flows
import FoundationEssentials
import Store

extension Selected {
  struct Failed: Error, CustomStringConvertible { let description: String }

  /// Has `jobs` do something and waits for what came of it; leaves with 75 if nobody has done it by then.
  /// - Parameter silent: says nothing while it waits.
  func result(of errand: Errand, seconds: Int, silent: Bool) throws -> Field {
    guard let id = try database.send(errand, tenant: tenant) else {
      throw Failed(description: "another one began just now; try again")
    }
    var said = 0
    let began = Instant.now
    let job = try database.wait(for: id, tenant: tenant, seconds: Double(max(seconds, 0))) { job in
      let passed = Int(Instant.now - began)
      if !silent, passed >= said + 5 {
        said = passed
        complain("\(job.jobType) is \(job.status) for \(passed) s\(job.errorMessage.map { ": \($0)" } ?? "")")
      }
    }
    switch job?.status {
    case "completed": return Field((try? job?.result?.parse()) ?? .null)
    case "dead", "failed", "cancelled": throw Failed(description: job?.errorMessage ?? "it was given up")
    default:
      complain("not done yet: job \(id.text); see that jobs runs (tistis doctor), then tistis jobs show")
      leave(75)
    }
  }
}
