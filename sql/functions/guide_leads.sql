-- People, for SQL clients of the guide: its names and columns over our own finding and merging. Inside the wall like
-- everything: a tenant is set first, and a p_tenant_id that is another's is refused.

-- Who is known by this name: the alias decides, else the columns of people who were entered by hand. Deleted people last.
create or replace function known_lead(p_kind text, p_value text, out lead_id uuid, out is_deleted boolean)
language sql stable as $$
  select f.id, f.deleted_at is not null
    from (
      select l.id, l.deleted_at, 1 as rank from lead_aliases a
        join leads l on l.tenant_id = a.tenant_id and l.id = a.lead_id
       where a.tenant_id = current_tenant() and a.kind = p_kind and a.value = p_value
      union all
      select l.id, l.deleted_at, 2 from leads l
       where l.tenant_id = current_tenant() and p_kind = 'phone' and l.phone_normalized in (p_value, '+' || p_value)
         and l.merged_into_id is null
      union all
      select l.id, l.deleted_at, 3 from leads l
       where l.tenant_id = current_tenant() and p_kind = 'email' and l.email_normalized = p_value
         and l.merged_into_id is null) f
   order by f.deleted_at is not null, f.rank, f.id limit 1
$$;

-- The lead of these names, made if there is none. They are asked in their order and the first that is known decides: a
-- number and an address that lead to two people are no proof that these are one, so nobody is merged here. Names that are
-- nobody's yet become this person's. Somebody who was deleted and comes back is restored.
create or replace function resolve_lead(p_aliases jsonb, p_name text, p_source text, p_branch_id uuid,
  out lead_id uuid, out lead_name text, out is_new boolean, out found_by text)
language plpgsql as $$
declare
  v_tenant uuid := require_tenant(current_tenant());
  v_phone jsonb := (select a from jsonb_array_elements(p_aliases) a where a ->> 'kind' = 'phone' limit 1);
  v_email text := (select a ->> 'address' from jsonb_array_elements(p_aliases) a where a ->> 'kind' = 'email' limit 1);
  v_name text := nullif(btrim(p_name), '');
begin
  if jsonb_array_length(p_aliases) = 0 then
    raise exception 'whom? the identifier is empty or has no digit' using errcode = 'invalid_parameter_value';
  end if;
  perform hold_erasures();
  perform lock_contacts(jsonb_build_array(jsonb_build_object('kind', 'message', 'aliases', p_aliases)));
  select k.lead_id, a.alias ->> 'kind' into lead_id, found_by
    from jsonb_array_elements(p_aliases) with ordinality a (alias, place)
    cross join lateral known_lead(a.alias ->> 'kind', a.alias ->> 'value') k
   where k.lead_id is not null order by a.place limit 1;
  is_new := lead_id is null;
  if is_new then
    lead_id := lead_of_aliases(p_aliases, v_name, case when p_source in ('whatsapp', 'instagram', 'facebook', 'tiktok',
      'website', 'referral', 'walk_in', 'phone', 'google') then p_source else 'other' end, p_branch_id);
  else
    insert into lead_aliases (tenant_id, kind, value, lead_id, address)
      select v_tenant, a ->> 'kind', a ->> 'value', resolve_lead.lead_id, a ->> 'address'
        from jsonb_array_elements(p_aliases) a
      on conflict do nothing;
    perform revive_lead(lead_id);
  end if;
  update leads l set
      name = coalesce(l.name, v_name), full_name = coalesce(nullif(l.full_name, ''), v_name),
      email = coalesce(l.email, v_email), phone = coalesce(l.phone, v_phone ->> 'address'),
      phone_normalized = coalesce(l.phone_normalized, '+' || (v_phone ->> 'value'))
    where l.tenant_id = v_tenant and l.id = resolve_lead.lead_id
      and (l.name is null and v_name is not null or l.email is null and v_email is not null
        or l.phone_normalized is null and v_phone is not null);
  select coalesce(nullif(l.full_name, ''), l.name) into lead_name from leads l
    where l.tenant_id = v_tenant and l.id = resolve_lead.lead_id;
end $$;

