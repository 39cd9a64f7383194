-- What comes by the REST interface is a claim until the platform has confirmed it (`take_account`); what was disconnected is
-- nobody's, whoever did it.
create or replace function keep_ownership() returns trigger language plpgsql as $$
begin
  if new.status = 'disconnected' then new.owned_at := null; end if;
  -- By its parts: what is generated of them is not known yet.
  if tg_op = 'INSERT' or row(new.whatsapp_phone_number_id, new.whatsapp_business_account_id,
      new.instagram_account_id, new.instagram_page_id, new.facebook_page_id, new.tiktok_open_id, new.tiktok_business_id)
    is distinct from row(old.whatsapp_phone_number_id, old.whatsapp_business_account_id, old.instagram_account_id,
      old.instagram_page_id, old.facebook_page_id, old.tiktok_open_id, old.tiktok_business_id) then
    if current_user = 'tistis_api' then new.owned_at := null; end if;
    -- What was found out is about another account.
    if tg_op = 'UPDATE' then new.tested_at := null; new.test_result := null; end if;
  end if;
  return new;
end $$;
create or replace trigger keep_ownership before insert or update on channel_connections
  for each row execute function keep_ownership();

-- What a business has that is cancelled is nobody's.
create or replace function free_accounts() returns trigger
language plpgsql security definer set search_path = public, pg_temp as $$
begin
  update channel_connections c set owned_at = null where c.tenant_id = new.id and c.owned_at is not null;
  return null;
end $$;
create or replace trigger free_accounts after update of status on tenants
  for each row when (new.status = 'cancelled' and old.status <> 'cancelled') execute function free_accounts();

-- Gives an account to the business of this session, whose token has just opened it (`noteChannelTest`, in the same
-- transaction). One that another business has proven stays there as long as nothing says that their token opens it no more:
-- a platform tells an account's events once, so it cannot be both's.
--   verdict 'owned'  it is this business's, or was before
--   verdict 'taken'  likewise; it was another's, whose token the platform refuses (the account stands still for one of the
--                    codes p_token_stops, or a test of the last minutes says so and no token was given since)
--   verdict 'held'   another business has it
--   verdict 'gone'   there is no such account, or it was disconnected
-- The other's: other_tenant, other_connection.
create or replace function take_account(p_connection uuid, p_token_stops text[])
returns table (verdict text, other_tenant uuid, other_connection uuid)
language plpgsql security definer set search_path = public, pg_temp as $$
declare
  v_tenant uuid := current_tenant();
  v_lost boolean;
  c channel_connections;
begin
  select * into c from channel_connections x
    where x.tenant_id = v_tenant and x.id = p_connection and x.account_id is not null and x.status <> 'disconnected';
  verdict := case when c.id is null then 'gone' else 'owned' end;
  if c.id is null or c.owned_at is not null then return next; return; end if;
  -- Two that prove it at once come one after the other.
  perform pg_advisory_xact_lock(hashtextextended('account|' || c.channel || '|' || c.account_id, 0));
  select x.tenant_id, x.id,
      x.status = 'error' and x.stopped_code = any (p_token_stops)
      -- What a test found long ago may have mended itself.
      or x.tested_at > app_now() - interval '10 minutes' and exists (
        select from jsonb_array_elements(x.test_result -> 'checks') k
         where (k ->> 'locked_out')::boolean)
        and not exists (select from secret_hints h where h.tenant_id = x.tenant_id and h.channel_connection_id = x.id
          and h.kind = 'access_token' and h.updated_at > x.tested_at)
    into other_tenant, other_connection, v_lost
    from channel_connections x
   where x.channel = c.channel and x.account_id = c.account_id and x.status <> 'disconnected' and x.owned_at is not null
     and x.tenant_id <> v_tenant
     for update of x;
  if other_connection is not null and not coalesce(v_lost, false) then
    verdict := 'held';
    return next;
    return;
  end if;
  if other_connection is not null then
    verdict := 'taken';
    update channel_connections x set owned_at = null where x.tenant_id = other_tenant and x.id = other_connection;
  end if;
  update channel_connections x set owned_at = app_now() where x.tenant_id = v_tenant and x.id = p_connection;
  return next;
end $$;
