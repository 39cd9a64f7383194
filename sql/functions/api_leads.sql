-- People, as the API tells of them.

create or replace function lead_json(l leads) returns jsonb
language sql stable as $$
  select jsonb_build_object('id', l.id, 'branch_id', l.branch_id, 'phone', l.phone, 'phone_normalized', l.phone_normalized,
    'first_name', l.first_name, 'last_name', l.last_name, 'full_name', coalesce(nullif(l.full_name, ''), l.name),
    'name', coalesce(l.name, nullif(l.full_name, '')), 'email', l.email, 'source', l.source, 'status', l.status,
    'classification', l.classification, 'score', l.score, 'interested_services', to_jsonb(l.interested_services),
    'notes', l.notes, 'tags', to_jsonb(l.tags), 'custom_fields', l.custom_fields,
    'assigned_staff_id', l.assigned_staff_id, 'preferred_language', l.preferred_language,
    'first_contact_at', l.first_contact_at, 'last_contact_at', l.last_contact_at,
    'last_interaction_at', l.last_interaction_at, 'next_followup_at', l.next_followup_at, 'converted_at', l.converted_at,
    'escalated_to_human', l.escalated_to_human, 'instagram_username', l.instagram_username,
    'profile_image_url', l.profile_image_url, 'deleted_at', l.deleted_at, 'created_at', l.created_at,
    'updated_at', l.updated_at)
    || jsonb_build_object('branches', (select jsonb_build_object('name', b.name, 'city', b.city) from branches b
      where b.tenant_id = l.tenant_id and b.id = l.branch_id))
$$;

-- p_lead: what was sent, checked. outcome: created, exists or deleted (with the id of who it is), branch or staff (there
-- is no such), phone (it has no digit).
create or replace function create_lead(p_lead jsonb) returns table (outcome text, id uuid)
language plpgsql as $$
declare
  v_tenant uuid := current_tenant();
  v_alias jsonb := contact_alias('phone', p_lead ->> 'phone');
  v_known record;
  v_email jsonb := contact_alias('email', p_lead ->> 'email');
  v_names text[] := array[nullif(btrim(p_lead ->> 'first_name'), ''), nullif(btrim(p_lead ->> 'last_name'), '')];
begin
  outcome := missing_of_business(p_lead);
  if v_alias is null then outcome := 'phone'; end if;
  if outcome is not null then
    return next;
    return;
  end if;
  perform hold_erasures();
  perform lock_contacts(jsonb_build_array(jsonb_build_object('kind', 'message', 'aliases', jsonb_build_array(v_alias))));
  select * into v_known from known_lead('phone', v_alias ->> 'value');
  if v_known.lead_id is not null then
    return query select case when v_known.is_deleted then 'deleted' else 'exists' end, v_known.lead_id;
    return;
  end if;
  create_lead.id := lead_of_aliases(jsonb_build_array(v_alias), nullif(btrim(coalesce(p_lead ->> 'full_name',
    p_lead ->> 'name')), ''), coalesce(p_lead ->> 'source', 'website'), (p_lead ->> 'branch_id')::uuid);
  update leads l set email = p_lead ->> 'email', first_name = v_names[1], last_name = v_names[2], phone = p_lead ->> 'phone',
      assigned_staff_id = (p_lead ->> 'assigned_staff_id')::uuid, notes = p_lead ->> 'notes',
      interested_services = text_list(p_lead -> 'interested_services'), tags = text_list(p_lead -> 'tags'),
      custom_fields = coalesce(nullif(p_lead -> 'custom_fields', 'null'), '{}'), last_interaction_at = null
    where l.tenant_id = v_tenant and l.id = create_lead.id;
  insert into lead_aliases (tenant_id, kind, value, lead_id, address)
    select v_tenant, 'email', v_email ->> 'value', create_lead.id, v_email ->> 'address' where v_email is not null
    on conflict do nothing;
  outcome := 'created';
  return next;
end $$;

