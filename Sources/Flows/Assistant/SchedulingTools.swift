import Core
import Peers
import Rules
import Store

extension AssistantTool {
  /// find_slots, book_appointment, reschedule_appointment, cancel_appointment.
  static let scheduling: [AssistantTool] = [findSlots, bookAppointment, rescheduleAppointment, cancelAppointment]

  private static let findSlots = AssistantTool(
    "find_slots",
    """
    Looks up free appointment times. Always use it before offering or promising a time. Dates are the branch's calendar. \
    At most six times come back, spread over the days; narrow from, to and part_of_day for others.
    """,
    schema: schema([
      ("service", text(200, "The service's slug or name.")), ("branch", text(200, "The branch's slug or name.")),
      ("staff", text(200, "Only if the customer asks for somebody, by name.")),
      ("from", day("First day.")), ("to", day("Last day.")),
      ("part_of_day", ["type": "string", "enum": .array(PartOfDay.allCases.map { .string($0.rawValue) })]),
    ]), isOffered: canBook
  ) { (use, scope) throws(StoreError) in try scope.findSlots(use) }

  private static let bookAppointment = AssistantTool(
    "book_appointment",
    """
    Books an appointment for the customer of this conversation. Only after the customer has chosen a time; starts_at is \
    taken from find_slots. If the time is taken, others that are free come back.
    """,
    schema: schema(
      [
        ("starts_at", startsAt), ("service", text(200, "The service's slug or name.")),
        ("branch", text(200, "The branch's slug or name.")),
        ("staff", text(200, "Only if the customer asks for somebody, by name.")),
        ("name", text(200, "Who comes, as the customer says it.")),
        ("notes", text(1000, "What the business should know beforehand.")),
      ], needed: ["starts_at"]), isOffered: canBook
  ) { (use, scope) throws(StoreError) in
    try scope.holdForTool(conversationId: use.conversation)
    return try scope.bookForPerson(use)
  }

  private static let rescheduleAppointment = AssistantTool(
    "reschedule_appointment",
    "Moves an appointment of this customer's to another time. Only after the customer has chosen it.",
    schema: schema(
      [
        ("appointment_id", text(100, "If left out: the customer's only coming appointment.")), ("starts_at", startsAt),
        ("branch", text(200, "Only if it is to be at another branch.")),
        ("staff", text(200, "Only if the customer asks for somebody else.")),
      ], needed: ["starts_at"]), isOffered: canBook
  ) { (use, scope) throws(StoreError) in
    try scope.holdForTool(conversationId: use.conversation)
    return try scope.rescheduleForPerson(use)
  }

  private static let cancelAppointment = AssistantTool(
    "cancel_appointment", "Cancels an appointment of this customer's. Only if the customer clearly wants that.",
    schema: schema([
      ("appointment_id", text(100, "If left out: the customer's only coming appointment.")),
      ("reason", text(500, "Why, in the customer's words.")),
    ]), isOffered: canBook
  ) { (use, scope) throws(StoreError) in
    try scope.holdForTool(conversationId: use.conversation)
    return try scope.cancelForPerson(use)
  }

  private static let canBook: @Sendable (TenantProfile) -> Bool = { !$0.branches.isEmpty }

  private static let startsAt = text(40, "With its offset: 2026-02-03T10:00:00-07:00.")

  private static func text(_ most: Int, _ note: String) -> JSON {
    ["type": "string", "maxLength": .number(most), "description": .string(note)]
  }

  private static func day(_ note: String) -> JSON {
    ["type": "string", "description": .string(note + " YYYY-MM-DD")]
  }

  private static func schema(_ properties: [(String, JSON)], needed: [String] = []) -> JSON {
    [
      "type": "object", "properties": .object(JSON.Members(properties.map { .init($0.0, $0.1) })),
      "required": .array(needed.map { .string($0) }), "additionalProperties": false,
    ]
  }
}
