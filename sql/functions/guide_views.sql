-- Writing through the guide's views that are more than a choice of columns.

-- Writes the members of p_new that differ from p_old (null: a new row) into the row of p_table that p_key names. What is
-- computed or not there cannot be written, and says so.
create or replace function write_through(p_table regclass, p_view text, p_key jsonb, p_old jsonb, p_new jsonb) returns void
language plpgsql as $$
declare
  v_changed text[];
  v_columns text;
  v_stray text;
begin
  select array_agg(n.key order by n.key), string_agg(quote_ident(n.key), ', ' order by n.key) into v_changed, v_columns
    from jsonb_each(p_new) n
   where case when p_old is null then n.value <> 'null' else n.value is distinct from p_old -> n.key end;
  select c into v_stray from unnest(v_changed) c
   where not exists (select from pg_attribute a where a.attrelid = p_table and a.attname = c and a.attnum > 0
     and not a.attisdropped and a.attgenerated = '')
   limit 1;
  if v_stray is not null then
    raise exception '%.% is computed: it cannot be written', p_view, v_stray using errcode = 'feature_not_supported';
  end if;
  if p_old is null then
    execute format('insert into %s (%s) select %2$s from jsonb_populate_record(null::%1$s, $1)', p_table, v_columns)
      using p_new;
  elsif v_changed is not null then
    execute format('update %s t set (%s) = (select %2$s from jsonb_populate_record(null::%1$s, $1))
      where to_jsonb(t) @> $2 and t.tenant_id = ($2 ->> ''tenant_id'')::uuid', p_table, v_columns) using p_new, p_key;
  end if;
end $$;

-- A row of `ai_tenant_config` in the names of `ai_tenant_context`.
create or replace function ai_context_of_config(p_row jsonb) returns jsonb
language sql immutable as $$
  select p_row - array['ai_model', 'ai_personality', 'ai_temperature', 'custom_instructions', 'max_turns_before_escalation',
      'business_hours_start', 'business_hours_end', 'business_hours_days']
    || jsonb_build_object('model', p_row -> 'ai_model', 'response_style', p_row -> 'ai_personality',
      'temperature', p_row -> 'ai_temperature', 'system_prompt', p_row -> 'custom_instructions',
      'auto_escalate_after_messages', p_row -> 'max_turns_before_escalation',
      'business_hours', case when num_nulls(p_row ->> 'business_hours_start', p_row ->> 'business_hours_end',
          p_row ->> 'business_hours_days') < 3 then jsonb_build_object(
        'start', coalesce(p_row ->> 'business_hours_start', '09:00'),
        'end', coalesce(p_row ->> 'business_hours_end', '18:00'),
        'days', coalesce(nullif(p_row -> 'business_hours_days', 'null'), '[1, 2, 3, 4, 5]')) end)
$$;

create or replace function write_ai_tenant_config() returns trigger language plpgsql as $$
begin
  if tg_op = 'DELETE' then
    delete from ai_tenant_context where tenant_id = old.tenant_id;
    return old;
  end if;
  perform write_through('ai_tenant_context', 'ai_tenant_config',
    case tg_op when 'UPDATE' then jsonb_build_object('tenant_id', old.tenant_id) end,
    case tg_op when 'UPDATE' then ai_context_of_config(to_jsonb(old)) end, ai_context_of_config(to_jsonb(new)));
  return new;
end $$;
create or replace trigger write_ai_tenant_config instead of insert or update or delete on ai_tenant_config
  for each row execute function write_ai_tenant_config();

create or replace function write_channel_connection() returns trigger language plpgsql as $$
declare
  v_old jsonb := case tg_op when 'UPDATE' then to_jsonb(old) end;
  v_new jsonb;
  v_secret text;
begin
  if tg_op = 'DELETE' then
    delete from channel_connections where tenant_id = old.tenant_id and id = old.id;
    return old;
  end if;
  v_new := to_jsonb(new);
  select n.key into v_secret from jsonb_each(v_new) n
   where n.key ~ '(_token|_secret)$' and n.value <> coalesce(v_old -> n.key, 'null') limit 1;
  if v_secret is not null then
    raise exception 'channel_connections_guide.% shows the end of a secret that is sealed: it cannot be written here',
      v_secret using errcode = 'feature_not_supported',
        hint = 'tistis channels resume --tenant SLUG --channel ID --token-file FILE seals a new access token';
  end if;
  perform write_through('channel_connections', 'channel_connections_guide',
    case tg_op when 'UPDATE' then jsonb_build_object('tenant_id', old.tenant_id, 'id', old.id) end, v_old,
    -- Counted by nobody yet in a new row.
    case tg_op when 'UPDATE' then v_new else v_new - array['messages_received', 'messages_sent'] end);
  return new;
end $$;
create or replace trigger write_channel_connection instead of insert or update or delete on channel_connections_guide
  for each row execute function write_channel_connection();