-- Changes what is named; a name that is null is emptied where that is possible. The same outcomes, and updated; no row:
-- there is no such person.
create or replace function update_lead(p_lead_id uuid, p_branch uuid, p_change jsonb)
returns table (outcome text, id uuid)
language plpgsql as $$
declare
  v_tenant uuid := current_tenant();
  v_alias jsonb := contact_alias('phone', p_change ->> 'phone');
  v_known record;
  l leads;
begin
  outcome := missing_of_business(p_change);
  if p_change ->> 'phone' is not null and v_alias is null then outcome := 'phone'; end if;
  if outcome is not null then
    return next;
    return;
  end if;
  if v_alias is not null then
    perform hold_erasures();
    perform lock_contacts(jsonb_build_array(jsonb_build_object('kind', 'message', 'aliases', jsonb_build_array(v_alias))));
    select * into v_known from known_lead('phone', v_alias ->> 'value');
    if v_known.lead_id <> p_lead_id then
      return query select case when v_known.is_deleted then 'deleted' else 'exists' end, v_known.lead_id;
      return;
    end if;
  end if;
  select * into l from leads x where x.tenant_id = v_tenant and x.id = p_lead_id and x.deleted_at is null
    and (p_branch is null or x.branch_id = p_branch) for update;
  if l.id is null then return; end if;
  if v_alias is not null then
    insert into lead_aliases (tenant_id, kind, value, lead_id, address)
      values (v_tenant, 'phone', v_alias ->> 'value', l.id, v_alias ->> 'address') on conflict do nothing;
  end if;
  update leads x set
      phone = case when v_alias is null then x.phone else p_change ->> 'phone' end,
      phone_normalized = case when v_alias is null then x.phone_normalized else '+' || (v_alias ->> 'value') end,
      first_name = changed(p_change, 'first_name', x.first_name), last_name = changed(p_change, 'last_name', x.last_name),
      name = changed(p_change, 'name', x.name),
      full_name = case when p_change ? 'full_name' then p_change ->> 'full_name'
        when p_change ? 'name' then p_change ->> 'name' else x.full_name end,
      email = changed(p_change, 'email', x.email), notes = changed(p_change, 'notes', x.notes),
      status = coalesce(p_change ->> 'status', x.status), source = coalesce(p_change ->> 'source', x.source),
      classification = coalesce(p_change ->> 'classification', x.classification),
      branch_id = changed(p_change, 'branch_id', x.branch_id::text)::uuid,
      assigned_staff_id = changed(p_change, 'assigned_staff_id', x.assigned_staff_id::text)::uuid,
      interested_services = case when p_change ? 'interested_services'
        then text_list(p_change -> 'interested_services') else x.interested_services end,
      tags = case when p_change ? 'tags' then text_list(p_change -> 'tags') else x.tags end,
      custom_fields = coalesce(nullif(p_change -> 'custom_fields', 'null'), x.custom_fields),
      last_contact_at = changed(p_change, 'last_contact_at', x.last_contact_at::text)::timestamptz,
      next_followup_at = changed(p_change, 'next_followup_at', x.next_followup_at::text)::timestamptz
    where x.tenant_id = v_tenant and x.id = l.id;
  return query select 'updated', l.id;
end $$;

-- What a change says of a member; what it does not name stays.
create or replace function changed(p_change jsonb, p_name text, p_old text) returns text
language sql immutable parallel safe as $$ select case when p_change ? p_name then p_change ->> p_name else p_old end $$;

create or replace function text_list(p_list jsonb) returns text[]
language sql immutable parallel safe as $$
  select case when jsonb_typeof(p_list) = 'array' then array(select jsonb_array_elements_text(p_list)) else '{}' end
$$;

-- Which of the ids in it are nobody's of this business: 'branch', 'staff'; null: none.
create or replace function missing_of_business(p_ids jsonb) returns text
language sql stable as $$
  select case
    when p_ids ->> 'branch_id' is not null and not exists (select from branches b
      where b.tenant_id = current_tenant() and b.id = (p_ids ->> 'branch_id')::uuid) then 'branch'
    when p_ids ->> 'assigned_staff_id' is not null and not exists (select from staff s
      where s.tenant_id = current_tenant() and s.id = (p_ids ->> 'assigned_staff_id')::uuid) then 'staff' end
$$;
