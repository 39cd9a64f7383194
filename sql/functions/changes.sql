-- What people do to messages that they wrote: edit them, delete them. The events remember it (`channel_events`); a message
-- is what they make of it. So it does not matter which comes first, nor how often.

-- Brings the messages of a batch, and those that its edits and deletions are about, up to date. A question that is changed
-- before its answer has left is asked again. p_policy as in `receive_events`.
create or replace function apply_changes(p_events jsonb, p_policy jsonb, p_request_id text) returns int
language plpgsql as $$
declare
  v_tenant uuid := current_tenant();
  v_changed uuid[] := '{}';
  v_found uuid[];
  r record;
begin
  -- One look into an index after the other, whatever the planner thinks of the tables: nearly always there is no such event.
  select array_agg(distinct m.id) into v_found
    from jsonb_to_recordset(p_events) as e (connection_id uuid, kind text, external_id text, reply_to text)
    cross join lateral (select x.channel_connection_id, x.reply_to_external_id, x.lead_id from channel_events x
      where x.tenant_id = v_tenant and x.channel_connection_id = e.connection_id and x.kind in ('edit', 'delete')
        and x.reply_to_external_id = case when e.kind in ('edit', 'delete') then e.reply_to else e.external_id end
      offset 0) x
    cross join lateral (select m.id, m.conversation_id from messages m
      where m.tenant_id = v_tenant and m.channel_connection_id = x.channel_connection_id
        and m.external_id = x.reply_to_external_id and m.role = 'user' limit 1) m
    -- Only by who wrote it.
    cross join lateral (select from conversations c
      where c.tenant_id = v_tenant and c.id = m.conversation_id and c.lead_id = x.lead_id limit 1) c
   where e.kind in ('message', 'history', 'edit', 'delete');
  if v_found is null then return 0; end if;
  perform 1 from conversations c
    where c.tenant_id = v_tenant and c.id in (select m.conversation_id from messages m
      where m.tenant_id = v_tenant and m.id = any (v_found))
    order by c.id for update;
  for r in
    select distinct on (m.id) m.id, x.kind, x.content, x.details ->> 'selection' as selection,
        coalesce(x.occurred_at, x.created_at) as at
      from messages m
      join conversations c on c.tenant_id = v_tenant and c.id = m.conversation_id
      join channel_events x on x.tenant_id = v_tenant and x.channel_connection_id = m.channel_connection_id
        and x.reply_to_external_id = m.external_id and x.kind in ('edit', 'delete') and x.lead_id = c.lead_id
     where m.tenant_id = v_tenant and m.id = any (v_found) and m.deleted_at is null
     -- A deletion is the last word; of several edits the newest.
     order by m.id, x.kind = 'delete' desc, coalesce(x.occurred_at, x.created_at) desc, x.id desc
  loop
    update messages m set
        content = r.content,
        selection = case r.kind when 'edit' then r.selection end,
        edited_at = case r.kind when 'edit' then r.at else m.edited_at end,
        deleted_at = case r.kind when 'delete' then r.at end,
        -- Deleted is deleted: not the text alone, but also the item that it came in.
        raw = case r.kind when 'edit' then m.raw end,
        metadata = case r.kind
          when 'delete' then '{}'
          else jsonb_build_object('original_content', m.content) || m.metadata end
      where m.tenant_id = v_tenant and m.id = r.id
        and (r.kind = 'delete' or m.edited_at is distinct from r.at or m.content <> r.content);
    if found then v_changed := v_changed || r.id; end if;
  end loop;
  perform forget_deleted(v_found);
  perform ask_again(v_changed, p_policy, p_request_id);
  return cardinality(v_changed);
end $$;

-- What remains of messages that their writers deleted: what they had edited into them, and their attachments.
create or replace function forget_deleted(p_messages uuid[]) returns void
language plpgsql as $$
declare
  v_tenant uuid := current_tenant();
  v_gone uuid[] := array(select id from messages where tenant_id = v_tenant and id = any (p_messages)
    and deleted_at is not null);
  v_jobs jsonb;
begin
  if cardinality(v_gone) = 0 then return; end if;
  update channel_events x set content = '', details = '{}', raw = null
    from messages m join conversations c on c.tenant_id = v_tenant and c.id = m.conversation_id
    where m.tenant_id = v_tenant and m.id = any (v_gone) and x.tenant_id = v_tenant
      and x.channel_connection_id = m.channel_connection_id and x.reply_to_external_id = m.external_id
      and x.kind = 'edit' and x.lead_id = c.lead_id and (x.content <> '' or x.raw is not null);
  with gone as (
    update media_files f set status = 'gone', error_message = 'its writer deleted it', filename = null,
        source_url = null
      where f.tenant_id = v_tenant and f.message_id = any (v_gone) and f.status in ('pending', 'stored')
      returning f.id, f.storage_key)
  select jsonb_agg(jsonb_build_object('job_type', 'remove_media', 'priority', 7, 'max_attempts', 100,
      'payload', jsonb_build_object('tenant_id', v_tenant, 'media_id', id, 'storage_key', storage_key)))
    into v_jobs from gone;
  perform enqueue_jobs(coalesce(v_jobs, '[]'));
