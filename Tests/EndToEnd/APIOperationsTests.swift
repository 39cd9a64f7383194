import Core
import FoundationEssentials
import TestSupport
import Testing

@testable import Flows

/// A day at a business's desk in which everything that the document offers is asked for, and granted; whatever
/// has an id is asked for by another business's owner first, to whom it is unknown.
@Suite struct APIOperationsTests {
  private let tenant: Tenant
  private let owner: APIUser
  private let stranger: APIUser

  init() throws {
    tenant = try Tenant.make(delay: Tenant.never)
    owner = try APIUser(tenant)
    stranger = try APIUser(try Tenant.make(delay: Tenant.never))
  }

  private func ask(_ method: String, _ path: String, _ body: JSON?, _ done: inout Set<String>) async throws
    -> APIClient.Answer
  {
    let words = path.prefix { $0 != "?" }.split(separator: "/")
    let route = try #require(Route.all.first { $0.method == method && $0.ids(in: words) != nil }, "\(method) \(path)")
    if !route.parameters.isEmpty { try await askAsStranger(method, path, body) }
    let answer = try await owner.ask(method, path, body)
    #expect((200..<300).contains(answer.status), "\(method) \(path): \(answer.status) \(answer.body)")
    if answer.status < 300 { done.insert(route.name) }
    return answer
  }

  /// That it did nothing either is seen by what the owner is granted afterwards.
  private func askAsStranger(_ method: String, _ path: String, _ body: JSON?) async throws {
    let answer = try await stranger.ask(method, path, body)
    #expect(answer.status == 404, "another business's \(method) \(path): \(answer.status) \(answer.body)")
  }

