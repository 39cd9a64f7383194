import Core
import FoundationEssentials
import TestSupport
import Testing

/// The stand-in refuses what Meta refuses, with Meta's codes: else our tests would prove nothing.
@Suite struct SandboxTests {
  /// A number of the sandbox's.
  private struct Account {
    let id = uniqueDigits("88")
    let person = uniqueDigits("1650")

    init(_ settings: JSON.Members.Pair..., tenant: Tenant? = nil) async throws {
      var body = JSON.Members([
        .init("callback", .string(tenant?.path ?? "/nobody")), .init("app_secret", .string(tenant?.appSecret ?? "x")),
        .init("statuses", []), .init("strict", true),
      ])
      for pair in settings { body[pair.key] = pair.value }
      try await told("PUT", "numbers/\(tenant?.phoneNumberID ?? id)", .object(body))
    }

    @discardableResult
    func told(_ method: String, _ path: String, _ body: JSON) async throws -> Field {
      try await Sandbox.tell(method, path, body)
    }

    func send(_ body: JSON, token: String = "test_token") async throws -> HTTPResponse {
      try await Web.send(
        "POST", World.current.sandbox + "/graph/v25.0/\(id)/messages", headers: [("Authorization", "Bearer " + token)],
        body: body.bytes)
    }

    /// `200`, or the code that it was refused with, with its subcode if there is one.
    func says(_ members: JSON, to: JSON? = nil) async throws -> String {
      var body = JSON.Members([.init("messaging_product", "whatsapp"), .init("to", to ?? .string(person))])
      if case .object(let more) = members { for pair in more.pairs { body[pair.key] = pair.value } }
      let answer = try await send(.object(body))
      let error = Field(try JSON.parse(answer.body))["error"]
      let code = [error["code"].loose, error["error_subcode"].loose].compactMap(\.self).joined(separator: " ")
      return answer.status == 200 ? "200" : code
    }

    func text() async throws -> String { try await says(["type": "text", "text": ["body": "hola"]]) }

    func open() async throws { try await told("PUT", "windows/\(id)/\(person)", ["age": 60]) }
  }

  /// The rows of a table with a head, which lies beside this file.
  private static func rows(_ name: String) -> [[String]] {
    let text = readFile(World.root + "/Tests/EndToEnd/Fixtures/" + name) ?? ""
    return text.split(separator: "\n").dropFirst().map { $0.split(separator: "\t").map(String.init) }
  }

  // MARK: Form

  /// What is wrong with a message whatever the world is like, and what is right.
  @Test func forms() async throws {
    let account = try await Account(.init("strict", false))
    let rows = Self.rows("sandbox-forms.tsv")
    #expect(rows.count > 40)
    for row in rows {
      let body = try JSON.parse(Array(row[1].utf8))
      let said = try await account.says(body)
      #expect(said == row[0], "\(row[1])")
    }
  }

  // MARK: Window

  @Test func theWindow() async throws {
    let account = try await Account()
    #expect(try await account.text() == "131047")
    try await account.open()
    #expect(try await account.text() == "200")
    try await account.told("PUT", "windows/\(account.id)/\(account.person)", ["age": 86_401])
    #expect(try await account.text() == "131047")
    try await account.told("PUT", "windows/\(account.id)/\(account.person)", ["age": 86_300])
    #expect(try await account.text() == "200")
    try await account.told("PUT", "windows/\(account.id)/\(account.person)", ["open": false])
    #expect(try await account.text() == "131047")
    // Off by default.
    let lax = try await Account(.init("strict", false))
    #expect(try await lax.text() == "200")
  }

  /// 52 and 521 are one person.
  @Test func mexicansHaveOneWindow() async throws {
    let account = try await Account()
    let digits = uniqueDigits("6")
    try await account.told("PUT", "windows/\(account.id)/521\(digits)", ["age": 1])
    for spelling in ["52" + digits, "521" + digits, "+52 " + digits] {
      #expect(try await account.says(["type": "text", "text": ["body": "x"]], to: .string(spelling)) == "200")
    }
  }

  // MARK: Messages

