-- What a business's account said, as the platform tells it back. Some of it was said by us.

-- The events with the echoes of our own messages turned into reports that they were sent. Called before anything is made
-- of the others: they are somebody else's words, a person's or another program's.
create or replace function own_echoes(p_events jsonb) returns jsonb
language plpgsql as $$
declare
  v_events jsonb[] := '{}';
  v_taken uuid[] := '{}';
  v_own record;
  e jsonb;
begin
  for e in select value from jsonb_array_elements(p_events) with ordinality order by ordinality loop
    if e ->> 'kind' = 'echo' then
      select o.id, o.external_id into v_own from message_of_echo(e, v_taken) o;
      if v_own.id is not null then
        v_taken := v_taken || v_own.id;
        e := e || jsonb_build_object('kind', 'status', 'external_id', coalesce(v_own.external_id, e ->> 'external_id'),
          'status', jsonb_build_object('state', 'sent', 'opaque', v_own.id));
      end if;
    end if;
    v_events := array_append(v_events, e);
  end loop;
  return to_jsonb(v_events);
end $$;

-- The message of ours that an echo is of; none: somebody else's, or one whose id is known and which changes nothing.
-- p_taken: those that other echoes of the batch are of.
create or replace function message_of_echo(p_echo jsonb, p_taken uuid[], out id uuid, out external_id text)
language plpgsql stable as $$
declare
  v_tenant uuid := current_tenant();
  v_connection uuid := (p_echo ->> 'connection_id')::uuid;
  v_opaque text := p_echo #>> '{origin,opaque}';
  v_external_id text := p_echo ->> 'external_id';
  v_mark uuid := case when v_opaque ~ '^[0-9a-f]{8}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{12}$'
    then v_opaque::uuid end;
  v_at timestamptz := coalesce((p_echo ->> 'at')::timestamptz, app_now());
  -- Some program's, although nobody knows whose.
  v_program boolean := coalesce((p_echo #>> '{origin,by_program}')::boolean, false) or p_echo #>> '{origin,app}' is not null;
  -- Where programs are named, ours come back under our mark: words that differ are another's.
  v_nameless boolean := v_program and p_echo #>> '{origin,app}' is null;
begin
  if exists (select from messages m where m.tenant_id = v_tenant and m.channel_connection_id = v_connection
    and m.external_id = v_external_id) then
    return;
  end if;
  if v_mark is not null then
    select m.id, m.external_id into id, external_id from messages m
      where m.tenant_id = v_tenant and m.id = v_mark and m.channel_connection_id = v_connection and m.role <> 'user';
    if found then return; end if;
  end if;
  -- Platforms that return nothing of ours: by what was said, to whom and when. One that is on its way now, or of which
  -- nobody knows whether it left; one that was taken only if the platform says that a program sent this.
  select m.id, m.external_id into id, external_id
    from (select distinct a.lead_id
            from (select x ->> 'kind' as kind, x ->> 'value' as value from jsonb_array_elements(p_echo -> 'aliases') x offset 0) x
            cross join lateral (select l.lead_id from lead_aliases l where l.tenant_id = v_tenant
              and l.kind = x.kind and l.value = x.value limit 1) a) p
    join conversations c on c.tenant_id = v_tenant and c.lead_id = p.lead_id and c.channel_connection_id = v_connection
    cross join lateral (
      select s.id, s.external_id, s.status, s.payload, same_words(s.content, p_echo ->> 'content') as same,
          coalesce(s.attempted_at, s.sent_at) as at
        from messages s where s.tenant_id = v_tenant and s.conversation_id = c.id and s.role <> 'user'
       order by s.id desc limit 50) m
   where m.id <> all (p_taken) and m.at between v_at - interval '10 minutes' and v_at + interval '10 minutes'
     and case when m.status in ('sending', 'unknown') and m.external_id is null
         -- What is more than text comes back in the platform's words.
         then m.same or v_nameless and m.payload is not null
       else m.same and v_program and m.status in ('accepted', 'sent', 'delivered', 'read', 'played') end
   order by m.status in ('sending', 'unknown') desc, m.same desc, m.id limit 1;
end $$;

-- Platforms change spaces and line ends.
create or replace function same_words(p_one text, p_other text) returns boolean
language plpgsql immutable as $$
begin
  return btrim(regexp_replace(p_one, '\s+', ' ', 'g')) = btrim(regexp_replace(p_other, '\s+', ' ', 'g'));
end $$;

-- Marks the echoes that silence the assistant, so that one that turns out to be ours can be taken back, and those that
-- do not because the account's echoes never do ("beside").
create or replace function mark_takeovers(p_events jsonb, p_keys text[], p_conversations uuid[]) returns jsonb
language plpgsql stable as $$
begin return (
  select jsonb_agg(case when e.value ->> 'kind' = 'echo' and (v.ai_handling or not cc.echo_takes_over)
        then e.value || jsonb_build_object('details', coalesce(nullif(e.value -> 'details', 'null'), '{}')
          || case when cc.echo_takes_over then '{"took_over": true}' else '{"beside": true}' end::jsonb)
        else e.value end order by e.ordinality)
    from jsonb_array_elements(p_events) with ordinality e
    left join unnest(p_keys, p_conversations) k (key, conversation_id)
      on k.key = (e.value ->> 'connection_id') || (e.value -> 'aliases')::text
    left join conversations v on v.tenant_id = current_tenant() and v.id = k.conversation_id
    left join channel_connections cc on cc.tenant_id = current_tenant() and cc.id = v.channel_connection_id
); end $$;

-- The platform names a message of ours by an id under which somebody else's words are stored: its echo came first, and
-- nothing showed whose it was. It is one message; that it silenced the assistant is taken back unless a person wrote since.
-- Callers hold the message's conversation. The two come in any order: each looks for the other's row under that lock.
create or replace function merge_echo(p_message uuid, p_external_id text) returns void
language plpgsql as $$
declare
  v_tenant uuid := current_tenant();
  x record;
begin
  select e.id, e.conversation_id, e.metadata ? 'took_over' as took_over into x
    from messages m join messages e on e.tenant_id = v_tenant and e.channel_connection_id = m.channel_connection_id
      and e.external_id = p_external_id
   where m.tenant_id = v_tenant and m.id = p_message and e.id <> m.id and e.role = 'staff' and e.send_attempt is null;
  if not found then return; end if;
  update message_status_history h set message_id = p_message where h.tenant_id = v_tenant and h.message_id = x.id;
  delete from messages m where m.tenant_id = v_tenant and m.id = x.id;
  update conversations c set
      message_count = c.message_count - 1,
      last_human_at = (select m.created_at from messages m where m.tenant_id = v_tenant and m.conversation_id = c.id
        and m.role = 'staff' and not m.historical and not m.metadata ?| '{prepared,beside}' order by m.id desc limit 1),
      ai_handling = c.ai_handling or (x.took_over and not exists (select from messages m where m.tenant_id = v_tenant
        and m.conversation_id = c.id and m.role = 'staff' and m.id > x.id and not m.metadata ?| '{prepared,beside}'))
    where c.tenant_id = v_tenant and c.id = x.conversation_id;
end $$;
