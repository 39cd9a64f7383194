import Core

/// The limits of messages with choices.
enum WhatsAppInteractive {
  static func check(_ content: Field) throws(GraphError) {
    let type = try content["type"].checked(upTo: 64)
    _ = try content["body"]["text"].checked(upTo: 1024)
    if content["footer"].exists { _ = try content["footer"]["text"].checked(upTo: 60) }
    if content["header"].exists {
      let header = try content["header"]["type"].checked(upTo: 20)
      if header == "text" { _ = try content["header"]["text"].checked(upTo: 60) }
      if type == "list", header != "text" { throw .wrong(content["header"]["type"], "be text in a list") }
    }
    let action = content["action"]
    guard action.exists else { throw .missing(action) }
    switch type {
    case "button": try checkButtons(action["buttons"])
    case "list": try checkList(action)
    case "cta_url":
      _ = try action["parameters"]["display_text"].checked(upTo: 20)
      guard try action["parameters"]["url"].checked(upTo: 2000).hasPrefix("http") else {
        throw .wrong(action["parameters"]["url"], "be a valid URI")
      }
    case "flow": _ = try action["parameters"]["flow_cta"].checked(upTo: 30)
    case "location_request_message":
      guard action["name"].text == "send_location" else { throw .wrong(action["name"], "be send_location") }
    default:
      throw .wrong(content["type"], "be one of {BUTTON, CTA_URL, FLOW, LIST, LOCATION_REQUEST_MESSAGE}")
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