  @Test func messagesThatAreNamed() async throws {
    let tenant = try Tenant.make(delay: Tenant.never)
    let account = try await Account(tenant: tenant)
    func says(_ body: JSON) async throws -> String {
      let answer = try await Web.send(
        "POST", World.current.sandbox + "/graph/v25.0/\(tenant.phoneNumberID)/messages",
        headers: [("Authorization", "Bearer test_token")], body: body.bytes)
      return answer.status == 200 ? "200" : Field(try JSON.parse(answer.body))["error"]["code"].loose ?? "?"
    }
    func named(_ id: String) async throws -> [String] {
      let to = JSON.string(account.person)
      return [
        try await says(["messaging_product": "whatsapp", "status": "read", "message_id": .string(id)]),
        try await says([
          "messaging_product": "whatsapp", "to": to, "type": "reaction",
          "reaction": ["message_id": .string(id), "emoji": "👍"],
        ]),
        try await says([
          "messaging_product": "whatsapp", "to": to, "type": "text", "text": ["body": "x"],
          "context": ["message_id": .string(id)],
        ]),
      ]
    }
    let path = "inbound/\(tenant.phoneNumberID)"
    let heard = try await account.told("POST", path, ["from": .string(account.person), "text": "¿Hola?"])
    #expect(heard["delivered"].bool == true)
    let id = try #require(heard["id"].text)
    // The customer's message came to us, signed, and its sender may be answered.
    #expect(try tenant.value("content", of: "messages", where: "external_id = '\(id)'") == "¿Hola?")
    #expect(try await named(id) == ["200", "200", "200"])
    #expect(try await named("wamid.nobodys") == ["131009", "131009", "131009"])
    // One that is older than 30 days may be quoted and nothing else.
    let old = try await account.told(
      "POST", path, ["from": .string(account.person), "text": "antes", "age": 2_600_000])
    #expect(try await named(old["id"].text ?? "") == ["131009", "131009", "200"])
  }

  @Test func everythingThatACustomerDoes() async throws {
    let tenant = try Tenant.make(delay: Tenant.never)
    let account = try await Account(tenant: tenant)
    let path = "inbound/\(tenant.phoneNumberID)"
    let from = JSON.string(account.person)
    func messages() throws -> Int { try tenant.count("messages") }
    try await account.told(
      "POST", path,
      ["from": from, "message": ["type": "location", "location": ["latitude": 31, "longitude": -110]]])
    #expect(try tenant.value("content_type", of: "messages") == "location")
    try await account.told("POST", path, ["user_id": .string("MX." + account.person), "text": "sin número"])
    #expect(try messages() == 2)
    // The owner answers in the app.
    try await account.told(
      "POST", path, ["field": "smb_message_echoes", "from": from, "text": "Le contesto yo"])
    #expect(try tenant.count("messages", where: "role = 'staff'") == 1)
    // And news of any kind.
    try await account.told(
      "POST", path,
      [
        "field": "user_preferences",
        "value": [
          "user_preferences": [
            ["wa_id": from, "category": "marketing_messages", "value": "stop", "timestamp": 1_763_809_200]
          ]
        ],
      ])
    #expect(try tenant.count("channel_events", where: "kind = 'preference'") == 1)
  }

  // MARK: Templates

  /// A template in a state (NAMED: approved, with named parameters) and its use.
  @Test func templates() async throws {
    let rows = Self.rows("sandbox-templates.tsv")
    #expect(rows.count > 15)
    for row in rows {
      let account = try await Account()
      if row[0] != "absent" {
        let named = row[0] == "NAMED"
        let template: JSON = [
          "status": .string(named ? "APPROVED" : row[0]), "parameter_format": named ? "NAMED" : "POSITIONAL",
          "components": try JSON.parse(Array(row[1].utf8)),
        ]
        try await account.told("PUT", "templates/\(account.id)/aviso/es_MX", template)
      }
      let use: JSON = [
        "name": "aviso", "language": ["code": "es_MX", "policy": "deterministic"],
        "components": try JSON.parse(Array(row[2].utf8)),
      ]
      // No window is needed for any of them.
      let said = try await account.says(["type": "template", "template": use])
      #expect(said == row[3], "\(row)")
      // In a language in which it was not approved there is none.
      let elsewhere: JSON = ["name": "aviso", "language": ["code": "en_US"]]
      #expect(try await account.says(["type": "template", "template": elsewhere]) == "132001")
    }
  }

