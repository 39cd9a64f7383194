-- Whose a conversation is, where several apps of a business share an account: only one may answer.

-- Messages of a batch that are new: one that came as another app's (`standby`) says that the conversation is not ours,
-- and one that came as ours that it is, by the platform's clock. p_new: their ids.
create or replace function follow_threads(p_events jsonb, p_new uuid[]) returns void
language plpgsql as $$
declare
  r record;
begin
  for r in
    select distinct on (m.conversation_id) m.conversation_id, coalesce(e.standby, false) as standby, m.external_timestamp as at
      from jsonb_to_recordset(p_events) as e (connection_id uuid, kind text, external_id text, standby boolean)
      join messages m on m.tenant_id = current_tenant() and m.channel_connection_id = e.connection_id
        and m.external_id = e.external_id and m.id = any (p_new)
     where e.kind = 'message' or (e.kind = 'echo' and e.standby)
     order by m.conversation_id, m.external_timestamp desc, m.id desc
  loop
    update conversations c set thread_owner = case when r.standby then coalesce(c.thread_owner, 'another app') end,
        thread_since = r.at
      where c.tenant_id = current_tenant() and c.id = r.conversation_id and (r.standby or c.thread_owner is not null)
        and coalesce(c.thread_since, '-infinity') < r.at;
  end loop;
end $$;

-- p_news: [{"connection", "lead", "at", "thread": {"ours", "owner"}}] (`Rules/ThreadNews`), new ones only. What comes back
-- to us is the assistant's again, unless somebody of our own desk has taken it, before or meanwhile.
create or replace function apply_thread_news(p_news jsonb) returns void
language plpgsql as $$
declare
  v_tenant uuid := current_tenant();
  n record;
begin
  for n in
    select x.connection, x.lead, x.at, (x.thread ->> 'ours')::boolean as ours, x.thread ->> 'owner' as owner
      from jsonb_to_recordset(p_news) as x (connection uuid, lead uuid, at timestamptz, thread jsonb)
     order by x.lead, x.connection, x.at
  loop
    update conversations c set
        thread_owner = case when not n.ours then coalesce(n.owner, 'another app') end,
        thread_since = n.at,
        ai_handling = case when b.is_back then cc.ai_enabled else c.ai_handling end,
        status = case when b.is_back and c.status = 'escalated' then 'active' else c.status end
      from channel_connections cc
      cross join lateral (
        select n.ours and o.thread_owner is not null and not o.desk_has_it as is_back
          from conversations o where o.tenant_id = v_tenant and o.lead_id = n.lead and o.channel_connection_id = n.connection
           and o.status in ('active', 'waiting_response', 'escalated')) b
      where c.tenant_id = v_tenant and c.lead_id = n.lead and c.channel_connection_id = n.connection
        and c.status in ('active', 'waiting_response', 'escalated') and coalesce(c.thread_since, '-infinity') < n.at
        and cc.tenant_id = v_tenant and cc.id = n.connection;
  end loop;
end $$;
