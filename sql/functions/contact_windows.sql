-- Until when a person may be written to freely, at an account: counted from their last message or call, by the
-- platform's clock, whichever conversation it was in.

-- p_rows: [{"connection", "lead", "at", "by": message | call, "referral"?}]. In any order and as often as they like.
-- plpgsql, as all that every webhook calls: a function in SQL is parsed and planned again at each call (0.7 ms here).
create or replace function open_windows(p_rows jsonb) returns void
language plpgsql as $$
begin
  insert into contact_windows as w (tenant_id, channel_connection_id, lead_id, last_inbound_at, opened_by, ad_clicked_at,
      referral)
    select current_tenant(), r.connection, r.lead, max(r.at), (array_agg(r.by order by r.at desc))[1],
        max(r.at) filter (where r.referral is not null),
        (array_agg(r.referral order by r.at desc) filter (where r.referral is not null))[1]
      from (
        -- A clock that is ahead of ours must not hold the window open.
        select x.connection, x.lead, least(x.at, app_now()) as at, x.by, x.referral
          from jsonb_to_recordset(p_rows) as x (connection uuid, lead uuid, at timestamptz, by text, referral jsonb)) r
     group by r.connection, r.lead
     order by r.lead, r.connection
    on conflict (tenant_id, channel_connection_id, lead_id) do update set
      last_inbound_at = greatest(w.last_inbound_at, excluded.last_inbound_at),
      opened_by = case when excluded.last_inbound_at > w.last_inbound_at then excluded.opened_by else w.opened_by end,
      ad_clicked_at = greatest(w.ad_clicked_at, excluded.ad_clicked_at),
      referral = case when excluded.ad_clicked_at > coalesce(w.ad_clicked_at, '-infinity') then excluded.referral
        else w.referral end
      where excluded.last_inbound_at > w.last_inbound_at
        or excluded.ad_clicked_at > coalesce(w.ad_clicked_at, '-infinity');
end $$;

-- When the person wrote or called last; null: never.
create or replace function window_of(p_connection uuid, p_lead uuid) returns timestamptz
language plpgsql stable as $$
begin return (
  select last_inbound_at from contact_windows
    where tenant_id = current_tenant() and channel_connection_id = p_connection and lead_id = p_lead
); end $$;

-- Whether the person wrote or called within so many hours.
create or replace function window_is_open(p_connection uuid, p_lead uuid, p_hours int) returns boolean
language plpgsql stable as $$
begin
  return coalesce(window_of(p_connection, p_lead) >= app_now() - make_interval(hours => p_hours), false);
end $$;

-- A message of ours was accepted. The first one after an advertisement was clicked, if it comes within 24 hours, makes the
-- next 72 free of charge (Meta, pricing of free entry points, November 2026). It decides prices only: what may be
-- written is decided by the window.
create or replace function answer_advertisement(p_connection uuid, p_lead uuid) returns void
language plpgsql as $$
begin
  update contact_windows set free_entry_until = app_now() + interval '72 hours'
    where tenant_id = current_tenant() and channel_connection_id = p_connection and lead_id = p_lead
      and ad_clicked_at >= app_now() - interval '24 hours'
      -- What ends later was made by an answer to this click already.
      and coalesce(free_entry_until, '-infinity') < ad_clicked_at + interval '72 hours';
end $$;

-- Where a person came from: the first advertisement that brought them stays `referral`, the newest 20 others are
-- `referrals`, by the times at which they were clicked. p_new: [{…, "at": "2026-11-22T10:00:00Z"}]
create or replace function with_referrals(p_details jsonb, p_new jsonb) returns jsonb
language sql immutable as $$
  with known as (
    select r, row_number() over (order by r ->> 'at', n) as place, count(*) over () as total
      from jsonb_array_elements(
        case when jsonb_typeof(p_details -> 'referral') = 'object' then jsonb_build_array(p_details -> 'referral')
          else '[]' end
        || case when jsonb_typeof(p_details -> 'referrals') = 'array' then p_details -> 'referrals' else '[]' end
        || p_new) with ordinality as k (r, n))
  select p_details
      || coalesce(jsonb_build_object('referral', (select r from known where place = 1)), '{}')
      || coalesce((select jsonb_build_object('referrals', jsonb_agg(r order by place)) from known
        where place > 1 and place > total - 20 having count(*) > 0), '{}')
    where exists (select 1 from known)
  union all
  select p_details where not exists (select 1 from known)
