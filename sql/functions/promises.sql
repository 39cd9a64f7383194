-- Who writes while it is closed is told so, and answered when it opens.

-- Asks for the answer at the opening, once however often it is asked for. Whatever waits then is answered by one answer.
create or replace function answer_at_opening(p_conversation uuid, p_opens timestamptz, p_request_id text) returns void
language plpgsql as $$
declare
  v_tenant uuid := current_tenant();
  c conversations;
begin
  select * into c from conversations x where x.tenant_id = v_tenant and x.id = p_conversation for update;
  if c.id is null then return; end if;
  -- The conversation before the lane of its answers, as the webhook does.
  update conversations x set promised_for = p_opens
    where x.tenant_id = v_tenant and x.id = c.id and x.promised_for is distinct from p_opens;
  -- A second later: rounded down it would still be closed.
  perform enqueue_jobs(jsonb_build_array(jsonb_build_object('job_type', 'ai_response', 'lane', 'answer:' || c.id,
    'unique_key', 'opening:' || c.id, 'delay_seconds', greatest(extract(epoch from p_opens - app_now()), 0) + 1,
    'request_id', p_request_id,
    'payload', jsonb_build_object('conversation_id', c.id, 'message_id', c.last_question_id, 'lead_id', c.lead_id,
      'tenant_id', v_tenant, 'channel', c.channel, 'channel_connection_id', c.channel_connection_id))));
end $$;
