-- Look-ups that come before a tenant is known; `security definer` because of that, and narrow because of that.

-- It told less once: a function's columns cannot be changed in place.
drop function if exists find_channel(text, text);
-- The accounts of a tenant on a channel with what proves that the platform speaks: no row for an unknown slug. The
-- secrets are sealed; only who holds the inbound keys can open them. [{"id", "kind", "sealed" (hex)}]
create or replace function find_channel(p_channel text, p_slug text)
returns table (tenant_id uuid, tenant_status text, connection_id uuid, connection_status text, account_id text,
  business_id text, secrets jsonb)
language sql stable security definer set search_path = public, pg_temp as $$
  select t.id, t.status, c.id, c.status, c.account_id, c.whatsapp_business_account_id,
      coalesce((select jsonb_agg(jsonb_build_object('id', s.id, 'kind', s.kind, 'sealed', encode(s.sealed, 'hex'))
          order by s.id) from inbound_secrets s where s.tenant_id = t.id and s.channel_connection_id = c.id), '[]')
    from tenants t
    left join channel_connections c on c.tenant_id = t.id and c.channel = p_channel and c.status <> 'disconnected'
   where t.slug = p_slug
   order by c.id
$$;

-- Which tenant has this slug; null: none. For `tistis`, whose commands name tenants by it.
create or replace function tenant_of_slug(p_slug text) returns uuid
language sql stable security definer set search_path = public, pg_temp as $$
  select t.id from tenants t where t.slug = p_slug
$$;

-- Whose accounts these are: for a webhook that all tenants share. Matched by the account's own id or, for what a
-- platform says of a whole business account, by that one's. Cancelled tenants are nobody, and what was only claimed
-- (`keep_ownership`) is nobody's.
create or replace function find_accounts(p_channel text, p_accounts text[])
returns table (asked text, tenant_id uuid, slug text, connection_id uuid)
language sql stable security definer set search_path = public, pg_temp as $$
  select distinct on (f.asked) f.asked, f.tenant_id, t.slug, f.id
    from (
      select a.asked, c.tenant_id, c.id, 1 as rank from unnest(p_accounts) a (asked)
        join channel_connections c on c.channel = p_channel and c.account_id = a.asked and c.status <> 'disconnected'
         and c.owned_at is not null
      union all
      select a.asked, c.tenant_id, c.id, 2 from unnest(p_accounts) a (asked)
        join channel_connections c on c.whatsapp_business_account_id = a.asked and p_channel = 'whatsapp'
          and c.channel = p_channel and c.status <> 'disconnected' and c.owned_at is not null
    ) f
    join tenants t on t.id = f.tenant_id and t.status <> 'cancelled'
   order by f.asked, f.rank, f.id
$$;

-- By whose login an account sends; null where there is one kind only.
create or replace function sending_login(p_channel text, p_login text) returns text
language sql immutable parallel safe as $$
  select case p_channel when 'instagram' then coalesce(p_login, 'page') end
$$;