  @Test func everyOperationIsGranted() async throws {
    var done: Set<String> = []
    let text = try await Web.send("GET", World.current.url + "/api/openapi.json")
    if text.status == 200 { done.insert("getDocument") }
    try await talk(&done)
    try await people(&done)
    try await accounts(&done)
    try await keys(&done)
    try await money(&done)
    try await appointments(&done)
    try await assistant(&done)
    try await automations(&done)
    // Granted only where it is somebody's turn, which WorkflowRunTests bring about.
    for (name, table) in [("remindOfAppointment", "appointments"), ("sendFollowUp", "conversations")] {
      let route = try #require(Route.all.first { $0.name == name })
      let id = try #require(try tenant.value("min(id::text)", of: table))
      try await askAsStranger(route.method, route.path.replacing("{id}", with: id), nil)
      done.insert(name)
    }
    #expect(
      Set(Route.all.map(\.name)).subtracting(done).sorted() == [], "→ ask for it here, so that it is granted once")
  }

  private func talk(_ done: inout Set<String>) async throws {
    let id = try await tenant.hears()
    let path = "/api/conversations/\(id)"
    _ = try await ask("GET", "/api/conversations", nil, &done)
    _ = try await ask("GET", path, nil, &done)
    _ = try await ask("GET", path + "/trace", nil, &done)
    let heard = try tenant.value("id", of: "messages", where: "conversation_id = '\(id)'") ?? ""
    _ = try await ask("GET", "/api/messages/\(heard)/why", nil, &done)
    _ = try await ask("POST", path + "/read", nil, &done)
    _ = try await ask("PATCH", path, ["satisfaction_score": 5], &done)
    let appointment: JSON = ["service": "limpieza", "date": "martes 3 de febrero", "time": "10:00"]
    _ = try await ask("POST", path + "/send/appointment-confirmation", appointment, &done)
    _ = try await ask("POST", path + "/send/reminder", appointment, &done)
    _ = try await ask("POST", path + "/send/services-menu", nil, &done)
    let sent = try await ask(
      "POST", "/api/messages/send", ["conversation_id": .string(id), "content": "Le atiende Ana"], &done)
    _ = try await ask("GET", "/api/messages/\(sent.body["message_id"].text ?? "")", nil, &done)
    _ = try await ask("GET", path + "/messages", nil, &done)
    _ = try await ask("POST", path + "/messages", ["content": "por teléfono"], &done)
    for (act, body) in [("take-over", nil), ("hand-back", nil), ("escalate", [:]), ("resolve", [:])]
      as [(String, JSON?)]
    {
      _ = try await ask("POST", path + "/" + act, body, &done)
    }
    _ = try await ask("GET", "/api/media/\(try MediaRouteTests.keep(tenant))", nil, &done)
    let file = try await ask("POST", "/api/media?filename=datos.json&conversation_id=\(id)", ["a": 1], &done)
    _ = try await ask("GET", "/api/media/\(file.data["id"].text ?? "")/upload", nil, &done)
  }

  private func people(_ done: inout Set<String>) async throws {
    let made = try await ask("POST", "/api/leads", ["phone": .string(uniqueDigits("6"))], &done)
    let id = made.data["id"].text ?? ""
    let path = "/api/leads/\(id)"
    _ = try await ask("POST", "/api/conversations", ["lead_id": .string(id)], &done)
    _ = try await ask("GET", "/api/leads", nil, &done)
    _ = try await ask("GET", path, nil, &done)
    _ = try await ask("PATCH", path, ["notes": "llamar"], &done)
    _ = try await ask("GET", path + "/consent", nil, &done)
    _ = try await ask("GET", path + "/score", nil, &done)
    _ = try await ask("PUT", path + "/consent", ["channel": "whatsapp", "state": "stopped"], &done)
    _ = try await ask("DELETE", path, nil, &done)
    _ = try await ask("POST", path, ["action": "restore"], &done)
    _ = try await ask("DELETE", path, nil, &done)
    _ = try await ask("POST", path + "/restore", nil, &done)
    _ = try await ask("POST", "/api/v1/leads", ["phone": .string(uniqueDigits("6"))], &done)
    _ = try await ask("GET", "/api/v1/leads", nil, &done)
  }

  private func accounts(_ done: inout Set<String>) async throws {
    let wish: JSON = [
      "channel": "whatsapp", "account_number": 2, "whatsapp_phone_number_id": .string(uniqueDigits("7")),
      "whatsapp_business_account_id": .string(uniqueDigits("8")), "access_token": "test_token",
    ]
    let made = try await ask("POST", "/api/channels", wish, &done)
    let id = made.data["id"].text ?? ""
    let path = "/api/channels/\(id)"
    _ = try await ask("GET", "/api/channels", nil, &done)
    _ = try await ask("GET", path, nil, &done)
    _ = try await ask("PATCH", path, ["account_name": "Segunda"], &done)
    _ = try await ask("PUT", "/api/channels", ["id": .string(id), "ai_enabled": true], &done)
    _ = try await ask("GET", path + "/ai-config", nil, &done)
    _ = try await ask("PUT", path + "/ai-config", ["ai_personality_override": "formal"], &done)
    _ = try await ask("POST", path + "/test", [:], &done)
    _ = try await ask("GET", path + "/health", nil, &done)
    _ = try await ask("POST", "/api/templates", ["channel_id": .string(id), "create": true], &done)
    _ = try await ask("GET", "/api/templates", nil, &done)
    try tenant.database.run(
      """
      select set_config('app.tenant_id', '\(tenant.id.text)', false);
      select raise_alert('\(id)', '{"kind": "usage", "key": "u", "severity": "watch", "sentence": "much"}');
      """)
    let alerts = try await ask("GET", "/api/alerts", nil, &done)
    _ = try await ask("POST", "/api/alerts/\(alerts.data[0]["id"].text ?? "")/resolve", nil, &done)
    _ = try await ask("DELETE", path, nil, &done)
    _ = try await ask("POST", "/api/channels", wish, &done)
    _ = try await ask("DELETE", "/api/channels?id=\(id)", nil, &done)
  }

  private func money(_ done: inout Set<String>) async throws {
    _ = try await ask("GET", "/api/usage", nil, &done)
    _ = try await ask("GET", "/api/usage/budget", nil, &done)
    _ = try await ask("PUT", "/api/usage/budget", ["monthly_budget_usd": 25], &done)
  }

  /// At a branch that is open around the clock, of somebody who does one thing.
  private func appointments(_ done: inout Set<String>) async throws {
    let branch = try tenant.branch().text
    let (id, service, staff, lead) = (tenant.id.text, UUID().text, UUID().text, UUID().text)
    try tenant.database.run(
      """
      update branches set operating_hours = '{"start": "00:00", "end": "24:00", "days": [1,2,3,4,5,6,7]}'
        where id = '\(branch)';
      insert into services (tenant_id, id, name, slug, duration_minutes)
        values ('\(id)', '\(service)', 'Revisión', 'revision', 30);
      insert into staff (tenant_id, id, first_name, last_name, email, role)
        values ('\(id)', '\(staff)', 'Luz', 'Paz', 'l@x.mx', 'dentist');
      insert into staff_branches (tenant_id, staff_id, branch_id) values ('\(id)', '\(staff)', '\(branch)');
      insert into staff_services (tenant_id, staff_id, service_id) values ('\(id)', '\(staff)', '\(service)');
      insert into leads (tenant_id, id, name, branch_id) values ('\(id)', '\(lead)', 'Ana', '\(branch)')
      """)
    let free = try await ask("GET", "/api/slots?service_id=\(service)&branch_id=\(branch)&limit=10", nil, &done)
    let times = free.data.items.compactMap { $0["starts_at"].text }
    try #require(times.count == 10, "\(free.body)")
    let wish: JSON = [
      "lead_id": .string(lead), "branch_id": .string(branch), "service_id": .string(service),
      "scheduled_at": .string(times[4]),
    ]
    let held = try await ask("POST", "/api/slots/holds", wish, &done)
    _ = try await ask("DELETE", "/api/slots/holds/\(held.data["id"].text ?? "")", nil, &done)
    let all = "/api/appointments"
    let made = try await ask("POST", all, wish, &done)
    let path = all + "/" + (made.data["id"].text ?? "")
    _ = try await ask("GET", all, nil, &done)
    _ = try await ask("GET", path, nil, &done)
    _ = try await ask("PATCH", path, ["notes": "con frenos"], &done)
    let moved = try await ask("POST", path + "/reschedule", ["scheduled_at": .string(times[8])], &done)
    _ = try await ask("DELETE", all + "/" + (moved.data["id"].text ?? "") + "?reason=viaje", nil, &done)
    try await week("/api/staff/" + staff, "/api/services/" + service, "/api/branches/" + branch, &done)
    let off = try await ask(
      "POST", "/api/times-off", ["starts_at": .string(times[0]), "ends_at": .string(times[1])], &done)
    let one = "/api/times-off/\(off.data["id"].text ?? "")"
    for (method, path) in [("GET", one), ("GET", "/api/times-off"), ("DELETE", one)] {
      _ = try await ask(method, path, nil, &done)
    }
  }

  private func week(_ staff: String, _ service: String, _ branch: String, _ done: inout Set<String>) async throws {
    for path in ["/api/staff", "/api/services", "/api/branches", staff, service, branch, staff + "/hours"] {
      _ = try await ask("GET", path, nil, &done)
    }
    _ = try await ask("PUT", staff + "/hours", ["hours": ["monday": [["open": "09:00", "close": "14:00"]]]], &done)
    _ = try await ask("PUT", staff + "/services", ["service_ids": []], &done)
    _ = try await ask("PATCH", service, ["buffer_after_minutes": 10], &done)
    _ = try await ask("PATCH", branch, ["places": 2], &done)
    _ = try await ask("POST", "/api/branches", ["name": "Norte", "city": "Nogales"], &done)
    _ = try await ask("POST", "/api/services", ["name": "Resina", "price_min": 900], &done)
    let member: JSON = ["first_name": "Sol", "last_name": "Ruiz", "email": "sol@x.mx"]
    _ = try await ask("POST", "/api/staff", member, &done)
    _ = try await ask("PATCH", staff, ["role_title": "Dra."], &done)
  }

  private func assistant(_ done: inout Set<String>) async throws {
    let path = "/api/ai-config"
    _ = try await ask("GET", path, nil, &done)
    _ = try await ask("PUT", path, ["ai_personality": "formal", "use_emojis": true], &done)
    _ = try await ask("POST", path, ["system_prompt": "Sé breve."], &done)
    _ = try await ask("GET", path + "/scoring-rules", nil, &done)
    _ = try await ask("PUT", path + "/scoring-rules", ["rules": [["signal": "spam", "is_active": false]]], &done)
    _ = try await ask("GET", path + "/preview?channel_id=\(tenant.connection.text)", nil, &done)
    let wish: JSON = ["instruction_type": "forbidden", "title": "Precios", "instruction": "No des descuentos."]
    let made = try await ask("POST", path + "/instructions", wish, &done)
    let one = path + "/instructions/\(made.data["id"].text ?? "")"
    _ = try await ask("GET", path + "/instructions", nil, &done)
    _ = try await ask("PATCH", one, ["priority": 3], &done)
    _ = try await ask("DELETE", one, nil, &done)
    _ = try await ask("GET", "/api/settings/routines", nil, &done)
    _ = try await ask("PATCH", "/api/settings/routines", ["follow_ups": false], &done)
  }

  private func automations(_ done: inout Set<String>) async throws {
    let path = "/api/settings/n8n"
    _ = try await ask("PUT", path, ["webhook_url": .string(World.current.sandbox + "/n8n/webhook")], &done)
    _ = try await ask("GET", path, nil, &done)
    _ = try await ask("POST", path + "/secrets", ["kind": "webhook_secret"], &done)
    _ = try await ask("POST", path + "/test", nil, &done)
    let told = UUID().text
    try tenant.database.run(
      """
      insert into outbound_events (tenant_id, id, event, data, status, delivered_at)
        values ('\(tenant.id.text)', '\(told)', 'test', '{}', 'delivered', now())
      """)
    _ = try await ask("GET", path + "/events", nil, &done)
    _ = try await ask("POST", path + "/events/\(told)/replay", nil, &done)
  }

  private func keys(_ done: inout Set<String>) async throws {
    let all = "/api/settings/api-keys"
    let made = try await ask(
      "POST", all, ["name": "Zapier", "scope_type": "tenant", "scopes": ["leads:read"]], &done)
    let path = all + "/" + (made.body["key"]["id"].text ?? "")
    _ = try await ask("GET", all, nil, &done)
    _ = try await ask("GET", path, nil, &done)
    _ = try await ask("PATCH", path, ["description": "para Zapier"], &done)
    _ = try await ask("GET", path + "/usage", nil, &done)
    _ = try await ask("POST", path + "/rotate", [:], &done)
    _ = try await ask("DELETE", path, nil, &done)
    for path in ["/audit", "/audit/stats", "/alerts"] { _ = try await ask("GET", all + path, nil, &done) }
    let told: JSON = ["event": "order.paid", "data": ["folio": "A-1"]]
    for (method, body) in [("POST", told), ("GET", nil)] as [(String, JSON?)] {
      _ = try await ask(method, "/api/v1/webhook/\(tenant.id.text)", body, &done)
    }
  }
}
