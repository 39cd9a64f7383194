import Core

/// The limits of messages with choices.
enum WhatsAppInteractive {
  static func check(_ content: Field) throws(GraphError) {
    let type = try content["type"].checked(upTo: 64)
    _ = try content["body"]["text"].checked(upTo: 1024)
    if content["footer"].exists { _ = try content["footer"]["text"].checked(upTo: 60) }
    if content["header"].exists { try checkHeader(content["header"], of: type) }
    let action = content["action"]
    guard action.exists else { throw .missing(action) }
    switch type {
    case "button": try checkButtons(action["buttons"])
    case "list": try checkList(action)
    case "cta_url":
      guard action["name"].text == "cta_url" else { throw .wrong(action["name"], "be cta_url") }
      _ = try action["parameters"]["display_text"].checked(upTo: 20)
      guard try action["parameters"]["url"].checked(upTo: 2000).hasPrefix("http") else {
        throw .wrong(action["parameters"]["url"], "be a valid URI")
      }
    case "flow": try checkFlow(action)
    case "location_request_message":
      guard action["name"].text == "send_location" else { throw .wrong(action["name"], "be send_location") }
    default:
      throw .wrong(content["type"], "be one of {BUTTON, CTA_URL, FLOW, LIST, LOCATION_REQUEST_MESSAGE}")
    }
  }

  private static func checkHeader(_ header: Field, of type: String) throws(GraphError) {
    let kind = try header["type"].checked(upTo: 20)
    if type == "list", kind != "text" { throw .wrong(header["type"], "be text in a list") }
    switch kind {
    case "text": _ = try header["text"].checked(upTo: 60)
    case "image", "video", "document":
      guard header[kind].exists else { throw .missing(header[kind]) }
      try WhatsAppMedia.check(kind, header[kind], captioned: false)
    default: throw .wrong(header["type"], "be one of {DOCUMENT, IMAGE, TEXT, VIDEO}")
    }
  }

  private static func checkFlow(_ action: Field) throws(GraphError) {
    guard action["name"].text == "flow" else { throw .wrong(action["name"], "be flow") }
    let parameters = action["parameters"]
    _ = try parameters["flow_cta"].checked(upTo: 30)
    guard parameters["flow_message_version"].text == "3" else {
      throw .wrong(parameters["flow_message_version"], "be 3")
    }
    guard parameters["flow_id"].exists != parameters["flow_name"].exists else { throw .missing(parameters["flow_id"]) }
    switch parameters["flow_action"].text {
    case nil, "navigate":
      let payload = parameters["flow_action_payload"]
      if payload.exists { _ = try payload["screen"].checked(upTo: 200) }
    case "data_exchange": break
    default: throw .wrong(parameters["flow_action"], "be one of {DATA_EXCHANGE, NAVIGATE}")
    }
  }

  private static func checkButtons(_ buttons: Field) throws(GraphError) {
    guard (1...3).contains(buttons.items.count) else {
      throw .value("Invalid buttons count. Min allowed buttons: 1, Max allowed buttons: 3")
    }
    var ids = Set<String>()
    var titles = Set<String>()
    for button in buttons.items {
      guard button["type"].text == "reply" else { throw .wrong(button["type"], "be one of {REPLY}") }
      guard ids.insert(try button["reply"]["id"].checked(upTo: 256)).inserted else {
        throw .value("Button ids must be unique.")
      }
      guard titles.insert(try button["reply"]["title"].checked(upTo: 20)).inserted else {
        throw .value("Button titles must be unique.")
      }
    }
  }

  private static func checkList(_ action: Field) throws(GraphError) {
    _ = try action["button"].checked(upTo: 20)
    let sections = action["sections"].items
    guard (1...10).contains(sections.count) else { throw .value("A list has 1 to 10 sections.") }
    var ids = Set<String>()
    var rows = 0
    for section in sections {
      if sections.count > 1 || section["title"].exists { _ = try section["title"].checked(upTo: 24) }
      guard !section["rows"].items.isEmpty else { throw .missing(section["rows"]) }
      rows += section["rows"].items.count
      for row in section["rows"].items {
        guard ids.insert(try row["id"].checked(upTo: 200)).inserted else { throw .value("Row ids must be unique.") }
        _ = try row["title"].checked(upTo: 24)
        if row["description"].exists { _ = try row["description"].checked(upTo: 72) }
      }
    }
    guard (1...10).contains(rows) else { throw .value("A list has 1 to 10 rows in total.") }
  }
}