  @Test func templatesThatThePersonMayNotHave() async throws {
    let account = try await Account()
    for category in ["MARKETING", "AUTHENTICATION"] {
      try await account.told(
        "PUT", "templates/\(account.id)/\(category.lowercased())/es", ["category": .string(category)])
    }
    func says(_ name: String, recipient: String? = nil) async throws -> String {
      let template: JSON = ["name": .string(name), "language": ["code": "es"]]
      guard let recipient else { return try await account.says(["type": "template", "template": template]) }
      return try await account.says(
        ["type": "template", "template": template, "recipient": .string(recipient)], to: .null)
    }
    #expect(try await says("marketing") == "200")
    try await account.told("PUT", "windows/\(account.id)/\(account.person)", ["marketing": "stop"])
    #expect(try await says("marketing") == "131050")
    #expect(try await says("authentication") == "200")
    #expect(try await says("authentication", recipient: "MX.1234") == "131062")
    try await account.told("PUT", "windows/\(account.id)/\(account.person)", ["marketing": "resume"])
    #expect(try await says("marketing") == "200")
  }

  // MARK: Speed, token, recipients

  @Test func onePersonMayBeHurriedOnlySoFar() async throws {
    let account = try await Account()
    try await account.open()
    for _ in 0..<45 { #expect(try await account.text() == "200") }
    // A place comes back every six seconds: a slow machine may send a few more.
    var said = "200"
    for _ in 0..<45 where said == "200" { said = try await account.text() }
    #expect(said == "131056")
    // Others of the same number are not held up by that.
    let other = uniqueDigits("1650")
    try await account.told("PUT", "windows/\(account.id)/\(other)", ["age": 1])
    #expect(try await account.says(["type": "text", "text": ["body": "x"]], to: .string(other)) == "200")
  }

  @Test func aNumberMayBeHurriedOnlySoFar() async throws {
    let account = try await Account(.init("per_second", 1))
    let people = (0..<12).map { "1650000\(1000 + $0)" }
    for person in people { try await account.told("PUT", "windows/\(account.id)/\(person)", ["age": 1]) }
    var said = [String]()
    for person in people {
      said.append(try await account.says(["type": "text", "text": ["body": "x"]], to: .string(person)))
    }
    #expect(said.first == "200")
    #expect(Set(said) == ["200", "130429"])
  }

  @Test(arguments: [
    ("expired", "190 463"), ("invalid", "190 467"), ("app_removed", "190 458"), ("password_changed", "190 460"),
  ]) func tokens(_ state: String, _ expected: String) async throws {
    let account = try await Account(.init("token", .string(state)))
    #expect(try await account.text() == expected)
    let read: JSON = ["messaging_product": "whatsapp", "status": "read", "message_id": "wamid.x"]
    #expect(try await account.send(read).status == 401)
    #expect(try await account.send([:], token: "stolen").status == 401)
  }

  @Test func aTestNumberHasItsList() async throws {
    let account = try await Account(.init("allowed", ["541122334455"]), .init("strict", false))
    let message: JSON = ["type": "text", "text": ["body": "x"]]
    #expect(try await account.says(message, to: "541122334455") == "200")
    #expect(try await account.says(message, to: "5491122334455") == "131030")
  }

  @Test func theHeadersOfUse() async throws {
    let account = try await Account(.init("message_status", "paused"))
    try await account.open()
    try await account.told(
      "PUT", "usage/\(account.id)",
      [
        "app": ["call_count": 81, "total_cputime": 3, "total_time": 4],
        "business": [["type": "messaging", "call_count": 100, "estimated_time_to_regain_access": 5]],
      ])
    let answer = try await account.send([
      "messaging_product": "whatsapp", "to": .string(account.person), "type": "text", "text": ["body": "x"],
    ])
    #expect(answer.headers["x-app-usage"] == #"{"call_count":81,"total_cputime":3,"total_time":4}"#)
    #expect(answer.headers["x-business-use-case-usage"]?.contains(#""estimated_time_to_regain_access":5"#) == true)
    #expect(Field(try JSON.parse(answer.body))["messages"][0]["message_status"].text == "paused")
    try await account.told("PUT", "usage/\(account.id)", [:])
    #expect(try await account.send([:]).headers["x-app-usage"] == nil)
  }

  // MARK: Files

  @Test func files() async throws {
    let account = try await Account()
    try await account.open()
    let id = uniqueDigits("3")
    func image(_ id: String) async throws -> String {
      try await account.says(["type": "image", "image": ["id": .string(id)]])
    }
    #expect(try await image(id) == "131009")
    try await account.told("PUT", "media/\(id)", ["text": "x"])
    #expect(try await image(id) == "200")
    let bearer = [("Authorization", "Bearer test_token")]
    func lookUp(_ id: String) async throws -> (status: Int, found: Field) {
      let answer = try await Web.send("GET", World.current.sandbox + "/graph/v25.0/\(id)", headers: bearer)
      return (answer.status, Field(try JSON.parse(answer.body)))
    }
    let found = try await lookUp(id).found
    let url = try #require(found["url"].text)
    #expect(found["file_size"].text == "1" && found["sha256"].text == hex(sha256([120])))
    #expect(try await Web.send("GET", url, headers: bearer).body == [120])
    #expect(try await Web.send("GET", url).status == 401)
    // An address dies, and then the file.
    try await account.told("PUT", "media/\(id)", ["text": "x", "url_seconds": 0])
    let dead = try #require(try await lookUp(id).found["url"].text)
    #expect(try await Web.send("GET", dead, headers: bearer).status == 404)
    try await account.told("DELETE", "media/\(id)", [:])
    let gone = try await lookUp(id)
    #expect(gone.status == 400 && gone.found["error"]["error_subcode"].integer == 33)
    #expect(try await Web.send("GET", url, headers: bearer).status == 404)
  }

  @Test(arguments: [
    ("image/jpeg", "a.jpg", "200"), ("audio/ogg; codecs=opus", "a.ogg", "200"), ("audio/opus", "a.opus", "131053"),
    ("audio/webm", "a.webm", "131053"), ("audio/ogg", "a.ogg", "131053"), ("image/jpeg", "a.png", "131053"),
    ("application/pdf", "a.pdf", "200"),
  ]) func uploads(_ type: String, _ name: String, _ expected: String) async throws {
    let account = try await Account()
    let mark = "0123456789"
    let part = "--\(mark)\r\nContent-Disposition: form-data; name="
    let body =
      part + "\"messaging_product\"\r\n\r\nwhatsapp\r\n" + part + "\"type\"\r\n\r\n\(type)\r\n" + part
      + "\"file\"; filename=\"\(name)\"\r\nContent-Type: \(type)\r\n\r\ncontent\r\n--\(mark)--\r\n"
    let answer = try await Web.send(
      "POST", World.current.sandbox + "/graph/v25.0/\(account.id)/media",
      headers: [("Authorization", "Bearer test_token"), ("Content-Type", "multipart/form-data; boundary=\(mark)")],
      body: Array(body.utf8))
    let said = Field(try JSON.parse(answer.body))
    #expect((answer.status == 200 ? "200" : said["error"]["code"].loose) == expected)
    #expect((said["id"].text != nil) == (expected == "200"))
  }

  @Test func aFaultMayNameItsSubcode() async throws {
    let account = try await Account(.init("strict", false))
    try await Sandbox.fail("whatsapp", "code:190:460", match: account.id)
    #expect(try await account.text() == "190 460")
    #expect(try await account.text() == "200")
  }

  /// Every code of Meta's that we know the consequence of is in the stand-in's mouth.
  @Test(arguments: [
    0, 1, 2, 3, 4, 10, 33, 100, 190, 200, 368, 613, 80007, 130429, 130472, 130497, 131000, 131005, 131008, 131009,
    131016,
    131021, 131026, 131030, 131031, 131037, 131042, 131044, 131045, 131047, 131048, 131049, 131050, 131051, 131052,
    131053, 131056, 131057, 131062, 131063, 131064, 132000, 132001, 132005, 132007, 132008, 132012, 132015, 132016,
    132018, 132068, 132069, 133004, 133010, 133016, 134011, 135000, 137000, 139200,
  ]) func codes(_ code: Int) async throws {
    let account = try await Account(.init("strict", false))
    try await Sandbox.fail("whatsapp", "code:\(code)", match: account.id)
    let answer = try await account.send(["messaging_product": "whatsapp"])
    let error = Field(try JSON.parse(answer.body))["error"]
    #expect(error["code"].integer == Int64(code))
    #expect(error["error_data"]["details"].text != "The sandbox has no words for this code.")
    #expect(answer.status >= 400)
  }
}
