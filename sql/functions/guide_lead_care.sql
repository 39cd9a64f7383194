-- Deleting people so that they can come back, and their score.

-- Locks a person in everybody's order: no erasure meanwhile, under all names, as who stores their messages does, the open
-- conversations, the row. Null if there is none.
create or replace function lock_lead(p_lead_id uuid) returns leads
language plpgsql as $$
declare
  l leads;
begin
  perform hold_erasures();
  perform lock_contacts(jsonb_build_array(jsonb_build_object('kind', 'message', 'aliases',
    (select coalesce(jsonb_agg(jsonb_build_object('kind', a.kind, 'value', a.value)), '[]') from lead_aliases a
      where a.tenant_id = current_tenant() and a.lead_id = p_lead_id))));
  perform 1 from conversations c where c.tenant_id = current_tenant() and c.lead_id = p_lead_id
    and c.status in ('active', 'waiting_response', 'escalated') order by c.id for update;
  select * into l from leads where tenant_id = current_tenant() and id = p_lead_id for update;
  return l;
end $$;

-- Somebody who was deleted wrote again, or was entered again.
create or replace function revive_lead(p_lead_id uuid) returns void
language sql as $$
  update leads set deleted_at = null, deleted_by = null
    where tenant_id = current_tenant() and id = p_lead_id and deleted_at is not null and merged_into_id is null
$$;

-- Future appointments are cancelled, open conversations closed: what waits there to be sent is withheld by the gate.
create or replace function soft_delete_lead(p_lead_id uuid, p_deleted_by uuid default null,
  p_cancel_reason text default null)
returns table (success boolean, appointments_cancelled int, conversations_closed int, message text)
language plpgsql as $$
declare
  v_tenant uuid := require_tenant(current_tenant());
  l leads := lock_lead(p_lead_id);
begin
  if l.id is null or l.deleted_at is not null then
    return query select false, 0, 0, case when l.id is null then 'no such lead' else 'deleted already' end;
    return;
  end if;
  update appointments a set status = 'cancelled', cancellation_reason = coalesce(p_cancel_reason, 'lead deleted')
    where a.tenant_id = v_tenant and a.lead_id = l.id and a.status in ('scheduled', 'confirmed')
      and a.scheduled_at > app_now();
  get diagnostics appointments_cancelled = row_count;
  update conversations c set status = 'resolved', resolved_at = app_now(),
      resolution_notes = coalesce(c.resolution_notes, 'lead deleted')
    where c.tenant_id = v_tenant and c.lead_id = l.id and c.status in ('active', 'waiting_response', 'escalated');
  get diagnostics conversations_closed = row_count;
  update leads x set deleted_at = app_now(), deleted_by = p_deleted_by where x.tenant_id = v_tenant and x.id = l.id;
  success := true;
  message := format('deleted; %s appointments cancelled, %s conversations closed', appointments_cancelled,
    conversations_closed);
  return next;
end $$;

-- What was cancelled and closed with it stays so.
create or replace function restore_lead(p_lead_id uuid, p_restored_by uuid default null)
returns table (success boolean, restored_status text, message text)
language plpgsql as $$
declare
  v_tenant uuid := require_tenant(current_tenant());
  l leads := lock_lead(p_lead_id);
begin
  if l.id is null or l.deleted_at is null or l.merged_into_id is not null then
    return query select false, null::text, case when l.id is null then 'no such lead'
      when l.merged_into_id is not null then 'merged into ' || l.merged_into_id else 'not deleted' end;
    return;
  end if;
  perform revive_lead(l.id);
  return query select true, l.status, 'restored' || coalesce(' by ' || p_restored_by, '');
end $$;

-- Two leads were one person: what was written down about either is the survivor's.
create or replace function merge_records(p_survivor uuid, p_merged uuid) returns void
language sql as $$
  update lead_score_history set lead_id = p_survivor where tenant_id = current_tenant() and lead_id = p_merged;
  update appointments set lead_id = p_survivor where tenant_id = current_tenant() and lead_id = p_merged;
  update patients set lead_id = p_survivor where tenant_id = current_tenant() and lead_id = p_merged
    and not exists (select from patients o where o.tenant_id = current_tenant() and o.lead_id = p_survivor);
$$;

-- Score and classification say the same: the score decides; a classification that is set alone sets the score. Names that
-- were given in parts make the full one.
create or replace function keep_lead() returns trigger language plpgsql as $$
begin
  if tg_op = 'INSERT' then
    if new.score = 50 and new.classification <> 'warm' then
      new.score := score_of_class(new.classification);
    else
      new.classification := classification_of(new.score);
    end if;
    new.full_name := coalesce(nullif(btrim(new.full_name), ''), nullif(concat_ws(' ', new.first_name, new.last_name), ''),
      new.name);
  else
    if new.score <> old.score then
      new.classification := classification_of(new.score);
      new.score_updated_at := app_now();
    elsif new.classification <> old.classification then
      new.score := score_of_class(new.classification);
      new.score_updated_at := app_now();
    end if;
    -- Whoever says no reason has one all the same: every change is a row.
    if new.score <> old.score and new.score_history_id is not distinct from old.score_history_id then
      new.score_history_id := note_score(old, new.score, new.score - old.score, null, 'manual', null, null, null, null);
    end if;
    if (new.first_name, new.last_name) is distinct from (old.first_name, old.last_name)
      and new.full_name is not distinct from old.full_name then
      new.full_name := coalesce(nullif(concat_ws(' ', new.first_name, new.last_name), ''), new.full_name);
    end if;
  end if;
  if new.status = 'converted' then new.converted_at := coalesce(new.converted_at, app_now()); end if;
  return new;
end $$;
create or replace trigger keep_lead before insert or update of score, classification, status, first_name, last_name on leads
  for each row execute function keep_lead();
