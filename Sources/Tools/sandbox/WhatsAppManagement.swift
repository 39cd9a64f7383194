import Core

/// What WhatsApp gives to manage: templates and subscriptions of a business, and its numbers.
struct WhatsAppManagement: Sendable {
  static let verbs = ["message_templates", "subscribed_apps", "phone_numbers"]

  let numbers: Numbers
  let memory: Memory
  let accounts: Accounts
  let callbacks: CallBacks

  func answer(_ path: GraphPath, _ call: Call) async throws(GraphError) -> PeerAnswer {
    let request = call.request
    try await numbers.of(path.object)?.rules.checkToken()
    let own = await numbers.of(business: path.object)
    for number in own { try number.rules.checkToken() }
    let owners = [path.object] + own.map(\.id)
    func ok(_ json: JSON) -> PeerAnswer { PeerAnswer(response: .json(json), accepted: true) }
    switch (request.method, path.verb) {
    case ("GET", "message_templates"?):
      var all = await memory.templates(of: owners)
      if let name = request.parameter("name") { all = all.filter { $0.name == name } }
      if let status = request.parameter("status") { all = all.filter { $0.status == status.uppercased() } }
      return ok(paged(all, request, \.json))
    case ("POST", "message_templates"?): return try await create(path.object, own, call)
    case ("DELETE", "message_templates"?):
      guard let name = request.parameter("name") else { throw .named(100) }
      guard await memory.forgetTemplates(named: name, of: owners) > 0 else {
        throw GraphError(code: 100, subcode: 2_593_002, title: "Message template not found")
      }
      return ok(["success": true])
    case ("GET", "phone_numbers"?): return ok(["data": .array(own.map { number($0) })])
    case ("GET", "subscribed_apps"?):
      let isOff = await accounts.subscription(of: path.object)?.isEmpty == true
      let app: JSON = ["id": .string(Account.appID), "name": "TIS TIS (sandbox)", "link": "https://tistis.example/"]
      let others = await accounts.otherApps(of: path.object)
      let ours: JSON = .object([
        "whatsapp_business_api_data": app,
        "override_callback_uri": await accounts.override(of: path.object).map { .string($0) },
      ])
      return ok(["data": .array((isOff ? [] : [ours]) + others.map { ["whatsapp_business_api_data": $0] })])
    case ("POST", "subscribed_apps"?), ("DELETE", "subscribed_apps"?):
      await accounts.override(path.object, request.method == "POST" ? try await override(call) : nil)
      await accounts.subscribe(path.object, request.method == "POST" ? nil : [])
      return ok(["success": true])
    case ("GET", nil):
      guard let found = await numbers.of(path.object) else { throw .noObject(path.object, "get") }
      return ok(GraphFields(request.parameter("fields") ?? "").pick(number(found)))
    default: throw .noObject(path.object, request.method.lowercased())
    }
  }

  /// The address that a subscription names for itself, once it has confirmed its token; none takes it back to the app's.
  private func override(_ call: Call) async throws(GraphError) -> String? {
    let body = Field(call.body ?? .null)
    guard body["override_callback_uri"].exists else { return nil }
    let (url, token) = (try body["override_callback_uri"].checked(upTo: 200), body["verify_token"].text ?? "")
    guard !token.isEmpty else { throw .missing(body["verify_token"]) }
    guard await callbacks.confirms(url, token) else {
      throw GraphError(code: 2200, title: "Callback verification failed", details: "The challenge did not come back.")
    }
    return url
  }

  private func number(_ number: Number) -> JSON {
    [
      "id": .string(number.id), "display_phone_number": .string("+" + number.displayPhone),
      "verified_name": "Negocio de prueba", "quality_rating": "GREEN", "throughput": ["level": "STANDARD"],
      "status": "CONNECTED", "name_status": "APPROVED", "code_verification_status": "VERIFIED",
      "platform_type": "CLOUD_API",
    ]
  }

