import Core
import FoundationEssentials
import TestSupport

/// Where a dialogue is played: a business of its own with its accounts, the people who write to it, and a Claude who knows
/// his part of the file by heart. What is not as the file says is a line in `problems`.
final class DialogueStage {
  let name: String
  let dialogue: Field
  let accounts: [Tenant]
  var problems = [String]()
  /// Digits or ids by the file's names of people.
  private var people = [String: String]()
  /// What `{{…}}` in the file stands for.
  private var values = [String: String]()
  /// Messages that the people got so far, and requests that Claude was sent.
  private var got = 0
  private var calls = 0

  var tenant: Tenant { accounts[0] }

  init(_ name: String, _ dialogue: Field) async throws {
    self.name = name
    self.dialogue = dialogue
    let platform = Platform(rawValue: dialogue["channel"].text ?? "whatsapp") ?? .whatsapp
    let also = dialogue["also"].items.compactMap { $0.text.flatMap(Platform.init) }
    accounts = try await onThread {
      let first = try Tenant.make(on: platform)
      return try [first] + also.map { try first.also(on: $0) }
    }
    let place = dialogue["place"].text ?? "clinic"
    values = [
      "tenant": tenant.id.text, "slug": tenant.slug, "account": tenant.account, "connection": tenant.connection.text,
      "sandbox": World.current.sandbox,
    ]
    if dialogue["other"].bool == true { values["other"] = try await onThread { try Tenant.make() }.id.text }
    for name in ["customer"]
      + (dialogue["people"].value.map { Field($0) }.flatMap { try? $0.object().pairs.map(\.key) } ?? [])
    {
      people[name] = uniqueDigits("5216")
      values[name] = people[name]
    }
    for tenant in accounts { try await Sandbox.register(tenant, strict: true) }
    try await run(readFile(DialogueTests.places + place + ".sql") ?? "select 'there is no place \(place)'::int")
    for sql in dialogue["setup"].items { try await run(sql.text ?? "") }
    for told in dialogue["sandbox"].items {
      try await Sandbox.tell(
        told["method"].text ?? "PUT", fill(told["path"].text ?? ""), fill(told["body"].value ?? [:]))
    }
  }

  // MARK: Words

  func fill(_ text: String) -> String {
    var out = ""
    var rest = Substring(text)
    while let start = rest.firstRange(of: "{{"), let end = rest[start.upperBound...].firstRange(of: "}}") {
      let word = String(rest[start.upperBound..<end.lowerBound])
      out += rest[..<start.lowerBound] + (values[word] ?? "{{\(word)}}")
      rest = rest[end.upperBound...]
    }
    return out + rest
  }

  func fill(_ value: JSON) -> JSON {
    switch value {
    case .string(let text): .string(fill(text))
    case .array(let items): .array(items.map { fill($0) })
    case .object(let members): .object(JSON.Members(members.pairs.map { .init($0.key, fill($0.value)) }))
    default: value
    }
  }

  private func run(_ sql: String) async throws {
    let (filled, database) = (fill(sql), tenant.database)
    try await onThread { try database.run(filled) }
  }

  private func scalar(_ sql: String) async throws -> String? {
    let (filled, database) = (fill(sql), tenant.database)
    return try await onThread { try database.scalar(filled) }
  }

  /// Asks the database anew for what the file wants to name, and teaches Claude his part with it.
  private func rehearse() async throws {
    if let wanted = dialogue["values"].value, case .object(let members) = wanted {
      for pair in members.pairs {
        if case .string(let sql) = pair.value, let value = try await scalar(sql) { values[pair.key] = value }
      }
    }
    let known = values.sorted { $0.key < $1.key }.map { JSON.Members.Pair($0.key, .string($0.value)) }
    try await Sandbox.tell(
      "PUT", "scripts/" + tenant.slug,
      [
        "match": .string(tenant.slug), "values": .object(JSON.Members(known)),
        // What people say is filled here, since it is looked for in what Claude is asked.
        "turns": .array(
          dialogue["turns"].items.map { turn in
            .object([
              "asked": .string(fill(turn["asked"].text ?? turn["customer"].text ?? "-")),
              "claude": turn["claude"].value,
            ])
          }),
      ])
  }

  // MARK: The play