end $$;

-- Questions were changed: where no answer to them has left yet, one that waits to leave is withheld and another asked for.
-- One that Claude is thinking of finds the new job and gives way to it (`store_reply`). Callers hold the conversations.
create or replace function ask_again(p_messages uuid[], p_policy jsonb, p_request_id text) returns int
language plpgsql as $$
declare
  v_tenant uuid := current_tenant();
  v_jobs jsonb := '[]';
  v_question uuid;
  r record;
begin
  for r in
    select c.id, c.lead_id, c.channel, c.channel_connection_id, c.last_question_id, c.promised_for, min(m.id::text)::uuid as changed,
        bool_or(m.id = c.last_question_id and m.deleted_at is not null) as is_gone,
        bool_or(m.deleted_at is null and m.metadata ? 'wants_answer') as is_edited,
        -- What this transaction stored, it has asked for itself.
        bool_or(m.created_at < now()) as was_there,
        c.ai_handling and c.status <> 'escalated' and cc.ai_enabled as is_ours,
        coalesce(cc.subsequent_message_delay_seconds, (select d.default_subsequent_message_delay from ai_tenant_context d
          where d.tenant_id = v_tenant), (p_policy ->> 'next_delay_seconds')::float8) as delay,
        coalesce((select max(x.answers_message_id::text)::uuid from messages x where x.tenant_id = v_tenant
          and x.conversation_id = c.id and x.role = 'assistant' and x.status not in ('pending', 'withheld', 'failed')
          -- That it is closed is no answer to who was told when it opens, nor what was settled meanwhile.
          and not x.metadata ? 'out_of_hours' and not (x.metadata ? 'settled'
            and coalesce(c.promised_for > app_now() - make_interval(secs => (p_policy ->> 'stale_seconds')::float8), false))),
          '00000000-0000-0000-0000-000000000000') as answered
      from messages m
      join conversations c on c.tenant_id = v_tenant and c.id = m.conversation_id
      join channel_connections cc on cc.tenant_id = v_tenant and cc.id = c.channel_connection_id
     where m.tenant_id = v_tenant and m.id = any (p_messages) and not m.historical
     group by c.tenant_id, c.id, cc.ai_enabled, cc.subsequent_message_delay_seconds
     order by c.id
  loop
    continue when r.last_question_id is null or r.changed <= r.answered;
    v_question := r.last_question_id;
    if r.is_gone then
      -- The question before it, if it still waits.
      select max(x.id::text)::uuid into v_question from messages x
        where x.tenant_id = v_tenant and x.conversation_id = r.id and x.id > r.answered and x.id < r.last_question_id
          and x.metadata ? 'wants_answer' and not x.historical and not x.stale
          -- As old as the gate would let it be.
          and greatest(x.external_timestamp, r.promised_for)
            > app_now() - make_interval(secs => (p_policy ->> 'stale_seconds')::float8)
          and not exists (select from messages s where s.tenant_id = v_tenant and s.conversation_id = r.id and s.id > x.id
            and s.metadata ? 'settled' and s.answers_message_id >= x.id and s.status not in ('withheld', 'failed')
            and coalesce(s.metadata ->> 'settled_from', '') <= x.id::text);
      -- Without one it stays, and the gate refuses to answer what is gone.
      continue when v_question is null;
      update conversations set last_question_id = v_question where tenant_id = v_tenant and id = r.id;
    end if;
    continue when not (r.is_gone or r.is_edited);
    -- No job's own any more: a job that runs again would take it for its finished work.
    update messages x set status = 'withheld', error_code = 'newer_inbound', processed_by_job_id = null
      where x.tenant_id = v_tenant and x.conversation_id = r.id and x.role = 'assistant' and x.status = 'pending'
        and x.answers_message_id >= r.changed;
    if r.is_ours and r.was_there then
      v_jobs := v_jobs || jsonb_build_object('job_type', 'ai_response', 'lane', 'answer:' || r.id,
        'unique_key', 'answer:' || r.id, 'delay_seconds', r.delay, 'cap_seconds', (p_policy ->> 'cap_seconds')::float8,
        'request_id', p_request_id,
        'payload', jsonb_build_object('conversation_id', r.id, 'message_id', v_question, 'lead_id', r.lead_id,
          'tenant_id', v_tenant, 'channel', r.channel, 'channel_connection_id', r.channel_connection_id,
          'is_first_message', false, 'asked_again', true));
    end if;
  end loop;
  return enqueue_jobs(v_jobs);
end $$;
