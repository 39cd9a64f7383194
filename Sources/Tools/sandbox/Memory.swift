import Core

/// What numbers remember of people, messages and templates, for those that were registered as strict.
actor Memory {
  /// Of one number.
  private struct Account {
    var people = [String: Person]()
    /// When each message that its owner can name was written, by id.
    var messages = [String: Instant]()
    var speed = Bucket()
    var templates = [String: Template]()
    var usage = [(name: String, value: String)]()
  }

  private struct Person {
    /// The last message that opens the window.
    var wrote: Instant?
    var stoppedMarketing = false
    var speed = Bucket()
  }

  private var accounts = [String: Account]()

  /// Messages remembered a number; then all are forgotten at once.
  private static let most = 100_000
  /// Seconds.
  private static let window = 86_400.0
  private static let longestReach = 30 * 86_400.0
  private static let pairInterval = 6.0
  private static let pairBurst = 45

  // MARK: What is told to it

  /// A person wrote; `opens`: something that counts for the window. `names` are the person's number and user id.
  func heard(_ id: String, from names: [String], at: Instant, opens: Bool, on number: String) {
    for name in names where opens {
      let last = accounts[number]?.people[name]?.wrote
      accounts[number, default: Account()].people[name, default: Person()].wrote = max(at, last ?? at)
    }
    remember(id, at, on: number)
  }

  func sent(_ id: String, on number: String) { remember(id, .now, on: number) }

  private func remember(_ id: String, _ at: Instant, on number: String) {
    if accounts[number]?.messages.count ?? 0 >= Self.most { accounts[number]?.messages = [:] }
    accounts[number, default: Account()].messages[id] = at
  }

  /// Opens the window of a person as of then, or closes it.
  func setWindow(of name: String, _ wrote: Instant?, on number: String) {
    accounts[number, default: Account()].people[name, default: Person()].wrote = wrote
  }

  func setMarketing(of name: String, stopped: Bool, on number: String) {
    accounts[number, default: Account()].people[name, default: Person()].stoppedMarketing = stopped
  }

  func keep(_ template: Template, on number: String) {
    accounts[number, default: Account()].templates[template.key] = template
  }

  /// One of a business's, by its name and language; nil if there is none.
  func template(_ key: String, of business: String) -> Template? { accounts[business]?.templates[key] }

  /// A business's and its numbers', by name.
  func templates(of owners: [String]) -> [Template] {
    var all = [String: Template]()
    for owner in owners { all.merge(accounts[owner]?.templates ?? [:]) { old, _ in old } }
    return all.values.sorted { $0.key < $1.key }
  }

  func forgetTemplates(named name: String, of owners: [String]) -> Int {
    var count = 0
    for owner in owners {
      for template in (accounts[owner]?.templates ?? [:]).values where template.name == name {
        accounts[owner]?.templates[template.key] = nil
        count += 1
      }
    }
    return count
  }

  /// Headers that every answer to this number carries from now on.
  func setUsage(_ headers: [(name: String, value: String)], on number: String) {
    accounts[number, default: Account()].usage = headers
  }

  func usage(of number: String) -> [(String, String)] { accounts[number]?.usage.map { ($0.name, $0.value) } ?? [] }

  /// One number's, or all.
  func forget(_ number: String?) {
    if let number { accounts[number] = nil } else { accounts = [:] }
  }

  // MARK: What it is asked

  /// Whether a message may be named: known and, unless it is only quoted, at most 30 days old.
  func checkKnown(_ field: Field, quoted: Bool = false, on number: Number) throws(GraphError) {
    guard let at = accounts[number.id]?.messages[field.text ?? ""] else {
      throw .value("The message \(field.parameter) was not found.")
    }
    guard quoted || Instant.now - at <= Self.longestReach else {
      throw .value("The message \(field.parameter) is older than 30 days.")
    }
  }

  /// Checks a message whose form is right, and counts it. Returns the code with which it fails afterwards, if it does.
  func admit(_ body: Field, to recipient: WhatsAppRules.Recipient, on number: Number) throws(GraphError) -> Int? {
    if body["context"].exists { try checkKnown(body["context"]["message_id"], quoted: true, on: number) }
    if body["type"].text == "reaction" { try checkKnown(body["reaction"]["message_id"], on: number) }
    let name = recipient.waID ?? recipient.input
    var account = accounts[number.id] ?? Account()
    var person = account.people[name] ?? Person()
    var later: Int?
    if body["type"].text == "template" {
      let key = Template.key(body["template"])
      guard let template = account.templates[key] ?? accounts[number.wabaID]?.templates[key] else {
        throw .named(132001)
      }
      try template.check(body["template"], to: recipient, stopped: person.stoppedMarketing)
    } else if Instant.now - (person.wrote ?? Instant(microseconds: 0)) > Self.window {
      guard number.rules.tellsWindowLater else { throw .named(131047) }
      later = 131047
    }
    guard person.speed.take(interval: Self.pairInterval, burst: Self.pairBurst, now: .now) else { throw .named(131056) }
    let second = number.rules.perSecond
    guard account.speed.take(interval: 1 / Double(second), burst: second, now: .now) else { throw .named(130429) }
    account.people[name] = person
    accounts[number.id] = account
    return later
  }
}