  func play() async throws {
    let turns = dialogue["turns"].items
    var wanted = [Field]()
    var asked = 0
    for (i, turn) in turns.enumerated() where problems.isEmpty {
      try await rehearse()
      for sql in turn["before"].items { try await run(sql.text ?? "") }
      for fault in turn["faults"].items {
        try await Sandbox.fail(
          fault["peer"].text ?? "anthropic", fault["fault"].loose ?? "500",
          match: fault["peer"].text == nil ? tenant.slug : tenant.account, times: Int(fault["times"].integer ?? 1),
          extra: fault["delay_ms"].value.map { [("delay_ms", $0)] } ?? [])
      }
      try await act(turn)
      wanted += turn["gets"].items
      asked += Int(
        turn["calls"].integer
          ?? turn["claude"].items.reduce(0) { $0 + 1 + ($1["refused"].exists ? $1["times"].integer ?? 1 : 0) })
      if i + 1 < turns.count, let step = turns[i + 1]["while"].integer {
        // The next happens while Claude thinks about that step of this one.
        guard try await eventually({ try await report()["played"].items.contains { $0.text == "\(i).\(step)" } }) else {
          problems.append("turn \(i): step \(step) was never asked for")
          return
        }
        continue
      }
      try await settle(i)
      try await check(turn, i, gets: wanted, calls: asked)
      (wanted, asked) = ([], 0)
    }
    for (i, turn) in turns.enumerated() where problems.isEmpty {
      let played = try await report()["played"].items.compactMap(\.text)
      for (step, form) in turn["claude"].items.enumerated() where !played.contains("\(i).\(step)") {
        // One that only fails is never played.
        if form["refused"].exists, !form["text"].exists, !form["tools"].exists { continue }
        problems.append("turn \(i): Claude never came to step \(step)")
      }
    }
  }

  private func act(_ turn: Field) async throws {
    let account = accounts[Int(turn["account"].integer ?? 0)]
    let person = people[turn["as"].text ?? "customer"] ?? ""
    if turn["n8n"].exists {
      try await callBack(turn)
    } else if let command = turn["tistis"].text {
      let said = try await tistis(fill(command))
      if said.status != 0 { problems.append("tistis \(command): \(said.output)") }
    } else if let words = turn["staff"].text {
      try await post(account.platform.echo(fill(words), to: person, of: account.account), account)
    } else if let message = turn["customer"].value {
      let name = dialogue["people"][turn["as"].text ?? "customer"].text ?? "Cliente"
      // The platform knows that they wrote: it lets us answer.
      try await Sandbox.tell(
        "PUT", "windows/\(account.account)/\(person)",
        .object(["age": 0, "conversation": account.platform == .tiktok ? .string("c.\(person)==") : nil]))
      try await post(body(fill(message), from: person, name: fill(name), to: account), account)
    }
  }

  private func post(_ body: [UInt8], _ account: Tenant) async throws {
    let answer = try await Web.deliver(body, to: account)
    if answer.status != 200 { problems.append("the webhook was answered \(answer.status)") }
  }

  private func tistis(_ command: String) async throws -> Said {
    let values = World.current.environment(of: "tistis").map { "\($0.key)='\($0.value)'" }.joined(separator: " ")
    return try await onThread {
      shell("env -i PATH=/usr/bin:/bin \(values) '\(World.current.programs)/tistis' \(command)")
    }
  }

  /// Until nothing is left to be done for this business, or soon.
  private func settle(_ turn: Int) async throws {
    let open = """
      select count(*) from jobs where tenant_id = '{{tenant}}' and status in ('pending', 'processing')
         and (job_type = 'ai_response' and coalesce(unique_key, '') not like 'n8n:%' or job_type like 'send\\_%' or scheduled_for < now() + interval '5 seconds')
      """
    guard try await eventually({ try await scalar(open) == "0" }) else {
      let jobs = try await scalar(
        "select string_agg(concat_ws(' ', job_type, status, attempts, error_message), '; ') from jobs where tenant_id = '{{tenant}}'"
      )
      problems.append("turn \(turn): jobs are open after a minute: \(jobs ?? "")")
      return
    }
  }

  // MARK: What came of it

  func report() async throws -> Field {
    let answer = try await Web.send("GET", World.current.sandbox + "/sandbox/scripts/" + tenant.slug)
    return Field(try JSON.parse(answer.body))
  }

  private func check(_ turn: Field, _ i: Int, gets wanted: [Field], calls asked: Int) async throws {
    for complaint in try await report()["complaints"].items {
      problems.append("turn \(i): Claude: \(complaint.text ?? "")")
    }
    let all = try await sent()
    let new = Array(all.dropFirst(got))
    got = all.count
    if new.count != wanted.count {
      problems.append("turn \(i): \(wanted.count) messages were to come, \(new.count) came: \(new.map(\.text))")
    }
    for (message, form) in zip(new, wanted) {
      for fault in faults(of: message.text, form) { problems.append("turn \(i): \(fault) in: \(message.text)") }
    }
    for message in new where !people.values.contains(where: { message.to.contains($0.suffix(9)) }) {
      problems.append("turn \(i): to \(message.to), who is nobody here: \(message.text)")
    }
    let requests = try await Sandbox.requests("anthropic", match: tenant.slug)
    if requests.count - calls != asked {
      problems.append("turn \(i): Claude was asked \(requests.count - calls) times, not \(asked)")
    }
    calls = requests.count
    if let last = requests.last, turn["told"].exists {
      let body = last["body"]
      let told = body["system"].items.compactMap { $0["text"].text } + [body["messages"].value?.text ?? ""]
      for fault in faults(of: told.joined(separator: "\n"), turn["told"]) {
        problems.append("turn \(i): Claude was told: \(fault)")
      }
    }
    try await checkRows(turn["rows"], "turn \(i)")
  }

