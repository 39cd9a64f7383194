/// What each program that has a role of its own must be able to call across tenants; sql/policies.sql grants it, and
/// ProjectTests compare the two. A role that lacks one of these would fail at its first request.
public enum Footing {
  public static let functions: [String: [String]] = [
    "webhook-whatsapp": webhook, "webhook-instagram": webhook, "webhook-facebook": webhook, "webhook-tiktok": webhook,
    "webhook": ["find_n8n(text,uuid)", "find_api_key(text,text)"],
    "api": ["find_api_key(text,text)", "find_user_roles(uuid)", "want_token_keys()"],
    // Its user is cron's, who asks for routines.
    "jobs": queue + ["ask_routine(text,text)"],
    "jobs-process": queue,
    "health": [
      "health_report(double precision)", "health_queue(integer)", "cron_stopped(double precision)",
      "model_refused_since()",
    ],
  ]

  private static let webhook = [
    "find_channel(text,text)", "find_accounts(text,text[])", "shared_webhook_refused(text,integer)",
    "shared_webhook_heard(text)",
  ]

  private static let queue = [
    "worker_heartbeat(uuid,text,text,double precision)", "worker_stopped(uuid)", "recover_jobs(double precision)",
    "claim_jobs(uuid,integer,text,uuid,timestamp with time zone)", "next_job_due(timestamp with time zone)",
    "settle_jobs(jsonb)", "prune_jobs(interval,integer)", "list_jobs(integer,text,uuid)", "queue_stats()",
    "tenants_in_doubt(double precision)", "retention_due(timestamp with time zone,integer)",
    "tokens_to_renew(jsonb,integer)", "take_account(uuid,text[])", "model_refused(text)", "model_answers()",
  ]

  /// The role of a program: `webhook-whatsapp` is `tistis_webhook_whatsapp` to Postgres.
  public static func role(_ program: String) -> String { "tistis_" + program.map { $0 == "-" ? "_" : $0 } }
}