$$;

-- p_rows as of `open_windows`: notes of each person which advertisements brought them.
create or replace function attribute_leads(p_rows jsonb) returns void
language plpgsql as $$
begin
  update leads l set source_details = with_referrals(l.source_details, n.told)
    from (
      select x.lead, jsonb_agg(x.referral || jsonb_build_object('at',
          to_char(x.at at time zone 'UTC', 'YYYY-MM-DD"T"HH24:MI:SS"Z"')) order by x.at) as told
        from jsonb_to_recordset(p_rows) as x (lead uuid, at timestamptz, referral jsonb)
       where x.referral is not null group by x.lead) n
    where l.tenant_id = current_tenant() and l.id = n.lead;
end $$;

-- Two leads were one person: the windows of both are the survivor's.
create or replace function merge_windows(p_survivor uuid, p_merged uuid) returns void
language sql as $$
  insert into contact_windows as w (tenant_id, channel_connection_id, lead_id, last_inbound_at, opened_by, ad_clicked_at,
      referral, free_entry_until)
    select tenant_id, channel_connection_id, p_survivor, last_inbound_at, opened_by, ad_clicked_at, referral,
        free_entry_until
      from contact_windows where tenant_id = current_tenant() and lead_id = p_merged
     order by channel_connection_id
    on conflict (tenant_id, channel_connection_id, lead_id) do update set
      last_inbound_at = greatest(w.last_inbound_at, excluded.last_inbound_at),
      opened_by = case when excluded.last_inbound_at > w.last_inbound_at then excluded.opened_by else w.opened_by end,
      ad_clicked_at = greatest(w.ad_clicked_at, excluded.ad_clicked_at),
      referral = case when excluded.ad_clicked_at > coalesce(w.ad_clicked_at, '-infinity') then excluded.referral
        else w.referral end,
      free_entry_until = greatest(w.free_entry_until, excluded.free_entry_until);
  update leads s set source_details = with_referrals(s.source_details,
      jsonb_build_array(m.source_details -> 'referral') || coalesce(m.source_details -> 'referrals', '[]'))
    from leads m
    where s.tenant_id = current_tenant() and s.id = p_survivor and m.tenant_id = current_tenant() and m.id = p_merged
      and jsonb_typeof(m.source_details -> 'referral') = 'object'
$$;

create or replace function stale_sentence(p_count int, p_stale_seconds float8) returns text
language sql immutable as $$
  select format('%s arrived more than %s minutes late, after an outage, and waited in vain for the assistant: read them and '
      'answer by hand (tistis conversations list, tistis conversations send)',
    case p_count when 1 then 'one message' else p_count || ' messages' end, round(p_stale_seconds / 60))
$$;

-- Messages that came too late to be answered by themselves: one open alert an account, which counts them.
create or replace function alert_stale(p_connection uuid, p_count int, p_stale_seconds float8) returns void
language sql as $$
  insert into alerts as a (tenant_id, channel_connection_id, kind, dedup_key, severity, sentence, details, first_at, last_at)
    select current_tenant(), p_connection, 'stale_messages', p_connection || ':stale_messages', 'act',
        stale_sentence(p_count, p_stale_seconds), jsonb_build_object('messages', p_count), app_now(), app_now()
    on conflict (tenant_id, dedup_key) where resolved_at is null do update set
      times = a.times + 1, last_at = excluded.last_at,
      sentence = stale_sentence((a.details ->> 'messages')::int + p_count, p_stale_seconds),
      details = jsonb_build_object('messages', (a.details ->> 'messages')::int + p_count)
$$;
