-- What is prepared and sent in the business's name without a person taking the conversation over: whoever answers is
-- answered by the assistant, if it answered before.

-- p_parts as `send_staff_message` reads them. p_numbered: what its numbered lines stand for, in their order, as buttons would
-- come back; null: it has none. p_branch as there. null: there is no such conversation.
drop function if exists send_prepared(uuid, jsonb, text, text), send_prepared(uuid, jsonb, text, text, jsonb);
create or replace function send_prepared(p_conversation uuid, p_parts jsonb, p_kind text, p_request_id text,
  p_numbered jsonb default null, p_branch uuid default null)
returns uuid language plpgsql as $$
declare
  v_tenant uuid := current_tenant();
  c conversations;
  v_message uuid;
  v_talk uuid;
begin
  v_talk := open_talk_of(p_conversation);
  -- The lane before the conversation, as everybody does.
  perform lock_lanes(v_tenant, array['send:' || v_talk], '{}');
  select * into c from conversations x where x.tenant_id = v_tenant and x.id = v_talk for update;
  if c.id is null or c.branch_id is distinct from coalesce(p_branch, c.branch_id) then return null; end if;
  -- Nobody has typed it: it never leaves as a person's word (`staff_gate`).
  v_message := put_staff_message(c.id, p_parts, null, p_request_id, true, false);
  update messages m set metadata = m.metadata || jsonb_strip_nulls(jsonb_build_object('prepared', p_kind, 'numbered', p_numbered))
    from messages f
    where f.tenant_id = v_tenant and f.id = v_message and m.tenant_id = v_tenant and m.conversation_id = c.id
      and (m.id = f.id or m.metadata ->> 'group' = f.metadata ->> 'group') and m.id >= f.id;
  return v_message;
end $$;
