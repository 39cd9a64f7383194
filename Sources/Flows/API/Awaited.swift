import Core
import FoundationEssentials
import Store

/// A request whose answer only `jobs` can bring: it waits a little, and is told which job it is if that takes longer.
enum Awaited {
  static let seconds = 10.0
  /// While somebody of another business is waiting that long; while somebody of the same waits at all, nobody waits.
  static let shortSeconds = 1.0

  static func answers(_ shape: Shape) -> [(status: Int, Route.Answer)] {
    let waiting = Shape.object([.needs("success", .flag), .needs("job_id", .id), .needs("status", .line)])
    return [(200, ChannelDoor.answer(shape)), (202, .json(waiting))]
  }

  static func answer(_ call: APICall, _ errand: Errand) throws(APIProblem) -> Response {
    let id: UUID
    let job: FindJobRow?
    do throws(StoreError) {
      guard let sent = try call.app.database.send(errand, tenant: call.caller.tenant) else {
        throw .unavailable("another one of the same began just now")
      }
      // Enough of the request's time is left to say that it was not enough.
      let left = min(Self.seconds, call.request.deadline - .now - 1.5)
      job = try call.app.database.waitInTurn(
        for: sent, tenant: call.caller.tenant, short: Self.shortSeconds, long: max(left, 0))
      id = sent
    } catch {
      if case .unavailable(let why) = error { throw APIProblem(503, "not_done", why) }
      throw APIProblem(error)
    }
    switch job?.status {
    case "completed":
      let result = job?.result.flatMap { try? $0.parse() } ?? .null
      return .json(["success": true, "data": result])
    case "dead", "failed", "cancelled":
      // As things are with the account it cannot be done: asking again alone changes nothing.
      throw .conflict("NOT_DONE", job?.errorMessage ?? "it was given up")
    default:
      return .json(
        ["success": true, "job_id": .string(id.text), "status": .string(job?.status ?? "pending")], status: 202)
    }
  }
}
