-- When a platform was last heard of at an account, and how often somebody spoke in its name without its secret.

-- Genuine requests came. At most once a minute an account, whoever of the processes says it. What refers to the account (every
-- message that is being stored) holds its key, which is not changed here: nobody waits for that, nor is left out by it.
create or replace function note_webhooks(p_connections uuid[]) returns void
language plpgsql as $$
begin
  update channel_connections cc set last_webhook_at = app_now()
    where cc.tenant_id = current_tenant() and cc.id in (
      select n.id from channel_connections n where n.tenant_id = current_tenant() and n.id = any (p_connections)
         and coalesce(n.last_webhook_at, '-infinity') < app_now() - interval '1 minute'
       order by n.id for no key update skip locked);
end $$;

-- So many requests were signed with none of the secrets of these accounts.
create or replace function note_signature_failures(p_connections uuid[], p_count int) returns void
language plpgsql as $$
begin
  update channel_connections cc set signature_failures = cc.signature_failures + p_count,
      last_signature_failure_at = app_now()
    where cc.tenant_id = current_tenant() and cc.id in (
      select n.id from channel_connections n where n.tenant_id = current_tenant() and n.id = any (p_connections)
       order by n.id for no key update);
end $$;
