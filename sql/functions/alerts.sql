-- What a person must know or do, told once a cause.

-- p_alert: {"kind", "key", "severity": act | watch, "sentence", "details"?}. The same cause again, while nobody has
-- resolved it, counts up and takes the newer sentence.
create or replace function raise_alert(p_connection uuid, p_alert jsonb) returns void
language sql as $$
  insert into alerts as a (tenant_id, channel_connection_id, kind, dedup_key, severity, sentence, details, first_at, last_at)
    select current_tenant(), p_connection, p_alert ->> 'kind', coalesce(p_connection::text, '') || ':' || (p_alert ->> 'key'),
        p_alert ->> 'severity', p_alert ->> 'sentence', coalesce(p_alert -> 'details', '{}'), app_now(), app_now()
    on conflict (tenant_id, dedup_key) where resolved_at is null do update set
      times = a.times + 1, last_at = excluded.last_at, sentence = excluded.sentence, severity = excluded.severity,
      details = excluded.details
$$;

-- Closes the open alerts of these kinds of an account; returns how many.
create or replace function resolve_alerts(p_connection uuid, p_kinds text[]) returns int
language sql as $$
  with closed as (
    update alerts set resolved_at = app_now()
     where tenant_id = current_tenant() and channel_connection_id = p_connection and kind = any (p_kinds)
       and resolved_at is null
    returning 1)
  select count(*)::int from closed
$$;

-- Whether it concerns a branch: what is about a conversation that conversation's, all else its account's. What is the whole
-- business's concerns every branch, and is closed by none (p_closes).
create or replace function alert_concerns(a alerts, p_branch uuid, p_closes boolean) returns boolean
language plpgsql stable as $$
begin
  if a.details ->> 'conversation_id' is not null then
    return exists (select from conversations c where c.tenant_id = a.tenant_id
      and c.id = (a.details ->> 'conversation_id')::uuid and c.branch_id = p_branch);
  end if;
  return coalesce((select cc.branch_id from channel_connections cc
    where cc.tenant_id = a.tenant_id and cc.id = a.channel_connection_id) = p_branch, not p_closes);
end $$;
