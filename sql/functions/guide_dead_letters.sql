-- Dead letters, for SQL clients of the guide.

-- Parks what could not be handled, to be looked at in a minute. The same again, while it waits, is the same letter.
create or replace function enqueue_dead_letter(p_channel text, p_tenant_slug text default null, p_payload jsonb default null,
  p_error_message text default null, p_error_stack text default null, p_headers jsonb default null) returns uuid
language plpgsql as $$
declare
  v_tenant uuid := require_tenant(current_tenant());
  v_slug text := (select t.slug from tenants t where t.id = v_tenant);
  v_id uuid;
begin
  if p_tenant_slug <> v_slug then
    raise exception '"%" is not the tenant of this transaction', p_tenant_slug using errcode = 'insufficient_privilege';
  elsif coalesce(p_channel, '') = '' then
    raise exception 'p_channel is empty' using errcode = 'invalid_parameter_value';
  end if;
  insert into webhook_dead_letters as d (tenant_id, channel, tenant_slug, payload, headers, error_message, error_stack,
      next_retry_at)
    values (v_tenant, p_channel, v_slug, coalesce(p_payload, '{}'), p_headers,
      coalesce(p_error_message, 'no reason was given'), p_error_stack, app_now() + interval '1 minute')
    on conflict (tenant_id, channel, md5(payload::text)) where status = 'pending' do update set
      error_message = excluded.error_message, error_stack = coalesce(excluded.error_stack, d.error_stack),
      headers = coalesce(excluded.headers, d.headers)
    returning d.id into v_id;
  return v_id;
end $$;

-- Those that are due, oldest first.
create or replace function get_pending_dead_letters(p_channel text default null, p_limit int default 10)
returns table (id uuid, channel text, tenant_slug text, payload jsonb, retry_count int, created_at timestamptz)
language plpgsql stable as $$
begin
  return query
    select d.id, d.channel, d.tenant_slug, d.payload, d.retry_count, d.created_at from webhook_dead_letters d
     where d.tenant_id = require_tenant(current_tenant()) and d.status = 'pending'
       and coalesce(d.next_retry_at, '-infinity') <= app_now() and (p_channel is null or d.channel = p_channel)
     order by d.created_at, d.id limit greatest(coalesce(p_limit, 10), 0);
end $$;