  // MARK: Templates

  /// A new template waits, and is reviewed a moment later; its numbers' owners are told.
  private func create(_ business: String, _ own: [Number], _ call: Call) async throws(GraphError) -> PeerAnswer {
    let body = Field(call.body ?? .null)
    let name = try body["name"].checked(upTo: 512)
    guard name.utf8.allSatisfy({ (97...122).contains($0) || (48...57).contains($0) || $0 == UInt8(ascii: "_") }) else {
      throw GraphError(code: 100, title: "Invalid parameter", details: "A name has a to z, 0 to 9 and _ only.")
    }
    let language = try body["language"].checked(upTo: 15)
    let category = try body["category"].checked(upTo: 20)
    guard ["AUTHENTICATION", "MARKETING", "UTILITY"].contains(category) else {
      throw .wrong(body["category"], "be one of {AUTHENTICATION, MARKETING, UTILITY}")
    }
    try checkComponents(body["components"])
    guard await memory.template(name + "|" + language, of: business) == nil else {
      throw GraphError(code: 100, subcode: 2_388_024, title: "Content in this language already exists")
    }
    var template: Template
    do throws(Refusal) {
      template = try Template(name: name, language: language, body)
    } catch { throw GraphError(code: 100, title: "Invalid parameter", details: error.sentence) }
    template.status = "PENDING"
    await memory.keep(template, on: business)
    let answer: JSON = ["id": .string(template.id), "status": "PENDING", "category": .string(category)]
    return PeerAnswer(response: .json(answer), accepted: true) { [template] in
      Task { await review(template, business, own) }
    }
  }

  /// The parts that Meta knows, a body among them, and an example of everything that is filled in later.
  private func checkComponents(_ components: Field) throws(GraphError) {
    guard components.items.contains(where: { $0["type"].text == "BODY" }) else {
      throw GraphError(
        code: 100, subcode: 2_388_043, title: "Invalid parameter", details: "A BODY component is needed.")
    }
    for part in components.items {
      let most = ["HEADER": 60, "BODY": 1024, "FOOTER": 60]
      switch part["type"].text {
      case "HEADER" where part["format"].text != "TEXT": break
      case "HEADER"?, "BODY"?, "FOOTER"?:
        let type = part["type"].text ?? ""
        let text = try part["text"].checked(upTo: most[type] ?? 60)
        guard placeholders(text).isEmpty || part["example"].exists else {
          throw GraphError(
            code: 100, subcode: 2_388_043, title: "Invalid parameter", details: "\(type) has variables and no example.")
        }
      case "BUTTONS"?:
        guard (1...10).contains(part["buttons"].items.count) else {
          throw .wrong(part["buttons"], "hold 1 to 10 buttons")
        }
        for button in part["buttons"].items { _ = try button["text"].checked(upTo: 25) }
      default: throw .wrong(part["type"], "be one of {BODY, BUTTONS, FOOTER, HEADER}")
      }
    }
  }

  private func review(_ template: Template, _ business: String, _ own: [Number]) async {
    let verdict = own.first?.rules.templateReview ?? "APPROVED"
    guard verdict != "PENDING" else { return }
    var template = template
    template.status = verdict
    await memory.keep(template, on: business)
    let value: JSON = [
      "event": .string(verdict), "message_template_id": .number(template.id),
      "message_template_name": .string(template.name),
      "message_template_language": .string(template.language), "message_template_category": .string(template.category),
      "reason": verdict == "REJECTED" ? "INVALID_FORMAT" : "NONE",
    ]
    guard let number = own.first else { return }
    let report = Report(word: "template") {
      [
        "object": "whatsapp_business_account",
        "entry": [
          [
            "id": .string(business), "time": .number(Instant.now.seconds),
            "changes": [["field": "message_template_status_update", "value": value]],
          ]
        ],
      ]
    }
    callbacks.tell([report], to: number.subscriber)
  }
}
