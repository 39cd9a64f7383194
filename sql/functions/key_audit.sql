-- What is done to integrators' keys, with the line about it. details by action:
--   created  {"name", "environment", "scope_type", "branch_id", "scopes", "replaces"? (the key whose place it takes)}
--   changed  {"name", "changes": {"<column>": {"from", "to"}, …}}
--   rotated  {"name", "replaced_by", "ends_at" (until when the old one is taken)}
--   revoked  {"name", "reason"}
create or replace function note_of_key(p_key uuid, p_action text, p_by uuid, p_more jsonb) returns void
language sql as $$
  insert into api_key_audit (tenant_id, api_key_id, action, by_user, details)
    select k.tenant_id, k.id, p_action, p_by, jsonb_build_object('name', k.name)
        || case p_action when 'created' then jsonb_build_object('environment', k.environment, 'scope_type', k.scope_type,
          'branch_id', k.branch_id, 'scopes', k.scopes) else '{}' end || p_more
      from api_keys k where k.tenant_id = current_tenant() and k.id = p_key
$$;

-- Makes a key: the columns of `api_keys` by their names. Null: that very key is there.
create or replace function add_api_key(p_key jsonb) returns uuid
language plpgsql as $$
declare
  k jsonb := p_key;
  v_id uuid;
begin
  insert into api_keys (tenant_id, name, description, environment, key_hash, key_prefix, key_hint, scopes, scope_type,
      branch_id, rate_limit_rpm, rate_limit_daily, ip_whitelist, expires_at, created_by)
    values (current_tenant(), k ->> 'name', k ->> 'description', coalesce(k ->> 'environment', 'live'), k ->> 'key_hash',
      k ->> 'key_prefix', k ->> 'key_hint', text_list(k -> 'scopes'), coalesce(k ->> 'scope_type', 'branch'),
      (k ->> 'branch_id')::uuid, (k ->> 'rate_limit_rpm')::int, (k ->> 'rate_limit_daily')::int,
      text_list(k -> 'ip_whitelist')::inet[], (k ->> 'expires_at')::timestamptz, (k ->> 'created_by')::uuid)
    on conflict (key_hash) do nothing
    returning id into v_id;
  if v_id is not null then perform note_of_key(v_id, 'created', (k ->> 'created_by')::uuid, '{}'); end if;
  return v_id;
end $$;

-- Changes what is named of a key that is in use: {"name", "description", "scopes", "rate_limit_rpm", "rate_limit_daily",
-- "ip_whitelist", "expires_at"}; false: there is none.
create or replace function change_api_key(p_key uuid, p_change jsonb, p_by uuid) returns boolean
language plpgsql as $$
declare
  v_tenant uuid := current_tenant();
  a jsonb;
  b jsonb;
  v_changes jsonb;
begin
  select to_jsonb(k) into a from api_keys k where k.tenant_id = v_tenant and k.id = p_key and k.is_active for update;
  if a is null then return false; end if;
  update api_keys k set
      name = coalesce(p_change ->> 'name', k.name), description = changed(p_change, 'description', k.description),
      scopes = case when p_change ? 'scopes' then text_list(p_change -> 'scopes') else k.scopes end,
      rate_limit_rpm = coalesce((p_change ->> 'rate_limit_rpm')::int, k.rate_limit_rpm),
      rate_limit_daily = coalesce((p_change ->> 'rate_limit_daily')::int, k.rate_limit_daily),
      ip_whitelist = case when p_change ? 'ip_whitelist' then text_list(p_change -> 'ip_whitelist')::inet[]
        else k.ip_whitelist end,
      expires_at = changed(p_change, 'expires_at', k.expires_at::text)::timestamptz
    where k.tenant_id = v_tenant and k.id = p_key returning to_jsonb(k) into b;
  select jsonb_object_agg(x.key, jsonb_build_object('from', a -> x.key, 'to', x.value)) into v_changes
    from jsonb_each(b) x where x.value is distinct from a -> x.key and x.key <> 'updated_at';
  if v_changes is not null then
    perform note_of_key(p_key, 'changed', p_by, jsonb_build_object('changes', v_changes));
  end if;
  return true;
end $$;

-- Nobody is let in by it from now on; false: there is no such key, or it is revoked already.
create or replace function revoke_api_key(p_key uuid, p_by uuid, p_reason text) returns boolean
language plpgsql as $$
begin
  update api_keys set is_active = false, revoked_at = app_now(), revoked_by = p_by, revoke_reason = p_reason
    where tenant_id = current_tenant() and id = p_key and is_active;
  if not found then return false; end if;
  perform note_of_key(p_key, 'revoked', p_by, jsonb_build_object('reason', p_reason));
  return true;
end $$;