  /// `{"select …": what it gives}`
  func checkRows(_ rows: Field, _ place: String) async throws {
    guard case .object(let members)? = rows.value else { return }
    for pair in members.pairs {
      let found = try await scalar(pair.key) ?? "null"
      let wanted: String
      switch pair.value {
      case .string(let text): wanted = fill(text)
      default: wanted = pair.value.text
      }
      if found != wanted { problems.append("\(place): \(fill(pair.key)) gives \(found), not \(wanted)") }
    }
  }

  /// A text that is to occur, or `{"is", "has": […], "lacks": […]}`.
  private func faults(of text: String, _ form: Field) -> [String] {
    var faults = [String]()
    let has = (form.text.map { [$0] } ?? form["has"].items.compactMap(\.text)).map { fill($0) }
    for part in has where !text.contains(part) { faults.append("no “\(part)”") }
    for part in form["lacks"].items.compactMap(\.text).map({ fill($0) }) where text.contains(part) {
      faults.append("“\(part)”")
    }
    if let whole = form["is"].text, text != fill(whole) { faults.append("not “\(fill(whole))”") }
    return faults
  }

  /// What the platforms took for people, in its order.
  private func sent() async throws -> [(to: String, text: String, number: Int64)] {
    var all = [(to: String, text: String, number: Int64)]()
    for account in accounts {
      for request in try await Sandbox.requests(account.platform.rawValue, match: account.account)
      where request["accepted"].bool == true {
        let body = request["body"]
        guard let text = spoken(body) else { continue }
        let to = body["to"].loose ?? body["recipient"]["id"].loose ?? body["recipient"].loose ?? ""
        all.append((to, text, request["seq"].integer ?? 0))
      }
    }
    return all.sorted { $0.number < $1.number }
  }
}

/// The words of a request that sends something; nil for what sends nothing.
private func spoken(_ body: Field) -> String? {
  if body["template"].exists { return "[" + (body["template"].value?.text ?? "") + "]" }
  if body["interactive"].exists {
    let buttons = body["interactive"]["action"]["buttons"].items.compactMap { $0["reply"]["title"].text }
    return ([body["interactive"]["body"]["text"].text ?? ""] + buttons.map { "[\($0)]" }).joined(separator: " ")
  }
  if body["message"].exists {
    let replies = body["message"]["quick_replies"].items.compactMap { $0["title"].text }
    let text = body["message"]["text"].text ?? body["message"]["attachment"].value?.text ?? ""
    return ([text] + replies.map { "[\($0)]" }).joined(separator: " ")
  }
  return body["text"]["body"].text
}

extension DialogueStage {
  /// The webhook's body for a text, or for an item in the platform's own form.
  private func body(_ message: JSON, from person: String, name: String, to account: Tenant) -> [UInt8] {
    let id = unique(account.platform.idPrefix)
    switch (account.platform, message) {
    case (.whatsapp, _):
      var item = JSON.Members([.init("type", "text")])
      if case .string(let text) = message { item["text"] = ["body": .string(text)] }
      if case .object(let members) = message { for pair in members.pairs { item[pair.key] = pair.value } }
      item["from"] = .string(person)
      item["id"] = .string(id)
      item["timestamp"] = .string(String(Instant.now.seconds))
      let value: JSON = [
        "messaging_product": "whatsapp",
        "metadata": ["display_phone_number": "526311234567", "phone_number_id": .string(account.account)],
        "contacts": [["profile": ["name": .string(name)], "wa_id": .string(person)]], "messages": [.object(item)],
      ]
      let body: JSON = [
        "object": "whatsapp_business_account",
        "entry": [["id": "200000000000009", "changes": [["field": "messages", "value": value]]]],
      ]
      return body.bytes
    case (let platform, .object(let members)):
      guard let pair = members.pairs.first else { return [] }
      var value = pair.value
      if pair.key == "message", case .object(var inner) = value {
        inner["mid"] = inner["mid"] ?? .string(id)
        value = .object(inner)
      }
      return platform.messaging(
        account.account, [platform.item(from: person, to: account.account, .now, pair.key, value)])
    case (let platform, let text):
      return platform.text(text.textOrEmpty, from: person, to: account.account, id: id)
    }
  }
}

extension JSON {
  fileprivate var textOrEmpty: String { if case .string(let text) = self { text } else { "" } }
}
