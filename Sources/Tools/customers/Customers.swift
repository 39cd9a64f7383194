import ArgumentParser
import Core
import TestSupport

/// Customers who write, each for the first time, and how long each waits for the answer. Started by bin/bench answer in
/// a world of its own. Never part of a release.
@main
struct Customers: AsyncParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "customers", abstract: "Writes to businesses and measures when the answers reach the platform.",
    discussion: """
      Prints a line a figure, name and milliseconds: from the POST of the signed webhook to the moment at which the \
      sandbox had our answer, without the time that its Claude took.
      """)

  /// Before it counts; four more for each business.
  static let warming = 16

  @Option(help: "How many write.")
  var count = 300
  @Option(help: "So many a second; 0: each when the one before has the answer.")
  var rate = 0.0
  @Option(help: "Businesses that they write to, in turn. A number sends one message in 12.5 ms at most.")
  var tenants = 1
  @Option(help: "Seconds of quiet before an answer; the product's own is 2.")
  var quiet = 0
  @Flag(help: "Each books an appointment: three answers of Claude's and two tools, instead of one answer.")
  var booking = false
  @Flag(inversion: .prefixedNo, help: "The platform reports sent, delivered and read.")
  var reports = true

  func validate() throws {
    guard (1...100_000).contains(count) else { throw ValidationError("--count is 1 to 100000") }
    guard (0...1000).contains(rate) else { throw ValidationError("--rate is 0 to 1000") }
    guard (0...10).contains(quiet) else { throw ValidationError("--quiet is 0 to 10") }
    guard (1...50).contains(tenants) else { throw ValidationError("--tenants is 1 to 50") }
  }

  func run() async throws {
    var businesses = [Tenant]()
    for _ in 0..<tenants {
      let tenant = try await onThread { [quiet] in try Tenant.make(delay: quiet) }
      try await Sandbox.register(tenant, statuses: reports ? ["sent", "delivered", "read"] : [])
      if booking { try await Booking.teach(tenant) }
      businesses.append(tenant)
    }
    let talks = Talks()
    let watching = Task { await talks.watch() }
    // Every process of the webhook knows the businesses by then, and no session is made for the first time.
    for serial in 0..<Self.warming + 4 * tenants {
      try await talks.write(serial, to: businesses[serial % tenants], booking: booking)
      guard await talks.answered(serial + 1, within: 30) else { throw Complaint("no answer: see the logs") }
    }
    await talks.forget()

    let started = Instant.now
    try await withThrowingTaskGroup { group in
      for i in 0..<count {
        let business = businesses[i % tenants]
        if rate > 0 {
          try await Task.sleep(for: .seconds(max(0, started + Double(i) / rate - .now)))
          group.addTask { try await talks.write(i + 100_000, to: business, booking: booking) }
        } else {
          try await talks.write(i + 100_000, to: business, booking: booking)
          _ = await talks.answered(i + 1, within: 30)
          // Not in step with anybody's clock.
          try await Task.sleep(for: .milliseconds(Int.random(in: 0...60)))
        }
      }
      try await group.waitForAll()
    }
    _ = await talks.answered(count, within: 30)
    watching.cancel()
    for (name, value) in await talks.figures(of: count) { say("\(name) \(value)") }
  }
}