create or replace function find_or_create_lead(p_tenant_id uuid, p_branch_id uuid, p_phone_normalized text,
  p_contact_name text default null, p_source text default 'whatsapp')
returns table (lead_id uuid, lead_name text, is_new boolean)
language plpgsql as $$
begin
  perform require_tenant(p_tenant_id);
  return query select r.lead_id, r.lead_name, r.is_new
    from resolve_lead(alias_list(contact_alias('phone', p_phone_normalized)),
      p_contact_name, p_source, p_branch_id) r;
end $$;

create or replace function find_or_create_channel_lead(p_tenant_id uuid, p_branch_id uuid, p_channel text,
  p_identifier text, p_contact_name text default null, p_profile_image_url text default null)
returns table (lead_id uuid, lead_name text, is_new boolean)
language plpgsql as $$
declare
  r record;
begin
  perform require_tenant(p_tenant_id);
  select * into r
    from resolve_lead(alias_list(contact_alias(p_channel, p_identifier)), p_contact_name, p_channel, p_branch_id);
  update leads l set profile_image_url = p_profile_image_url
    where l.tenant_id = p_tenant_id and l.id = r.lead_id and p_profile_image_url <> ''
      and l.profile_image_url is distinct from p_profile_image_url;
  return query select r.lead_id, r.lead_name, r.is_new;
end $$;

-- was_linked: the channel's identity was new and became somebody's who is known by phone or e-mail. match_type: 'channel',
-- 'phone', 'email', or null for a new person; matched_channel: where that person came from.
create or replace function find_or_create_lead_smart(p_tenant_id uuid, p_branch_id uuid, p_channel text, p_identifier text,
  p_contact_name text default null, p_email text default null, p_phone text default null)
returns table (lead_id uuid, lead_name text, is_new boolean, was_linked boolean, match_type text, matched_channel text)
language plpgsql as $$
declare
  v_identity jsonb := contact_alias(p_channel, p_identifier);
  r record;
begin
  perform require_tenant(p_tenant_id);
  select * into r from resolve_lead(alias_list(v_identity, contact_alias('phone', p_phone), contact_alias('email', p_email)),
    p_contact_name, p_channel, p_branch_id);
  return query
    select r.lead_id, r.lead_name, r.is_new, not r.is_new and v_identity is not null and r.found_by <> v_identity ->> 'kind',
        case when r.found_by = v_identity ->> 'kind' then 'channel' else r.found_by end,
        case when not r.is_new then l.source end
      from leads l where l.tenant_id = p_tenant_id and l.id = r.lead_id;
end $$;

-- Reads only; asked in this order: phone, Instagram, Facebook, TikTok, e-mail. No row: nobody.
create or replace function find_lead_by_any_identity(p_tenant_id uuid, p_phone_normalized text default null,
  p_email text default null, p_instagram_psid text default null, p_facebook_psid text default null,
  p_tiktok_open_id text default null)
returns table (lead_id uuid, lead_name text, match_type text)
language plpgsql stable as $$
begin
  perform require_tenant(p_tenant_id);
  return query
    select k.lead_id, coalesce(nullif(l.full_name, ''), l.name), a.alias ->> 'kind'
      from jsonb_array_elements(alias_list(contact_alias('phone', p_phone_normalized),
          contact_alias('instagram', p_instagram_psid), contact_alias('facebook', p_facebook_psid),
          contact_alias('tiktok', p_tiktok_open_id), contact_alias('email', p_email))) with ordinality a (alias, place)
      cross join lateral known_lead(a.alias ->> 'kind', a.alias ->> 'value') k
      join leads l on l.tenant_id = p_tenant_id and l.id = k.lead_id
     where not k.is_deleted order by a.place limit 1;
end $$;

-- At most one row. A phone is believed before an e-mail, also where they lead to two people.
create or replace function find_matching_lead_for_dedup(p_tenant_id uuid, p_phone text, p_email text)
returns table (lead_id uuid, match_type text, confidence numeric)
language plpgsql stable as $$
begin
  return query
    select i.lead_id, i.match_type, case i.match_type when 'phone' then 0.95 else 0.90 end
      from find_lead_by_any_identity(p_tenant_id, p_phone, p_email) i;
end $$;
