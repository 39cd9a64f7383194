import Core
import FoundationEssentials
import Store
import TestSupport
import Testing

@testable import Flows

/// Asking for what is done by the clock, and what is over.
@Suite struct RoutineTests {
  @Test func askedForTwiceItIsOneJob() async throws {
    try await Clinic.test { clinic in
      let shop = clinic.shop
      let other = try Tenant.make(in: shop.database)
      let nobody = try Tenant.make(in: shop.database)
      try shop.run("update channel_connections set status = 'disconnected' where tenant_id = '\(nobody.id.text)'")
      let cron = shop.database.connection(user: "tistis_jobs")
      for _ in 0..<3 {
        let asked = try cron.everyone.askRoutine(routine: "reminders", slug: nil)
        #expect(asked.contains { $0.tenantId == shop.tenant.id } && asked.contains { $0.tenantId == other.id })
        #expect(!asked.contains { $0.tenantId == nobody.id })
      }
      let mine = try cron.everyone.askRoutine(routine: "prune", slug: nobody.slug)
      #expect(mine.map(\.slug) == [nobody.slug])
      #expect(try shop.count("jobs", "job_type = 'routine'") == 1)
      #expect(try other.count("jobs", where: "job_type = 'routine'") == 1)
      let owner = shop.database.connection(user: "tistis_owner")
      let known = try owner.everyone.listRoutines()
      // For one business is not for all.
      #expect(known.map(\.name) == ["reminders"])
      try await shop.work()
      #expect(try shop.count("jobs", "job_type = 'routine' and status = 'completed'") == 1)
      _ = try cron.everyone.askRoutine(routine: "reminders", slug: nil)
      #expect(try shop.count("jobs", "job_type = 'routine'") == 2)
    }
  }

  @Test func whatIsOver() async throws {
    try await Clinic.test { clinic in
      let shop = clinic.shop
      let soon = try clinic.appointment(of: try shop.says("hola"), inHours: 1.9)
      let later = try clinic.appointment(of: try shop.says("hola"), inHours: 2.1)
      let never = try clinic.appointment(of: try shop.says("hola"), inHours: 1)
      try shop.run(
        """
        update appointments set confirmation_status = 'pending' where id in ('\(soon.text)', '\(later.text)');
        insert into api_requests (tenant_id, asker, idempotency_key, digest, created_at)
          select '\(shop.tenant.id.text)', 'x', n::text, 'x', now() - interval '25 hours' from generate_series(1, 501) n;
        insert into api_requests (tenant_id, asker, idempotency_key, digest)
          values ('\(shop.tenant.id.text)', 'x', 'young', 'x');
        insert into occupied_times (tenant_id, resource_id, place, starts_at, ends_at, lead_id, expires_at)
          select tenant_id, '\(clinic.branch.text)', 999, now(), now() + interval '1 hour', lead_id, now() - interval '1 second'
            from appointments where id = '\(never.text)';
        """)
      try await clinic.run(.expiries)
      #expect(try clinic.appointment("confirmation_status", soon) == "expired")
      #expect(try clinic.appointment("confirmation_status", later) == "pending")
      #expect(try clinic.appointment("confirmation_status", never) == "not_required")
      #expect(try shop.value("idempotency_key", of: "api_requests") == "young")
      #expect(try shop.count("occupied_times", "lead_id is not null") == 0)
    }
  }

  @Test func templatesAreAskedForOncePerAccount() async throws {
    try await Clinic.test { clinic in
      let shop = clinic.shop
      let account = uniqueDigits("2")
      try shop.run(
        "update channel_connections set whatsapp_business_account_id = '\(account)'"
          + " where tenant_id = '\(shop.tenant.id.text)'")
      try await clinic.run(.templates)
      #expect(try shop.count("jobs", "job_type = 'sync_templates'") == 1)
      #expect(try clinic.result(.templates)?.contains(#""accounts": 1"#) == true)
      try shop.run("update channel_connections set status = 'error' where tenant_id = '\(shop.tenant.id.text)'")
      try await clinic.run(.templates)
      #expect(try shop.count("jobs", "job_type = 'sync_templates'") == 1)
    }
  }

  @Test func whatIsOldIsForgotten() async throws {
    try await Clinic.test { clinic in
      let shop = clinic.shop
      _ = try shop.says("hola")
      try shop.run("update messages set id = uuid_v7_floor(now() - interval '40 days') where role = 'user'")
      try await clinic.run(.prune)
      #expect(try shop.count("messages", "raw is not null") == 0)
    }
  }
}
