-- What could not be stored, listed and driven again once the cause is mended.

-- Stores a parked event as if it came now. Returns what became of it: `completed`, or `pending` with the new error.
-- One that was replayed before is not touched: its message is stored, and storing it again would change nothing.
create or replace function replay_dead_letter(p_id uuid, p_policy jsonb) returns text
language plpgsql as $$
declare
  d webhook_dead_letters;
  v_fault text;
begin
  select * into d from webhook_dead_letters
    where tenant_id = current_tenant() and id = p_id and status in ('pending', 'failed') for update;
  if d.id is null then return null; end if;
  begin
    perform receive_events(jsonb_build_array(
      case jsonb_typeof(d.payload) when 'string' then (d.payload #>> '{}')::jsonb else d.payload end),
      p_policy, 'replay:' || d.id);
  exception when data_exception or integrity_constraint_violation or program_limit_exceeded then
    v_fault := sqlstate || ': ' || sqlerrm;
  end;
  update webhook_dead_letters set
      status = case when v_fault is null then 'completed' else 'pending' end,
      error_message = coalesce(v_fault, error_message), retry_count = retry_count + 1, last_retry_at = app_now(),
      resolved_at = case when v_fault is null then app_now() end
    where tenant_id = current_tenant() and id = p_id;
  return case when v_fault is null then 'completed' else 'pending' end;
end $$;
