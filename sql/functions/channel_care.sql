-- Connecting, changing and ending a tenant's accounts on the platforms. Secrets are no part of it: they are sealed apart.

-- p_values: columns of `channel_connections` that may be chosen, "channel" among them. One that was disconnected and has
-- the same place (branch, channel, number) comes back as itself, with its conversations. Throws 23505 where the place or
-- the platform's account is taken.
create or replace function add_channel(p_values jsonb) returns uuid
language plpgsql as $$
declare
  v_tenant uuid := current_tenant();
  v_id uuid;
  n channel_connections := jsonb_populate_record(null::channel_connections, p_values);
begin
  select c.id into v_id from channel_connections c
    where c.tenant_id = v_tenant and c.channel = n.channel and c.branch_id is not distinct from n.branch_id
      and c.account_number = coalesce(n.account_number, 1) and c.status = 'disconnected' for update;
  if v_id is null then
    insert into channel_connections (tenant_id, branch_id, channel, account_number, status)
      values (v_tenant, n.branch_id, n.channel, coalesce(n.account_number, 1), 'pending') returning id into v_id;
  else
    update channel_connections c set status = 'pending', disconnected_at = null, stopped_code = null, stopped_at = null,
        error_count = 0, last_error_message = null, last_error_at = null, tested_at = null, test_result = null
      where c.tenant_id = v_tenant and c.id = v_id;
  end if;
  perform change_channel(v_id, p_values - array['channel', 'account_number', 'branch_id']);
  return v_id;
end $$;

-- Changes what p_values names. An administrator who names an account's ids is believed that it is this business's. False: there is no such account that is not disconnected.
create or replace function change_channel(p_connection uuid, p_values jsonb) returns boolean
language plpgsql as $$
declare
  v_tenant uuid := current_tenant();
  o channel_connections;
  n channel_connections;
begin
  select * into o from channel_connections c
    where c.tenant_id = v_tenant and c.id = p_connection and c.status <> 'disconnected' for update;
  if o.id is null then return false; end if;
  n := jsonb_populate_record(o, p_values);
  update channel_connections c set connection_name = n.connection_name, account_name = n.account_name,
      ai_enabled = n.ai_enabled, login = n.login, meta_app_id = n.meta_app_id, human_agent_enabled = n.human_agent_enabled,
      echo_takes_over = n.echo_takes_over,
      is_personal_brand = n.is_personal_brand,
      whatsapp_phone_number_id = n.whatsapp_phone_number_id, whatsapp_business_account_id = n.whatsapp_business_account_id,
      instagram_account_id = n.instagram_account_id, instagram_page_id = n.instagram_page_id,
      instagram_username = n.instagram_username, facebook_page_id = n.facebook_page_id,
      facebook_page_name = n.facebook_page_name, tiktok_business_id = n.tiktok_business_id,
      tiktok_client_key = n.tiktok_client_key, tiktok_open_id = n.tiktok_open_id,
      first_message_delay_seconds = n.first_message_delay_seconds,
      subsequent_message_delay_seconds = n.subsequent_message_delay_seconds,
      ai_personality_override = n.ai_personality_override, custom_instructions_override = n.custom_instructions_override
    where c.tenant_id = v_tenant and c.id = p_connection;
  if current_user <> 'tistis_api' and p_values ?| array['whatsapp_phone_number_id', 'whatsapp_business_account_id',
      'instagram_account_id', 'instagram_page_id', 'facebook_page_id', 'tiktok_business_id', 'tiktok_open_id'] then
    update channel_connections c set owned_at = app_now()
      where c.tenant_id = v_tenant and c.id = p_connection and c.owned_at is null and c.account_id is not null;
  end if;
  return true;
end $$;

-- It has what it needs to speak: from now on it does. One that an error stopped goes on by `resume_channel`.
create or replace function connect_channel(p_connection uuid) returns boolean
language plpgsql as $$
begin
  update channel_connections set status = 'connected', connected_at = app_now()
    where tenant_id = current_tenant() and id = p_connection and status in ('pending', 'configuring')
      and account_id is not null;
  return found;
end $$;

-- Ends an account: its secrets go, nothing leaves, nothing comes in, it is nobody's (`keep_ownership`); its conversations
-- stay. False: it is not there.
create or replace function disconnect_channel(p_connection uuid) returns boolean
language plpgsql as $$
declare
  v_tenant uuid := current_tenant();
begin
  update channel_connections set status = 'disconnected', disconnected_at = app_now(), stopped_code = null,
      stopped_at = null
    where tenant_id = v_tenant and id = p_connection and status <> 'disconnected';
  if not found then
    return exists (select from channel_connections where tenant_id = v_tenant and id = p_connection);
  end if;
  delete from inbound_secrets where tenant_id = v_tenant and channel_connection_id = p_connection;
  delete from outbound_tokens where tenant_id = v_tenant and channel_connection_id = p_connection;
  update alerts set resolved_at = app_now()
    where tenant_id = v_tenant and channel_connection_id = p_connection and resolved_at is null;
  return true;
end $$;
