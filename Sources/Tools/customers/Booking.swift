import Core
import TestSupport

/// What customers who book want, and how the sandbox's Claude serves them: looks for slots, books the first, confirms.
enum Booking {
  static let asked = "Quiero una limpieza mañana."

  static func teach(_ tenant: Tenant) async throws {
    // Chairs for more people than a run has: 60 at each of a day's times.
    try tenant.database.run(
      """
      insert into branches (tenant_id, name, slug, city, timezone, places, operating_hours)
        select '\(tenant.id.text)', 'Centro', 'centro', 'Nogales', 'America/Hermosillo', 60,
            jsonb_object_agg(d, '[{"open": "09:00", "close": "19:00"}]'::jsonb)
          from unnest('{monday,tuesday,wednesday,thursday,friday,saturday,sunday}'::text[]) d;
      """)
    let steps: JSON = [
      [
        "tools": [
          [
            "name": "find_slots", "input": ["service": "limpieza", "from": "{{tomorrow}}", "to": "{{tomorrow}}"],
            "result": ["slots": [["starts_at": "*"]]],
          ]
        ]
      ],
      [
        "tools": [
          [
            "name": "book_appointment",
            "input": ["starts_at": "{{find_slots.slots.0.starts_at}}", "service": "limpieza"],
            "result": ["appointment_id": "*"],
          ]
        ]
      ],
      ["text": "Queda: {{book_appointment.words}}. {{said}}"],
    ]
    try await Sandbox.tell(
      "PUT", "scripts/" + tenant.slug,
      ["match": .string(tenant.slug), "turns": [["customer": .string(asked), "claude": steps]]])
  }
}
